"""Runs a job in one process at a time: whoever takes its row when it is due, until its lease ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog

from bot.errors import RateLimited, UpstreamError
from bot.logs import new_reference
from bot.metrics import Metrics
from bot.store import jobs as rows
from bot.store.engine import Row, Store, Tx

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=30)
_BEAT = timedelta(seconds=10)
_LONGEST_PAUSE = 60.0
"""Seconds between two tries at the most while an upstream is down, unless the job is rarer by itself."""


class LostJob(Exception):
    """Another process has taken the job over: nothing more may be written for it here."""


class Run:
    """One run of a job: its state, and proof at every write that it is still this process's."""

    def __init__(self, store: Store, row: Row) -> None:
        self.store = store
        self.name: str = row["name"]
        self.state: dict[str, Any] = dict(row["state"])
        self.fence: int = row["fence"]
        self.wakes: int = row["wakes"]
        self._held_at = store.clock.now()

    async def write(self, tx: Tx, state: dict[str, Any] | None = None) -> None:
        """Hold on to the job within a transaction, and store its state with it; raises LostJob."""
        if not await rows.keep(tx, self.name, self.fence, _LEASE, state):
            raise LostJob(self.name)
        if state is not None:
            self.state = state
        self._held_at = tx.now

    async def beat(self) -> None:
        """Hold on to the job where that was last done a while ago; raises LostJob."""
        if self.store.clock.now() - self._held_at >= _BEAT:
            async with self.store.write() as tx:
                await self.write(tx)


class Job(Protocol):
    """Something done again and again, by one process at a time."""

    name: str
    every: timedelta

    async def run(self, run: Run) -> None:
        """Do it once."""


@dataclass
class Jobs:
    """The jobs of this process, and how they are taken."""

    store: Store
    owner: str
    metrics: Metrics
    jobs: dict[str, Job]

    async def prepare(self) -> None:
        """Make the rows; on SQLite end the leases of a killed predecessor."""
        async with self.store.write() as tx:
            await rows.make(tx, self.jobs)
            if self.store.on_sqlite:
                await rows.free(tx)

    async def take(self, but: Collection[str] = ()) -> list[Row]:
        """Take every job that is due and free, except these; the first due comes first."""
        names = [name for name in self.jobs if name not in but]
        async with self.store.read() as tx:
            due = {*names} & {*await rows.due_names(tx)}
        if not due:
            return []
        async with self.store.write() as tx:
            taken = await rows.take(tx, names, self.owner, _LEASE)
        return sorted(taken, key=lambda row: (row["next_due"], names.index(row["name"])))

    async def tick(self, name: str) -> bool:
        """Run one job if it is due and free; whether it was run."""
        taken = await self.take(but=self.jobs.keys() - {name})
        for row in taken:
            await self.run(row)
        return bool(taken)

    async def wake(self, name: str) -> None:
        """Make a job due now."""
        async with self.store.write() as tx:
            await rows.wake(tx, name)

    async def run(self, row: Row) -> None:
        """Run a job that was taken, and give it back."""
        job, run = self.jobs[row["name"]], Run(self.store, row)
        failures, begun = row["failures"], self.store.clock.now()
        self.metrics.poll_lag.labels(job.name).observe(max(0.0, (begun - row["next_due"]).total_seconds()))
        try:
            await job.run(run)
        except LostJob:
            log.warning("job.lost", job=job.name)
        except Exception as error:  # noqa: BLE001 - one poll that fails must not end the others
            await self._failed(job, run, failures, error)
        else:
            if failures:
                log.info("job.recovered", job=job.name, after=failures)
            await self._give_back(run, job.every)
        self.metrics.poll_seconds.labels(job.name).observe((self.store.clock.now() - begun).total_seconds())

    async def _failed(self, job: Job, run: Run, failures: int, error: Exception) -> None:
        self.metrics.poll_failures.labels(job.name).inc()
        every = job.every.total_seconds()
        wait = max(every, min(_LONGEST_PAUSE, every * 2 ** min(failures, 6)))
        if isinstance(error, RateLimited):
            wait = max(wait, error.retry_after)
        if not isinstance(error, UpstreamError):
            log.exception("job.failed", job=job.name, reference=new_reference())
        elif not failures:
            log.error("job.failed", job=job.name, error=str(error), reference=new_reference())
        await self._give_back(run, timedelta(seconds=wait), failures=failures + 1)

    async def _give_back(self, run: Run, wait: timedelta, failures: int = 0) -> None:
        async with self.store.write() as tx:
            if not await rows.give_back(tx, run.name, run.fence, run.wakes, tx.now + wait, failures=failures):
                log.warning("job.lost", job=run.name)
