"""Whether everybody can use the page: with a keyboard and a screen reader, by day and night, on a small screen."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from bot.sandbox.page import Page as SandboxPage
from tests.browser.person import Visitor
from tests.browser.sandbox import ON_SOCKETS, Sandbox
from tests.browser.weighing import LIMIT, weigh

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=800)
AXE = Axe()
BY_NIGHT = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""What a colour scheme changes."""


async def wrong(page: Page, *, night: bool = True) -> list[str]:
    """The serious and critical violations on the screen, by day and by night."""
    found = _serious("by day", (await AXE.run(page)).response)
    if night:
        await page.emulate_media(color_scheme="dark")
        found += _serious("by night", (await AXE.run(page, options=BY_NIGHT)).response)
        await page.emulate_media(color_scheme="light")
    return found


def _serious(when: str, response: dict[str, Any]) -> list[str]:
    return [
        f"{when}: {violation['id']} ({violation['impact']}): {node['target']} {node.get('failureSummary', '')}"
        for violation in response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def small(visitor: Visitor) -> AsyncIterator[Visitor]:
    """The same person, on a phone."""
    await visitor.page.set_viewport_size(PHONE)
    await visitor.arrive()
    yield visitor
    await visitor.page.set_viewport_size(DESK)


@ON_SOCKETS
async def test_nothing_keeps_anybody_out(visitor: Visitor) -> None:
    """A channel with a thread open, a modal over it, and Home: no serious violation, in light and in dark."""
    await visitor.take_phone("Aiko Tanaka")
    await visitor.text_in("Is the back room still ours?")
    header = visitor.message("Aiko Tanaka")
    await visitor.open_thread(header)
    await visitor.reads(visitor.thread, "Is the back room still ours?")
    assert await wrong(visitor.page) == []
    await visitor.press(header, "Reply")
    await visitor.window("Reply")
    assert await wrong(visitor.page) == []
    await visitor.page.keyboard.press("Escape")
    await visitor.no_window()
    await visitor.go("Switchboard")
    await visitor.channel.get_by_role("link", name="Home").click()
    await visitor.reads(visitor.channel, "Credits")
    assert await wrong(visitor.page) == []


@ON_SOCKETS
async def test_it_fits_a_phone(small: Visitor) -> None:
    """On a screen of 390 × 844 nothing is wider than it, what is there can be pressed, and nobody is kept out."""
    await expect(small.channel).to_be_visible()
    await small.picture("small")
    assert await small.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert await wrong(small.page) == []


async def test_the_page_is_light(tmp_path: Any) -> None:
    """What a browser fetches to show a fresh sandbox is at most 150 KB, without pictures."""
    async with Sandbox(tmp_path, "sockets") as world:
        page = SandboxPage(world.slack, world.line, clarity=world.clarity, marks=world.marks, bot=world.bot)
        await page.start()
        weight = await weigh(page.url)
        await page.stop()
    assert len(weight.parts) > 3
    assert weight.whole <= LIMIT, weight.parts
