"""What a poll costs: a quiet one one request, one with news the pages the news spans and no more."""

import pytest

from bot.sandbox.clearstream import ClearstreamStandIn
from tests.clock import WoundClock
from tests.polling.watch import Watch, furnish, number

FIRST_PAGE = "threads?1"


@pytest.mark.parametrize("conversations", [0, 5, 100, 2000])
async def test_a_quiet_poll_costs_one_request_whatever_the_inbox_holds(
    watch: Watch, line: ClearstreamStandIn, conversations: int
) -> None:
    """After the first start and its summary, polls without news read the first page and nothing else."""
    furnish(line, conversations)
    await watch.tick()
    assert [await watch.next_poll() for _ in range(3)] == [[FIRST_PAGE]] * 3
    assert await watch.found() == []


@pytest.mark.parametrize(("conversations", "news"), [(5, 5), (100, 1), (100, 29)])
async def test_news_on_the_first_page_costs_one_request(
    watch: Watch, line: ClearstreamStandIn, conversations: int, news: int
) -> None:
    """However many conversations of the first page have a new text, that page is all that is read."""
    furnish(line, conversations)
    await watch.tick()
    watch.clock.advance(1)
    came = [line.receive(number(person), "News") for person in range(news)]
    assert await watch.next_poll() == [FIRST_PAGE]
    assert await watch.found() == [reply.id for reply in came if reply]
    assert await watch.next_poll() == [FIRST_PAGE]


async def test_a_new_conversation_costs_one_request(watch: Watch, line: ClearstreamStandIn) -> None:
    """A number that never texted before is found on the first page like any other."""
    furnish(line, 100)
    await watch.tick()
    watch.clock.advance(1)
    line.receive(number(500), "I am new")
    assert await watch.next_poll() == [FIRST_PAGE]
    assert len(await watch.found()) == 1


async def test_news_that_fills_two_pages_costs_the_pages_it_spans(watch: Watch, line: ClearstreamStandIn) -> None:
    """45 conversations with news stand on two pages of thirty: two requests."""
    furnish(line, 200)
    await watch.tick()
    watch.clock.advance(1)
    for person in range(45):
        line.receive(number(person), "News")
    assert await watch.next_poll() == [FIRST_PAGE, "threads?2"]
    assert len(await watch.found()) == 45


async def test_what_was_read_on_the_site_and_written_to_again_costs_one_request(
    watch: Watch, line: ClearstreamStandIn
) -> None:
    """A conversation stored as unread, read on Clearstream's site further back, and written to again is on page one."""
    furnish(line, 100)
    line.receive(number(3), "Still unread")
    await watch.tick()
    line.site_read(line.thread_id(number(3)) or 0)
    for person in range(50, 90):
        line.receive(number(person), "Noise")
    for thread in line.state.threads.values():
        thread.unread = False
    await watch.next_poll()
    watch.clock.advance(1)
    line.receive(number(3), "And again")
    assert await watch.next_poll() == [FIRST_PAGE]


async def test_more_texts_than_the_list_shows_are_paged_in(watch: Watch, line: ClearstreamStandIn) -> None:
    """The list shows three texts of a conversation; forty new ones are read from the conversation, in order, once."""
    furnish(line, 40)
    await watch.tick()
    came = []
    for _ in range(40):
        watch.clock.advance(1)
        reply = line.receive(number(7), "One more")
        came.append(reply.id if reply else 0)
    thread = line.thread_id(number(7))
    assert await watch.next_poll() == [FIRST_PAGE, f"threads/{thread}/replies?1", f"threads/{thread}/replies?2"]
    assert await watch.found() == came
    assert await watch.next_poll() == [FIRST_PAGE]


async def test_a_text_older_than_those_known_is_found_behind_them(watch: Watch, line: ClearstreamStandIn) -> None:
    """A text delivered late stands behind newer ones that are known; the conversation's count gives it away."""
    furnish(line, 40)
    await watch.tick()
    for _ in range(40):
        watch.clock.advance(60)
        line.receive(number(7), "In time")
    await watch.next_poll()
    thread = line.state.threads[line.thread_id(number(7)) or 0]
    late = line.receive(number(7), "Sent half an hour ago")
    assert late is not None
    late.sent_at = thread.replies[8].sent_at
    thread.replies.insert(9, thread.replies.pop())
    await watch.next_poll()
    assert (await watch.found())[-1] == late.id
    assert await watch.next_poll() == [FIRST_PAGE]


class TestOddOrder:
    """A listing whose order is not newest first."""

    async def test_a_rise_that_the_first_page_does_not_explain_is_looked_into_at_once(
        self, watch: Watch, line: ClearstreamStandIn
    ) -> None:
        """Oldest first, a text stands on the last page; ``unread`` rose, so the poll reads on until it has it."""
        furnish(line, 100)
        line.odd.thread_order = "id"
        await watch.tick()
        watch.clock.advance(1)
        came = line.receive(number(95), "Far back")
        assert await watch.next_poll() == [f"threads?{page}" for page in (1, 2, 3, 4)]
        assert await watch.found() == [came.id if came else 0]
        line.receive(number(777), "A conversation that is new stands at the end")
        await watch.next_poll()
        assert len(await watch.found()) == 2
        assert await watch.next_poll() == [FIRST_PAGE]

    async def test_what_nothing_gives_away_is_found_by_the_hourly_sweep(
        self, watch: Watch, line: ClearstreamStandIn, clock: WoundClock
    ) -> None:
        """A text sent from the site changes no count and no order here: the sweep finds it within the hour, once."""
        furnish(line, 100)
        line.odd.thread_order = "id"
        await watch.tick()
        clock.advance(5)
        hidden = line.site_reply(line.thread_id(number(95)) or 0, "From the site")
        for _ in range(3):
            assert await watch.next_poll() == [FIRST_PAGE]
        clock.advance(3600)
        assert await watch.tick() == [f"threads?{page}" for page in (1, 2, 3, 4, 5)]
        assert await watch.found() == [hidden.id]
        assert await watch.next_poll() == [FIRST_PAGE]

    async def test_figures_that_lie_cost_no_more_than_one_long_reading(
        self, watch: Watch, line: ClearstreamStandIn
    ) -> None:
        """``total`` and ``pages`` that rise without any conversation behind them are looked into once."""
        furnish(line, 100)
        await watch.tick()
        line.odd.total_off = 17
        line.odd.pages_off = 3
        assert await watch.next_poll() == [f"threads?{page}" for page in (1, 2, 3, 4, 5)]
        assert await watch.next_poll() == [FIRST_PAGE]


async def test_a_restart_reads_everything_once(watch: Watch, line: ClearstreamStandIn) -> None:
    """What an odd order hid while no process ran is found by the first poll of the next one."""
    furnish(line, 100)
    line.odd.thread_order = "id"
    await watch.tick()
    hidden = line.site_reply(line.thread_id(number(95)) or 0, "While nobody looked")
    after = await Watch(watch.store, watch.clock, line, owner="two").open()
    watch.clock.advance(15)
    assert await after.tick() == [f"threads?{page}" for page in (1, 2, 3, 4, 5)]
    assert await after.found() == [hidden.id]
    await after.close()
