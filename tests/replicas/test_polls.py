"""However many replicas there are, the upstreams are asked as often as by one."""

from collections import Counter
from datetime import timedelta
from fnmatch import fnmatchcase

from tests.drive import JANE, Builder
from tests.replicas.works import Works

HOUR = 3600.0
A_WHILE = 28.0
SETTINGS = {"inbox_poll_seconds": 15, "calls_poll_seconds": 30, "live_call_poll_seconds": 3}
KINDS = ("threads", "messages/*", "calls/callback", "calls/requested", "calls/*", "needs", "account", "lists")


async def asked(works: Works) -> Counter[str]:
    """What is asked in a good half minute before which, for an hour, nobody asked: whatever is done now and then is due."""
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
