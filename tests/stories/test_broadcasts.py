"""A broadcast from **New broadcast** to the phone, as the people of a workspace see it."""

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack.model import Message
from tests.drive import JANE, House

WORDS = "Doors open at nine on Sunday."


@pytest.fixture
async def hall(unopened: House) -> House:
    """A bot with a broadcasts channel; Dana, who may send too, is in it."""
    return await with_channel(unopened)


async def with_channel(house: House) -> House:
    """A house that has one, with its bot started."""
    workspace = house.slack.workspace
    dana = workspace.add_user("dana", "Dana Diaz", is_admin=True)
    house.broadcasts = workspace.add_channel("broadcasts", ["alice", "bob", dana])
    await house.start(broadcasts_channel=house.broadcasts.id)
    return house


def followed(house: House) -> Message:
    """The newest message on a broadcast."""
    found = [m for m in house.alice.messages(house.broadcasts) if "Broadcast by" in m.text()]
    if not found:
        raise LookupError("a broadcast")
    return found[-1]


async def written(house: House, **fields: str) -> None:
    """Alice writes a broadcast to her customers and looks at its preview."""
    await house.alice.command("/sms", "broadcast")
    await house.until(lambda: house.alice.modal and "Message" in house.alice.modal.text(), "the modal")
    await house.alice.type("To", "cust")
    await house.alice.choose("Customers (2)", "To")
    for field, words in {"Message": WORDS, **fields}.items():
        await house.alice.type(field, words)
    await house.alice.submit()
    await house.until(lambda: house.alice.modal.title == "Preview", "the preview")


async def test_a_broadcast_reaches_everybody_once(house: House) -> None:
    """Written, previewed, held for Undo, sent, followed: one message in the channel tells it all."""
    hall = await with_channel(house)
    await written(hall)
    preview = hall.alice.modal.text()
    assert f": {WORDS}" in preview
    assert "*2* recipients" in preview
    assert "*2* of" in preview
    await hall.alice.submit()
    assert hall.alice.modal is None
    await hall.until(lambda: "[Undo]" in followed(hall).text(), "Undo")
    assert hall.on_phone(JANE) == []
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be sent")
    assert [text.endswith(WORDS) for text in hall.on_phone(JANE)] == [True]
    assert "2 recipients" in followed(hall).text()
    assert "[Undo]" not in followed(hall).text()
    assert ("Alice Admin", "broadcast", "done") in await hall.record()


async def test_who_may_not_send_is_told_who_can(hall: House) -> None:
    """And no modal opens."""
    await hall.bob.command("/sms", "broadcast")
    await hall.told(hall.bob, "The workspace's admins can.")
    assert hall.bob.modal is None


async def test_undo_really_undoes(hall: House) -> None:
    """Undo in the answer to Send: nothing leaves, and the message says so; it can be edited and sent after all."""
    await written(hall)
    await hall.alice.submit()
    await hall.told(hall.alice, "Undo")
    await hall.alice.click("Undo", hall.alice.ephemerals()[-1])
    await hall.until(lambda: "*Undone*" in followed(hall).text(), "Undone")
    await hall.wind(20)
    assert hall.on_phone(JANE) == []
    await hall.open_modal(hall.alice, "Edit", followed(hall))
    await hall.until(lambda: WORDS in hall.alice.modal.text(), "what was written")
    await hall.alice.submit()
    await hall.alice.submit()
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be sent")
    assert len(hall.on_phone(JANE)) == 1


async def test_undo_that_comes_too_late_says_so(hall: House) -> None:
    """The answer to Send still has its button when it has left."""
    await written(hall)
    await hall.alice.submit()
    await hall.told(hall.alice, "Undo")
    answer = hall.alice.ephemerals()[-1]
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be sent")
    await hall.alice.click("Undo", answer)
    await hall.told(hall.alice, "Too late")
    assert len(hall.on_phone(JANE)) == 1


async def test_a_large_one_needs_somebody_else(hall: House) -> None:
    """Its author cannot approve it, Bob may not, Dana does; the buttons are gone the moment she has decided."""
    await hall.stop()
    await hall.start(approval_above=1)
    await written(hall)
    assert "somebody else must approve" in hall.alice.modal.text()
    assert hall.alice.modal.submit_label == "Ask for approval"
    await hall.alice.submit()
    await hall.until(lambda: "[Approve]" in followed(hall).text(), "the request")
    await hall.alice.click("Approve", followed(hall))
    await hall.told(hall.alice, "somebody else has to decide")
    await hall.bob.click("Approve", followed(hall))
    await hall.told(hall.bob, "You may not approve broadcasts")
    await hall.person("dana").click("Approve", followed(hall))
    await hall.until(lambda: "[Approve]" not in followed(hall).text(), "the buttons to go")
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be sent")
    assert "Approved by @Dana Diaz" in followed(hall).text()
    assert len(hall.on_phone(JANE)) == 1


async def test_a_declined_one_says_why(hall: House) -> None:
    """Dana declines with a reason: it stands there, and nothing is ever sent."""
    await hall.stop()
    await hall.start(approval_above=1)
    await written(hall)
    await hall.alice.submit()
    await hall.until(lambda: "[Decline]" in followed(hall).text(), "the request")
    dana = hall.person("dana")
    await hall.open_modal(dana, "Decline", followed(hall))
    await dana.type("Reason", "It is at ten!")
    await dana.submit()
    await hall.until(lambda: "*Declined*" in followed(hall).text(), "Declined")
    assert "It is at ten!" in followed(hall).text()
    await hall.wind(20)
    assert hall.on_phone(JANE) == []


async def test_where_nobody_else_may_approve_the_preview_says_so(hall: House) -> None:
    """And how that is changed; it cannot be asked for."""
    await hall.stop()
    await hall.start(approval_above=1, senders=hall.alice.user.id)
    await written(hall)
    assert "nobody else may" in hall.alice.modal.text()
    assert "APPROVAL_ABOVE" in hall.alice.modal.text()
    assert not hall.alice.modal.submit_label


async def test_what_is_wrong_is_said_beside_its_field(hall: House) -> None:
    """Nobody chosen, lists and numbers, a letter no phone knows, a time that has passed: and what was typed stays."""
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: hall.alice.modal and "Message" in hall.alice.modal.text(), "the modal")
    await hall.alice.type("Message", "Grüße aus Łódź")
    await hall.alice.pick("When", int(hall.clock.seconds()) - 3600)
    await hall.alice.submit()
    wrong = hall.alice.modal.text()
    assert "Choose at least one list" in wrong
    assert "Ł" in wrong
    assert "has passed" in wrong
    await hall.alice.type("To", "")
    await hall.alice.choose("Customers (2)", "To")
    await hall.alice.type("Numbers", "200 555 1000")
    await hall.alice.submit()
    assert "not both" in hall.alice.modal.text()
    assert "Grüße aus Łódź" in hall.alice.modal.text()


async def test_while_typing_the_counter_tells_what_it_takes(hall: House) -> None:
    """Characters of 158, those that cannot be texted, recipients, credits needed and left; and it is kept for a day."""
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: hall.alice.modal and "Message" in hall.alice.modal.text(), "the modal")
    await hall.alice.type("To", "")
    await hall.alice.choose("Customers (2)", "To")
    await hall.alice.type("Message", "It’s on — really")
    await hall.until(lambda: "*2* recipients" in hall.alice.modal.text(), "the recipients")
    counted = hall.alice.modal.text()
    assert "of 158 characters" in counted
    assert "`’`" in counted
    assert "*2* of 1,000 credits" in counted or "of" in counted.split("recipients")[1]
    await hall.alice.close()
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: hall.alice.modal and "It’s on — really" in hall.alice.modal.text(), "the draft")


async def test_a_scheduled_one_can_be_cancelled(hall: House) -> None:
    """It stands as Scheduled in the channel and in the list; Cancel deletes it in Clearstream, and nothing arrives."""
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: hall.alice.modal and "Message" in hall.alice.modal.text(), "the modal")
    await hall.alice.type("To", "")
    await hall.alice.choose("Customers (2)", "To")
    await hall.alice.type("Message", WORDS)
    await hall.alice.pick("When", int(hall.clock.seconds()) + 86400)
    await hall.alice.submit()
    assert hall.alice.modal.submit_label == "Schedule"
    await hall.alice.submit()
    await hall.until(lambda: "*Scheduled* for" in followed(hall).text(), "Scheduled")
    await hall.alice.command("/sms", "broadcasts")
    await hall.told(hall.alice, "*Scheduled*")
    await hall.alice.click("Cancel", hall.alice.ephemerals()[-1])
    await hall.until(lambda: "*Cancelled*" in followed(hall).text(), "Cancelled")
    assert hall.on_phone(JANE) == []


async def test_a_lost_answer_is_found_again_and_nothing_goes_twice(hall: House) -> None:
    """Clearstream sends it and its answer is lost: the bot finds it, and the phone has one."""
    hall.clearstream.faults.add(Fault.LOSE_AFTER, method="POST", path="messages")
    await written(hall)
    await hall.alice.submit()
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be found")
    assert len(hall.on_phone(JANE)) == 1


async def test_one_that_cannot_be_found_is_unconfirmed(hall: House) -> None:
    """Neither sent nor known: Unconfirmed, until a person says Send anyway, and then it goes once."""
    hall.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await written(hall)
    await hall.alice.submit()
    await hall.until(lambda: "*Unconfirmed*" in followed(hall).text(), "Unconfirmed")
    await hall.alice.click("Check again", followed(hall))
    await hall.told(hall.alice, "Looking once more")
    await hall.wind(20)
    assert hall.on_phone(JANE) == []
    await hall.alice.click("Send anyway", followed(hall))
    await hall.until(lambda: "*Sent*" in followed(hall).text(), "it to be sent")
    assert len(hall.on_phone(JANE)) == 1
