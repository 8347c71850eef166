"""When Clearstream does not do as asked: what happened, whether anything was sent, what to do, and a reference."""

import re

import pytest
import structlog
from sqlalchemy import text as text_clause
from structlog.typing import EventDict

from bot.sandbox.faults import Fault
from tests.drive import JANE, House

STRANGER = "+12005557777"


async def answered(office: House, words: str = "Yes, we do.") -> None:
    """Bob answers Jane."""
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", words)
    await office.bob.submit()


def reference_in(text: str) -> str:
    """The reference a person was told."""
    found = re.search(r"reference `(\w+)`", text)
    assert found is not None, text
    return found[1]


def logged(events: list[EventDict], reference: str) -> bool:
    """Whether a log line carries it."""
    return any(event.get("reference") == reference for event in events)


async def test_an_opted_out_person_is_not_texted_and_it_is_said(house: House) -> None:
    """Clearstream refuses: whoever asked is told that nothing was sent and why, in the thread."""
    await house.start()
    with structlog.testing.capture_logs() as events:
        await house.text_in(JANE, "Do you deliver?")
        house.clearstream.receive(JANE, "STOP")
        await answered(house)
        await house.until(lambda: "was *not sent*" in house.thread("Jane Doe")[-1])
    notice = house.thread("Jane Doe")[-1]
    assert "@Bob Baker, your text was *not sent*" in notice
    assert "opted out" in notice
    assert "Yes, we do." in notice
    assert logged(events, reference_in(notice))
    assert ("Bob Baker", "reply", "failed") in await house.record()


async def test_a_number_that_is_no_subscriber_is_told(office: House) -> None:
    """A message to a stranger: told to who asked, where they asked, and in the channel."""
    with structlog.testing.capture_logs() as events:
        await office.bob.command("/sms", f"text {STRANGER}")
        await office.until(lambda: office.bob.modal and "Header: Blue Sushi" in office.bob.modal.text())
        await office.bob.type("Message", "Hello?")
        await office.bob.submit()
        told = await office.told(office.bob, "was *not sent*")
    assert "did not accept" in told
    assert "Nothing was sent or changed" in told
    assert logged(events, reference_in(told))
    await office.until(lambda: "was *not sent*" in office.bob.messages(office.texts)[-1].text())
    assert office.on_phone(STRANGER) == []


async def test_a_conversation_deleted_in_clearstream_cannot_be_answered(house: House) -> None:
    """Deleted there while the modal was open: nothing is sent, and it is said."""
    await house.start()
    header = await house.text_in(JANE, "Do you deliver?")
    await house.open_modal(house.bob, "Reply", header)
    house.clearstream.site_delete(house.clearstream.thread_id(JANE) or 0)
    await house.bob.type("Message", "Yes")
    await house.bob.submit()
    # By then the header may say that it was deleted, and is none to be found by its buttons.
    await house.until(lambda: "was *not sent*" in house.alice.thread(header)[-1].text())
    assert "could not be found" in house.alice.thread(header)[-1].text()
    assert house.on_phone(JANE) == []


async def test_a_conversation_known_to_be_deleted_is_said_to_be_in_old_lists(office: House) -> None:
    """Reply, Claim and Send on what was deleted meanwhile: each says so, nothing is sent, what was typed stays."""
    header = await office.text_in(JANE, "Do you deliver?")
    await office.bob.command("/sms", "inbox")
    await office.told(office.bob, "newest first")
    await office.open_modal(office.alice, "Reply", header)
    await office.alice.type("Message", "Yes")
    await office.alice.choose("Delete conversation", on=header)
    await office.until(lambda: office.alice.modal and office.alice.modal.title == "Delete conversation")
    await office.alice.submit()
    await office.until(lambda: "Deleted in Clearstream" in office.alice.messages(office.texts)[-1].text())
    listed = office.bob.ephemerals()[-1]
    await office.bob.click("Claim", listed)
    await office.told(office.bob, "This conversation was deleted in Clearstream. Nothing was done.")
    await office.bob.click("Reply", listed)
    await office.told(office.bob, "cannot be answered. Nothing was sent.")


async def test_a_revoked_key_is_told(office: House) -> None:
    """Nothing is sent, an admin is to look at the key, and texts come in when it is mended."""
    await office.text_in(JANE, "Do you deliver?")
    office.clearstream.api_key, key = "another", office.clearstream.api_key
    await answered(office)
    await office.until(lambda: "was *not sent*" in office.thread("Jane Doe")[-1])
    assert "does not accept our key" in office.thread("Jane Doe")[-1]
    assert "Ask an admin" in office.thread("Jane Doe")[-1]
    assert office.on_phone(JANE) == []
    await office.bob.command("/sms", "find Jane")
    assert "does not accept our key" in await office.told(office.bob, "reference")
    office.clearstream.receive(JANE, "Hello?")
    office.clearstream.api_key = key
    await office.until(lambda: "Hello?" in office.thread("Jane Doe")[-1])


async def test_clearstream_unreachable_keeps_the_text_until_it_is_back(house: House) -> None:
    """Nothing left for certain: the thread says that it waits, and it goes out once when it can."""
    await house.start()
    await house.text_in(JANE, "Do you deliver?")
    port = house.clearstream.port
    await house.clearstream.stop()
    await answered(house)
    await house.until(lambda: "has not left yet" in house.thread("Jane Doe")[-1])
    assert "cannot be reached" in house.thread("Jane Doe")[-1]
    await house.clearstream.start(port=port)
    await house.until(lambda: house.on_phone(JANE) == ["Yes, we do."])
    await house.until(lambda: any("went out" in line for line in house.thread("Jane Doe")))


async def test_clearstream_down_in_the_middle_leaves_the_text_unconfirmed(house: House) -> None:
    """Nobody can tell: Unconfirmed with the text, Check again and Send anyway, and no second text by itself."""
    await house.start()
    await house.text_in(JANE, "Do you deliver?")
    house.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="threads/*/replies")
    with structlog.testing.capture_logs() as events:
        await answered(house)
        await house.until(lambda: "Unconfirmed" in house.thread("Jane Doe")[-1])
    notice = house.bob.thread(house.header("Jane Doe"))[-1]
    assert "Yes, we do." in notice.text()
    assert house.bob.buttons(notice)[:2] == ["Check again", "Send anyway"]
    assert logged(events, reference_in(notice.text()))
    assert house.on_phone(JANE) == []
    await house.bob.click("Send anyway", notice)
    assert "gets the same text twice" in house.bob.confirmations[-1]
    await house.until(lambda: house.on_phone(JANE) == ["Yes, we do."])
    await house.until(lambda: "went out" in notice.text())
    assert house.bob.buttons(notice) == []


async def test_deciding_twice_decides_once_and_is_told(office: House) -> None:
    """Two press Send anyway: one text, the second is told that it was decided."""
    await office.text_in(JANE, "Do you deliver?")
    office.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="threads/*/replies")
    await answered(office)
    await office.until(lambda: "Unconfirmed" in office.thread("Jane Doe")[-1])
    notice = office.bob.thread(office.header("Jane Doe"))[-1]
    press = await office.bob.click("Send anyway", notice)
    assert press is not None
    await office.slack.redeliver(press)
    await office.told(office.bob, "decided already")
    await office.until(lambda: office.on_phone(JANE) == ["Yes, we do."])
    await office.wind(2)
    assert office.on_phone(JANE) == ["Yes, we do."]


@pytest.mark.parametrize("words", ["find Jane", "find +1 200-555-1000"])
async def test_clearstream_down_while_finding_is_told_with_a_reference(office: House, words: str) -> None:
    """What happened and what to do; the reference is in the log."""
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="subscribers*", count=None)
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="subscribers/*", count=None)
    with structlog.testing.capture_logs() as events:
        await office.bob.command("/sms", words)
        told = await office.told(office.bob, "down for maintenance")
    assert "Try again in a moment" in told
    assert logged(events, reference_in(told))


async def test_clearstream_down_while_a_name_is_looked_up_is_said_in_the_modal(office: House) -> None:
    """Text someone by name: who is stored is offered all the same, and what is missing is said."""
    await office.text_in(JANE, "Hello")
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="subscribers", count=None)
    await office.bob.command("/sms", "text Jane")
    await office.until(lambda: office.bob.modal and "down for maintenance" in office.bob.modal.text())
    assert office.bob.modal is not None
    assert "Jane Doe · +1 200-555-1000" in office.bob.modal.text()


async def test_history_while_clearstream_is_down_is_said_in_the_window(office: House) -> None:
    """The window does not load for ever."""
    header = await office.text_in(JANE, "Hello")
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="threads/*/replies", count=None)
    await office.bob.choose("History", on=header)
    await office.until(lambda: office.bob.modal and "down for maintenance" in office.bob.modal.text())


async def test_a_window_slack_waited_too_long_for_is_told(office: House) -> None:
    """The trigger had expired: the person is told to press once more."""
    header = await office.text_in(JANE, "Hello")
    office.slack.faults.refuse("views.open", "expired_trigger_id")
    await office.bob.click("Reply", header)
    assert "press once more" in await office.told(office.bob, "waited too long")
    assert "reference" not in office.bob.ephemerals()[-1].text()


async def test_a_press_delivered_twice_opens_one_window(office: House) -> None:
    """The second delivery is told that it is open."""
    header = await office.text_in(JANE, "Hello")
    press = await office.bob.click("Reply", header)
    await office.until(lambda: office.bob.modal)
    assert press is not None
    await office.slack.redeliver(press)
    await office.told(office.bob, "opened already")
    assert len(office.slack.screens.stack(office.bob.user.id)) == 1


async def test_what_nobody_foresaw_is_told_with_a_reference(office: House) -> None:
    """An error of ours on Send keeps the modal open with what was typed, and says that nothing was done."""
    header = await office.text_in(JANE, "Hello")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Hi")
    assert office.bot is not None
    async with office.bot.store.write() as tx:
        await tx.execute(text_clause("DROP TABLE record"))
    with structlog.testing.capture_logs() as events:
        await office.bob.submit()
    assert office.bob.modal is not None
    text = office.bob.modal.text()
    assert "Something went wrong here, and this was not done" in text
    assert "Message: Hi" in text
    found = re.search(r"reference (\w+)", text)
    assert found is not None
    assert logged(events, found[1])
