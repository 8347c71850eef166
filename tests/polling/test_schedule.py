"""Stopping the ticks: what runs is left to end, so that the next process finds nothing held."""

import asyncio

from bot.polling.schedule import Ticks


class Errand:
    """A job that takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.begun = asyncio.Event()
        self.runs = 0
        self.ended = 0

    async def tick(self, name: str) -> bool:
        """Do it."""
        self.runs += 1
        self.begun.set()
        await asyncio.sleep(self._seconds)
        self.ended += 1
        return True


async def test_a_job_that_runs_ends_and_none_is_begun_after() -> None:
    """Stopped in the middle of it, it is done to its end before the stop is."""
    errand = Errand(0.05)
    ticks = Ticks(errand.tick, ["errand"], 0.01)
    ticks.start()
    await errand.begun.wait()
    await ticks.stop(grace=5)
    assert (errand.runs, errand.ended) == (1, 1)
    await asyncio.sleep(0.05)
    assert errand.runs == 1


async def test_one_that_takes_too_long_is_cut_off() -> None:
    """No longer than the grace is waited for."""
    errand = Errand(60)
    ticks = Ticks(errand.tick, ["errand"], 0.01)
    ticks.start()
    await errand.begun.wait()
    async with asyncio.timeout(5):
        await ticks.stop(grace=0.01)
    assert (errand.runs, errand.ended) == (1, 0)
