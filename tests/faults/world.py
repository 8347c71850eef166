"""Slack and Clearstream for bots in processes of their own, on real time, with a state that can be gone back to."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.registration import Registration
from tests.drive import JANE, MANIFEST, record_dir


@dataclass(frozen=True)
class Kept:
    """What both stand-ins looked like at one moment."""

    slack: str
    line: dict[str, Any]


class World:
    """Both stand-ins, Bob in #texts, and Jane at her phone."""

    def __init__(self) -> None:
        self.slack = SlackStandIn(
            Registration.from_manifest(MANIFEST), now=time.time, record_dir=record_dir(), retry_delays=(0,)
        )
        self.line = ClearstreamStandIn(now=lambda: datetime.now(UTC), tick_seconds=None)
        self.line.line.pace.reply = timedelta()
        self.slack.limits.enabled = False
        alice = self.slack.workspace.add_user("alice", "Alice Admin", is_admin=True)
        bob = self.slack.workspace.add_user("bob", "Bob Baker")
        self._texts = self.slack.workspace.add_channel("texts", [alice, bob]).id
        self.line.add_subscriber(JANE, "Jane", "Doe")

    async def __aenter__(self) -> "World":
        await self.slack.start()
        await self.line.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.slack.stop()
        await self.line.stop()

    def keep(self) -> Kept:
        """Everything as it stands."""
        return Kept(self.slack.dump(), self.line.dump())

    def go_back(self, kept: Kept) -> None:
        """Be as it was."""
        self.slack.load(kept.slack)
        self.line.load(kept.line)

    def settings(self, database_url: str) -> dict[str, Any]:
        """What a bot needs to work here."""
        return {
            "slack_bot_token": self.slack.bot_token,
            "slack_app_token": self.slack.app_token,
            "slack_api_url": self.slack.api_url,
            "clearstream_api_key": self.line.api_key,
            "clearstream_api_url": self.line.url,
            "database_url": database_url,
            "inbox_channel": self._texts,
            "port": 0,
        }

    @property
    def bob(self) -> Person:
        """Who answers."""
        return self.slack.person("bob")

    def roots(self) -> list[Message]:
        """What stands in the channel itself but for the summary."""
        return [
            message for message in self.bob.messages(self._texts) if "Switchboard is watching" not in message.text()
        ]

    def thread(self) -> list[str]:
        """What stands under the first header."""
        return [message.text() for message in self.bob.thread(self.roots()[0])] if self.roots() else []

    def phone(self) -> list[str]:
        """What Jane's phone has received."""
        return [text.text for text in self.line.phone(JANE) if text.direction == "received"]

    def text(self) -> str:
        """All there is to see, for what failed."""
        return f"{self.slack.text()}\nphone: {self.phone()}"
