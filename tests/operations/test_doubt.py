"""An operation whose fate is unknown: looked for, and decided by evidence or by a person."""

import asyncio

import pytest

from bot.operations.model import Absent, Ambiguous, Operation, State
from bot.store.engine import Store
from tests.operations.desk import DOWN, LOST, POST, Desk, done, fails, fails_after, limited


async def doubtful(desk: Desk, key: str = "a", kind: str = "text", *, effect: bool = False) -> None:
    """Ask for an operation and lose the answer."""
    desk.upstream.plan.append(fails_after(LOST) if effect else fails(LOST))
    await desk.ask(key, kind)
    await desk.work()
    assert await desk.state(key) is State.UNKNOWN


async def test_what_is_found_was_sent(desk: Desk) -> None:
    """The answer was lost, the effect is there: sent, once, and the operation knows its upstream id."""
    await doubtful(desk, effect=True)
    desk.advance(1)
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.bound, operation.reference) == (State.SENT, "upstream:1", None)
    assert desk.upstream.keys == ["a"]


async def test_a_text_that_is_not_found_is_looked_for_again_and_then_a_person_decides(desk: Desk) -> None:
    """The kind says how often and after what waits; it is never sent again by itself."""
    await doubtful(desk)
    looked = []
    for _ in range(9):
        desk.advance(1)
        await desk.work()
        looked.append((desk.upstream.looked, await desk.state("a")))
    assert looked[0] == (1, State.UNKNOWN)
    assert looked[4] == (1, State.UNKNOWN)
    assert looked[5:] == [(2, State.UNCONFIRMED)] * 4
    desk.advance(100_000)
    await desk.work()
    assert desk.upstream.requests == 1


async def test_an_effect_that_shows_late_is_found_at_the_second_look(desk: Desk) -> None:
    """What is not there at once may be there soon."""
    await doubtful(desk, effect=True)
    desk.upstream.looks.append(Absent())
    desk.advance(1)
    await desk.work()
    desk.advance(5)
    await desk.work()
    assert await desk.state("a") is State.SENT


async def test_a_harmless_one_that_is_not_found_goes_again(desk: Desk) -> None:
    """A post in Slack that is not there is made."""
    await doubtful(desk, kind=POST)
    desk.advance(1)
    await desk.work()
    desk.advance(5)
    await desk.work()
    assert await desk.state("a") is State.SENT
    assert desk.upstream.keys == ["a"]


async def test_what_certainly_never_left_goes_again(desk: Desk) -> None:
    """Evidence that it cannot have left is as good as a refused connection."""
    await doubtful(desk)
    desk.upstream.looks.append(Absent(certain=True))
    desk.advance(1)
    await desk.work()
    assert desk.upstream.keys == ["a"]


async def test_more_than_one_that_could_be_it_is_for_a_person(desk: Desk) -> None:
    """The bot does not guess."""
    await doubtful(desk)
    desk.upstream.looks.append(Ambiguous(3))
    desk.advance(1)
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.reason) == (State.UNCONFIRMED, "3 there could be this one.")


async def test_the_same_words_sent_twice_on_purpose_are_told_apart(desk: Desk) -> None:
    """The first "OK" is there and known; the second got lost, and the first is not taken for it."""
    await desk.ask("first", words="OK")
    await desk.work()
    desk.upstream.plan.append(fails(LOST))
    await desk.ask("second", words="OK")
    await desk.work()
    for seconds in desk.texts.looks:
        desk.advance(seconds)
        await desk.work()
    assert await desk.state("first") is State.SENT
    assert await desk.state("second") is State.UNCONFIRMED


async def test_evidence_that_belongs_to_another_is_none(desk: Desk) -> None:
    """Even where a kind's look forgets to ask: an upstream thing is one operation's."""
    await desk.ask("first", words="OK")
    await desk.work()
    await doubtful(desk, "second")
    desk.upstream.looks.extend([done(1), done(1)])
    for seconds in desk.texts.looks:
        desk.advance(seconds)
        await desk.work()
    assert await desk.state("second") is State.UNCONFIRMED
    assert (await desk.get("first")).bound == "upstream:1"


async def test_proof_takes_an_upstream_thing_from_one_that_only_seemed_to_be_it(desk: Desk) -> None:
    """The answer to the second names a thing the first was believed to have become: the first is in doubt again."""
    await doubtful(desk, "first")
    desk.upstream.looks.append(done(1))
    desk.advance(1)
    await desk.work()
    assert await desk.state("first") is State.SENT
    await desk.ask("second")
    await desk.work()
    first, second = await desk.get("first"), await desk.get("second")
    assert (second.state, second.bound) == (State.SENT, "upstream:1")
    assert (first.state, first.bound) == (State.UNKNOWN, None)
    assert ("first", State.UNKNOWN) in desk.texts.settlements


@pytest.mark.parametrize("trouble", [DOWN, LOST, RuntimeError("a bug")], ids=["unreachable", "lost", "a bug"])
async def test_a_text_that_cannot_be_looked_for_is_for_a_person_in_the_end(desk: Desk, trouble: Exception) -> None:
    """Upstream is down for the look as well: tried as often as the kind says, then asked."""
    await doubtful(desk)
    desk.upstream.looks.extend([trouble] * 2)
    for _ in range(5):
        desk.advance(3)
        await desk.work()
    assert await desk.state("a") is State.UNCONFIRMED
    assert desk.upstream.requests == 1


async def test_a_harmless_one_is_looked_for_until_one_can(desk: Desk) -> None:
    """A post is not repeated blindly either, however long Slack is down."""
    await doubtful(desk, kind=POST, effect=True)
    desk.upstream.looks.extend([DOWN] * 20)
    for _ in range(30):
        desk.advance(70)
        await desk.work()
    assert await desk.state("a") is State.SENT
    assert desk.upstream.keys == ["a"]


async def test_a_look_waits_as_long_as_the_upstream_asks(desk: Desk) -> None:
    """429 on a look is no evidence, and is heeded."""
    await doubtful(desk, effect=True)
    desk.upstream.looks.append(limited(120))
    desk.advance(1)
    await desk.work()
    desk.advance(119)
    await desk.work()
    assert desk.upstream.looked == 1
    desk.advance(1)
    await desk.work()
    assert await desk.state("a") is State.SENT


async def decide(desk: Desk, what: str, operation: Operation) -> Operation | None:
    """A person presses a button that was drawn when ``operation`` stood as given."""
    async with desk.store.write() as tx:
        if what == "check again":
            return await desk.ledger.check_again(tx, operation.id, operation.fence)
        if what == "send anyway":
            return await desk.ledger.send_anyway(tx, operation.id, operation.fence)
        return await desk.ledger.give_up(tx, operation.id, operation.fence, "Given up.")


async def test_check_again_finds_what_shows_by_now(desk: Desk) -> None:
    """Found: sent, with no second request."""
    operation = await desk.unconfirmed("a", effect=True)
    assert await decide(desk, "check again", operation) is not None
    await desk.work()
    assert await desk.state("a") is State.SENT
    assert desk.upstream.requests == 1


async def test_check_again_answers_after_one_look(desk: Desk) -> None:
    """Still not there: the person is told at once, without waiting for more looks."""
    operation = await desk.unconfirmed("a")
    await decide(desk, "check again", operation)
    looked = desk.upstream.looked
    await desk.work()
    assert await desk.state("a") is State.UNCONFIRMED
    assert desk.upstream.looked == looked + 1


async def test_send_anyway_sends_once_more(desk: Desk) -> None:
    """The person takes the risk; the second request is bound to its own effect."""
    operation = await desk.unconfirmed("a", effect=True)
    assert await decide(desk, "send anyway", operation) is not None
    await desk.work()
    assert desk.upstream.keys == ["a", "a"]
    assert (await desk.get("a")).bound == "upstream:2"


async def test_send_anyway_pressed_twice_sends_once(desk: Desk) -> None:
    """The second press, even before the first has led to anything, is told that it was done."""
    operation = await desk.unconfirmed("a")
    answers = await asyncio.gather(*(decide(desk, "send anyway", operation) for _ in range(3)))
    assert sorted(answer is not None for answer in answers) == [False, False, True]
    await desk.work()
    assert await decide(desk, "send anyway", operation) is None
    await desk.work()
    assert desk.upstream.keys == ["a"]


async def test_an_old_button_decides_nothing_about_a_new_doubt(desk: Desk) -> None:
    """Sent anyway, lost again: the button drawn for the first doubt does not send a third."""
    old = await desk.unconfirmed("a")
    await decide(desk, "send anyway", old)
    desk.upstream.plan.append(fails(LOST))
    await desk.work()
    for seconds in desk.texts.looks:
        desk.advance(seconds)
        await desk.work()
    assert await desk.state("a") is State.UNCONFIRMED
    assert await decide(desk, "send anyway", old) is None
    assert await decide(desk, "send anyway", await desk.get("a")) is not None


async def test_send_anyway_has_patience_anew(desk: Desk) -> None:
    """Pressed an hour later, it may still wait for a moment when upstream cannot be reached."""
    operation = await desk.unconfirmed("a")
    desk.advance(3600)
    await decide(desk, "send anyway", operation)
    desk.upstream.plan.append(fails(DOWN))
    await desk.work()
    assert await desk.state("a") is State.READY
    desk.advance(5)
    await desk.work()
    assert await desk.state("a") is State.SENT


async def test_giving_up_is_the_end(desk: Desk) -> None:
    """Nothing is sent, and no other button works any more."""
    operation = await desk.unconfirmed("a")
    given_up = await decide(desk, "give up", operation)
    assert given_up is not None
    assert (given_up.state, given_up.reason) == (State.CANCELLED, "Given up.")
    for what in ("check again", "send anyway", "give up"):
        assert await decide(desk, what, operation) is None
    await desk.work()
    assert desk.upstream.requests == 1


async def test_nothing_can_be_decided_about_what_is_not_there(desk: Desk, store: Store) -> None:
    """A button of an operation long removed."""
    async with store.write() as tx:
        assert await desk.ledger.check_again(tx, "nothing", None) is None
        assert await desk.ledger.send_anyway(tx, "nothing", 1) is None


async def test_those_in_doubt_of_a_lane_are_known(desk: Desk, store: Store) -> None:
    """A poll that sees one of our texts before its answer asks for them."""
    await desk.unconfirmed("a", lane="sms:1")
    desk.upstream.plan.append(fails(LOST))
    await desk.ask("b", lane="sms:1")
    await desk.work()
    await desk.ask("c", lane="sms:1")
    async with store.read() as tx:
        assert [operation.key for operation in await desk.ledger.in_doubt(tx, "text", "sms:1")] == ["a", "b"]
