"""The first start: what is in Clearstream is known; what comes while it is read is new."""

import asyncio

import pytest

from bot.polling.inbox import NAME
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.model import Reply
from bot.sandbox.requests import RequestInfo
from bot.services import posts
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.polling.watch import Watch, furnish, killed, number


async def test_it_posts_one_summary_with_the_counts(watch: Watch, line: ClearstreamStandIn) -> None:
    """However much there is: one summary that counts conversations and unread ones, and no text."""
    furnish(line, 70)
    for person in range(12):
        line.receive(number(person), "Still unread")
    await watch.tick()
    await watch.next_poll()
    assert await watch.asked(posts.SUMMARY) == [{"conversations": 70, "unread": 12}]
    assert await watch.found() == []


async def test_an_empty_inbox_begins_with_its_first_text(watch: Watch, line: ClearstreamStandIn) -> None:
    """Where nothing is, the summary says so, and the first text ever is new."""
    await watch.tick()
    assert await watch.asked(posts.SUMMARY) == [{"conversations": 0, "unread": 0}]
    first = line.receive(number(1), "The very first")
    await watch.next_poll()
    assert await watch.found() == [first.id if first else 0]


@pytest.mark.parametrize("order", ["newest", "id"])
@pytest.mark.parametrize(("asked", "stage"), [(1, "after"), (2, "before"), (4, "after")])
async def test_a_text_that_comes_while_it_is_read_is_new(
    watch: Watch, line: ClearstreamStandIn, order: str, asked: int, stage: str
) -> None:
    """On whichever page its conversation stands, read already or not, the text is posted, and nothing else is."""
    furnish(line, 110)
    setattr(line.odd, "thread_order", order)  # noqa: B010 - the parameter is a plain string
    came: list[Reply | None] = []

    async def meanwhile(request: RequestInfo) -> None:
        if (request.stage, len(line.requests_since(path="threads"))) == (stage, asked) and not came:
            came.extend(line.receive(number(person), "Just now") for person in (2, 50, 108, 300))

    line.on_request(meanwhile)
    await watch.tick()
    await watch.next_poll()
    watch.clock.advance(3600)
    await watch.tick()
    assert sorted(await watch.found()) == sorted(reply.id for reply in came if reply)


@pytest.mark.parametrize("order", ["newest", "id"])
async def test_killed_in_the_middle_it_begins_anew_and_forgets_nothing(
    watch: Watch, store: Store, line: ClearstreamStandIn, clock: WoundClock, order: str
) -> None:
    """What came between the two tries is new, what was there before the first is not; one summary."""
    furnish(line, 110)
    setattr(line.odd, "thread_order", order)  # noqa: B010 - as above
    stopped = asyncio.Event()

    async def hang(request: RequestInfo) -> None:
        if request.query.get("page") == "3" and request.stage == "before":
            stopped.set()
            await asyncio.Event().wait()

    unhook = line.on_request(hang)
    running = asyncio.create_task(watch.jobs.tick(NAME))
    while not stopped.is_set():
        await asyncio.sleep(0.005)
        clock.advance_to_next()
    await killed(running)
    unhook()
    clock.advance(5)
    came = [line.receive(number(person), "Between the two") for person in (1, 40, 100, 200)]
    clock.advance(60)
    second = await Watch(store, clock, line, owner="two").open()
    await second.tick()
    await second.next_poll()
    assert sorted(await second.found()) == sorted(reply.id for reply in came if reply)
    assert await second.asked(posts.SUMMARY) == [{"conversations": 111, "unread": 4}]
    await second.close()


async def test_nothing_known_from_the_first_start_is_new_later(watch: Watch, line: ClearstreamStandIn) -> None:
    """A conversation of many texts gets one more after the first start: that one is posted, its history is not."""
    for minute in range(50):
        line.receive(number(1), f"Long ago {minute}")
        line.site_reply(line.thread_id(number(1)) or 0, "Answered")
        watch.clock.advance(60)
    furnish(line, 3)
    await watch.tick()
    watch.clock.advance(5)
    fourth = [line.receive(number(1), "New") for _ in range(4)]
    await watch.next_poll()
    assert await watch.found() == [reply.id for reply in fourth if reply]
