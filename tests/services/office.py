"""A process at work on broadcasts, between a store and a line, with people who may send; Slack's side only says when.

What it draws in Slack is what ``looks`` says of a broadcast.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.clearstream.client import Clearstream
from bot.errors import Rejected
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.operations.limits import Limits
from bot.operations.model import Absent, Done, Guard, Operation, State, Superseded
from bot.operations.runner import Runner
from bot.polling.broadcasts import AudiencePoll, FollowPoll
from bot.polling.jobs import Jobs
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.services import posts
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import Broadcast, looks
from bot.services.broadcast_office import Office
from bot.services.broadcast_showing import Showing
from bot.services.broadcasts import Pressed
from bot.services.policy import Act
from bot.services.setup import Setup
from bot.store import broadcasts as rows
from bot.store import installation
from bot.store import jobs as job_rows
from bot.store.engine import Store, Tx
from tests.clock import WoundClock

ALICE, BOB, CAROL = "U1", "U2", "U3"
UNDO = 10.0
APPROVAL_ABOVE = 3

_NUMBERS = count(1)


def customers(line: ClearstreamStandIn, people: int, name: str = "Customers") -> int:
    """A list with so many people on it."""
    made = line.add_list(name).id
    for _ in range(people):
        line.add_subscriber(f"+1200{next(_NUMBERS):07d}", lists=[made])
    return made


class BoardKind:
    """Slack's side: posts the message of a broadcast, or draws it anew."""

    harmless = True
    patience = None
    looks: Sequence[float] = (1.0,)

    def __init__(self, name: str, store: Store, showing: Showing) -> None:
        self.name = name
        self.drawn: list[str] = []
        self.silent = False
        self._store = store
        self._showing = showing

    async def marker(self, operation: Operation) -> int | None:
        """None."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Draw it."""
        broadcast = await self._broadcast(operation)
        guard()
        if self.silent:
            raise Superseded
        self.drawn.append(broadcast.state)
        return Done(result={"channel": "C1", "ts": operation.key, "drawn": looks(broadcast, self._store.clock.now())})

    async def _broadcast(self, operation: Operation) -> Broadcast:
        async with self._store.read() as tx:
            row = await rows.get(tx, operation.payload["broadcast"])
        assert row is not None
        return Broadcast.of(row)

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Say that it stands."""
        if operation.state is State.SENT:
            result, payload = operation.result, operation.payload
            if self.name == posts.BROADCAST:
                await self._showing.posted(tx, operation, result["channel"], result["ts"], result["drawn"])
            else:
                await self._showing.drawn(tx, payload["broadcast"], payload["version"], result["drawn"])


class Desk:
    """One process."""

    def __init__(
        self,
        store: Store,
        clock: WoundClock,
        line: ClearstreamStandIn,
        owner: str = "one",
        *,
        timeout: float = 5,
        at_once: int = 16,
    ) -> None:
        self.store = store
        self.clock = clock
        self.line = line
        self.refused: set[str] = set()
        self.asked: list[tuple[str, Act]] = []
        self.clearstream = Clearstream.with_key(line.api_key, line.url, timeout=timeout)
        numbers = count(1)
        self.ledger = Ledger(store, lambda: f"{owner}-{next(numbers):06}")
        setup = Setup("C1", undo_seconds_default=UNDO, approval_above_default=APPROVAL_ABOVE)
        self.office = Office.made(store, self.ledger, setup, self.clearstream, self.may)
        self.broadcasts = self.office.broadcasts
        showing = self.broadcasts.showing
        self.board = BoardKind(posts.BROADCAST, store, showing)
        self.redrawn = BoardKind(posts.BROADCAST_UPDATE, store, showing)
        self.ledger.register([*self.office.kinds, self.board, self.redrawn])
        self.runner = Runner(self.ledger, Limits(spread=lambda: 0.5, at_once=at_once), owner)
        follow = FollowPoll(store, self.clearstream, self.office.following, self.office.leads)
        audience = AudiencePoll(store, self.office.audience)
        self.jobs = Jobs(store, owner, Metrics(), {follow.name: follow, audience.name: audience})

    async def may(self, person: str, act: Act) -> None:
        """Whether somebody may, when it leaves."""
        self.asked.append((person, act))
        if person in self.refused:
            raise Rejected("You may not send broadcasts. Nothing was done.", service="Switchboard")

    async def work(self) -> None:
        """Work until nothing more is due now."""
        while await self.runner.step():
            pass

    async def wind(self, seconds: float, least: float = 0) -> None:
        """Let time go by, from one thing that is due to the next, in steps of ``least`` seconds at the least."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while True:
            await self.runner.sweep()
            await self.work()
            for name in self.jobs.jobs:
                await self.jobs.tick(name)
            await self.work()
            now = self.clock.now()
            if now >= end:
                return
            step = max(timedelta(seconds=least), (await self._next(now) or end) - now)
            self.clock.advance(min(step, end - now).total_seconds())

    async def _next(self, now: datetime) -> datetime | None:
        """When something is due next."""
        async with self.store.read() as tx:
            times = [row["next_due"] for row in await job_rows.every(tx)]
        times.append(await self.ledger.next_due(now))
        return min((time for time in times if time is not None and time > now), default=None)

    async def press(self, what: Callable[..., Any], *arguments: Any) -> Any:
        """Do one thing in a transaction of its own."""
        async with self.store.write() as tx:
            return await what(tx, *arguments)

    async def write(self, fields: Fields, author: str = ALICE, draft: str = "d1") -> Broadcast:
        """Keep a draft."""
        kept: Broadcast = await self.press(self.broadcasts.keep, draft, author, fields)
        return kept

    async def submit(self, broadcast: Broadcast) -> Pressed:
        """Press what the preview offers."""
        lists = await self.office.audience.lists()
        pressed: Pressed = await self.press(
            self.broadcasts.submit, broadcast.id, broadcast.version, broadcast.author, lists
        )
        return pressed

    async def send(self, fields: Fields, author: str = ALICE, draft: str = "d1") -> Broadcast:
        """Write and press; how it stands then."""
        return (await self.submit(await self.write(fields, author, draft))).broadcast

    async def now(self, broadcast: Broadcast | str) -> Broadcast:
        """How it stands."""
        identity = broadcast if isinstance(broadcast, str) else broadcast.id
        async with self.store.read() as tx:
            return await self.broadcasts.get(tx, identity)

    async def fence(self, broadcast: Broadcast) -> int:
        """What goes with the buttons of doubt."""
        async with self.store.read() as tx:
            operation = await self.broadcasts.operation(tx, broadcast)
        assert operation is not None
        return operation.fence

    async def record(self) -> list[tuple[str, str, str]]:
        """Who did what, and how it ended, oldest first."""
        async with self.store.read() as tx:
            found = await installation.last_records(tx, 50)
        return [(row["actor"], row["act"], row["outcome"]) for row in reversed(found)]

    @property
    def posts(self) -> int:
        """How many requests to send reached the line."""
        return len(self.line.requests_since(method="POST", path="messages"))

    @property
    def sent(self) -> list[str]:
        """What the line was made to send, oldest first."""
        return [message.text.body for message in sorted(self.line.state.messages.values(), key=lambda one: one.id)]


@asynccontextmanager
async def opened(desk: Desk) -> AsyncIterator[Desk]:
    """With the lists fetched; the connections are closed afterwards."""
    await desk.jobs.prepare()
    await desk.office.audience.refresh()
    try:
        yield desk
    finally:
        await desk.clearstream.aclose()
