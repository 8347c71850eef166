"""kill -9 in the middle of a live call: real processes, real time, both databases."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.clarity.site import Pace
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.registration import Registration
from tests.drive import MANIFEST, record_dir
from tests.faults.bots import Bot, Nursery, until

REASON = "Your text line"


class Office:
    """Slack and Clarity for bots in processes of their own: calls on the shared account, and Alice who connects them.

    Who is called takes up the phone at once, and speaks until somebody hangs up.
    """

    def __init__(self) -> None:
        self.slack = SlackStandIn(
            Registration.from_manifest(MANIFEST), now=time.time, record_dir=record_dir(), retry_delays=(0,)
        )
        ring, talk = timedelta(seconds=0.1), timedelta(hours=1)
        self.clarity = ClarityStandIn(pace=Pace(seeker_rings=ring, announcement=ring, expert_rings=ring, talk=talk))
        self.slack.limits.enabled = False
        alice = self.slack.workspace.add_user("alice", "Alice Admin", is_admin=True)
        self._calls = self.slack.workspace.add_channel("calls", [alice]).id
        cast.furnish(self.clarity)
        self.alice = self.slack.person("alice")

    async def __aenter__(self) -> "Office":
        await self.slack.start()
        await self.clarity.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.slack.stop()
        await self.clarity.stop()

    def settings(self, database_url: str) -> dict[str, Any]:
        """What a bot needs to work here."""
        return {
            "slack_bot_token": self.slack.bot_token,
            "slack_app_token": self.slack.app_token,
            "slack_api_url": self.slack.api_url,
            "clarity_oauth_token": self.clarity.token(cast.SHARED),
            "clarity_api_url": self.clarity.api_url,
            "calls_channel": self._calls,
            "calls_poll_seconds": 0.5,
            "live_call_poll_seconds": 0.15,
            "database_url": database_url,
            "port": 0,
        }

    def messages(self) -> list[Message]:
        """What stands in the calls channel about the call."""
        return [message for message in self.alice.messages(self._calls) if REASON in message.text()]

    async def shows(self, words: str, bot: Bot) -> None:
        """Wait until the call's message says this."""
        await until(
            lambda: any(words in message.text() for message in self.messages()),
            lambda: f"“{words}”\n{self.slack.text()}\n{bot.log()}",
        )


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Both stand-ins; the test starts the bots."""
    async with Office() as office:
        yield office


async def test_a_call_is_dialled_once_and_followed_to_its_end_by_whoever_is_left(
    office: Office, nursery: Nursery, database_url: str
) -> None:
    """The first bot dies with the answer to **Connect** in hand, the second in the middle of the conversation."""
    settings = office.settings(database_url)
    first = await nursery.bot(settings, freeze_at="after POST /v1/calls/*/connect")
    call = office.clarity.someone_requests(cast.SHARED, "ninapark", REASON)
    await office.shows("asks the shared account for a call", first)
    first.arm()
    await asyncio.gather(office.alice.click("Connect", office.messages()[0]), until(lambda: first.frozen, first.log))
    await first.kill()
    second = await nursery.bot(settings)
    await office.shows("In progress", second)
    await second.kill()
    third = await nursery.bot(settings)
    office.clarity.hang_up(call)
    await office.shows("Completed after", third)
    assert len(office.clarity.requests_since(method="POST", path="calls/*/connect")) == 1
    assert len(office.messages()) == 1
    assert "Unconfirmed" not in office.slack.text()
    await third.kill()
