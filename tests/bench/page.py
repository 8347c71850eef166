"""How soon the page of the sandbox is painted for the first time in a real browser, and how heavy it is.

Beside a bare page in the same browser and run: what the browser takes for itself.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, async_playwright

from bot.sandbox.page import Page
from tests.bench.parts import quantile, spread
from tests.browser.chromium import NONE_HERE, found
from tests.browser.sandbox import Sandbox
from tests.browser.weighing import LIMIT, weigh

RUNS = 20
BAR = 0.5
_BARE = "<!doctype html><title>Bare</title><p>Nothing but this."
_PAINTED = "performance.getEntriesByName('first-contentful-paint').map((each) => each.startTime)[0]"


async def measure() -> None:
    """A fresh sandbox, first seen by a browser that has nothing of it yet."""
    program = found()
    if program is None:
        print(NONE_HERE)
        return
    with tempfile.TemporaryDirectory() as folder:
        async with _page(Path(folder)) as ours, _bare() as bare, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program)
            # In turns, so that whatever else the machine does meets both alike.
            paints = [(await _painted(browser, ours), await _painted(browser, bare)) for _ in range(RUNS)]
            await browser.close()
            weight = (await weigh(ours)).whole
    took, limit = [each[0] for each in paints], [each[1] for each in paints]
    print(
        f"first paint of the page      {spread(took)}; p95 {quantile(took, 0.95) * 1000:.0f} ms "
        f"(bar: {BAR * 1000:.0f} ms); a bare page {spread(limit)}"
    )
    print(f"weight without pictures      {weight / 1000:.1f} KB   (bar: {LIMIT / 1000:.0f} KB)")


async def _painted(browser: Browser, address: str) -> float:
    """Seconds from asking for the page to the first paint with something in it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(address)
    # Asked from outside, as the page's policy lets nothing be evaluated within.
    while (painted := await page.evaluate(_PAINTED)) is None:  # noqa: ASYNC110 - a page tells nobody
        await asyncio.sleep(0.02)
    await context.close()
    return float(painted) / 1000


@asynccontextmanager
async def _page(folder: Path) -> AsyncIterator[str]:
    async with Sandbox(folder, "sockets") as world:
        page = Page(world.slack, world.line, clarity=world.clarity, marks=world.marks, bot=world.bot)
        await page.start()
        try:
            yield page.url
        finally:
            await page.stop()


@asynccontextmanager
async def _bare() -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=_BARE, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
