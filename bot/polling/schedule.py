"""APScheduler's ticks: each asks the database whether its job is due, so that a tick fired twice does no harm."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from apscheduler.schedulers.asyncio import AsyncIOScheduler

# A tick that comes while the one before still runs is left out, which is what is wanted and no cause for a warning.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class Ticks:
    """Fires every ``seconds`` for each name, in this process alone, until stopped."""

    def __init__(self, tick: Callable[[str], Awaitable[bool]], names: Iterable[str], seconds: float) -> None:
        self._tick = tick
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for name in names:
            self._scheduler.add_job(
                self._fire,
                "interval",
                args=(name,),
                seconds=seconds,
                id=name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    async def _fire(self, name: str) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._running.add(task)
        try:
            await self._tick(name)
        finally:
            self._running.discard(task)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    async def stop(self, grace: float) -> None:
        """Fire no more, and let a job that runs end; it is cut off after ``grace`` seconds, and held by its lease.

        The scheduler by itself would cut it off at once.
        """
        if not self._scheduler.running:
            return
        self._scheduler.remove_all_jobs()
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=grace)
        self._scheduler.shutdown(wait=False)
        # What was cut off still has its transaction to end, and a database to end it on.
        await asyncio.gather(*self._running, return_exceptions=True)
