"""**Direct mode**: what is written in a conversation's thread goes out as a text, once, and is marked."""

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack.events import Event
from bot.sandbox.slack.model import File, Message
from bot.services.setup import DIRECT_CHANNELS
from bot.store import installation
from tests.drive import JANE, House


@pytest.fixture
async def direct(office: House) -> House:
    """An office whose channel is in direct mode, where Jane has texted in."""
    assert office.bot is not None
    async with office.bot.store.write() as tx:
        value = {office.texts.id: tx.now.timestamp()}
        await installation.set_setting(tx, DIRECT_CHANNELS, value, office.alice.user.id)
    await office.text_in(JANE, "When do you open?")
    return office


def marked(message: Message) -> bool:
    """Whether it carries the ✅."""
    return "white_check_mark" in message.reactions


async def test_what_is_written_in_the_thread_goes_out_and_is_marked(direct: House) -> None:
    """Once, without a copy under it; whoever wrote has claimed the conversation, and the record says so."""
    header = direct.header("Jane Doe")
    message = await direct.bob.say("At seven &amp; on <https://example.com|our site>", thread=header)
    await direct.until(lambda: direct.on_phone(JANE) == ["At seven & on https://example.com"])
    await direct.until(lambda: marked(message), "the mark")
    await direct.until(lambda: "claimed by @Bob Baker" in direct.header("Jane Doe").text())
    await direct.wind(3)
    assert len(direct.thread("Jane Doe")) == 2
    assert ("Bob Baker", "reply", "done") in await direct.record()
    answer = await direct.text_in(JANE, "Thanks")
    assert answer.ts == header.ts


async def test_an_event_delivered_again_sends_nothing_more(direct: House) -> None:
    """Slack delivers an event again where it is unsure; the text is one."""
    await direct.bob.say("At seven", thread=direct.header("Jane Doe"))
    await direct.slack.settled()
    event = next(each for each in direct.slack.deliveries.log if "At seven" in str(each.payload))
    again = await direct.slack.redeliver(event)
    assert again.acked
    await direct.until(lambda: direct.on_phone(JANE) == ["At seven"])
    await direct.wind(5)
    assert direct.on_phone(JANE) == ["At seven"]


async def test_notes_bots_and_what_stands_elsewhere_stay_in_slack(direct: House) -> None:
    """What begins with ``note:``, what a bot writes, and what stands in no conversation's thread."""
    header = direct.header("Jane Doe")
    elsewhere = await direct.bob.say("Lunch?", channel=direct.texts)
    await direct.bob.say("Sushi", thread=elsewhere)
    where = {"type": "message", "channel": direct.texts.id, "channel_type": "channel", "thread_ts": header.ts}
    for who in ({"subtype": "bot_message"}, {"user": "U0OTHER01"}):
        ts = direct.slack.workspace.new_ts()
        body = {**where, **who, "bot_id": "B0OTHER01", "text": "Deployed", "ts": ts, "event_ts": ts}
        direct.slack.tell(Event("message.channels", body))
    for note in (" Note: she was rude last time", "*NOTE:* beware", "&gt; note: indeed"):
        await direct.bob.say(note, thread=header)
    await direct.wind(5)
    assert direct.on_phone(JANE) == []
    assert len(direct.thread("Jane Doe")) == 4


async def test_what_cannot_be_texted_is_said_and_does_not_leave(direct: House) -> None:
    """Too long, or files alone; files with words leave the words."""
    header = direct.header("Jane Doe")
    long = await direct.bob.say("x" * 161, thread=header)
    await direct.until(lambda: "@Bob Baker, your message was *not sent*." in direct.thread("Jane Doe")[-1])
    await direct.bob.edit(long, "shorter")
    await direct.until(lambda: "is not sent by changing it. Write it anew." in direct.thread("Jane Doe")[-1])
    menu = File(id="F1", name="menu.pdf", title="Menu", user=direct.bob.user.id, shared_in=[direct.texts.id])
    await direct.bob.say("", thread=header, files=[menu])
    await direct.until(lambda: "files are not sent, only words: your message" in direct.thread("Jane Doe")[-1])
    await direct.bob.say("Our menu", thread=header, files=[menu])
    await direct.until(lambda: "the words go out" in direct.thread("Jane Doe")[-1])
    await direct.until(lambda: direct.on_phone(JANE) == ["Our menu"])


async def test_changes_and_deletions_after_sending_are_pointed_out(direct: House) -> None:
    """The text on the phone stays as it was."""
    message = await direct.bob.say("At seven", thread=direct.header("Jane Doe"))
    await direct.until(lambda: marked(message))
    await direct.bob.edit(message, "At eight")
    await direct.until(lambda: "changed a message after it went out" in direct.thread("Jane Doe")[-1])
    await direct.bob.delete(message)
    await direct.until(lambda: "deleted a message after it went out" in direct.thread("Jane Doe")[-1])
    assert direct.on_phone(JANE) == ["At seven"]


async def test_what_is_deleted_before_it_left_does_not_leave(direct: House) -> None:
    """Clearstream is down: the message waits, and is taken back."""
    direct.clearstream.faults.add(
        Fault.RATE_LIMITED, method="POST", path="threads/*/replies", count=None, retry_after=5
    )
    message = await direct.bob.say("At seven", thread=direct.header("Jane Doe"))
    await direct.until(lambda: "has not left yet" in direct.thread("Jane Doe")[-1])
    await direct.bob.delete(message)
    await direct.until(lambda: any("deleted a message before it left" in each for each in direct.thread("Jane Doe")))
    direct.clearstream.faults.clear()
    await direct.wind(6)
    assert direct.on_phone(JANE) == []


async def test_who_may_not_reply_is_told_and_nothing_leaves(direct: House) -> None:
    """Rights are asked for when it leaves; a lost answer is Unconfirmed, as for every text."""
    direct.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="threads/*/replies")
    message = await direct.bob.say("At seven", thread=direct.header("Jane Doe"))
    await direct.until(lambda: "Unconfirmed" in direct.thread("Jane Doe")[-1])
    assert not marked(message)
    await direct.alice.click("Send anyway")
    await direct.until(lambda: marked(message))
    direct.slack.admin.remove(direct.texts, direct.bob.user)
    await direct.bob.say("Me again", thread=direct.header("Jane Doe"))
    await direct.until(lambda: "You may not reply." in direct.thread("Jane Doe")[-1])
    assert direct.on_phone(JANE) == ["At seven"]
