"""A broadcast from **New broadcast** to the phone, as the people of a workspace see it."""

from sqlalchemy import text as text_clause

from bot.sandbox.faults import Fault
from tests.drive import JANE
from tests.hall import WORDS, Hall


async def test_a_broadcast_reaches_everybody_once(halls: Hall) -> None:
    """Written, previewed, held for Undo, sent, followed: one message in the channel tells it all."""
    await halls.start()
    await halls.preview()
    preview = halls.modal.text()
    assert f": {WORDS}" in preview
    assert "*2* recipients" in preview
    assert "*2* of 2,000 credits" in preview
    await halls.alice.submit()
    assert halls.alice.modal is None
    await halls.shows("[Undo]")
    assert halls.on_phone(JANE) == []
    await halls.shows("*Sent*")
    assert [text.endswith(WORDS) for text in halls.on_phone(JANE)] == [True]
    assert "2 recipients" in halls.followed.text()
    assert "[Undo]" not in halls.followed.text()
    assert ("Alice Admin", "broadcast", "done") in await halls.record()


async def test_who_may_not_send_is_told_who_can(hall: Hall) -> None:
    """And no modal opens."""
    await hall.bob.command("/sms", "broadcast")
    await hall.told(hall.bob, "The workspace's admins can.")
    assert hall.bob.modal is None


async def test_a_send_that_cannot_be_written_down_is_told_in_the_preview(hall: Hall) -> None:
    """It was not done, in the window where it was pressed; what was written stands beneath, and is sent once after."""
    await hall.preview()
    assert hall.bot is not None
    async with hall.bot.store.write() as tx:
        await tx.execute(text_clause("ALTER TABLE record RENAME TO broken"))
    hall.slack.faults.refuse("chat.postEphemeral")
    await hall.alice.submit()
    assert hall.modal.title == "Preview"
    assert "Something went wrong here, and this was not done. Try again" in hall.modal.text()
    assert not hall.modal.submit_label
    async with hall.bot.store.write() as tx:
        await tx.execute(text_clause("ALTER TABLE broken RENAME TO record"))
    await hall.alice.close()
    assert hall.modal.title == "New broadcast"
    assert WORDS in hall.modal.text()
    await hall.alice.submit()
    await hall.alice.submit()
    await hall.shows("*Sent*")
    assert len(hall.on_phone(JANE)) == 1


async def test_undo_really_undoes(hall: Hall) -> None:
    """Undo in the answer to Send: nothing leaves, and the message says so; it can be edited and sent after all."""
    await hall.send()
    await hall.told(hall.alice, "Undo")
    await hall.alice.click("Undo", hall.alice.ephemerals()[-1])
    await hall.shows("*Undone*")
    await hall.wind(15)
    assert hall.on_phone(JANE) == []
    await hall.alice.click("Edit", hall.followed)
    await hall.until(lambda: WORDS in hall.modal.text(), "what was written")
    await hall.alice.submit()
    await hall.alice.submit()
    await hall.shows("*Sent*")
    assert len(hall.on_phone(JANE)) == 1


async def test_undo_that_comes_too_late_says_so(hall: Hall) -> None:
    """The answer to Send still has its button when it has left."""
    await hall.send()
    await hall.told(hall.alice, "Undo")
    answer = hall.alice.ephemerals()[-1]
    await hall.shows("*Sent*")
    await hall.alice.click("Undo", answer)
    await hall.told(hall.alice, "Too late")
    assert len(hall.on_phone(JANE)) == 1


async def test_a_large_one_needs_somebody_else(hall: Hall) -> None:
    """Its author cannot approve it, Bob may not, Dana does; the buttons are gone the moment she has decided."""
    await hall.again(approval_above=1)
    await hall.preview()
    assert "somebody else must approve" in hall.modal.text()
    assert hall.modal.submit_label == "Ask for approval"
    await hall.alice.submit()
    await hall.shows("[Approve]")
    await hall.alice.click("Approve", hall.followed)
    await hall.told(hall.alice, "somebody else has to decide")
    await hall.bob.click("Approve", hall.followed)
    await hall.told(hall.bob, "You may not approve broadcasts")
    request = hall.followed
    await hall.dana.click("Approve", request)
    await hall.until(lambda: "[Approve]" not in hall.followed.text(), "the buttons to go")
    await hall.shows("*Sent*")
    assert "Approved by @Dana Diaz" in hall.followed.text()
    assert len(hall.on_phone(JANE)) == 1


async def test_a_declined_one_says_why(hall: Hall) -> None:
    """Dana declines with a reason: it stands there, Alice is told in private and may edit it, and nothing is sent."""
    await hall.again(approval_above=1)
    await hall.send()
    await hall.shows("[Decline]")
    await hall.open_modal(hall.dana, "Decline", hall.followed)
    await hall.dana.type("Reason", "It is at ten!")
    await hall.dana.submit()
    await hall.shows("*Declined*")
    assert "It is at ten!" in hall.followed.text()
    await hall.until(hall.alice.dm, "word to its author")
    (told,) = hall.alice.dm()
    assert "@Dana Diaz has declined your broadcast, so nothing was sent." in told.text()
    assert "It is at ten!" in told.text() and WORDS in told.text()
    await hall.wind(15)
    assert hall.on_phone(JANE) == [] and len(hall.alice.dm()) == 1
    await hall.alice.click("Edit", told)
    await hall.until(lambda: WORDS in hall.modal.text(), "what was written")


async def test_where_nobody_else_may_approve_the_preview_says_so(hall: Hall) -> None:
    """And how that is changed; it cannot be asked for."""
    await hall.again(approval_above=1, senders=hall.alice.user.id)
    await hall.preview()
    assert "nobody else may" in hall.modal.text()
    assert "APPROVAL_ABOVE" in hall.modal.text()
    assert not hall.modal.submit_label


async def test_what_is_wrong_is_said_beside_its_field(hall: Hall) -> None:
    """Nobody chosen, lists and numbers, a letter no phone knows, a time that has passed: and what was typed stays."""
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: "Message" in hall.modal.text(), "the modal")
    await hall.alice.type("Message", "Grüße aus Łódź")
    await hall.alice.pick("When", int(hall.clock.seconds()) - 3600)
    await hall.alice.submit()
    wrong = hall.modal.text()
    assert "Choose at least one list" in wrong
    assert "Ł" in wrong
    assert "has passed" in wrong
    await hall.alice.type("To", "")
    await hall.alice.choose("Customers (2)", "To")
    await hall.alice.type("Numbers", "200 555 1000")
    await hall.alice.submit()
    assert "not both" in hall.modal.text()
    assert "Grüße aus Łódź" in hall.modal.text()


async def test_while_typing_the_counter_tells_what_it_takes(hall: Hall) -> None:
    """Characters of 158, those that cannot be texted, recipients, credits needed and left; and it is kept for a day."""
    await hall.compose()
    await hall.alice.type("Message", "It’s on — really")
    await hall.until(lambda: "`’`" in hall.modal.text(), "what cannot be texted")
    counted = hall.modal.text()
    assert "of 158 characters" in counted
    assert "*2* recipients" in counted
    assert "*2* of 2,000 credits" in counted
    await hall.alice.close()
    await hall.alice.command("/sms", "broadcast")
    await hall.until(lambda: "It’s on — really" in hall.modal.text(), "the draft")


async def test_a_scheduled_one_can_be_cancelled(hall: Hall) -> None:
    """It stands as Scheduled in the channel and in the list; Cancel deletes it in Clearstream, and nothing arrives."""
    await hall.compose()
    await hall.alice.type("Message", WORDS)
    await hall.alice.pick("When", int(hall.clock.seconds()) + 86400)
    await hall.alice.submit()
    assert hall.modal.submit_label == "Schedule"
    await hall.alice.submit()
    await hall.shows("*Scheduled* for")
    await hall.alice.command("/sms", "broadcasts")
    await hall.told(hall.alice, "*Scheduled*")
    await hall.alice.click("Cancel", hall.alice.ephemerals()[-1])
    await hall.shows("*Cancelled*")
    await hall.told(hall.alice, "It is cancelled")
    assert hall.on_phone(JANE) == []


async def test_a_lost_answer_is_found_again_and_nothing_goes_twice(hall: Hall) -> None:
    """Clearstream sends it and its answer is lost: the bot finds it, and the phone has one."""
    hall.clearstream.faults.add(Fault.LOSE_AFTER, method="POST", path="messages")
    await hall.send()
    await hall.shows("*Sent*")
    assert len(hall.on_phone(JANE)) == 1


async def test_one_that_cannot_be_found_is_unconfirmed(halls: Hall) -> None:
    """Neither sent nor known: Unconfirmed, until a person says Send anyway, and then it goes once.

    A press on what is being looked for, or was looked for since, says why nothing came of it.
    """
    await halls.start()
    halls.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await halls.send()
    await halls.shows("*Unconfirmed*")
    assert "reference `" in halls.followed.text()
    halls.clearstream.faults.add(Fault.STALL_BEFORE, method="GET", path="messages", count=None)
    press = await halls.alice.click("Check again", halls.followed)
    assert press is not None
    await halls.told(halls.alice, "Looking once more")
    await halls.slack.redeliver(press)
    await halls.told(halls.alice, "It is being looked for, or sent again, just now")
    halls.clearstream.faults.clear()
    await halls.wind(20)
    await halls.slack.redeliver(press)
    await halls.told(halls.alice, "nobody can tell still")
    assert halls.on_phone(JANE) == []
    await halls.alice.click("Send anyway", halls.followed)
    await halls.shows("*Sent*")
    assert len(halls.on_phone(JANE)) == 1


async def test_an_answer_to_a_broadcast_leads_back_to_it(hall: Hall) -> None:
    """A text that comes in after a broadcast says on its conversation what it is in reply to."""
    await hall.send()
    await hall.shows("*Sent*")
    await hall.text_in(JANE, "We will be there!")
    await hall.until(lambda: "in reply to" in hall.header("Jane Doe").text(), "where it leads back to")
    assert WORDS in hall.header("Jane Doe").text()
