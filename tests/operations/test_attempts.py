"""How an attempt ends: what certainly did not leave goes again, a refusal ends it, and a doubt stays a doubt."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import Gone, Invalid, Refused, ServerFault, Unavailable
from bot.operations.model import Held, State
from tests.clock import START
from tests.operations.desk import DOWN, LOST, POST, REFUSED, Desk, Turn, fails, fails_after, fails_early, limited
from tests.quiet import quiet


async def test_what_could_not_leave_goes_again_after_a_while(desk: Desk) -> None:
    """Upstream cannot be reached: a second, two, five later it is tried again, and then it is there once."""
    desk.upstream.plan.extend([fails(DOWN)] * 3)
    await desk.ask("a")
    tried = []
    for _ in range(10):
        await desk.work()
        tried.append(desk.upstream.requests)
        desk.advance(1)
    assert tried == [1, 2, 2, 3, 3, 3, 3, 3, 4, 4]
    assert desk.upstream.keys == ["a"]


async def test_while_it_waits_the_reason_is_known(desk: Desk) -> None:
    """A person can be told why it has not left yet; when it has, nothing is left of that."""
    desk.upstream.plan.append(fails(DOWN))
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.READY, str(DOWN))
    desk.advance(2)
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.reason, operation.reference) == (State.SENT, None, None)


async def test_patience_ends(desk: Desk) -> None:
    """A text that could not leave for ten minutes fails, and says why."""
    desk.upstream.plan.extend([fails(DOWN)] * 100)
    await desk.ask("a")
    while await desk.state("a") is State.READY:
        await desk.work()
        desk.advance(10)
        assert desk.store.clock.now() < START + timedelta(minutes=11)
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.FAILED, str(DOWN))
    assert operation.reference is not None
    assert desk.upstream.effects == []


async def test_a_kind_without_end_to_its_patience_goes_on(desk: Desk) -> None:
    """An inbound text's post waits out any outage."""
    desk.posts.patience = None
    desk.upstream.plan.extend([fails(DOWN)] * 30)
    await desk.ask("a", POST)
    for _ in range(40):
        await desk.work()
        desk.advance(70)
    assert desk.upstream.keys == ["a"]


async def test_an_upstream_says_how_long_to_wait(desk: Desk) -> None:
    """429 with Retry-After: not before, and no attempt wasted meanwhile."""
    desk.upstream.plan.append(fails(limited(20)))
    await desk.ask("a")
    await desk.work()
    desk.advance(19)
    await desk.work()
    assert desk.upstream.requests == 1
    desk.advance(1)
    await desk.work()
    assert desk.upstream.keys == ["a"]


async def test_a_refusal_is_the_end(desk: Desk) -> None:
    """Asking again with the same words would give the same answer."""
    desk.upstream.plan.append(fails(REFUSED))
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.FAILED, str(REFUSED))
    assert desk.texts.settlements == [("a", State.FAILED)]
    desk.advance(3600)
    await desk.work()
    assert desk.upstream.requests == 1


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        ServerFault("It failed.", service="Upstream", status=500),
        Unavailable("It is down.", service="Upstream", status=503),
        RuntimeError("nobody foresaw this"),
    ],
    ids=["lost", "500", "503", "a bug"],
)
async def test_what_nobody_can_tell_is_unknown(desk: Desk, error: Exception) -> None:
    """A lost answer, a 5xx, even a bug of ours: it is never simply sent again."""
    desk.upstream.plan.append(fails_after(error))
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.doubts) == (State.UNKNOWN, 1)
    assert operation.reference is not None
    desk.advance(1)
    await desk.work()
    assert await desk.state("a") is State.SENT
    assert desk.upstream.keys == ["a"]


async def test_what_must_be_mended_first_is_held(desk: Desk) -> None:
    """The channel is gone: the operation waits, its whole bucket with it, and tries again by itself."""
    desk.upstream.plan.append(fails(Held("The channel is archived.", timedelta(minutes=5))))
    await desk.ask("a", POST, lane="slack:1", bucket="post:C1")
    await desk.ask("b", POST, lane="slack:1", bucket="post:C1")
    await desk.runner.step()
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.HELD, "The channel is archived.")
    await desk.ask("c", POST, lane="slack:2", bucket="post:C1")
    desk.advance(299)
    await desk.work()
    assert desk.upstream.keys == []
    desk.advance(1)
    await desk.work()
    assert [key for key in desk.upstream.keys if key != "c"] == ["a", "b"]
    assert sorted(desk.upstream.keys) == ["a", "b", "c"]


@pytest.mark.parametrize("error", [LOST, DOWN, RuntimeError("a bug")], ids=["lost", "unreachable", "a bug"])
async def test_what_fails_before_the_request_never_leaves_a_doubt(desk: Desk, error: Exception) -> None:
    """Reading the newest id beforehand may fail in any way: nothing was sent, so it goes again."""
    desk.texts.marker_trouble.append(error)
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.doubts, desk.upstream.requests) == (State.READY, 0, 0)
    desk.advance(2)
    await desk.work()
    assert desk.upstream.keys == ["a"]


@pytest.mark.parametrize("error", [LOST, DOWN, RuntimeError("a bug")], ids=["lost", "unreachable", "a bug"])
async def test_what_fails_before_the_guard_is_asked_leaves_no_doubt_either(desk: Desk, error: Exception) -> None:
    """The rights could not be checked, say: the request had not been made, so it goes again."""
    desk.upstream.plan.append(fails_early(error))
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.doubts) == (State.READY, 0)
    desk.advance(2)
    await desk.work()
    assert desk.upstream.keys == ["a"]


@pytest.mark.parametrize(
    "error",
    [Refused("Only senders may."), Invalid("It is too long."), Gone("It was deleted.")],
    ids=lambda e: type(e).__name__,
)
@pytest.mark.parametrize("turn", [fails, fails_early], ids=["after the guard", "before the guard"])
async def test_a_refusal_of_our_own_is_the_end(desk: Desk, error: Exception, turn: Callable[[Exception], Turn]) -> None:
    """Nothing was sent, and the person is told why in the words of the error."""
    desk.upstream.plan.append(turn(error))
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.FAILED, str(error))


async def test_a_refusal_before_the_request_is_the_end_too(desk: Desk) -> None:
    """The conversation is gone: there is nothing to send to."""
    desk.texts.marker_trouble.append(REFUSED)
    await desk.ask("a")
    await desk.work()
    assert await desk.state("a") is State.FAILED
    assert desk.upstream.requests == 0


async def test_trouble_in_what_follows_undoes_the_settlement(desk: Desk) -> None:
    """The outcome and what follows from it are one transaction; afterwards the lease leads to a look."""
    desk.texts.trouble = RuntimeError("what follows cannot be written")
    await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.bound) == (State.SENDING, None)
    desk.texts.trouble = None
    desk.advance(26)
    await desk.runner.sweep()
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.bound) == (State.SENT, "upstream:1")
    assert desk.upstream.requests == 1


async def test_what_the_database_would_not_take_is_settled_when_it_does(desk: Desk) -> None:
    """A deadlock lost, a database that starts again: what is known of the effect is not thrown away for that."""
    desk.texts.trouble = OperationalError("UPDATE", None, Exception("deadlock detected"))
    await desk.ask("a")
    working = asyncio.create_task(desk.work())
    await quiet()
    assert await desk.state("a") is State.SENDING
    desk.texts.trouble = None
    desk.advance(1)
    await working
    operation = await desk.get("a")
    assert (operation.state, operation.bound) == (State.SENT, "upstream:1")
    assert (desk.upstream.requests, desk.upstream.looked) == (1, 0)


async def test_an_operation_of_a_kind_nobody_knows_waits(desk: Desk) -> None:
    """A newer replica asked for it: one that knows the kind takes it, and the others are not held up."""
    await desk.ask("new", "kind of tomorrow")
    await desk.ask("a")
    await desk.work()
    assert await desk.state("new") is State.READY
    assert desk.upstream.keys == ["a"]
