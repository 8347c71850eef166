"""A broadcast's way from draft to held: versions, approval, undo, and that each press counts once."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Gone, Invalid, Refused
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import Broadcast, State
from bot.services.broadcasts import KEPT
from bot.services.policy import Act
from tests.services.office import ALICE, APPROVAL_ABOVE, BOB, CAROL, UNDO, Desk, customers

TO_FEW = Fields(numbers="+1 200-555-1000", header="Blue Sushi", body="Hungry?")


@pytest.fixture(autouse=True)
def jane(line: ClearstreamStandIn) -> None:
    """There is somebody to text."""
    line.add_subscriber("+12005551000", "Jane")


async def to_many(desk: Desk, body: str = "Hungry?", people: int = APPROVAL_ABOVE + 1) -> Fields:
    """What goes to more than may be sent to without approval."""
    fields = Fields(lists=(customers(desk.line, people, f"List {len(desk.line.state.lists)}"),), header="Us", body=body)
    await desk.office.audience.refresh(timedelta(0))
    desk.clock.advance(1)
    await desk.office.audience.refresh(timedelta(0))
    return fields


async def asked(desk: Desk, **more: Any) -> Broadcast:
    """One that waits for approval."""
    broadcast = await desk.send(await to_many(desk, **more))
    assert broadcast.state is State.WAITING
    return broadcast


async def test_a_broadcast_leaves_once_the_time_for_undo_is_over(desk: Desk) -> None:
    """Counted from when it is shown; until then nothing has left, and afterwards it has within a second."""
    held = await desk.send(TO_FEW)
    assert held.state is State.HELD
    desk.clock.advance(2)
    await desk.work()
    shown_at = desk.clock.now()
    assert (await desk.now("d1")).undo_until == shown_at + timedelta(seconds=UNDO)
    await desk.wind(UNDO - 0.1)
    assert desk.posts == 0
    await desk.wind(1.1)
    assert desk.sent == ["Hungry?"]
    assert (await desk.now("d1")).message_id == next(iter(desk.line.state.messages))
    assert (ALICE, "broadcast", "done") in await desk.record()


async def test_where_undo_cannot_be_shown_it_leaves_all_the_same(desk: Desk) -> None:
    """Half a minute later."""
    desk.board.silent = True
    await desk.send(TO_FEW)
    await desk.wind(UNDO + 29)
    assert desk.posts == 0
    await desk.wind(2)
    assert desk.posts == 1


async def test_undo_keeps_it_from_leaving(desks: Desk) -> None:
    """At the last moment too; a second press is told that it was undone, and it may be edited and sent again."""
    desk = desks
    held = await desk.send(TO_FEW)
    await desk.work()
    desk.clock.advance(UNDO - 0.01)
    await desk.work()
    first = await desk.press(desk.broadcasts.undo, "d1", BOB)
    second = await desk.press(desk.broadcasts.undo, "d1", ALICE)
    assert (first.done, second.done) == (True, False)
    assert (second.broadcast.state, second.broadcast.stopped_by) == (State.UNDONE, BOB)
    await desk.wind(60)
    assert desk.posts == 0
    assert (BOB, "undo", "done") in await desk.record()
    again = await desk.write(Fields(numbers="+12005551000", header="Blue Sushi", body="Better?"))
    assert (again.state, again.version) == (State.DRAFT, held.version + 1)
    await desk.submit(again)
    await desk.wind(UNDO + 2)
    assert desk.sent == ["Better?"]


async def test_undo_comes_too_late(desk: Desk) -> None:
    """Once it has left nothing is undone, and it says so; before that, it says how it can be changed."""
    await desk.send(TO_FEW)
    with pytest.raises(Gone, match=r"about to be sent\. Press Undo"):
        await desk.write(Fields(body="Other words"))
    await desk.wind(UNDO + 1)
    pressed = await desk.press(desk.broadcasts.undo, "d1", ALICE)
    assert not pressed.done
    assert pressed.broadcast.state is State.QUEUED
    assert desk.posts == 1
    with pytest.raises(Gone, match="sent already"):
        await desk.write(Fields(body="Other words"))


async def test_pressed_twice_it_is_sent_once(desk: Desk) -> None:
    """The second is told how it stands."""
    draft = await desk.write(TO_FEW)
    presses = [await desk.submit(draft) for _ in range(2)]
    assert [pressed.done for pressed in presses] == [True, False]
    assert presses[1].broadcast.state is State.HELD
    await desk.wind(UNDO + 2)
    assert desk.posts == 1


async def test_what_was_edited_since_the_preview_does_not_leave(desk: Desk) -> None:
    """A preview shows one version, and only that one can be sent from it."""
    draft = await desk.write(TO_FEW)
    edited = await desk.write(Fields(numbers="+12005551000", header="Blue Sushi", body="Hungry now?"))
    assert not (await desk.submit(draft)).done
    assert (await desk.submit(edited)).done


async def test_somebody_else_approves(desks: Desk) -> None:
    """Nothing leaves before; its author cannot; rights of both are asked for when it leaves."""
    desk = desks
    waiting = await asked(desk)
    await desk.wind(60)
    with pytest.raises(Refused, match="somebody else"):
        await desk.press(desk.broadcasts.approve, "d1", waiting.version, ALICE)
    approved = await desk.press(desk.broadcasts.approve, "d1", waiting.version, BOB)
    assert (approved.done, approved.broadcast.state) == (True, State.HELD)
    assert desk.posts == 0
    await desk.wind(UNDO + 2)
    assert desk.posts == 1
    assert desk.asked == [(BOB, Act.APPROVE), (ALICE, Act.BROADCAST), (BOB, Act.BROADCAST)]
    assert await desk.record() == [
        (ALICE, "ask for approval", "done"),
        (BOB, "approve", "done"),
        (BOB, "broadcast", "done"),
    ]
    assert desk.board.drawn == ["waiting"]
    assert desk.redrawn.drawn[0] == "held"


@pytest.mark.parametrize("first", ["approve", "decline"])
async def test_one_decides(desks: Desk, first: str) -> None:
    """Whoever comes second, with either button, is told that it was decided, and by whom."""
    desk = desks
    waiting = await asked(desk)
    for name in (first, "approve", "decline"):
        person = BOB if name == first else CAROL
        if name == "approve":
            pressed = await desk.press(desk.broadcasts.approve, "d1", waiting.version, person)
        else:
            pressed = await desk.press(desk.broadcasts.decline, "d1", waiting.version, person, "Wrong day.")
        assert pressed.broadcast.decided_by == BOB
    await desk.wind(UNDO + 2)
    assert desk.posts == (1 if first == "approve" else 0)
    now = await desk.now("d1")
    assert first == "approve" or (now.state, now.reason) == (State.DECLINED, "Wrong day.")


async def test_an_edit_needs_approval_again(desk: Desk) -> None:
    """An approval is for one version: the button on the old request does nothing any more."""
    old = await asked(desk)
    await desk.work()
    fields = Fields(lists=old.fields.lists, header="Us", body="Other words")
    edited = await desk.write(fields)
    await desk.work()
    assert desk.redrawn.drawn[-1] == "draft"
    assert not (await desk.press(desk.broadcasts.approve, "d1", old.version, BOB)).done
    waiting = (await desk.submit(edited)).broadcast
    assert waiting.state is State.WAITING
    assert not (await desk.press(desk.broadcasts.approve, "d1", old.version, BOB)).done
    assert (await desk.press(desk.broadcasts.approve, "d1", waiting.version, BOB)).done
    await desk.wind(UNDO + 2)
    assert desk.sent == ["Other words"]


@pytest.mark.parametrize("person", [ALICE, BOB])
async def test_rights_withdrawn_meanwhile_keep_it_from_leaving(desk: Desk, person: str) -> None:
    """Of its author, and of who approved it."""
    waiting = await asked(desk)
    await desk.press(desk.broadcasts.approve, "d1", waiting.version, BOB)
    desk.refused.add(person)
    await desk.wind(UNDO + 2)
    assert desk.posts == 0
    now = await desk.now("d1")
    assert now.state is State.FAILED
    assert str(now.reason).startswith(f"<@{person}> may not ")
    assert (await desk.record())[-1] == (BOB, "broadcast", "failed")


async def test_a_draft_survives_for_a_day(desks: Desk) -> None:
    """Right or wrong, for its author alone; the next day one begins anew, and the old one is forgotten."""
    desk = desks
    wrong = Fields(numbers="12", header="Blue Sushi", body="ø" * 300)
    await desk.write(wrong)
    assert (await desk.press(desk.broadcasts.compose, ALICE, "d2", "Blue Sushi")).fields == wrong
    assert (await desk.press(desk.broadcasts.compose, BOB, "d3", "Blue Sushi")).fields == Fields(header="Blue Sushi")
    with pytest.raises(Refused):
        await desk.write(TO_FEW, author=BOB)
    desk.clock.advance(KEPT.total_seconds() + 1)
    assert (await desk.press(desk.broadcasts.compose, ALICE, "d4", "Blue Sushi")).id == "d4"
    await desk.wind(1)
    with pytest.raises(Gone):
        await desk.now("d1")


async def test_what_cannot_be_sent_is_not_asked_for(desk: Desk) -> None:
    """It stays a draft, and each field says what is wrong with it."""
    draft = await desk.write(Fields(numbers="12", header="", body=""))
    with pytest.raises(Invalid) as caught:
        await desk.submit(draft)
    assert set(caught.value.fields) == {"numbers", "header", "body"}
    assert (await desk.now("d1")).state is State.DRAFT


async def test_lists_are_fetched_once_and_read_by_all(desk: Desk) -> None:
    """A search asks nobody upstream; what is old is fetched again, page by page."""
    for number in range(205):
        desk.line.add_list(f"List {number:03}")
    desk.clock.advance(61)
    mark = desk.line.log.mark()
    assert await desk.office.audience.refresh()
    assert not await desk.office.audience.refresh()
    assert len(await desk.office.audience.lists()) == 205
    assert [info.path for info in desk.line.requests_since(mark)] == ["account", *["lists"] * 4]
    account = await desk.office.audience.account()
    assert account is not None
    assert (account.business, account.credits) == ("Blue Sushi", 2000)
