"""Everything at once, for one replica or several: texts, broadcasts, an import, calls, and the people who do it all."""

import asyncio
from pathlib import Path
from typing import Any

from bot.sandbox.clarity import cast
from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.model import Message
from bot.store import jobs
from bot.store.engine import Row
from tests.clock import WoundClock
from tests.club import Club
from tests.hall import Hall

REASON = "Your text line"


class Works(Hall, Club):
    """A hall with Clarity beside it; ``twins`` are the replicas that were started beside its own."""

    def __init__(self, clock: WoundClock, database_url: str, folder: Path) -> None:
        super().__init__(clock, database_url, folder)
        self.twins: list[Works] = []

    async def stop(self, grace: float = 8.0) -> None:
        """Stop the bot, and those that were started beside it."""
        twins, self.twins = self.twins, []
        for twin in twins:
            await twin.stop(grace)
        await super().stop(grace)

    async def _tick(self) -> None:
        """Look every second, as the real ticks do, whatever still runs."""
        assert self.bot is not None and self.bot.ticks is not None
        while True:
            await self.bot.ticks.look()
            self._looked += 1
            await self.clock.sleep(1)

    async def pause(self) -> None:
        """Look no more, for a while; what runs goes on."""
        assert self._ticking is not None
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)

    def go_on(self) -> None:
        """Look again."""
        self._ticking = asyncio.create_task(self._tick())

    @property
    def owner(self) -> str:
        """Who it is in leases."""
        assert self.bot is not None
        return self.bot.owner

    async def call_under_way(self) -> Message:
        """Somebody asks the shared account for a call, and Alice connects it; the message when they speak."""
        self.clarity.someone_requests(cast.SHARED, "ninapark", REASON)
        message = await self.call_told(self.alice, REASON)
        await self.alice.click("Connect", message)
        await self.until(lambda: "In progress" in message.text(), "the conversation")
        return message

    def asked(self, mark: tuple[int, int]) -> list[RequestInfo]:
        """What both upstreams were asked since ``mark``."""
        return [*self.clearstream.requests_since(mark[0]), *self.clarity.requests_since(mark[1])]

    def mark(self) -> tuple[int, int]:
        """Now, for ``asked``."""
        return self.clearstream.log.mark(), self.clarity.log.mark()

    async def job(self, name: str) -> Row:
        """A job's row."""
        assert self.bot is not None
        async with self.bot.store.read() as tx:
            row = await jobs.get(tx, name)
        assert row is not None
        return row

    async def another(self, **settings: Any) -> "Works":
        """One more replica, started."""
        twin = self.twin()
        assert isinstance(twin, Works)
        twin.twins, twin._at_work = [], asyncio.Lock()
        self.twins.append(twin)
        await twin.start(**settings)
        return twin


def stalled(works: Works) -> None:
    """From now on nothing that jobs ask is answered, nor is a broadcast's POST, which has its effect."""
    line, clarity = works.clearstream.faults, works.clarity.faults
    line.add(Fault.STALL_AFTER, method="POST", path="messages")
    for method, path in (("POST", "subscribers"), ("GET", "messages/*"), ("GET", "threads")):
        line.add(Fault.STALL_BEFORE, method=method, path=path, count=None)
    clarity.add(Fault.STALL_BEFORE, method="GET", path="calls/*", count=None)
