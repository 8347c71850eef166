"""Broadcasts followed to the last reply that is counted, listed with those sent elsewhere, and led back to."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clearstream.models import Message
from bot.sandbox.clearstream import ClearstreamStandIn, Fault
from bot.services.broadcast_answers import Answered, answered
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import Broadcast, Rates, State, next_look, progress, rates, state_of
from bot.store.engine import Store
from bot.store.tables import conversations
from tests.clock import START, WoundClock
from tests.polling.watch import Watch
from tests.services.office import BOB, UNDO, Desk, customers, opened

JANE = "+12005551000"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough."""
    return sqlite_url


@pytest.fixture
async def desk(store: Store, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Desk]:
    """A slow line with Jane and two others on a list, and somebody out of reach."""
    line.line.pace.throughput = 1
    customers(line, 2)
    line.add_subscriber(JANE, "Jane", lists=[1000])
    line.set_reachable(JANE, reachable=False)
    async with opened(Desk(store, clock, line)) as desk:
        yield desk


async def sent(desk: Desk, draft: str = "d1", **more: object) -> Broadcast:
    """One that has just left."""
    fields = Fields(**{"lists": (1000,), "header": "Us", "body": "Hungry?", "twitter": True, **more})  # type: ignore[arg-type]
    await desk.send(fields, draft=draft)
    await desk.work()
    desk.clock.advance(UNDO)
    await desk.work()
    return await desk.now(draft)


async def test_it_is_followed_to_its_end_and_for_a_day(desk: Desk) -> None:
    """Queued, sending with its pace, sent with failures and links; then replies and opt-outs, ever more rarely."""
    assert (await sent(desk)).state is State.QUEUED
    await desk.wind(3)
    under_way = await desk.now("d1")
    assert under_way.state is State.SENDING
    assert under_way.message is not None
    assert 0 < progress(under_way.message, desk.clock.now()) < 1
    await desk.wind(5)
    done = (await desk.now("d1")).message
    assert done is not None
    assert (done.stats.recipients, done.stats.failures, bool(done.social.twitter.url)) == (3, 1, True)
    desk.line.receive(next(number for number in desk.line.state.subscribers if number != JANE), "Yum")
    mark = desk.line.log.mark()
    await desk.wind(3600, least=150)
    message = (await desk.now("d1")).message
    assert message is not None
    assert (message.stats.replies, rates(message)) == (1, Rates(replies=1 / 3, opt_outs=0, failures=1 / 3))
    assert len(desk.line.requests_since(mark, path="messages/*")) < 30
    await desk.wind(24 * 3600, least=12000)
    ended = await desk.now("d1")
    assert (ended.state, ended.ended) == (State.SENT, True)
    mark = desk.line.log.mark()
    await desk.wind(7200, least=3600)
    assert desk.line.requests_since(mark, path="messages/*") == []
    drawn = dict.fromkeys(desk.board.drawn + desk.redrawn.drawn)
    assert [*drawn] == ["held", "queued", "sending", "sent"]


async def test_following_goes_on_in_another_process(desk: Desk) -> None:
    """What is followed stands in the database; while Clearstream is away it waits."""
    await sent(desk)
    other = Desk(desk.store, desk.clock, desk.line, "two")
    desk.line.faults.add(Fault.UNAVAILABLE, method="GET", path="messages/*", count=2)
    async with opened(other):
        await other.wind(90, least=3)
        assert (await other.now("d1")).state is State.SENT


async def test_one_deleted_on_the_site_is_said_to_be(desk: Desk) -> None:
    """A scheduled one that is not there any more is cancelled."""
    at = desk.clock.now() + timedelta(hours=3)
    scheduled = await sent(desk, when=at, timezone="UTC")
    assert scheduled.state is State.SCHEDULED
    desk.line.state.messages.clear()
    await desk.wind(3600, least=600)
    await desk.wind(1)
    gone = await desk.now("d1")
    assert (gone.state, gone.reason) == (State.CANCELLED, "It was deleted in Clearstream before it was sent.")


async def test_a_scheduled_one_goes_at_its_time(desk: Desk) -> None:
    """And is followed from then on."""
    await sent(desk, when=desk.clock.now() + timedelta(hours=3), timezone="UTC")
    await desk.wind(3 * 3600 + 5, least=1200)
    assert (await desk.now("d1")).state is State.SENT


async def test_all_are_listed_also_those_sent_elsewhere(desk: Desk) -> None:
    """A page at a time, newest first, with what is known here; before them what Clearstream does not list yet."""
    for number in range(9):
        await desk.clearstream.send_message("Us", f"Elsewhere {number}", lists=[1000])
    await sent(desk)
    await desk.send(Fields(lists=(1000,), header="Us", body="Held"), BOB, "d2")
    first, second = await desk.office.listing.page(1), await desk.office.listing.page(2)
    assert [(one.body, one.author) for one in first.items[:3]] == [
        ("Held", BOB),
        ("Hungry?", "U1"),
        ("Elsewhere 8", None),
    ]
    assert (first.more, second.more, second.items[-1].body) == (True, False, "Elsewhere 0")


async def test_a_text_leads_back_to_the_broadcast_it_answers(desk: Desk, clock: WoundClock) -> None:
    """Within 48 hours, to the newest to a list they are on; who is on none answers nothing."""
    watch = await Watch(desk.store, clock, desk.line).open()
    await watch.tick()
    await sent(desk)
    await desk.wind(60, least=5)
    for number in (JANE, "+12005559999"):
        desk.line.receive(number, "Yum")
    await watch.next_poll()
    await desk.wind(6)
    leads = await _answers(desk)
    (ours,) = desk.line.state.messages.values()
    assert leads[JANE] == Answered(ours.id, "Hungry?", ours.sent_at)
    assert leads["+12005559999"] is None
    mark = desk.line.log.mark()
    await desk.wind(20)
    assert desk.line.requests_since(mark, path="subscribers/*") == []
    await watch.close()


async def _answers(desk: Desk) -> dict[str, Answered | None]:
    async with desk.store.read() as tx:
        return {row["number"]: Answered.of(row) for row in await tx.rows(select(conversations))}


def message(**more: object) -> Message:
    """A message of Clearstream's."""
    return Message.model_validate(
        {"id": 1, "status": "SENT", "sent_at": START.isoformat(), "lists": [{"id": 7}], **more}
    )


def test_what_a_text_answers() -> None:
    """The newest to a list or the number; not after 48 hours, nor one sent later."""
    older = message(id=2, sent_at=(START - timedelta(hours=1)).isoformat())
    to_number = message(id=3, lists=[], sent_at=(START - timedelta(hours=2)).isoformat())
    both = [older, message(), to_number]

    def found(lists: list[int], hours: float) -> int | None:
        lead = answered(both, {3: [JANE]}, JANE, lists, START + timedelta(hours=hours))
        return None if lead is None else lead.message

    assert [found([7], 1), found([7], -0.5), found([], 0), found([7], 47), found([7], 49), found([], 49)] == [
        1,
        2,
        3,
        1,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"status": "QUEUED"}, State.QUEUED),
        ({"status": "WAITING", "sent_at": (START + timedelta(hours=1)).isoformat()}, State.SCHEDULED),
        ({"status": "PROCESSING"}, State.SENDING),
        ({"status": None, "completed_at": START.isoformat()}, State.SENT),
        ({"status": "FAILED"}, State.FAILED),
        ({"status": "CANCELED"}, State.CANCELLED),
    ],
)
def test_clearstreams_words_are_understood(more: dict[str, object], state: State) -> None:
    """Those that are not documented too; looks end where nothing more comes."""
    assert state_of(message(**more), None, START) is state
    assert (next_look(message(**more), state, START) is None) == (state in (State.FAILED, State.CANCELLED))
