"""**Post a need**, the hours of **Request a call**, and the pages of a list of calls."""

import copy
import re
from functools import partial

import pytest

from bot.sandbox.slack.model import Message
from tests.club import Club


def reads(message: Message, words: str) -> bool:
    """Whether a message says this now."""
    return words in message.text()


async def test_a_need_is_posted_from_its_modal_once(lounge: Club) -> None:
    """Nothing typed is said beside the field; then one POST with the words and whether it is paid; twice is told."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.alice.command("/expert", "need")
    assert (await lounge.filled(lounge.alice)).title == "Post a need"
    await lounge.alice.type("What do you need?", "   ")
    await lounge.alice.submit()
    assert "Say what you need" in lounge.window(lounge.alice).text()
    await lounge.alice.type("What do you need?", "Who knows leases & <rents>?")
    await lounge.alice.choose("I am willing to pay")
    delivery = await lounge.alice.submit()
    assert delivery is not None
    assert lounge.alice.modal is None
    await lounge.told(lounge.alice, "Your need is posted")
    again = await lounge.slack.deliveries.deliver("interactive", delivery.payload)
    assert "already" in str(again.response)
    (posted,) = lounge.clarity.requests_since(method="POST", path="needs")
    assert posted.form["description"] == "Who knows leases & <rents>?"
    assert posted.form["paid"] in ("true", "1")
    assert posted.whose == "alice"
    shown = (await lounge.expert(lounge.alice, "needs")).text()
    assert "Who knows leases & <rents>?" in shown


async def test_hours_out_of_range_are_said_beside_the_field(lounge: Club) -> None:
    """Slack checks them while typing; whatever comes past it is refused there too, and nothing is sent."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.alice.command("/expert", "request ninapark")
    await lounge.filled(lounge.alice)
    await lounge.alice.type("Reason", "How to price a set menu")
    await lounge.alice.type("Expires in hours", "721")
    assert await lounge.alice.submit() is None
    await lounge.alice.type("Expires in hours", "720")
    payload = (await lounge.alice.submit() or pytest.fail("not submitted")).payload
    await lounge.call_told(lounge.alice, "How to price a set menu")
    for hours in ("0", "721", "1.5", "-1", "²", "9" * 5000, None):
        forged = copy.deepcopy(payload)
        for field in forged["view"]["state"]["values"]["hours"].values():
            field["value"] = hours
        refused = await lounge.slack.deliveries.deliver("interactive", forged)
        assert refused.response == {
            "response_action": "errors",
            "errors": {"hours": "A whole number of hours, from 1 to 720."},
        }, hours
    (posted,) = lounge.clarity.requests_since(method="POST", path="calls")
    assert posted.form["expires_in"] == "720"


async def test_a_list_of_calls_is_turned_page_by_page_in_place(lounge: Club) -> None:
    """The newest first, eight a page, each call once; **Older** and **Newer** only where there is such a page."""
    await lounge.log_in(lounge.alice, "alice")
    for number in range(18):
        lounge.clock.advance(60)
        call = lounge.clarity.someone_requests("alice", "ninapark", f"Topic {number:02}")
        lounge.clarity.someone_cancels(call)
    message = await lounge.expert(lounge.alice, "calls canceled")
    shown: list[str] = []
    for page, turns in enumerate((["Older"], ["Newer", "Older"], ["Newer"]), start=1):
        await lounge.until(partial(reads, message, f"page {page} of 3"), f"page {page}")
        assert [press for press in lounge.alice.buttons(message) if press in ("Newer", "Older")] == turns
        shown += re.findall(r"Topic \d\d", message.text())
        if page < 3:
            await lounge.alice.click("Older", message)
    assert shown[:18] == [f"Topic {number:02}" for number in reversed(range(18))]
    await lounge.alice.click("Newer", message)
    await lounge.until(partial(reads, message, "page 2 of 3"), "the page before")
