"""Slack's border: whatever goes wrong, the person is told a sentence, with a reference that the log has too."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot import errors
from bot.clock import Clock
from bot.metrics import Metrics
from bot.slack.api import SlackApi, SlackRefused
from bot.slack.boundary import Boundary
from bot.slack.interaction import Background, Interaction

UPSTREAM = [
    kind("It did not work.", service="Clearstream", **({"retry_after": 3} if kind is errors.RateLimited else {}))
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.UpstreamError)
]
OURS: list[Exception] = [KeyError("hush"), RuntimeError("hush"), TimeoutError(), ExceptionGroup("hush", [OSError()])]
WRONG: list[Exception] = [*UPSTREAM, SlackRefused("not_in_channel", "chat.postMessage"), *OURS]
THEIRS = [errors.Refused("Only admins may."), errors.Invalid("That is no number."), errors.Gone("It is done.")]

PRESS: dict[str, Any] = {"type": "block_actions", "user": {"id": "U1"}}
SUBMISSION: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U1"},
    "view": {"blocks": [{"type": "input", "block_id": "words"}]},
}


@dataclass
class Border:
    """The border, and a person who hears what comes to their ``response_url``, or stands beside their field."""

    api: SlackApi
    url: str
    heard: list[str]
    background: Background = field(default_factory=Background)

    async def told(self, error: Exception, body: dict[str, Any], *, later: bool) -> str:
        """What they are told when ``error`` ends what they did, before it is acknowledged or ``later``."""
        boundary = Boundary(self.api, self.background, Metrics(), Clock())

        async def work() -> None:
            raise error

        async def listen(interaction: Interaction) -> None:
            if not later:
                await work()
            await interaction.acknowledge()
            boundary.later(interaction, work(), "pressed")

        async def ack(*_: Any, **answer: Any) -> None:
            self.heard.extend(answer.get("errors", {}).values())

        await boundary.listener("pressed", listen)(ack=ack, body={**body, "response_url": self.url})
        await self.background.drain(5)
        return self.heard.pop()


@pytest.fixture
async def border() -> AsyncIterator[Border]:
    """Over real sockets."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((await request.json())["text"])
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/respond", hear)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    api = SlackApi("xoxb-1", f"{address}/api/", Metrics().observe_upstream)
    assert not api.session.closed  # made here, as the running bot has it from its start
    yield Border(api, f"{address}/respond", heard)
    await api.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("body", "later"), [(PRESS, False), (PRESS, True), (SUBMISSION, False), (SUBMISSION, True)],
    ids=["pressed", "pressed, later", "submitted", "submitted, later"],
)  # fmt: skip
async def test_every_error_a_person_sees_can_be_found_in_the_log(
    border: Border, body: dict[str, Any], later: bool
) -> None:
    """Each of our errors about an upstream, and any that nobody foresaw: one reference, told and logged; no innards."""
    for error in WRONG:
        with capture_logs() as lines:
            told = await border.told(error, body, later=later)
        (reference,) = re.findall(r"reference `?([0-9a-f]{8})\b", told)
        assert [line for line in lines if line.get("reference") == reference], repr(error)
        assert "hush" not in told
    assert border.heard == []


async def test_what_a_person_can_mend_themselves_needs_none(border: Border) -> None:
    """It says all there is to say."""
    for error in THEIRS:
        assert await border.told(error, PRESS, later=False) == f":warning: {error}"
