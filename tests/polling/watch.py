"""A poll between a store and a Clearstream stand-in, without Slack: what it asks to be posted is what it found."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot.clearstream.client import Clearstream
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.inbox import NAME, InboxPoll
from bot.polling.jobs import Jobs
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.services import posts
from bot.services.setup import Setup
from bot.store.engine import Row, Store
from bot.store.jobs import get
from bot.store.tables import operations
from tests.clock import WoundClock
from tests.quiet import quiet

EVERY = timedelta(seconds=15)

_PATIENCE = 0.05


def number(person: int) -> str:
    """The number of the ``person``-th customer."""
    return f"+1200{person:07d}"


class Watch:
    """One process that polls. ``open`` before, ``close`` after; several may share a store and a line."""

    def __init__(self, store: Store, clock: WoundClock, line: ClearstreamStandIn, owner: str = "one") -> None:
        self.store = store
        self.clock = clock
        self.line = line
        self.metrics = Metrics()
        self.clearstream = Clearstream.with_key(line.api_key, line.url, timeout=5)
        ledger, setup = Ledger(store), Setup("C1")
        self.poll = InboxPoll(store, self.clearstream, ledger, setup, self.metrics, EVERY)
        self.jobs = Jobs(store, owner, self.metrics, {NAME: self.poll})

    async def open(self) -> "Watch":
        """Make the job's row."""
        await self.jobs.prepare()
        return self

    async def close(self) -> None:
        """Close the connections to Clearstream."""
        await self.clearstream.aclose()

    async def tick(self) -> list[str]:
        """What one tick now asks of Clearstream, as paths with the page; [] where the job is not due."""
        mark = self.line.log.mark()
        running = asyncio.create_task(self.jobs.tick(NAME))
        while not running.done():
            if not (await asyncio.wait((running,), timeout=_PATIENCE))[0] and await quiet(wait=False):
                self.clock.advance_to_next()
        await running
        return [f"{each.path}?{each.query.get('page', '')}" for each in self.line.requests_since(mark)]

    async def next_poll(self) -> list[str]:
        """As ``tick``, when the job is due next."""
        self.clock.advance(EVERY.total_seconds())
        return await self.tick()

    async def row(self) -> Row:
        """The job's row."""
        async with self.store.read() as tx:
            row = await get(tx, NAME)
        assert row is not None
        return row

    async def asked(self, kind: str = posts.TEXT) -> list[Row]:
        """The payloads of the operations asked for, oldest first."""
        async with self.store.read() as tx:
            found = await tx.rows(select(operations).where(operations.c.kind == kind).order_by(operations.c.seq))
        return [row["payload"] for row in found]

    async def found(self) -> list[int]:
        """The ids of the texts that were found, in the order in which they will stand in Slack."""
        return [payload["reply"] for payload in await self.asked()]


async def killed(task: asyncio.Task[bool]) -> None:
    """End a tick where it stands."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def furnish(line: ClearstreamStandIn, conversations: int) -> None:
    """Put so many conversations of one text on the line, read by its users."""
    for person in range(conversations):
        line.receive(number(person), f"Hello from {person}")
    for thread in line.state.threads.values():
        thread.unread = False
