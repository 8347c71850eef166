"""The tests' own clock keeps its word."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import OperationalError

from tests.clock import START, WoundClock, settle_until
from tests.quiet import quiet


async def test_waiting_ends_when_the_clock_is_wound_past_the_deadline(clock: WoundClock) -> None:
    """Nobody wakes early, and winding past the deadline wakes without the event."""
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), 10))
    await asyncio.sleep(0)
    clock.advance(9)
    await quiet()
    assert not waiting.done()
    clock.advance(1)
    assert await waiting is False


async def test_waiting_ends_when_the_event_is_set(clock: WoundClock) -> None:
    """The event wakes at once, and leaves no deadline behind."""
    event = asyncio.Event()
    waiting = asyncio.create_task(clock.wait(event, 10))
    await asyncio.sleep(0)
    event.set()
    assert await waiting is True
    assert clock.next_deadline is None


async def test_settling_winds_from_deadline_to_deadline(clock: WoundClock) -> None:
    """A loop that sleeps a second at a time is seen through three rounds, in three seconds of the clock."""
    rounds: list[float] = []

    async def work() -> None:
        while True:
            await clock.sleep(1)
            rounds.append((clock.now() - START).total_seconds())

    task = asyncio.create_task(work())
    await settle_until(lambda: len(rounds) == 3, clock)
    task.cancel()
    assert rounds == [1, 2, 3]


async def test_settling_says_what_did_not_happen(clock: WoundClock) -> None:
    """What never comes fails with a sentence that names it."""
    task = asyncio.create_task(clock.sleep(7200))
    with pytest.raises(AssertionError, match="the moon: not within 3600"):
        await settle_until(lambda: False, clock, what="the moon")
    task.cancel()


async def test_winding_gives_each_deadline_its_turn(clock: WoundClock) -> None:
    """Ten seconds wound are ten rounds of a loop that sleeps one, where one big step would be a single round."""
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        while True:
            await clock.sleep(1)
            rounds += 1

    task = asyncio.create_task(work())
    await clock.wind(10)
    task.cancel()
    assert rounds == 10


async def test_a_database_at_work_is_waited_for() -> None:
    """Nothing is quiet while a connection is out, also after the taking of one was broken off half-way."""
    tries = iter((True, False, True))

    def connect() -> sqlite3.Connection:
        if not next(tries):
            raise sqlite3.OperationalError
        return sqlite3.connect(":memory:")

    engine = create_engine("sqlite://", poolclass=QueuePool, creator=connect)
    with engine.connect() as first:
        assert not await quiet(wait=False)
        first.invalidate()
    assert await quiet(wait=False)
    with pytest.raises(OperationalError):
        engine.connect()
    with engine.connect():
        assert not await quiet(wait=False)
    assert await quiet(wait=False)
    engine.dispose()
