"""What one replica writes the others know at once, without looking for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.metrics import Metrics
from bot.polling.jobs import Jobs, Run
from bot.polling.schedule import Ticks
from bot.store import jobs as rows
from bot.store.bell import Bell
from bot.store.engine import Store
from tests.clock import WoundClock

SELDOM = 3600.0
"""Seconds between two looks: what happens within a test was not found by one."""


class Errand:
    """A job that somebody wakes."""

    name = "errand"
    every = timedelta(hours=1)

    def __init__(self) -> None:
        self.runs = 0

    async def run(self, run: Run) -> None:
        """Count."""
        self.runs += 1


async def real(holds: Callable[[], bool]) -> None:
    """Wait for what goes through PostgreSQL, in its own time."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.002)


@pytest.fixture
async def stores(postgresql_url: str, clock: WoundClock) -> AsyncIterator[list[Store]]:
    """The same database as two replicas have it."""
    stores = [Store(postgresql_url, clock) for _ in range(2)]
    yield stores
    for store in stores:
        await store.close()


async def hearing(stack: AsyncExitStack, store: Store) -> Bell:
    """The bell of one replica, which listens."""
    bell = Bell(store)
    await bell.start()
    stack.push_async_callback(bell.stop)
    if not store.on_sqlite:
        await bell.heard.wait()
    return bell


async def looking(stack: AsyncExitStack, store: Store, errand: Errand, owner: str) -> Ticks:
    """What looks for jobs in one replica, seldom by itself."""
    bell = await hearing(stack, store)
    jobs = Jobs(store, owner, Metrics(), {errand.name: errand})
    await jobs.prepare()
    ticks = Ticks(jobs)
    bell.on(rows.SUBJECT, ticks.hurry)
    ticks.start(SELDOM)
    stack.push_async_callback(ticks.stop, 1)
    return ticks


async def test_a_woken_job_is_begun_at_once_by_whoever_looks_first(stores: list[Store]) -> None:
    """Each wake, in whichever process, is one run; the time stands still meanwhile, so no tick had a part in it."""
    async with AsyncExitStack() as stack:
        errand = Errand()
        for place, store in enumerate(stores):
            await looking(stack, store, errand, f"replica {place}")
        for expected, store in enumerate((*stores, *stores), start=1):
            async with store.write() as tx:
                await rows.wake(tx, errand.name)
            await real(lambda expected=expected: errand.runs >= expected)  # type: ignore[misc]
            await idle(store)
            assert errand.runs == expected


async def idle(store: Store) -> None:
    """Wait until nobody has the job."""
    while True:
        async with store.read() as tx:
            row = await rows.get(tx, Errand.name)
        if row is not None and row["owner"] is None:
            return
        await asyncio.sleep(0.002)


async def test_the_only_process_hears_itself(sqlite_url: str, clock: WoundClock) -> None:
    """On SQLite too a webhook need not wait for the next tick."""
    async with AsyncExitStack() as stack:
        store, errand = Store(sqlite_url, clock), Errand()
        stack.push_async_callback(store.close)
        await looking(stack, store, errand, "alone")
        async with store.write() as tx:
            await rows.wake(tx, errand.name)
        await real(lambda: errand.runs >= 1)
        await idle(store)
        assert errand.runs == 1
