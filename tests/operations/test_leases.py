"""Killed, frozen, too late: a claim whose holder is gone ends in a look, and a fence keeps the dead from settling."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from bot.operations.model import State
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.operations.desk import (
    LOST,
    POST,
    Desk,
    Pause,
    fails,
    fails_after,
    killed,
    unguarded,
)

LEASE = 26
"""Seconds after which a claim has ended."""


@asynccontextmanager
async def frozen(desk: Desk, pause: Pause) -> AsyncIterator[None]:
    """Hold the next request where it is; when the block is left it wakes, and ends."""
    desk.upstream.plan.append(pause)
    working = asyncio.create_task(desk.runner.step())
    await pause.reached.wait()
    yield
    pause.released.set()
    await working


async def take_over(other: Desk) -> None:
    """Another process sees that a lease has ended, and looks."""
    other.advance(LEASE)
    assert await other.runner.sweep() == 1
    await other.work()


async def test_a_lease_that_ended_is_a_doubt_and_never_a_retry(desk: Desk) -> None:
    """Killed before the request left, or after: nobody can tell, so somebody looks."""
    await desk.ask("before")
    await desk.freeze_in(fails(killed()))
    await desk.ask("after")
    await desk.freeze_in(fails_after(killed()))
    assert await desk.state("before") is State.SENDING
    other = desk.beside()
    other.advance(LEASE)
    assert await other.runner.sweep() == 2
    assert await desk.state("before") is State.UNKNOWN
    await other.work()
    assert await desk.state("after") is State.SENT
    assert await desk.state("before") is State.UNKNOWN
    other.advance(5)
    await other.work()
    assert await desk.state("before") is State.UNCONFIRMED
    assert desk.upstream.keys == ["after"]


async def test_a_lease_that_has_not_ended_is_left_alone(desk: Desk) -> None:
    """A slow request is not a dead one."""
    await desk.ask("a")
    async with frozen(desk, Pause(then=unguarded)):
        desk.advance(24)
        assert await desk.beside().runner.sweep() == 0
    assert await desk.state("a") is State.SENT


async def test_one_that_died_while_looking_is_looked_for_by_another(desk: Desk) -> None:
    """The look has a lease of its own."""
    desk.upstream.plan.append(fails_after(LOST))
    await desk.ask("a")
    await desk.work()
    desk.advance(1)
    desk.upstream.looks.append(killed())  # type: ignore[arg-type]
    looking = asyncio.create_task(desk.runner.step())
    await asyncio.wait([looking])
    desk.advance(LEASE)
    other = desk.beside()
    assert await other.runner.sweep() == 1
    await other.work()
    assert await desk.state("a") is State.SENT


async def test_on_sqlite_a_restart_takes_over_at_once(sqlite_url: str, clock: WoundClock) -> None:
    """There is one process only: what its predecessor had in hand is nobody's, whatever its lease says."""
    store = Store(sqlite_url, clock)
    desk = Desk(store)
    await desk.ask("a")
    await desk.freeze_in(fails_after(killed()))
    successor = desk.beside()
    await successor.runner.start()
    await successor.runner.stop()
    await successor.work()
    assert await desk.state("a") is State.SENT
    assert desk.upstream.requests == 1
    await store.close()


async def test_on_postgresql_a_restart_leaves_others_alone(postgresql_url: str, clock: WoundClock) -> None:
    """The holder may be alive in another process."""
    store = Store(postgresql_url, clock)
    desk = Desk(store)
    await desk.ask("a")
    await desk.freeze_in(fails_after(killed()))
    successor = desk.beside()
    await successor.runner.start()
    await successor.runner.stop()
    assert await desk.state("a") is State.SENDING
    await store.close()


async def test_a_process_that_wakes_too_late_sends_nothing(desk: Desk) -> None:
    """Frozen between the claim and the request: the guard sees that the lease is over, and nothing leaves.

    It certainly did not leave, so with the fence still its own it goes again.
    """
    await desk.ask("a")
    async with frozen(desk, Pause()):
        desk.advance(24)
    assert desk.upstream.effects == []
    assert await desk.state("a") is State.READY
    await desk.work()
    assert desk.upstream.keys == ["a"]


async def test_a_process_that_wakes_after_another_took_over_changes_nothing(desk: Desk) -> None:
    """Its fence has passed: what it would write is refused."""
    await desk.ask("a")
    async with frozen(desk, Pause()):
        await take_over(desk.beside())
        desk.advance(5)
        await desk.beside().work()
        assert await desk.state("a") is State.UNCONFIRMED
    assert await desk.state("a") is State.UNCONFIRMED
    assert desk.upstream.effects == []


async def test_a_late_answer_ends_the_doubt(desk: Desk) -> None:
    """Whether it is being looked for still, or a person is asked already: proof is proof."""
    for key, looks in (("unknown", 0), ("unconfirmed", 1)):
        await desk.ask(key)
        other = desk.beside()
        async with frozen(desk, Pause(then=unguarded)):
            await take_over(other)
            for _ in range(looks):
                other.advance(5)
                await other.work()
            assert await desk.state(key) == key
        assert await desk.state(key) is State.SENT
        assert desk.texts.settlements[-1] == (key, State.SENT)
    assert desk.upstream.keys == ["unknown", "unconfirmed"]


async def test_a_late_answer_corrects_what_was_given_up(desk: Desk, store: Store) -> None:
    """A person let it go, and then it turns out that it had left: the record must not deny it."""
    await desk.ask("a")
    other = desk.beside()
    async with frozen(desk, Pause(then=unguarded)):
        await take_over(other)
        other.advance(5)
        await other.work()
        operation = await desk.get("a")
        async with store.write() as tx:
            await desk.ledger.give_up(tx, operation.id, operation.fence, "Given up.")
    operation = await desk.get("a")
    assert (operation.state, operation.bound, operation.reason) == (State.SENT, "upstream:1", None)


async def test_a_late_answer_keeps_a_harmless_one_from_being_repeated(desk: Desk) -> None:
    """Looked for in vain, ready to go again, and then the first answer comes: it does not go again."""
    await desk.ask("a", POST, lane="slack:1")
    other = desk.beside()
    async with frozen(desk, Pause(then=unguarded)):
        await take_over(other)
        other.advance(5)
        assert await other.runner.step() == 1
        assert await desk.state("a") is State.READY
    assert await desk.state("a") is State.SENT
    await other.work()
    assert len(desk.upstream.effects) == 1


async def test_the_twin_of_a_post_repeated_after_a_freeze_is_taken_back(desk: Desk) -> None:
    """Repeated by another, and then the frozen first goes out after all: the late one removes its own."""
    await desk.ask("a", POST)
    other = desk.beside()
    async with frozen(desk, Pause(then=unguarded)):
        await take_over(other)
        other.advance(5)
        await other.work()
        assert await desk.state("a") is State.SENT
        assert len(desk.upstream.effects) == 1
    assert [effect.number for effect in desk.upstream.effects] == [1]
    assert (await desk.get("a")).bound == "upstream:1"


async def test_with_retry_instead_of_doubt_there_are_duplicates(desk: Desk, store: Store) -> None:
    """The control: treat an ended lease as "not sent", as is often done, and the test sees the second effect."""
    await desk.ask("a")
    await desk.freeze_in(fails_after(killed()))
    desk.advance(LEASE)
    async with store.write() as tx:
        await tx.execute(text("UPDATE operations SET state = 'ready', owner = NULL, lease_until = NULL"))
    await desk.work()
    assert desk.upstream.keys == ["a", "a"]


async def test_a_claim_that_is_being_made_by_two_is_made_by_one(desk: Desk) -> None:
    """Four processes claim at the same moment; every operation is performed once."""
    desks = [desk, *(desk.beside(f"{number}") for number in range(3))]
    for number in range(40):
        await desk.ask(f"{number:02}", lane=f"sms:{number % 20}")
    while any(await asyncio.gather(*(each.runner.step() for each in desks))):
        pass
    assert sorted(desk.upstream.keys) == [f"{number:02}" for number in range(40)]
    assert desk.upstream.requests == 40
