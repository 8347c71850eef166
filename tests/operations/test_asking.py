"""Asking for an effect: once for each key, whole transactions only, and what merges with what."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.operations.model import Again, Intention, Operation, State, Superseded
from bot.store.engine import Store, Tx
from bot.store.tables import operations
from tests.clock import START, WoundClock
from tests.operations.desk import DOWN, POST, Desk, Pause, fails


async def test_what_is_asked_for_is_done_once(desk: Desk) -> None:
    """An intention becomes one effect, and the operation knows which."""
    assert await desk.ask("a")
    await desk.work()
    operation = await desk.get("a")
    assert (operation.state, operation.bound, operation.attempts) == (State.SENT, "upstream:1", 1)
    assert desk.upstream.keys == ["a"]
    assert desk.texts.settlements == [("a", State.SENT)]


async def test_the_same_key_asked_twice_is_done_once(desk: Desk) -> None:
    """A button pressed twice, also after it was done, changes nothing, and says so."""
    assert await desk.ask("a", words="first")
    assert not await desk.ask("a", words="second")
    await desk.work()
    assert not await desk.ask("a", words="third")
    await desk.work()
    assert [effect.words for effect in desk.upstream.effects] == ["first"]


async def test_a_key_that_is_known_keeps_nobody_waiting(postgresql_url: str, clock: WoundClock) -> None:
    """Who settles it may want the rows that the asking transaction holds: each would wait for the other."""
    store = Store(postgresql_url, clock)
    desk = Desk(store)
    assert await desk.ask("a")
    async with store.write() as settling:
        await settling.execute(update(operations).values(reason="It is being settled."))
        asking = asyncio.create_task(desk.ask("a"))
        await asyncio.wait([asking], timeout=5)
        told = asking.done()
    assert not await asking
    await store.close()
    assert told


async def test_what_is_rolled_back_was_never_asked_for(desk: Desk, store: Store) -> None:
    """An intention lives and dies with the transaction it was written in."""
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await desk.ledger.ask(tx, Intention(kind=POST, key="a", payload={"words": "a"}))
            raise RuntimeError
    await desk.work()
    assert desk.upstream.effects == []


async def test_what_is_held_until_a_time_leaves_then(desk: Desk) -> None:
    """Not a moment before."""
    await desk.ask("later", held_until=START + timedelta(seconds=60))
    desk.advance(59)
    await desk.work()
    assert await desk.state("later") is State.HELD
    desk.advance(1)
    await desk.work()
    assert desk.upstream.keys == ["later"]


async def test_one_that_waits_stands_for_all_that_merge_with_it(desk: Desk) -> None:
    """Three changes of one message before the first has left are one request."""
    for _ in range(3):
        assert await desk.ask("header", POST, merge="header:7")
    await desk.work()
    assert desk.upstream.requests == 1


async def test_one_that_is_out_already_does_not_stand_for_a_new_one(desk: Desk) -> None:
    """What changed after a request was drawn up is not in it, so another follows."""
    pause = Pause()
    desk.upstream.plan.append(pause)
    await desk.ask("header", POST, merge="header:7")
    working = asyncio.create_task(desk.runner.step())
    await pause.reached.wait()
    await desk.ask("header", POST, merge="header:7")
    pause.released.set()
    await working
    await desk.work()
    assert desk.upstream.requests == 2


async def test_one_that_goes_back_does_not_clash_with_the_one_asked_for_meanwhile(desk: Desk) -> None:
    """Both leave: the later one holds what the earlier may lack."""
    pause = Pause(then=fails(DOWN))
    desk.upstream.plan.append(pause)
    await desk.ask("header", POST, merge="header:7")
    working = asyncio.create_task(desk.runner.step())
    await pause.reached.wait()
    await desk.ask("header", POST, merge="header:7")
    pause.released.set()
    await working
    desk.advance(2)
    await desk.work()
    assert desk.upstream.requests == 3
    assert len(desk.upstream.effects) == 2


async def test_a_held_one_that_merges_is_released_beside_a_ready_one(desk: Desk) -> None:
    """Both have the same merge key; releasing the first must not stop the ledger."""
    await desk.ask("header", POST, merge="header:7", held_until=START + timedelta(seconds=10))
    await desk.ask("header", POST, merge="header:7", held_until=START + timedelta(seconds=10))
    desk.advance(10)
    await desk.ask("header", POST, merge="header:7")
    await desk.work()
    assert len(desk.upstream.effects) == 3


async def test_what_merges_leaves_when_the_earliest_of_them_may(desk: Desk) -> None:
    """A ready one that waits after a failure leaves as soon as a new one asks for the same."""
    desk.upstream.plan.append(fails(DOWN))
    await desk.ask("header", POST, merge="header:7")
    await desk.work()
    await desk.ask("header", POST, merge="header:7")
    await desk.work()
    assert len(desk.upstream.effects) == 1


async def test_what_waits_for_a_channel_leaves_when_one_is_named(desk: Desk, store: Store) -> None:
    """It moves into the channel's bucket, with the rest of its wait forgotten."""
    await desk.ask("text", POST, bucket="slow:none", held_until=START + timedelta(days=365_000))
    await desk.work()
    async with store.write() as tx:
        assert await desk.ledger.release_channel(tx, "slow:none", "slow:C1", [POST]) == 1
    await desk.work()
    assert (await desk.get("text")).bucket == "slow:C1"
    assert desk.upstream.keys == ["text"]


async def test_what_has_not_left_can_be_cancelled(desk: Desk, store: Store) -> None:
    """Undo within the time for it: nothing leaves, and what follows from the ending is told."""
    await desk.ask("draft", held_until=START + timedelta(seconds=10))
    identity = (await desk.get("draft")).id
    async with store.write() as tx:
        cancelled = await desk.ledger.cancel(tx, identity, "Undone.")
    assert cancelled is not None
    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "Undone.")
    desk.advance(10)
    await desk.work()
    assert desk.upstream.effects == []
    assert desk.texts.settlements == [("draft", State.CANCELLED)]


async def test_what_has_left_cannot_be_cancelled(desk: Desk, store: Store) -> None:
    """Whoever presses too late is told so."""
    await desk.ask("draft")
    await desk.work()
    async with store.write() as tx:
        assert await desk.ledger.cancel(tx, (await desk.get("draft")).id, "Undone.") is None
    assert await desk.state("draft") is State.SENT


async def test_what_only_follows_another_is_not_asked_for_without_it(desk: Desk, store: Store) -> None:
    """A notice is brought up to date only where one was posted."""
    update = Intention(kind=POST, key="update", payload={"words": "update"})
    async with store.write() as tx:
        assert not await desk.ledger.ask_after(tx, "notice", update)
    await desk.ask("notice", POST)
    async with store.write() as tx:
        assert await desk.ledger.ask_after(tx, "notice", update)


async def test_a_kind_may_find_that_there_is_nothing_to_do(desk: Desk) -> None:
    """Superseded: nothing was sent, and nothing will be."""
    desk.upstream.plan.append(fails(Superseded("The view was closed.")))
    await desk.ask("view", POST)
    await desk.work()
    operation = await desk.get("view")
    assert (operation.state, operation.reason) == (State.CANCELLED, "The view was closed.")


async def test_a_kind_may_ask_for_something_to_come_first(desk: Desk) -> None:
    """A text whose header is gone asks for a new header, which goes first, and then leaves itself."""

    async def new_header(tx: Tx) -> None:
        await desk.ledger.ask(
            tx, Intention(kind=POST, key="header", payload={"words": "header"}, lane="slack:7", first=True)
        )

    desk.upstream.plan.append(fails(Again(new_header)))
    await desk.ask("text", POST, lane="slack:7")
    await desk.work()
    assert desk.upstream.keys == ["header", "text"]


async def test_an_operation_survives_being_read(desk: Desk, store: Store) -> None:
    """What was asked for is what a kind sees."""
    intention = Intention(
        kind=POST,
        key="k",
        payload={"words": "héllo ✓", "list": [1, None, {"a": True}]},
        lane="l",
        bucket="b",
        asked_by="U1",
        marker=2**40,
    )
    await desk.intend(intention)
    operation = await desk.get("k")
    seen = {
        name: getattr(operation, name) for name in ("kind", "key", "payload", "lane", "bucket", "asked_by", "marker")
    }
    assert seen == {name: getattr(intention, name) for name in seen}
    async with store.read() as tx:
        again: Operation | None = await desk.ledger.get(tx, operation.id)
        assert again == operation
        assert await desk.ledger.get(tx, "nothing") is None
        assert await desk.ledger.by_key(tx, "nothing") is None
