"""However many replicas there are, the upstreams are asked as often as by one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from fnmatch import fnmatchcase

import pytest

from bot.polling.calls import LISTS
from bot.polling.inbox import NAME
from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.requests import RequestInfo
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.drive import JANE, Builder
from tests.polling.listening import INTERVAL, Ear
from tests.polling.watch import Watch, furnish, killed, number
from tests.replicas.works import Works

HOUR = 3600.0
A_WHILE = 28.0
SETTINGS = {"inbox_poll_seconds": 15, "calls_poll_seconds": 30, "live_call_poll_seconds": 3}
KINDS = ("threads", "messages/*", "calls/callback", "calls/requested", "calls/*", "needs", "account", "lists")


async def asked(works: Works) -> Counter[str]:
    """What is asked in a good half minute, with whatever is done now and then due: for an hour nobody has asked."""
    works.clock.advance(HOUR)
    mark = works.mark()
    await works.wind(A_WHILE)
    return Counter(kind_of(request.path) for request in works.asked(mark))


def kind_of(path: str) -> str:
    """Which of ``KINDS`` a request is, or its path."""
    return next((kind for kind in KINDS if fnmatchcase(path, kind)), path)


async def test_one_two_and_four_replicas_ask_as_often(build: Builder, postgresql_url: str) -> None:
    """The inbox and its hourly sweep, Clarity's lists, a live call, a broadcast that is followed, lists and credits."""
    works = await build(Works, postgresql_url, **SETTINGS)
    works.clarity.pace.talk = timedelta(hours=10)
    works.clearstream.receive(JANE, "Hello")
    await works.start()
    await works.call_under_way()
    await works.send()
    await works.shows("*Sent*")
    costs = list[Counter[str]]()
    for replicas in (1, 2, 4):
        while len(works.twins) < replicas - 1:
            await works.another()
        costs.append(await asked(works))
    alone, *shared = costs
    assert (alone["threads"], alone["account"], alone["calls/requested"]) == (3, 1, 1) and alone["calls/*"] >= 8
    for cost in shared:
        assert all(abs(cost[kind] - alone[kind]) <= max(1, alone[kind] // 3) for kind in alone | cost), costs


@pytest.fixture
async def store(postgresql_url: str, clock: WoundClock) -> AsyncIterator[Store]:
    """The database that several processes may share."""
    store = Store(postgresql_url, clock)
    yield store
    await store.close()


async def test_the_hourly_sweep_is_made_once_and_outlives_who_made_it(store: Store, clock: WoundClock) -> None:
    """One of two dies in the middle of it: the other makes it when the lease has ended, and then nobody for an hour."""
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(ClearstreamStandIn(now=clock.now, tick_seconds=None))
        furnish(line, 100)
        line.odd.thread_order = "id"
        watches = [await Watch(store, clock, line, owner).open() for owner in ("one", "two")]
        for watch in watches:
            stack.push_async_callback(watch.close)
        one, two = watches
        await one.tick()
        clock.advance(5)
        hidden = line.site_reply(line.thread_id(number(95)) or 0, "Nothing gives it away")
        stopped = asyncio.Event()

        async def hang(request: RequestInfo) -> None:
            if request.query.get("page") == "3":
                stopped.set()
                await asyncio.Event().wait()

        unhook = line.on_request(hang)
        clock.advance(HOUR)
        running = asyncio.create_task(one.jobs.tick(NAME))
        await stopped.wait()
        await killed(running)
        unhook()
        clock.advance(29)
        assert await two.tick() == []
        clock.advance(2)
        assert await two.tick() == [f"threads?{page}" for page in (1, 2, 3, 4, 5)]
        assert await two.found() == [hidden.id]
        late = await Watch(store, clock, line, "three").open()
        stack.push_async_callback(late.close)
        assert [await each.next_poll() for each in (one, two, one)] == [["threads?1"]] * 3
        assert len(await late.next_poll()) == 5, "who begins sweeps once, for what happened while nobody ran"
        assert [await each.next_poll() for each in (one, late)] == [["threads?1"]] * 2


async def test_what_one_has_heard_of_a_call_the_other_knows(store: Store, clock: WoundClock) -> None:
    """It comes and goes between two polls of the same process: that its lists say what they said is no reason."""
    async with ClarityStandIn(now=clock.now, tick_seconds=None) as clarity:
        cast.furnish(clarity)
        one, two = [await Ear(store, clock, clarity).open() for _ in range(2)]
        await one.connect("alice")
        await one.tick(LISTS)
        call = clarity.someone_requests("alice", "ninapark", "In a hurry")
        await two.tick(LISTS, advance=1.2 * INTERVAL)
        clarity.someone_cancels(call)
        await one.tick(LISTS, advance=1.2 * INTERVAL)
        assert (await one.row("alice", call.id))["follow_until"] is not None
        for ear in (one, two):
            await ear.close()
