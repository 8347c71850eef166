"""The pictures in README, made from the sandbox: ``make pictures``, with names of pictures for these alone.

It is always the same morning in them. What they show is played by people at the page, as in the journeys.
"""

import asyncio
import io
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Page as BrowserPage
from playwright.async_api import async_playwright, expect

from bot import logs
from bot.app import Application, Parts
from bot.clock import Clock
from bot.sandbox.furniture import SandboxClock
from bot.sandbox.page import BotPanel, Page
from bot.settings import Settings
from tests.browser.chromium import NONE_HERE, found
from tests.browser.person import Visitor
from tests.browser.sandbox import Sandbox

FOLDER = Path(".github/pictures")
MORNING = datetime(2026, 5, 15, 15, 20, tzinfo=UTC)
"""A Friday, twenty past ten in Omaha."""
ZONE = "America/Chicago"
PATIENCE_MS = 40_000
COLOURS = 255
"""As many as a small PNG can have; more than anybody sees here."""
MOST = 100


class Morning(SandboxClock):
    """The time of day as it is in all pictures, going on from there."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = MORNING.timestamp() - time.time()

    def now(self) -> datetime:
        """Aware UTC."""
        told = self._told
        return told or datetime.fromtimestamp(time.time() + self.ahead, UTC)


class Running:
    """What the page shows of a bot that runs in this process, on that clock."""

    def panel(self) -> BotPanel:
        """It runs."""
        return BotPanel("running", True, "green")

    async def start(self) -> None:
        """It runs already."""

    async def kill(self) -> None:
        """It stays."""


@dataclass
class Studio:
    """A sandbox on that morning, and somebody at its page."""

    world: Sandbox
    visitor: Visitor

    async def overview(self) -> None:
        """A conversation in #texts with its thread open, and the customer's phone beside it."""
        person = self.visitor
        await person.be("Bob Baker")
        await person.take_phone("James Okafor")
        await person.text_in("Did you find my grey scarf?")
        header = person.message("James Okafor")
        await person.reads(header, "Did you find my grey scarf?", "1 reply")
        await person.reply(header, "We did! It is at the counter.")
        await person.reads(person.phone, "We did!")
        await person.text_in("Thank you, see you at six")
        await person.reads(header, "see you at six", "3 replies")
        await person.take_phone("Fatima Haddad")
        await person.text_in("Is the terrace free on the 20th?")
        await person.reads(person.message("Fatima Haddad"), "on the 20th", "1 reply")
        await person.take_phone("James Okafor")
        await person.open_thread(header)
        await person.reads(person.thread, "see you at six")

    async def reply(self) -> None:
        """The modal Reply, with the count below what is typed."""
        person = self.visitor
        await person.press(person.message("Fatima Haddad"), "Reply")
        modal = await person.window("Reply")
        await modal.get_by_label("Message").fill("It is, from noon. For how many people?")
        await person.reads(modal, "38 of 160 characters")

    async def broadcast_preview(self) -> None:
        """A broadcast before it goes out."""
        person = self.visitor
        await person.be("Alice Admin")
        await person.go("broadcasts")
        await person.say("/sms broadcast")
        modal = await person.window("New broadcast")
        await person.search(modal, "To", "event", "Events (4)")
        await modal.get_by_label("Message").fill("The terrace opens on Saturday. First drink is on us!")
        await person.reads(modal, "4 recipients")
        await person.press(modal, "Preview")
        await person.reads(await person.window("Preview"), "4 recipients")

    async def broadcast_followed(self) -> None:
        """The same when it was sent, with what came back."""
        person = self.visitor
        await self.broadcast_preview()
        await person.press(person.modal, "Send")
        followed = person.message("Broadcast by")
        await person.reads(followed, "Sent", "4 recipients")
        await person.press(person.channel, "Dismiss message")
        await person.take_phone("Aiko Tanaka")
        await person.text_in("We will be there!")
        await person.reads(followed, "1 reply")

    async def lists(self) -> None:
        """All lists."""
        await self.visitor.be("Alice Admin")
        await self.visitor.go("broadcasts")
        await self.visitor.say("/sms lists")
        await self.visitor.reads(self.visitor.message("Lists"), "Newsletter")

    async def import_running(self) -> None:
        """A message that counts while people are imported."""
        person = self.visitor
        await person.be("Alice Admin")
        await person.go("broadcasts")
        await person.choose(person.message("guests.csv"), "Import subscribers")
        modal = await person.window("Import subscribers")
        await person.search(modal, "Lists", "event", "Events")
        await person.press(modal, "Check")
        await person.reads(modal, "2 new subscribers")
        self.world.line.faults.add("stall_before", method="POST", path="subscribers", skip=1)
        await person.press(modal, "Import")
        await person.no_window()
        await person.go("Switchboard")
        await person.messages_tab()
        await person.reads(person.message("guests.csv"), "1 created")

    async def stats(self) -> None:
        """The account's figures, with opt-ins by day."""
        await self.visitor.be("Alice Admin")
        await self.visitor.go("broadcasts")
        await self.visitor.say("/sms stats")
        await expect(self.visitor.channel.get_by_role("figure").last).to_be_visible()

    async def experts(self) -> None:
        """Experts as cards."""
        await self.visitor.be("Alice Admin")
        await self.visitor.go("calls")
        await self.visitor.say("/expert search restaurant")
        await self.visitor.reads(self.visitor.message("experts for"), "Sam Ortiz")

    async def call(self) -> None:
        """A call under way."""
        person = self.visitor
        self.world.clarity.pace.talk = timedelta(hours=1)
        await person.be("Alice Admin")
        await person.go("calls")
        await person.beside("Clarity")
        await person.clarity.get_by_label("Why").fill("How do you price the omakase menu?")
        await person.press(person.clarity, "Ask for a call")
        call = person.message("How do you price")
        await person.press(call, "Connect")
        await expect(call).to_contain_text(re.compile(r"In progress · 0:[1-5]"))
        await expect(person.page.get_by_text("It is in Slack in a moment")).to_have_count(0)

    async def home(self) -> None:
        """App Home."""
        await self.visitor.be("Alice Admin")
        await self.visitor.go("Switchboard")
        await self.visitor.channel.get_by_role("link", name="Home").click()
        await self.visitor.reads(self.visitor.channel, "Calls waiting", "Credits")

    async def setup(self) -> None:
        """The modal Setup."""
        await self.visitor.be("Alice Admin")
        await self.visitor.say("/sms setup")
        await self.visitor.window("Setup")


SCENES: dict[str, Callable[[Studio], Awaitable[None]]] = {
    "overview": Studio.overview,
    "reply": Studio.reply,
    "broadcast-preview": Studio.broadcast_preview,
    "broadcast-followed": Studio.broadcast_followed,
    "lists": Studio.lists,
    "import": Studio.import_running,
    "stats": Studio.stats,
    "experts": Studio.experts,
    "call": Studio.call,
    "home": Studio.home,
    "setup": Studio.setup,
}
"""By the names of their files."""

AFTER = {"reply": "overview"}
"""What has to have been played before."""


@asynccontextmanager
async def studio(window: BrowserPage, folder: Path) -> AsyncIterator[Studio]:
    """A fresh one, with the bot at work in this process."""
    clock = Morning()
    async with Sandbox(folder, "sockets", clock) as world:
        world.line.line.pace.throughput = 250
        for user in world.slack.workspace.users.values():
            user.tz = ZONE
        page = Page(world.slack, world.line, clarity=world.clarity, marks=world.marks, bot=Running())
        await page.start()
        settings = {name.lower(): value for name, value in world.bot_environment(world.ports["bot"]).items()}
        quick = {"undo_seconds": "1", "approval_above": "500"}
        bot = Application(
            Settings.model_validate(settings | quick), Parts(clock=Clock(wall=lambda: time.time() + clock.ahead))
        )
        await bot.start()
        try:
            await world.slack.wait_for(lambda: world.slack.person("alice").messages("calls"), 30)
            visitor = Visitor(window, page.url, "pictures")
            await visitor.arrive()
            yield Studio(world, visitor)
        finally:
            world.line.faults.clear()
            await bot.stop()
            await page.stop()


def small(picture: bytes) -> bytes:
    """The same picture with fewer colours, as a file a page loads quickly."""
    kept = io.BytesIO()
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    # What covers most stays exactly as it is; the rest is chosen so that a small green dot stays green.
    parts = whole.tobytes()
    counted = Counter(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    most = [part for rgb, _ in counted.most_common(MOST) for part in rgb]
    rest = whole.quantize(COLOURS - MOST, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(most + rest[: 3 * (COLOURS - MOST)])
    fewer = whole.quantize(palette=palette, dither=Image.Dither.NONE)
    fewer.save(kept, "PNG", optimize=True)
    return kept.getvalue()


async def make(names: list[str]) -> None:
    """Play and take these pictures, each in a sandbox of its own."""
    program = found()
    if program is None:
        sys.exit(NONE_HERE)
    expect.set_options(timeout=PATIENCE_MS)
    logs.configure(level="WARNING", log_format="console", secrets_known=[])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program)
        for name in names:
            context = await browser.new_context(
                viewport={"width": 1280, "height": 800}, color_scheme="light", reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE_MS)
            window = await context.new_page()
            await window.clock.install(time=MORNING)
            with tempfile.TemporaryDirectory() as folder:
                async with studio(window, Path(folder)) as at:
                    if name in AFTER:
                        await SCENES[AFTER[name]](at)
                    await SCENES[name](at)
                    await window.mouse.move(0, 0)
                    picture = small(await window.screenshot(caret="hide", animations="disabled"))
            (FOLDER / f"{name}.png").write_bytes(picture)
            print(f"{FOLDER / name}.png: {len(picture) / 1000:.0f} KB")
            await context.close()
        await browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(sys.argv[1:] or [*SCENES]))
