"""One text to many, at the page."""

import pytest
from playwright.async_api import expect

from tests.browser.person import Visitor
from tests.browser.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_broadcast_is_undone_then_sent_once(visitor: Visitor, world: Sandbox) -> None:
    """Chosen by searching, previewed, sent, taken back, changed and sent: on each phone once, followed to the end."""
    await visitor.be("Alice Admin")
    await visitor.go("broadcasts")
    await visitor.say("/sms broadcast")
    modal = await visitor.window("New broadcast")
    await visitor.search(modal, "To", "event", "Events (4)")
    await modal.get_by_label("Message").fill("The terrace opens on Saturday.")
    await visitor.reads(modal, "40 of 158 characters", "4 recipients")
    await visitor.press(modal, "Preview")
    await visitor.reads(await visitor.window("Preview"), "The terrace opens on Saturday.", "To: Events", "4 recipients")
    await visitor.picture("broadcast-preview")
    await visitor.press(visitor.modal, "Send")
    await visitor.no_window()

    followed = visitor.message("Broadcast by @Alice Admin")
    await visitor.press(followed, "Undo")
    await visitor.reads(followed, "Undone: nothing was sent")
    assert _received(world, "The terrace") == 0
    await visitor.press(followed, "Edit")
    await visitor.window("New broadcast")
    await modal.get_by_label("Message").fill("The terrace opens on Sunday.")
    await visitor.press(visitor.modal, "Preview")
    await visitor.reads(await visitor.window("Preview"), "The terrace opens on Sunday.")
    await visitor.press(visitor.modal, "Send")
    await visitor.reads(visitor.message("opens on Sunday"), "Sent", "4 recipients", "0 replies")
    await visitor.picture("broadcast-followed")
    assert _received(world, "The terrace") == 4


async def test_a_large_one_is_approved_by_somebody_else(visitor: Visitor, world: Sandbox) -> None:
    """Alice asks for it, Carol approves; then it goes out."""
    await visitor.go("broadcasts")
    await visitor.say("/sms broadcast")
    modal = await visitor.window("New broadcast")
    await visitor.search(modal, "To", "regul", "Regulars (6)")
    await modal.get_by_label("Message").fill("New menu from Monday.")
    await visitor.press(modal, "Preview")
    await visitor.reads(await visitor.window("Preview"), "somebody else must approve it")
    await visitor.press(visitor.modal, "Ask for approval")
    asked = visitor.message("New menu from Monday.")
    await visitor.reads(asked, "Waiting for approval")
    await visitor.be("Carol Chen")
    await visitor.go("broadcasts")
    await visitor.press(asked, "Approve")
    await visitor.sure("Approve")
    await visitor.reads(asked, "Approved by @Carol Chen", "Sent", "6 recipients")
    await visitor.picture("broadcast-approved")
    assert _received(world, "New menu") == 6
    await expect(asked.get_by_role("button", name="Approve")).to_have_count(0)


def _received(world: Sandbox, words: str) -> int:
    """How many texts with these words arrived on all phones."""
    world.line.settle()
    phones = world.line.state.phones
    return sum(words in text.text for number in phones for text in world.line.phone(number))
