"""A text comes in and is answered, at the page."""

import pytest
from playwright.async_api import expect

from tests.browser.person import Visitor
from tests.browser.sandbox import ON_SOCKETS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_text_is_answered(visitor: Visitor) -> None:
    """From the phone into #texts, from Reply onto the phone; claimed by who answered, given back, done, reopened."""
    await visitor.be("Bob Baker")
    await visitor.go("texts")
    await visitor.text_in("Is there a table for two at eight?")
    header = visitor.message("Maria Lopez")
    await visitor.reads(header, "New", "Is there a table for two at eight?", "1 reply")
    await visitor.press(header, "Reply")
    modal = await visitor.window("Reply")
    await visitor.reads(modal, "To Maria Lopez · +1 200-555-1000", "Is there a table for two at eight?")
    await modal.get_by_label("Message").fill("Yes, see you at eight!")
    await visitor.reads(modal, "22 of 160 characters")
    await visitor.picture("text-reply")
    await visitor.press(modal, "Send")
    await visitor.no_window()
    await visitor.reads(visitor.phone, "Yes, see you at eight!")
    await visitor.reads(header, "claimed by @Bob Baker", "Yes, see you at eight!")

    await visitor.open_thread(header)
    await visitor.reads(visitor.thread, "Is there a table for two at eight?", "Yes, see you at eight!")
    await visitor.press(header, "Release")
    await expect(header.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    await visitor.press(header, "Claim")
    await expect(header.get_by_role("button", name="Release", exact=True)).to_be_visible()
    await visitor.press(header, "Done")
    await visitor.reads(header, "Done")
    await visitor.text_in("And a high chair, please")
    await visitor.reads(header, "Open", "And a high chair, please")
    await visitor.reads(visitor.thread, "And a high chair, please")
    await visitor.picture("text-thread")


@ON_SOCKETS
async def test_a_button_leads_to_its_conversation(visitor: Visitor) -> None:
    """**Open** in the inbox shows the thread beside the channel; what is written meanwhile stays."""
    await visitor.be("Alice Admin")
    await visitor.go("texts")
    await visitor.say("/sms inbox")
    inbox = visitor.message("newest first")
    await visitor.channel.get_by_role("textbox").last.fill("half a thou")
    await inbox.get_by_role("button", name="Open", exact=True).first.click()
    await expect(visitor.thread).to_be_visible()
    await expect(visitor.channel.get_by_role("textbox").last).to_have_value("half a thou")
    await visitor.channel.get_by_role("textbox").last.fill("")
