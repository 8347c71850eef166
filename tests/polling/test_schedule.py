"""The ticks: one question for all jobs, and what runs is left to end, so that the next process finds nothing held."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.metrics import Metrics
from bot.polling.jobs import Jobs, Run
from bot.polling.schedule import Ticks
from bot.store import jobs as rows
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.quiet import quiet


class Errand:
    """A job that takes so many seconds."""

    every = timedelta(seconds=5)

    def __init__(self, name: str, seconds: float = 0.0) -> None:
        self.name = name
        self.seconds = seconds
        self.begun = asyncio.Event()
        self.runs = 0
        self.ended = 0

    async def run(self, run: Run) -> None:
        """Do it."""
        self.runs += 1
        self.begun.set()
        await asyncio.sleep(self.seconds)
        self.ended += 1


@pytest.fixture
async def errands() -> list[Errand]:
    """Two of them."""
    return [Errand("one"), Errand("two")]


@pytest.fixture
async def jobs(store: Store, errands: list[Errand]) -> Jobs:
    """Both as this process's jobs, due at once."""
    jobs = Jobs(store, "here", Metrics(), {errand.name: errand for errand in errands})
    await jobs.prepare()
    return jobs


@pytest.fixture
async def ticks(jobs: Jobs) -> AsyncIterator[Ticks]:
    """What looks at them."""
    ticks = Ticks(jobs)
    yield ticks
    await ticks.stop(grace=0)


async def owners(store: Store) -> list[str | None]:
    """Who has the jobs now."""
    async with store.read() as tx:
        return [row["owner"] for row in await rows.every(tx)]


async def test_a_look_begins_what_is_due_and_a_job_once_at_a_time(
    ticks: Ticks, jobs: Jobs, errands: list[Errand], store: Store, clock: WoundClock
) -> None:
    """They run beside each other; one that is slower than its lease is not begun a second time in its own process."""
    errands[1].seconds = 60
    await ticks.look()
    await asyncio.gather(*(errand.begun.wait() for errand in errands))
    await quiet()
    assert sorted(await owners(store), key=str) == [None, "here"]
    clock.advance(31)
    running = await ticks.look()
    assert len(running) == 2, "the slow one, and the other for the second time"
    await quiet()
    assert [errand.runs for errand in errands] == [2, 1]
    assert await jobs.take(but=()) != [], "another process would take it over: its lease has ended"


async def test_two_processes_take_each_job_once(jobs: Jobs, errands: list[Errand], store: Store) -> None:
    """What is due is divided between who looks at the same moment."""
    other = Jobs(store, "there", Metrics(), jobs.jobs)
    taken = await asyncio.gather(jobs.take(), other.take(), jobs.take(), other.take())
    assert sorted(row["name"] for some in taken for row in some) == ["one", "two"]


async def test_a_job_that_runs_ends_and_none_is_begun_after(ticks: Ticks, errands: list[Errand], store: Store) -> None:
    """Stopped in the middle of it, it is done to its end before the stop is, and nobody holds it."""
    errands[0].seconds = 0.05
    ticks.start(0.01)
    await errands[0].begun.wait()
    await ticks.stop(grace=5)
    assert [(errand.runs, errand.ended) for errand in errands] == [(1, 1), (1, 1)]
    assert await owners(store) == [None, None]
    assert await ticks.look() == ()
    await asyncio.sleep(0.05)
    assert errands[0].runs == 1


async def test_one_that_takes_too_long_is_cut_off(ticks: Ticks, errands: list[Errand], store: Store) -> None:
    """No longer than the grace is waited for, and it is held by its lease."""
    errands[0].seconds = 60
    ticks.start(0.01)
    await errands[0].begun.wait()
    async with asyncio.timeout(5):
        await ticks.stop(grace=0.01)
    assert (errands[0].runs, errands[0].ended) == (1, 0)
    assert "here" in await owners(store)
