"""A broadcast on the wire: sent once whatever becomes of the answer, and equal ones told apart."""

from datetime import timedelta

import pytest

from bot.sandbox.clearstream import ClearstreamStandIn, Fault
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_kinds import SendKind
from bot.services.broadcast_model import State
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.services.office import ALICE, BOB, UNDO, Desk, customers, opened


@pytest.fixture
async def fields(desk: Desk) -> Fields:
    """What goes to a list of two."""
    made = customers(desk.line, 2)
    desk.clock.advance(61)
    await desk.office.audience.refresh()
    return Fields(lists=(made,), header="Blue Sushi", body="Hungry?")


async def sent(desk: Desk, fields: Fields, draft: str = "d1", author: str = ALICE) -> None:
    """Write it, press, and let it leave."""
    await desk.send(fields, author, draft)
    await desk.work()
    desk.clock.advance(UNDO)
    await desk.work()


async def looked(desk: Desk) -> None:
    """It was looked for as often as it is by itself."""
    for seconds in SendKind.looks:
        desk.clock.advance(seconds)
        await desk.work()


@pytest.mark.parametrize("fault", [Fault.LOSE_AFTER, Fault.ERROR_AFTER, Fault.GARBAGE])
async def test_one_whose_answer_is_lost_is_found(desk: Desk, fields: Fields, fault: Fault) -> None:
    """It is there, so it was sent: by looking, not by sending again."""
    desk.line.faults.add(fault, method="POST", path="messages")
    await sent(desk, fields)
    assert (await desk.now("d1")).state is State.LEAVING
    await desk.wind(1)
    assert (await desk.now("d1")).state is State.QUEUED
    assert (desk.posts, desk.sent) == (1, ["Hungry?"])


@pytest.mark.parametrize("fault", [Fault.LOSE_BEFORE, Fault.ERROR_BEFORE, Fault.UNAVAILABLE])
async def test_one_that_is_not_found_waits_for_a_person(desk: Desk, fields: Fields, fault: Fault) -> None:
    """**Unconfirmed**, never sent again by itself; **Send anyway**, pressed twice, sends it once."""
    desk.line.faults.add(fault, method="POST", path="messages")
    await sent(desk, fields)
    await looked(desk)
    doubtful = await desk.now("d1")
    assert (doubtful.state, desk.posts) == (State.UNCONFIRMED, 1)
    fence = await desk.fence(doubtful)
    again = await desk.press(desk.broadcasts.check_again, "d1", fence, BOB)
    assert (again.done, again.broadcast.state) == (True, State.LEAVING)
    await looked(desk)
    assert desk.posts == 1
    fence = await desk.fence(doubtful)
    presses = [await desk.press(desk.broadcasts.send_anyway, "d1", fence, BOB) for _ in range(2)]
    assert [pressed.done for pressed in presses] == [True, False]
    await desk.wind(1)
    assert (desk.posts, desk.sent) == (2, ["Hungry?"])
    assert (await desk.now("d1")).sent_by == BOB
    assert [act for _, act, _ in await desk.record()] == ["broadcast", "check again", "send anyway"]


async def test_send_anyway_needs_the_right(desk: Desk, fields: Fields) -> None:
    """Of who presses it, when it leaves."""
    desk.line.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await sent(desk, fields)
    await looked(desk)
    desk.refused.add(BOB)
    await desk.press(desk.broadcasts.send_anyway, "d1", await desk.fence(await desk.now("d1")), BOB)
    await desk.wind(1)
    failed = await desk.now("d1")
    assert (failed.state, desk.posts) == (State.FAILED, 1)
    assert "An earlier try of it may have gone out" in str(failed.reason)


async def test_what_certainly_did_not_leave_is_tried_again(desk: Desk, fields: Fields) -> None:
    """Too many requests, or nobody there: it waits and leaves by itself, once."""
    desk.line.faults.add(Fault.RATE_LIMITED, method="POST", path="messages", retry_after=7)
    await sent(desk, fields)
    waiting = await desk.now("d1")
    assert waiting.state is State.LEAVING
    assert "too many requests" in str(waiting.reason)
    await desk.line.stop()
    await desk.wind(20)
    await desk.line.start(port=desk.line.port)
    await desk.wind(60)
    assert desk.sent == ["Hungry?"]
    assert (await desk.now("d1")).reason is None


async def test_a_clean_refusal_is_told_in_its_words(desk: Desk, fields: Fields) -> None:
    """Nothing was sent, and it may be edited."""
    desk.line.state.account.credits = 1
    await sent(desk, fields)
    failed = await desk.now("d1")
    assert failed.state is State.FAILED
    assert "does not have enough credits" in str(failed.reason)
    assert (await desk.write(Fields(body="Other"))).state is State.DRAFT


async def test_equal_broadcasts_are_told_apart(desk: Desk, fields: Fields) -> None:
    """Each is bound to a message of its own; where one of two equal ones is missing nobody can say whose it is."""
    await sent(desk, fields, "before")
    desk.line.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await sent(desk, fields, "lost")
    await looked(desk)
    assert (await desk.now("lost")).state is State.UNCONFIRMED
    desk.line.faults.add(Fault.LOSE_AFTER, method="POST", path="messages")
    await sent(desk, fields, "after", BOB)
    await looked(desk)
    assert [(await desk.now(draft)).state for draft in ("lost", "after")] == [State.UNCONFIRMED] * 2
    desk.line.faults.add(Fault.LOSE_AFTER, method="POST", path="messages")
    await desk.press(desk.broadcasts.send_anyway, "lost", await desk.fence(await desk.now("lost")), ALICE)
    await looked(desk)
    assert (await desk.now("lost")).state is State.SENT
    await desk.press(desk.broadcasts.check_again, "after", await desk.fence(await desk.now("after")), BOB)
    await desk.wind(1)
    messages = [(await desk.now(draft)).message_id for draft in ("before", "lost", "after")]
    assert (len(set(messages)), None in messages, desk.sent) == (3, False, ["Hungry?"] * 3)


async def test_two_equal_ones_that_were_both_lost_are_both_found(desk: Desk, fields: Fields) -> None:
    """As many as there should be are there."""
    desk.line.faults.add(Fault.LOSE_AFTER, method="POST", path="messages", count=2)
    for draft in ("one", "two"):
        await desk.send(fields, draft=draft)
    await desk.work()
    desk.clock.advance(UNDO)
    await desk.work()
    await looked(desk)
    messages = {(await desk.now(draft)).message_id for draft in ("one", "two")}
    assert messages == set(desk.line.state.messages)
    assert desk.posts == 2


async def test_the_text_sent_elsewhere_meanwhile_is_not_taken_for_ours(desk: Desk, fields: Fields) -> None:
    """To other lists, with another header, or for another time it is not the same: ours is nowhere."""
    other = customers(desk.line, 1, "Others")
    await desk.send(fields)
    await desk.work()
    desk.clock.advance(UNDO)
    for lists, header, at in (([other], "Blue Sushi", None), (list(fields.lists), "Red", None)):
        await desk.clearstream.send_message(header, "Hungry?", lists=lists, when=at)
    later = desk.clock.now() + timedelta(hours=2)
    await desk.clearstream.send_message("Blue Sushi", "Hungry?", lists=fields.lists, when=later, timezone="UTC")
    desk.line.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await desk.work()
    await looked(desk)
    assert (await desk.now("d1")).state is State.UNCONFIRMED


async def test_a_stalled_request_is_given_up_and_looked_for(sqlite_url: str, clock: WoundClock) -> None:
    """Clearstream takes it and never answers: found, not sent again."""
    store = Store(sqlite_url, clock)
    async with (
        ClearstreamStandIn(now=clock.now, tick_seconds=None) as line,
        opened(Desk(store, clock, line, timeout=1)) as desk,
    ):
        line.add_subscriber("+12005551000")
        line.faults.add(Fault.STALL_AFTER, method="POST", path="messages")
        await sent(desk, Fields(numbers="+12005551000", header="Blue Sushi", body="Hungry?"))
        await desk.wind(1)
        assert ((await desk.now("d1")).state, desk.posts) == (State.QUEUED, 1)
    await store.close()


async def test_a_scheduled_one_is_in_the_senders_zone_and_can_be_cancelled(desk: Desk, fields: Fields) -> None:
    """It waits in Clearstream; cancelled twice it is deleted once, and its message says by whom."""
    at = desk.clock.now() + timedelta(hours=5)
    await sent(desk, Fields(**{**vars(fields), "when": at, "timezone": "America/New_York"}))
    (request,) = desk.line.requests_since(method="POST", path="messages")
    assert (request.form["datetime"], request.form["timezone"]) == ("2026-03-02 09:01:01", "America/New_York")
    scheduled = await desk.now("d1")
    assert (scheduled.state, scheduled.when) == (State.SCHEDULED, at.replace(microsecond=0))
    presses = [await desk.press(desk.broadcasts.cancel, "d1", BOB) for _ in range(2)]
    assert [pressed.done for pressed in presses] == [True, False]
    await desk.wind(1)
    cancelled = await desk.now("d1")
    assert (cancelled.state, cancelled.stopped_by, desk.line.state.messages) == (State.CANCELLED, BOB, {})
    assert (await desk.record())[-1] == (BOB, "cancel broadcast", "done")


async def test_cancelling_comes_too_late(desk: Desk, fields: Fields) -> None:
    """Clearstream says that it was sent already (403), and the broadcast goes on being followed."""
    at = desk.clock.now() + timedelta(seconds=60)
    await sent(desk, Fields(**{**vars(fields), "when": at, "timezone": "UTC"}))
    desk.clock.advance(70)
    desk.line.settle()
    await desk.press(desk.broadcasts.cancel, "d1", BOB)
    await desk.wind(5)
    late = await desk.now("d1")
    assert late.state is State.SENT
    assert "Only unsent messages can be deleted" in str(late.reason)


async def test_one_scheduled_elsewhere_can_be_cancelled(desk: Desk, fields: Fields) -> None:
    """By the name it has in the list."""
    later = desk.clock.now() + timedelta(hours=2)
    message = await desk.clearstream.send_message("Red", "Hi", lists=fields.lists, when=later, timezone="UTC")
    (listed,) = (await desk.office.listing.page()).items
    assert (listed.id, listed.author, listed.cancellable) == (f"message-{message.id}", None, True)
    assert (await desk.press(desk.broadcasts.cancel, listed.id, BOB)).done
    await desk.wind(1)
    assert desk.line.state.messages == {}
    assert (await desk.now(listed.id)).state is State.CANCELLED
