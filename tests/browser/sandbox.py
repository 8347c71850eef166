"""The sandbox as the demo runs it, with everything that takes time taking less."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.sandbox.furniture import SandboxClock
from bot.sandbox.page import Page
from bot.sandbox.world import World

Delivery = Literal["sockets", "http"]

ON_SOCKETS = pytest.mark.parametrize("world", ["sockets"], indirect=True)
"""A journey for which it makes no difference how Slack delivers."""

SETTINGS = {"UNDO_SECONDS": "6", "APPROVAL_ABOVE": "4", "LOG_LEVEL": "WARNING"}


class Sandbox(World):
    """The demo's world, where the bot hears of what people do over Socket Mode or signed HTTP."""

    def __init__(self, data_dir: Path, delivery: Delivery, clock: SandboxClock | None = None) -> None:
        super().__init__(data_dir, fresh=True, poll_seconds=1, clock=clock)
        self.delivery = delivery
        self.page: Page
        self.line.line.pace.reply = self.line.line.pace.queue = timedelta(seconds=0.2)
        self.line.line.pace.throughput = 4000
        for part, seconds in {"seeker_rings": 0.5, "announcement": 0.3, "expert_rings": 0.5, "talk": 2}.items():
            setattr(self.clarity.pace, part, timedelta(seconds=seconds))

    async def __aenter__(self) -> "Sandbox":
        await self.start()
        return self

    def bot_environment(self, port: int) -> dict[str, str]:
        """As the demo's, for the way in that is asked for."""
        environment = super().bot_environment(port) | SETTINGS
        if self.delivery == "http":
            del environment["SLACK_APP_TOKEN"]
            environment["SLACK_SIGNING_SECRET"] = self.slack.signing_secret
            self.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        return environment


@asynccontextmanager
async def sandbox(folder: Path, delivery: Delivery) -> AsyncIterator[Sandbox]:
    """It runs, with its page and the real bot as a process, and everything has been looked at once."""
    async with Sandbox(folder, delivery) as world:
        page = Page(world.slack, world.line, clarity=world.clarity, marks=world.marks, bot=world.bot)
        await page.start()
        try:
            world.page = page
            await world.bot.start()
            await world.bot.ready()
            await world.slack.wait_for(lambda: world.slack.person("alice").messages("texts"), 30)
            yield world
        finally:
            await page.stop()
