"""How often Clarity is asked: for calls that move, calls that stand still, and everybody's lists."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from bot.polling.calls import LISTS, LIVE
from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.store import clarity as rows
from bot.store import jobs
from bot.store.engine import Store
from tests.clock import WoundClock, settle_until
from tests.polling.listening import INTERVAL, LIVELY, Ear

MOVING = ("dialing_seeker", "seeker_answered", "dialing_expert", "expert_answered")


async def _ear(clock: WoundClock, database_url: str) -> AsyncIterator[Ear]:
    store = Store(database_url, clock)
    async with ClarityStandIn(now=clock.now, tick_seconds=None) as clarity:
        cast.furnish(clarity)
        ear = await Ear(store, clock, clarity).open()
        yield ear
        await ear.close()
    await store.close()


@pytest.fixture
async def ear(clock: WoundClock, sqlite_url: str) -> AsyncIterator[Ear]:
    """A process that polls a Clarity of thirty members; nobody is connected yet."""
    async for ear in _ear(clock, sqlite_url):
        yield ear


@pytest.fixture
async def either(clock: WoundClock, database_url: str) -> AsyncIterator[Ear]:
    """The same on each kind of database."""
    async for ear in _ear(clock, database_url):
        yield ear


async def followed(ear: Ear, status: str, owner: str = "alice") -> int:
    """A call somebody has connected, which is in this state until something is done; its id."""
    call = ear.clarity.someone_requests(owner, "ninapark", f"A call that is {status}")
    ear.clarity.set_status(call, status)
    await ear.follow(owner, call.id)
    return call.id


async def test_a_call_under_way_is_looked_at_every_interval_however_long_it_lasts(ear: Ear) -> None:
    """In each state that leads to another, the next one is known LIVE_CALL_POLL_SECONDS later, hours into it."""
    await ear.connect("alice")
    ids = [await followed(ear, status) for status in MOVING]
    for looked in (0, 1, 20, 100, 4000):
        for one in ids:
            await ear.has_been_looked_at("alice", one, looked)
        looks = await ear.tick(LIVE, advance=LIVELY)
        assert sorted(look.path for look in looks) == sorted(f"calls/{one}" for one in ids)
    for one in ids:
        ear.clarity.set_status(one, "canceled")
    await ear.tick(LIVE, advance=LIVELY)
    assert [(await ear.row("alice", one))["status"] for one in ids] == ["canceled"] * 4
    assert await ear.tick(LIVE, advance=LIVELY) == []


async def test_what_stands_still_is_looked_at_ever_more_seldom(ear: Ear) -> None:
    """A state nobody knows is asked for less and less, and often again as soon as it has changed."""
    await ear.connect("alice")
    call = await followed(ear, "on_hold")
    waits = []
    for looked in (0, 1, 30, 70, 90, 110, 200):
        await ear.has_been_looked_at("alice", call, looked)
        await ear.tick(LIVE, advance=await ear.until_next_look())
        waits.append(await ear.until_next_look())
    assert waits[0] == LIVELY
    assert waits == sorted(waits)
    assert waits[-1] == 10 * LIVELY
    ear.clarity.set_status(call, "still_on_hold")
    await ear.tick(LIVE, advance=waits[-1])
    assert await ear.until_next_look() == LIVELY


async def test_an_answer_that_does_not_come_holds_up_no_other_call(ear: Ear) -> None:
    """While Clarity keeps one look waiting, the others are made in their time, and that one is not made twice."""
    await ear.connect("alice")
    slow, quick = await followed(ear, "expert_answered"), await followed(ear, "expert_answered")
    ear.clarity.faults.add(Fault.STALL_BEFORE, path=f"calls/{slow}")
    begun = ear.clock.now()
    polling = asyncio.create_task(ear.tick(LIVE))
    others = partial(ear.clarity.requests_since, path=f"calls/{quick}")
    await settle_until(lambda: len(others()) == 4, ear.clock)
    assert (ear.clock.now() - begun).total_seconds() <= 3 * (LIVELY + 1)
    assert len(ear.clarity.requests_since(path=f"calls/{slow}")) == 1
    ear.clarity.faults.release()
    await polling
    assert (await ear.row("alice", slow))["status"] == "expert_answered"


async def test_no_call_is_followed_longer_than_four_hours(ear: Ear) -> None:
    """One that never ends is looked at once more after that, and is left alone."""
    await ear.connect("alice")
    call = await followed(ear, "expert_answered")
    assert await ear.tick(LIVE)
    assert await ear.tick(LIVE, advance=timedelta(hours=4).total_seconds() - 1)
    assert (await ear.row("alice", call))["next_look"] is not None
    assert len(await ear.tick(LIVE, advance=LIVELY)) == 1
    assert (await ear.row("alice", call))["next_look"] is None
    await ear.tick(LISTS)
    assert not [look for _ in range(10) for look in await ear.tick(advance=INTERVAL) if look.path == f"calls/{call}"]


async def test_each_list_is_asked_for_once_an_interval_and_people_are_spread_out(ear: Ear) -> None:
    """A night's standstill makes everybody due at once: within one interval their turns lie apart, and stay so."""
    names = [member.screen_name for member in ear.clarity.state.members.values()][:15]
    await ear.connect(*names)
    await ear.tick(LISTS)
    night = timedelta(hours=8).total_seconds()
    asked = await ear.tick(LISTS, advance=night)
    morning = ear.clock.now()
    while ear.clock.now() < morning + timedelta(seconds=3 * INTERVAL):
        asked += await ear.tick(LISTS, advance=1)
    times = defaultdict[tuple[str | None, str], list[datetime]](list)
    for info in asked:
        times[info.whose, info.path].append(info.at)
    assert {whose for whose, _ in times} == set(names)
    assert {path for _, path in times} == {"calls/callback", "calls/requested", "messages", "needs"}
    for at in times.values():
        assert len(at) >= 2
        assert all(late - early >= timedelta(seconds=INTERVAL) for early, late in pairwise(at))
    assert max(_a_second(asked, since=morning + timedelta(seconds=1)).values()) <= 4


def _a_second(asked: list[RequestInfo], since: datetime) -> Counter[datetime]:
    """How many people's turns came in each second since then."""
    return Counter(info.at for info in asked if info.path == "needs" and info.at >= since)


async def test_a_refused_token_is_told_once_and_its_call_goes_on_after_the_next_login(either: Ear) -> None:
    """Whichever poll meets the refusal, nothing more is asked for that person alone; connected again, all goes on."""
    await either.connect("alice", "bob")
    call = await followed(either, "expert_answered")
    await either.tick()
    either.clarity.revoke("alice")
    for _ in range(3):
        await either.tick(advance=INTERVAL)
    asked = [info for _ in range(3) for info in await either.tick(advance=INTERVAL)]
    assert {info.whose for info in asked} == {"bob"}
    assert [row["payload"]["to"] for row in await either.told("refused")] == ["alice"]
    await either.connect("alice")
    either.clarity.hang_up(call)
    for _ in range(2):
        await either.tick(advance=INTERVAL)
    assert (await either.row("alice", call))["ended"]


async def test_a_poll_that_was_taken_over_asks_nothing_more(either: Ear) -> None:
    """It stood still past its lease with ten answers to come: the other calls are another process's to look at."""
    await either.connect("alice")
    for _ in range(12):
        await followed(either, "expert_answered")
    taken = asyncio.Lock()

    async def take_over(_: RequestInfo) -> None:
        # Nobody is answered before: the next would be asked for, and the job held on to.
        async with taken:
            async with either.store.read() as tx:
                row = await jobs.get(tx, LIVE)
            if row is None or row["owner"] == "another":
                return
            either.clock.advance(31)
            async with either.store.write() as tx:
                assert await jobs.take(tx, [LIVE], "another", timedelta(seconds=30))

    either.clarity.on_request(take_over)
    assert 1 <= len(await either.tick(LIVE)) <= 10
    async with either.store.read() as tx:
        row = await jobs.get(tx, LIVE)
    assert row is not None
    assert row["owner"] == "another"


async def test_a_request_that_waits_is_looked_at_for_changes_and_for_what_is_still_to_be_told(ear: Ear) -> None:
    """What its seeker changes is stored with the next poll; one that nobody was told of is told within ten minutes."""
    await ear.connect("alice")
    call = ear.clarity.someone_requests("alice", "bob", "Rents")
    await ear.tick(LISTS)
    call.reason = "Rents, and more"
    await ear.tick(LISTS, advance=2 * INTERVAL)
    assert (await ear.row("alice", call.id))["data"]["reason"] == "Rents, and more"
    async with ear.store.write() as tx:
        await rows.change_call(tx, "alice", call.id, told=False)
    await ear.tick(LISTS, advance=11 * 60)
    assert (await ear.row("alice", call.id))["told"]
