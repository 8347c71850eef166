"""Experts and calls, at the page."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.person import Visitor
from tests.browser.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_expert_is_found_and_asked_for_a_call(visitor: Visitor, world: Sandbox) -> None:
    """Cards with photo, rate and place; Request call on one of them reaches Clarity, and a message follows it."""
    await visitor.be("Alice Admin")
    await visitor.go("calls")
    await visitor.say("/expert search pricing")
    found = visitor.message("experts for “pricing”")
    await visitor.reads(found, "Nina Park", "$240.00 per hour", "San Francisco")
    await expect(found.get_by_role("img", name="Nina Park")).to_be_visible()
    await visitor.picture("expert-search")
    await found.get_by_role("button", name="Profile").first.click()
    await visitor.reads(visitor.message("SaaS pricing and packaging"), "min on average")
    await found.get_by_role("button", name="Request call").first.click()
    modal = await visitor.window("Request a call")
    await modal.get_by_label("Reason").fill("Should lunch cost less than dinner?")
    await visitor.press(modal, "Request call")
    await visitor.no_window()
    await visitor.reads(visitor.message("Should lunch cost less"), "Nina Park")
    assert "Should lunch cost less than dinner?" in [call.reason for call in world.clarity.state.calls.values()]


async def test_a_call_that_waits_is_connected_and_followed(visitor: Visitor) -> None:
    """Asked for on Clarity, connected in Slack, followed from dialing to its length and cost in the same message."""
    await visitor.be("Alice Admin")
    await visitor.go("calls")
    await visitor.beside("Clarity")
    panel = visitor.clarity
    await panel.get_by_label("Why").fill("Which knives do you use?")
    await visitor.press(panel, "Ask for a call")
    call = visitor.message("Which knives do you use?")
    await visitor.reads(call, "asks the shared account for a call", "per hour", "left")
    await visitor.press(call, "Connect")
    await visitor.reads(call, "In progress")
    await visitor.picture("call-live")
    await expect(call).to_contain_text(re.compile(r"Completed after 0:0\d, \$"))
    await expect(call.get_by_role("button", name="Connect")).to_have_count(0)
    await visitor.reads(panel, "Which knives do you use?")
    await visitor.picture("call-completed")
