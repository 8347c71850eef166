"""All checks at once, within a bounded time."""

import asyncio
import math
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime

from bot.doctor import database, slack, upstreams, way_in
from bot.doctor.database import Seen
from bot.doctor.findings import Check, Finding, Report
from bot.doctor.times import Now, Times
from bot.house import setup_of
from bot.settings import Settings
from bot.slack.api import SlackApi

_SECONDS = 8.0
_IN_A_ROW = 2.5
"""How many requests' time all that is asked of one service may take: some wait for what another one told."""


def _now() -> datetime:
    return datetime.now(UTC)


async def examine(settings: Settings, now: Now = _now, seconds: float = _SECONDS) -> Report:
    """Look at everything; takes at most half a minute, whatever does not answer.

    ``now`` is what this machine takes for the time, ``seconds`` what one request may take. Raises SettingsError for a
    setting nothing can be done with.
    """
    times, setup = Times(now), setup_of(settings)
    try:
        async with asyncio.timeout(seconds):
            seen = await database.look(settings, setup, times)
    except TimeoutError:
        seen = Seen(_too_slow(database.CHECKS), database.given(setup))
    token = settings.slack_bot_token.get_secret_value()
    api = SlackApi(token, settings.slack_api_url, _unobserved, timeout=math.ceil(seconds))
    bound = seconds * _IN_A_ROW
    asks = upstreams.Upstreams(settings, times, seconds)
    try:
        of_slack, of_texts, of_clarity, of_way_in = await asyncio.gather(
            _within(bound, slack.SlackChecks(settings, api, seen.chosen, times).run(), slack.CHECKS),
            _within(bound, asks.clearstream_key(), (upstreams.CLEARSTREAM,)),
            _within(bound, asks.clarity_keys(), (upstreams.SHARED, upstreams.LOGIN)),
            _within(bound, way_in.WayIn(settings, now, seconds).run(), way_in.CHECKS),
        )
    finally:
        await api.close()
    signed, *rest = of_way_in
    return Report([*of_slack, signed, *of_texts, *of_clarity, *seen.findings, *rest, times.finding])


async def _within(seconds: float, checking: Awaitable[list[Finding]], checks: Sequence[Check]) -> list[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return await checking
    except TimeoutError:
        return _too_slow(checks)


def _too_slow(checks: Sequence[Check]) -> list[Finding]:
    mend = "See what holds it up between this machine and there, and run this again."
    return [check.failed("It took too long.", mend) for check in checks]


def _unobserved(*_: object) -> None:
    """Nobody counts what the doctor asks."""
