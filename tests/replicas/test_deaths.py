"""A replica dies with work in hand: another takes it up in time, and nothing is lost or done twice."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import pytest
from sqlalchemy import func, select

from bot.polling.jobs import Run
from bot.sandbox.requests import RequestInfo
from bot.services import digest
from bot.store import installation
from bot.store.engine import Row
from bot.store.tables import open_views, operations
from tests.drive import JANE, Builder
from tests.hall import WORDS
from tests.replicas.works import Works, stalled
from tests.stories.test_import import begun, people

SETTINGS = {"inbox_poll_seconds": 15, "calls_poll_seconds": 30, "live_call_poll_seconds": 3, "undo_seconds": 0}
PEOPLE = 20
HELD = ("inbox", "broadcasts", "imports", "live-calls")
JOB_LEASE, LEDGER_LEASE, AND = 30, 25, 5
"""Seconds: the leases of a job and of an operation, and how much later at the latest another has it in hand."""


async def test_what_was_in_flight_is_taken_up_by_another(build: Builder, postgresql_url: str) -> None:
    """Following a call and a broadcast, an import, the inbox, and a broadcast whose POST was not answered."""
    works = await build(Works, postgresql_url, **SETTINGS)
    works.clarity.pace.talk = timedelta(hours=1)
    works.clearstream.receive(JANE, "Hello")
    await works.start()
    twin = await works.another()
    call = await works.call_under_way()
    await works.send()
    await works.shows("*Sent*")
    await asyncio.gather(works.pause(), twin.pause())
    stalled(works)
    await begun(works, people(PEOPLE))
    works.clock.advance(61)
    await works.send("The second")
    await works.until(lambda: posted(works) == 2, "the broadcast in flight")
    dead, heir = (works, twin) if await sender(twin) == works.owner else (twin, works)
    dead.go_on()
    await settled(heir, dead.owner)
    mark, died = works.mark(), works.clock.now()
    await dead.die()
    heir.go_on()
    works.clearstream.faults.clear()
    works.clarity.faults.clear()
    await works.until(lambda: f"*{PEOPLE}* created" in " ".join(m.text() for m in works.alice.dm()), "the import")
    works.clarity.hang_up(max(works.clarity.state.calls))
    await works.until(lambda: "Completed" in call.text(), "the end of the call")
    await works.shows("*Sent*")
    late = {path: first(works.asked(mark), path, died) for path in ("threads", "calls/*", "messages/*", "subscribers")}
    assert max(late.values()) <= JOB_LEASE + AND, late
    assert first(works.asked(mark), "messages", died) <= LEDGER_LEASE + AND
    assert posted(works) == 2 and len(works.clearstream.state.messages) == 2
    assert [len(works.on_phone(f"+1200557{person:04d}")) for person in range(PEOPLE)] == [1] * PEOPLE
    assert works.on_phone(JANE) == [f"Blue Sushi: {WORDS}", "Blue Sushi: The second"]
    assert "Unconfirmed" not in works.slack.text()


def posted(works: Works) -> int:
    """How many broadcasts were posted."""
    return len(works.clearstream.requests_since(method="POST", path="messages"))


def first(asked: Collection[RequestInfo], path: str, since: datetime) -> float:
    """After how many seconds something like this was asked first."""
    return min((one.at - since).total_seconds() for one in asked if fnmatchcase(one.path, path))


async def sender(works: Works) -> str | None:
    """Who has a broadcast in hand that leaves."""
    assert works.bot is not None
    async with works.bot.store.read() as tx:
        owner: str | None = await tx.value(select(operations.c.owner).where(operations.c.state == "sending"))
    return owner


async def settled(works: Works, owner: str) -> None:
    """Wait until one has all of ``HELD`` in hand."""
    while [(await works.job(name))["owner"] for name in HELD] != [owner] * len(HELD):  # noqa: ASYNC110 - seen from outside
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("told", [False, True])
async def test_a_digest_and_the_upkeep_outlive_whoever_had_them(
    build: Builder, postgresql_url: str, told: bool
) -> None:
    """Dead before it did anything, or when all was written but that it is done: told once; what is old is forgotten."""
    works = await build(Works, postgresql_url, **SETTINGS)
    await works.start()
    twin = await works.another()
    assert works.bot is not None and twin.bot is not None and twin.bot.jobs is not None
    async with works.bot.store.write() as tx:
        await digest.choose(tx, digest.Every.DAILY, works.broadcasts.id, works.alice.user.id)
        await installation.view_opened(tx, {"view_id": "V1", "user_id": "U1", "conversation_id": 1, "state": {}})
    await asyncio.gather(works.pause(), twin.pause())
    works.clock.advance(26 * 3600)
    await twin.bot.jobs.tick("inbox")
    for row in await taken(twin, ("digest", "upkeep")):
        if told:
            await twin.bot.jobs.jobs[row["name"]].run(Run(twin.bot.store, row))
    died = works.clock.now()
    await twin.die()
    works.go_on()
    await works.until(lambda: digests(works), "the digest")
    late = works.clock.now() - died
    await works.wind(40)
    assert digests(works) == 1
    assert late <= timedelta(seconds=JOB_LEASE + AND)
    async with works.bot.store.read() as tx:
        assert await tx.value(select(func.count()).select_from(open_views)) == 0
    assert [(await works.job(name))["owner"] for name in ("digest", "upkeep")] == [None, None]


async def taken(works: Works, names: Collection[str]) -> list[Row]:
    """Have it take these jobs, which are due."""
    assert works.bot is not None and works.bot.jobs is not None
    rows = await works.bot.jobs.take(but=works.bot.jobs.jobs.keys() - set(names))
    assert {row["name"] for row in rows} == set(names)
    return rows


def digests(works: Works) -> int:
    """How many were told."""
    return sum("The day: " in message.text() for message in works.alice.messages(works.broadcasts))
