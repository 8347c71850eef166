"""Slack, Clearstream and Clarity on real time for bots in processes of their own, with everybody who uses them."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.clarity.site import Pace
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.faults import path_matches
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.registration import Registration
from tests.drive import MANIFEST, record_dir

CUSTOMERS = 8
STAFF = ("alice", "dana", "bob", "carol")
SENDERS = ("alice", "dana")


class Town:
    """The stand-ins; four people in three channels; eight customers with phones; members of Clarity who want a call."""

    def __init__(self) -> None:
        self.slack = SlackStandIn(
            Registration.from_manifest(MANIFEST),
            now=time.time,
            record_dir=record_dir(),
            retry_delays=(0, 1, 2, 4),
            patience=1.5,
        )
        self.slack.limits.enabled = False
        self.line = ClearstreamStandIn(now=lambda: datetime.now(UTC))
        self.line.line.pace.reply = timedelta()
        self.line.state.account.credits = 10**6
        soon, talk = timedelta(seconds=0.2), timedelta(seconds=1)
        self.clarity = ClarityStandIn(pace=Pace(seeker_rings=soon, announcement=soon, expert_rings=soon, talk=talk))
        workspace = self.slack.workspace
        staff = [workspace.add_user(name, f"{name.title()} Staff", is_admin=name in SENDERS) for name in STAFF]
        self.texts = workspace.add_channel("texts", staff)
        self.broadcasts = workspace.add_channel("broadcasts", staff)
        self.calls = workspace.add_channel("calls", staff)
        everybody = self.line.add_list("Everybody").id
        self.customers = {f"+1200555{1000 + number}": f"Customer{number}" for number in range(CUSTOMERS)}
        for number, name in self.customers.items():
            self.line.add_subscriber(number, name, "Jones", lists=[everybody])
        cast.furnish(self.clarity)
        self.dialled: Counter[str] = Counter()
        """How often each call was dialled, by the path of the request."""
        self.clarity.log.hooks.append(self._dials)

    async def _dials(self, request: RequestInfo) -> None:
        if request.stage == "after" and request.status == 200 and path_matches("calls/*/connect", request.path):
            self.dialled[request.path] += 1

    async def __aenter__(self) -> "Town":
        await self.slack.start()
        await self.line.start()
        await self.clarity.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.slack.stop()
        await self.line.stop()
        await self.clarity.stop()

    def settings(self, database_url: str) -> dict[str, Any]:
        """What a bot needs to work here."""
        return {
            "slack_bot_token": self.slack.bot_token,
            "slack_app_token": self.slack.app_token,
            "slack_api_url": self.slack.api_url,
            "clearstream_api_key": self.line.api_key,
            "clearstream_api_url": self.line.url,
            "clarity_oauth_token": self.clarity.token(cast.SHARED),
            "clarity_api_url": self.clarity.api_url,
            "inbox_channel": self.texts.id,
            "broadcasts_channel": self.broadcasts.id,
            "calls_channel": self.calls.id,
            "calls_poll_seconds": 1,
            "live_call_poll_seconds": 0.3,
            "undo_seconds": 1,
            "database_url": database_url,
            "port": 0,
        }

    def person(self, name: str) -> Person:
        """One of the staff."""
        return self.slack.person(name)

    def headers(self) -> list[Message]:
        """The messages that stand for conversations."""
        return [message for message in self.person("alice").messages(self.texts) if _is_header(message)]

    def threads(self, name: str) -> list[Message]:
        """Everything under the headers of one customer, oldest first."""
        alice = self.person("alice")
        headers = [message for message in self.headers() if f"{name} Jones" in message.text()]
        return [reply for header in headers for reply in alice.thread(header) if reply.is_reply]


def _is_header(message: Message) -> bool:
    return not message.is_reply and "Reply" in message.text() and "Jones" in message.text()
