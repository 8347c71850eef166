"""A browser for all tests of a process, and a sandbox for each way Slack can deliver."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Mapping

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.chromium import NONE_HERE, found
from tests.browser.person import Visitor
from tests.browser.sandbox import Sandbox, sandbox
from tests.browser.watching import Watched

PATIENCE_MS = 15_000
"""How long anything on the screen is waited for; the machine may be busy with other tests."""

expect.set_options(timeout=PATIENCE_MS)


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """A browser and a sandbox outlive the tests that use them: one ordinary loop for all."""
    return {"lasting": asyncio.SelectorEventLoop}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser."""
    program = found()
    if program is None:
        pytest.fail(NONE_HERE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--disable-gpu"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["sockets", "http"])
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """The sandbox, once on Socket Mode and once on signed HTTP."""
    async with sandbox(tmp_path_factory.mktemp("sandbox"), request.param) as world:
        yield world


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window(browser: Browser, world: Sandbox) -> AsyncIterator[Watched]:
    """A window of 1280 × 800 for all journeys in a sandbox: a new one costs a second."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield Watched(await context.new_page())
    await context.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember what failed: its screen is kept."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(request: pytest.FixtureRequest, window: Watched, world: Sandbox) -> AsyncIterator[Visitor]:
    """Alice at the page; the browser has nothing to complain of at the end."""
    visitor = Visitor(window.page, world.page.url, world.delivery)
    await visitor.arrive()
    yield visitor
    if request.node.stash.get(FAILED, False):
        await visitor.picture(f"failed-{request.node.originalname}")
        await visitor.leave()
    assert window.complaints() == []
