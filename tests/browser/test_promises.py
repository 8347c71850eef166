"""What is promised, put to the test from the page: the bot killed in the middle, and answers lost on the way."""

import asyncio
from contextlib import suppress

import pytest
from playwright.async_api import Error, Locator, expect

from tests.browser.person import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nothing_is_lost_and_nothing_twice_when_the_bot_is_killed(visitor: Visitor) -> None:
    """Killed the moment a reply has arrived, and texted to meanwhile: started again, everything is there once."""
    await visitor.be("Bob Baker")
    await visitor.take_phone("Grace Kim")
    await visitor.text_in("Do you have highchairs?")
    header = visitor.message("Grace Kim")
    await visitor.reads(header, "Do you have highchairs?", "1 reply")
    await visitor.reply(header, "Yes, three of them.")
    await visitor.reads(visitor.phone, "Yes, three of them.")
    await visitor.kill()
    await visitor.text_in("And a changing table?")
    await visitor.press(header, "Done")
    await visitor.reads(visitor.page.get_by_role("status"), "trouble connecting")
    await visitor.picture("killed")

    await visitor.start()
    await visitor.reads(header, "claimed by @Bob Baker", "3 replies")
    await visitor.open_thread(header)
    for words in ("Do you have highchairs?", "Yes, three of them.", "And a changing table?"):
        await expect(visitor.said_in_thread(words)).to_have_count(1)
        await expect(visitor.phone.get_by_text(words)).to_have_count(1)
    await visitor.picture("started-again")


async def test_a_reply_whose_fate_is_unknown_is_left_to_a_person(visitor: Visitor) -> None:
    """Clearstream fails, by the switch beside the workspace: Unconfirmed, looked for again, sent anyway, once."""
    await visitor.be("Bob Baker")
    await visitor.take_phone("Tom Fischer")
    await visitor.text_in("Is the parking free?")
    header = visitor.message("Tom Fischer")
    await visitor.reads(header, "Is the parking free?", "1 reply")
    await visitor.break_down("Clearstream", "Fails")
    await visitor.reply(header, "For two hours.")
    await visitor.break_down("Clearstream", "Works")
    await visitor.open_thread(header)
    notice = visitor.said_in_thread("Unconfirmed")
    await visitor.reads(notice, "For two hours.")
    await visitor.picture("unconfirmed")
    await visitor.press(notice, "Check again")
    await visitor.reads(visitor.thread, "Looking once more")
    await visitor.beside("Phone")
    await _insisted(visitor, notice, "For two hours.")
    await expect(visitor.phone.get_by_text("For two hours.")).to_have_count(1)


async def _insisted(visitor: Visitor, notice: Locator, words: str) -> None:
    """Press **Send anyway** until it is taken: while the bot still looks, it says that it is at it."""
    async with asyncio.timeout(40):
        while not await visitor.phone.get_by_text(words).count():
            with suppress(Error, AssertionError):
                await notice.get_by_role("button", name="Send anyway").click(timeout=3000)
                await visitor.sure("Send anyway")
                await expect(visitor.phone).to_contain_text(words, timeout=3000)
