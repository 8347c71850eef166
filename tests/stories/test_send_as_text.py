"""Send as text: a message in a conversation's Slack thread goes into the reply modal."""

import pytest

from bot.sandbox.slack.model import File
from tests.drive import JANE, House


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("We open at seven &amp; close at ten", "We open at seven & close at ten"),
        ("Look at <https://example.com/menu>", "Look at https://example.com/menu"),
        ("<https://example.com|Menu>", "https://example.com"),
        ("<http://example.com|example.com>", "example.com"),
        ("Call <tel:+12005550000|+1 200-555-0000> &lt;now&gt;", "Call +1 200-555-0000 <now>"),
        ("Mail <mailto:us@example.com|us@example.com>", "Mail us@example.com"),
    ],
)
async def test_a_note_is_put_into_the_reply_modal_as_it_reads(office: House, note: str, text: str) -> None:
    """Links by their address, Slack's escapes as the characters they stand for; it is sent on Send alone."""
    header = await office.text_in(JANE, "When do you open?")
    message = await office.alice.say(note, thread=header)
    await office.bob.message_shortcut("Send as text", message)
    await office.until(lambda: office.bob.modal and f"Message: {text}" in office.bob.modal.text())
    assert office.bob.modal is not None
    assert office.bob.modal.title == "Reply"
    assert f"*{len(text)}* of 160" in office.bob.modal.text()
    assert office.on_phone(JANE) == []
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == [text])


async def test_mentions_are_put_by_name(office: House) -> None:
    """People by their names, channels with #, and nothing left out silently."""
    header = await office.text_in(JANE, "Who can help?")
    note = f"Ask <@{office.alice.user.id}> in <#C123|general> <!here>"
    message = await office.bob.say(note, thread=header)
    await office.bob.message_shortcut("Send as text", message)
    await office.until(
        lambda: office.bob.modal and "Message: Ask @Alice Admin in #general @here" in office.bob.modal.text()
    )


async def test_it_works_in_conversations_alone(office: House) -> None:
    """Anywhere else the person is told where it works; nothing opens."""
    message = await office.bob.say("Just talking", channel=office.texts)
    await office.bob.message_shortcut("Send as text", message)
    assert "works on a message inside a conversation's thread" in await office.told(office.bob, "Send as text")
    assert office.bob.modal is None


async def test_files_are_not_sent_and_it_is_said(office: House) -> None:
    """The modal says that only words are sent."""
    header = await office.text_in(JANE, "Have you a menu?")
    message = await office.bob.say("Here it is", thread=header)
    file = File(id="F1", name="menu.pdf", title="Menu", user=office.bob.user.id, shared_in=[office.texts.id])
    office.slack.workspace.files[file.id] = file
    message.files.append(file.id)
    await office.bob.message_shortcut("Send as text", message)
    await office.until(lambda: office.bob.modal and "Files are not sent" in office.bob.modal.text())


async def test_what_is_said_in_the_thread_stays_in_slack(office: House) -> None:
    """A note in the thread never leaves, and the bot says nothing of it."""
    header = await office.text_in(JANE, "Hello")
    await office.bob.say("Ugh, her again", thread=header)
    await office.wind(3)
    assert office.on_phone(JANE) == []
    assert len(office.thread("Jane Doe")) == 2
