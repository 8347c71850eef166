"""Slack: both tokens, their scopes, the channels, and the people who are named in the settings."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.doctor.findings import Check, Finding, mended, said, several
from bot.doctor.times import Times
from bot.errors import UpstreamError
from bot.http.answers import http_date
from bot.manifest import SCOPES as NEEDED
from bot.services.setup import Known, Source
from bot.settings import Settings
from bot.slack.api import SlackApi, SlackRefused

BOT = Check("slack.bot_token", "SLACK_BOT_TOKEN")
SCOPES = Check("slack.scopes", "Scopes")
APP = Check("slack.app_token", "SLACK_APP_TOKEN")
INBOX = Check("slack.channels.inbox", "Inbox channel")
BROADCASTS = Check("slack.channels.broadcasts", "Broadcasts channel")
CALLS = Check("slack.channels.calls", "Calls channel")
DIGEST = Check("slack.channels.digest", "Digest's channel")
DIRECT = Check("slack.channels.direct", "Direct mode")
SENDERS = Check("slack.senders", "Senders")
ADMINS = Check("slack.admins", "ADMINS")
CHECKS = (BOT, SCOPES, APP, INBOX, BROADCASTS, CALLS, DIGEST, DIRECT, SENDERS, ADMINS)

_APP_OF_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]{6,})-")
_AGAIN = (
    "Put what `switchboard manifest` prints under “App Manifest” of your app at https://api.slack.com/apps, then "
    "reinstall it to the workspace."
)
_APP_AGAIN = (
    "Make an app-level token with connections:write under “Basic Information” of your app at "
    "https://api.slack.com/apps, and see that Socket Mode is on there."
)
_URL = "SLACK_API_URL"
_NOT_KNOWN = "Slack does not answer to the bot's token."


@dataclass(frozen=True)
class SlackChecks:
    """What is asked of Slack. ``chosen`` is what holds, by the keys of **Setup**."""

    settings: Settings
    api: SlackApi
    chosen: Mapping[str, Known]
    times: Times

    async def run(self) -> list[Finding]:
        """All of it: first who the bot is, then the rest at once."""
        bot, scopes, bot_id = await self._bot()
        if bot_id is None:
            others = [check.skipped(_NOT_KNOWN) for check in CHECKS[3:]]
            return [bot, scopes, await self._app(None), *others]
        rest = await asyncio.gather(
            self._app(bot_id),
            self._channel(INBOX, "inbox_channel", "INBOX_CHANNEL"),
            self._channel(BROADCASTS, "broadcasts_channel", "BROADCASTS_CHANNEL"),
            self._channel(CALLS, "calls_channel", "CALLS_CHANNEL"),
            self._channel(DIGEST, "digest_channel", ""),
            self._direct(),
            self._people(SENDERS, self.chosen.get("senders", Known((), Source.DEFAULT)), "SENDERS"),
            self._people(ADMINS, Known(self.settings.admins, Source.ENVIRONMENT), "ADMINS"),
        )
        return [bot, scopes, *rest]

    async def _bot(self) -> tuple[Finding, Finding, str | None]:
        """The token, its scopes, and the bot's id where it is accepted."""
        try:
            answer, headers = await self.api.hear("auth.test")
        except SlackRefused as error:
            mend = "Copy the Bot User OAuth Token anew, from “OAuth & Permissions” of your app at https://api.slack.com/apps."
            return BOT.failed(f"Slack does not accept it ({error.code}).", mend), SCOPES.skipped(_NOT_KNOWN), None
        except UpstreamError as error:
            return BOT.failed(said(error), mended(error, _URL)), SCOPES.skipped(_NOT_KNOWN), None
        self.times.heard("Slack", http_date(headers.get("date")))
        told = f"It is @{answer.get('user')} in {answer.get('team')}."
        return BOT.well(told), _scopes(headers.get("x-oauth-scopes")), str(answer.get("bot_id") or "")

    async def _app(self, bot_id: str | None) -> Finding:
        token = self.settings.slack_app_token
        if token is None:
            return APP.skipped("Not set: Slack comes in by signed HTTP.")
        given = token.get_secret_value()
        try:
            # It hands out an address, no more. Were it used, Slack would send events there and not to the bot.
            await self.api.with_token(given).call("apps.connections.open")
        except SlackRefused as error:
            if error.code == "missing_scope":
                return APP.failed("It lacks the scope connections:write.", _APP_AGAIN)
            return APP.failed(f"Slack does not accept it ({error.code}).", _APP_AGAIN)
        except UpstreamError as error:
            return APP.failed(said(error), mended(error, _URL))
        belongs = _APP_OF_TOKEN.match(given)
        if belongs is not None and bot_id and belongs[1] != await self._app_of(bot_id, belongs[1]):
            return APP.failed("It belongs to another app than SLACK_BOT_TOKEN.", "Copy both from the same app.")
        return APP.well("Slack would open a connection.")

    async def _app_of(self, bot_id: str, default: str) -> str:
        """The id of the bot's app; ``default`` where Slack does not say."""
        try:
            answer = await self.api.call("bots.info", bot=bot_id)
        except UpstreamError:
            return default
        return str((answer.get("bot") or {}).get("app_id") or default)

    async def _channel(self, check: Check, key: str, setting: str) -> Finding:
        known = self.chosen.get(key)
        if known is None or not known.value:
            return self._no_channel(check)
        return await self._inside(check, str(known.value), _where(known, setting))

    def _no_channel(self, check: Check) -> Finding:
        if check is INBOX and self.settings.clearstream_api_key is not None:
            return check.doubtful("None is chosen: texts wait.", "Choose one in `/sms setup`, or set INBOX_CHANNEL.")
        if check is CALLS and self.settings.clarity_oauth_token is not None:
            mend = "Choose one in `/sms setup`, or set CALLS_CHANNEL."
            return check.doubtful("None is chosen: the shared account's calls are told nowhere.", mend)
        return check.skipped("None is chosen: the inbox channel serves." if check is BROADCASTS else "None is chosen.")

    async def _inside(self, check: Check, channel: str, where: str) -> Finding:
        """Whether the bot can post to a channel; ``where`` it was chosen."""
        try:
            found = (await self.api.call("conversations.info", channel=channel)).get("channel") or {}
        except SlackRefused as error:
            if error.code == "channel_not_found":
                unknown = f"{channel} is not there, or is private and Switchboard is not in it."
                return check.failed(unknown, f"Type `/invite @Switchboard` there, or choose another {where}.")
            return check.failed(f"Slack does not tell of {channel} ({error.code}).", _AGAIN)
        except UpstreamError as error:
            return check.failed(said(error), mended(error, _URL))
        name = f"#{found.get('name')}"
        if found.get("is_archived"):
            return check.failed(f"{name} is archived.", f"Bring it back in Slack, or choose another {where}.")
        if not found.get("is_member"):
            return check.failed(f"Switchboard is not in {name}.", f"Type `/invite @Switchboard` in {name}.")
        return check.well(f"Switchboard is in {name}.")

    async def _direct(self) -> Finding:
        known = self.chosen.get("direct_channels")
        channels = sorted(known.value) if known is not None and known.value else []
        if not channels:
            return DIRECT.skipped("No channel is in it.")
        found = await asyncio.gather(*(self._inside(DIRECT, each, "in `/sms setup`") for each in channels))
        wrong = [finding for finding in found if finding.mend]
        return wrong[0] if wrong else DIRECT.well(f"In {len(channels)}, each of which Switchboard is in.")

    async def _people(self, check: Check, known: Known, setting: str) -> Finding:
        named = tuple(known.value)
        if not named:
            return check.well("Nobody is named, so that the workspace's admins may.")
        people = [name for name in named if not name.startswith("S")]
        try:
            lost = await asyncio.gather(*(self._lost(name) for name in people))
            groups = await self._groups() if len(people) < len(named) else frozenset()
        except UpstreamError as error:
            return check.failed(said(error), _AGAIN if isinstance(error, SlackRefused) else mended(error, _URL))
        wrong = [f"{name} {why}" for name, why in zip(people, lost, strict=True) if why]
        wrong += [f"{name} is no user group" for name in named if name.startswith("S") and name not in groups]
        if wrong:
            return check.failed(f"{_sentence(wrong)}.", f"Correct it {_where(known, setting)}.")
        return check.well("All are there.")

    async def _lost(self, user: str) -> str | None:
        """Why a person can do nothing here; None where they can."""
        try:
            found: dict[str, Any] = (await self.api.call("users.info", user=user)).get("user") or {}
        except SlackRefused as error:
            if error.code in ("user_not_found", "user_not_visible"):
                return "is nobody here"
            raise
        if found.get("deleted"):
            return "has left"
        return "is a bot" if found.get("is_bot") else None

    async def _groups(self) -> frozenset[str]:
        answer = await self.api.call("usergroups.list")
        return frozenset(group["id"] for group in answer.get("usergroups") or ())


def _scopes(told: str | None) -> Finding:
    if told is None:
        return SCOPES.skipped("Slack did not tell them.")
    has = {scope.strip() for scope in told.split(",") if scope.strip()}
    missing = [f"{scope} ({why})" for scope, why in NEEDED.items() if scope not in has]
    if missing:
        return SCOPES.failed(f"Missing: {_sentence(missing)}.", _AGAIN)
    more = sorted(has - NEEDED.keys())
    if more:
        return SCOPES.doubtful(f"More than is needed: {several(more)}.", _AGAIN)
    return SCOPES.well(f"All {len(NEEDED)} are granted, and no more.")


def _where(known: Known, setting: str) -> str:
    return f"in {setting}" if known.source is not Source.SLACK and setting else "in `/sms setup`"


def _sentence(parts: Iterable[str]) -> str:
    return "; ".join(parts)
