"""APScheduler's ticks: each asks the database once what is due, so that a tick fired twice does no harm."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import new_reference
from bot.polling.jobs import Jobs
from bot.store.engine import Row

log = structlog.get_logger(__name__)

# A tick that comes while the one before still runs is left out, which is what is wanted and no cause for a warning.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class Ticks:
    """Begins the jobs that are due, in this process, until stopped: at each ``look``, and by itself once begun.

    By itself it looks every few seconds, and at once where somebody says ``hurry``. Jobs run beside each other, each
    of them once at a time.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._running: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._stopped = False
        self._hurried = False
        self._hurrying: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self, seconds: float) -> None:
        """Look every ``seconds``."""
        self._scheduler.add_job(
            self.look, "interval", seconds=seconds, misfire_grace_time=None, coalesce=True, max_instances=1
        )
        self._scheduler.start()

    def hurry(self) -> None:
        """Look now, where it looks by itself: a job was made due. Said again before that, it is as said once."""
        if self._scheduler.running and not self._stopped and not self._hurried:
            self._hurried = True
            task = asyncio.create_task(self._look_now())
            self._hurrying.add(task)
            task.add_done_callback(self._hurrying.discard)

    async def look(self) -> Collection[asyncio.Task[None]]:
        """Begin what is due; whatever runs then."""
        async with self._turn:
            await self._begin()
        return tuple(self._running.values())

    async def _look_now(self) -> None:
        try:
            async with self._turn:
                self._hurried = False  # what is made due from here on may be seen now, or not
                await self._begin()
        except Exception:
            # The next tick looks again.
            log.exception("job.not_looked_for", reference=new_reference())

    async def _begin(self) -> None:
        if not self._stopped:
            for row in await self._jobs.take(but=self._running):
                self._running[row["name"]] = asyncio.create_task(self._run(row))

    async def _run(self, row: Row) -> None:
        name: str = row["name"]
        try:
            await self._jobs.run(row)
        except Exception:
            # It could not be given back: its lease ends, and whoever looks then takes it.
            log.exception("job.not_given_back", job=name, reference=new_reference())
        finally:
            del self._running[name]

    async def stop(self, grace: float) -> None:
        """Begin no more, and let what runs end; it is cut off after ``grace`` seconds, and held by its lease."""
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                async with self._turn:
                    self._stopped = True
                if self._running:
                    await asyncio.wait(self._running.values())
        self._stopped = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        # What is cut off still has its transaction to end, and a database to end it on.
        cut_off = (*self._running.values(), *self._hurrying)
        for task in cut_off:
            task.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)
