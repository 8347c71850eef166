"""The job that imports: killed at any moment, and asked at every turn whether whoever began it still may."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO

import pytest

from bot.clearstream.client import Clearstream
from bot.errors import Rejected
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.imports import ImportPoll
from bot.polling.jobs import Jobs
from bot.sandbox.clearstream import ClearstreamStandIn, Fault
from bot.sandbox.requests import RequestInfo
from bot.services.broadcast_fields import ListChoice
from bot.services.csv_columns import Columns
from bot.services.import_known import Known
from bot.services.import_model import Choice, RowState, Source
from bot.services.import_work import ImportWork
from bot.services.imports import JOB, Imports
from bot.services.policy import Act
from bot.services.transfers import State
from bot.store import imports as rows
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.quiet import quiet

ALICE, DRAFT, PEOPLE = "U1", "d1", 80


@pytest.fixture
async def line(clock: WoundClock) -> AsyncIterator[ClearstreamStandIn]:
    """A Clearstream line on the test's clock."""
    async with ClearstreamStandIn(now=clock.now, tick_seconds=None) as line:
        yield line


class Bureau:
    """An import of some people that was begun, and processes that may work on it."""

    def __init__(self, store: Store, clock: WoundClock, line: ClearstreamStandIn) -> None:
        self.store, self.clock, self.line = store, clock, line
        self.ledger = Ledger(store)
        self.clearstream = Clearstream.with_key(line.api_key, line.url, timeout=5)
        self.uploaded: list[bytes] = []
        self.refused = False

    async def begin(self, people: int = PEOPLE) -> None:
        """Check a file of so many and begin."""
        imports = Imports(self.store, self.ledger, Known(self.clearstream))
        customers = self.line.add_list("Customers").id
        choice = Choice(Columns(number=0), "US", (ListChoice(customers, "Customers"),))
        file = io.BytesIO("".join(f"+1200557{number:04d}\n" for number in range(people)).encode())
        await imports.keep(DRAFT, ALICE, Source("F1", "people.csv", "https://files.slack.com/f", 1))
        await imports.check(DRAFT, ALICE, file, choice, self._told)
        async with self.store.write() as tx:
            await imports.start(tx, DRAFT, ALICE)

    async def _told(self, count: int) -> None:
        """How many were read."""

    async def may(self, person: str, act: Act) -> None:
        """Whether somebody may."""
        if self.refused:
            raise Rejected("You may not import subscribers. Nothing was done.", service="Switchboard")

    async def upload(self, name: str, file: BinaryIO, size: int) -> str:
        """Take a file."""
        file.seek(0)
        self.uploaded.append(file.read())
        return "F2"

    async def process(self) -> Jobs:
        """A process that has just started."""
        work = ImportWork(self.clearstream, Known(self.clearstream))
        poll = ImportPoll(self.store, self.ledger, work, self.may, self)
        jobs = Jobs(self.store, str(id(poll)), Metrics(), {JOB: poll})
        await jobs.prepare()
        return jobs

    async def counts(self) -> dict[str, int]:
        """What became of the rows."""
        async with self.store.read() as tx:
            return await rows.counts(tx, DRAFT)

    async def ended(self) -> bool:
        """Whether it has come to its end."""
        async with self.store.read() as tx:
            row = await rows.get(tx, DRAFT)
        return row is not None and row["state"] == State.DONE

    async def see_through(self) -> None:
        """Let a process work until it has come to its end."""
        jobs = await self.process()
        for _ in range(50):
            if await self.ended():
                return
            self.clock.advance(31)
            await jobs.tick(JOB)
        raise AssertionError(await self.counts())


@pytest.fixture
async def bureau(store: Store, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Bureau]:
    """An import that was begun, on each kind of database."""
    bureau = Bureau(store, clock, line)
    await bureau.begin()
    yield bureau
    await bureau.clearstream.aclose()


async def test_killed_at_any_moment_nobody_is_created_twice(bureau: Bureau) -> None:
    """Each is created, and asked to confirm, once: whatever was under way, lost, or arrives after its sender died."""
    chance, faults = random.Random(5), bureau.line.faults
    spoil = partial(faults.add, method="POST", path="subscribers")
    for _ in range(6):
        spoil(chance.choice([Fault.LOSE_AFTER, Fault.LOSE_BEFORE]), skip=chance.randrange(9))
        stall = chance.choice([Fault.STALL_BEFORE, Fault.STALL_AFTER])
        spoil(stall, skip=chance.randrange(20), count=chance.randrange(1, 9))
        jobs = await bureau.process()
        bureau.clock.advance(31)
        working = asyncio.create_task(jobs.tick(JOB))
        await quiet()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        faults.clear()
    await bureau.see_through()
    assert await bureau.counts() == {RowState.CREATED: PEOPLE}
    bureau.line.settle()
    assert [len(bureau.line.phone(f"+1200557{number:04d}")) for number in range(PEOPLE)] == [1] * PEOPLE
    assert bureau.uploaded == []


async def test_who_may_no_longer_import_does_not(bureau: Bureau) -> None:
    """What was not imported yet is not, and comes back with the reason."""
    bureau.refused = True
    await bureau.see_through()
    assert await bureau.counts() == {RowState.FAILED: PEOPLE}
    assert bureau.uploaded[0].count(b"it was this row's turn") == PEOPLE


async def test_who_may_no_longer_import_does_not_go_on(bureau: Bureau) -> None:
    """The right is withdrawn while rows are on their way: those of the next batch do not leave."""

    async def withdraw(request: RequestInfo) -> None:
        if request.method == "POST" and not bureau.refused:
            bureau.refused = True
            bureau.clock.advance(10)

    bureau.line.on_request(withdraw)
    await bureau.see_through()
    assert await bureau.counts() == {RowState.CREATED: 40, RowState.FAILED: PEOPLE - 40}


async def test_who_is_never_clearly_answered_comes_back(
    store: Store, clock: WoundClock, line: ClearstreamStandIn
) -> None:
    """After five tries, with the advice to look there; it does not go on for ever."""
    bureau = Bureau(store, clock, line)
    await bureau.begin(2)
    fails = line.faults.add(Fault.ERROR_BEFORE, method="POST", path="subscribers", count=None)
    await bureau.see_through()
    await bureau.clearstream.aclose()
    assert await bureau.counts() == {RowState.FAILED: 2}
    assert fails.hits == 2 * 5
    assert bureau.uploaded[0].count(b"no clear answer 5 times. Look there whether they were added.") == 2
