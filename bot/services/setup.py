"""What an installation is set to: what was chosen in Slack wins over the environment, on every replica at once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from bot.services import digest
from bot.services.policy import Policy
from bot.store import installation
from bot.store.engine import Tx

INBOX_CHANNEL = "inbox_channel"
BROADCASTS_CHANNEL = "broadcasts_channel"
CALLS_CHANNEL = "calls_channel"
DIRECT_CHANNELS = "direct_channels"
SENDERS = "senders"
APPROVAL_ABOVE = "approval_above"
UNDO_SECONDS = "undo_seconds"
BUMP_MINUTES = "inbox_bump_minutes"
CREDITS_WARNING = "credits_warning"
RECORD_DAYS = "record_days"
DIGEST = "digest"
DIGEST_CHANNEL = "digest_channel"
TIMEZONE = "timezone"

CHANGED = "setup"
"""What is rung for when something was set in Slack."""

_WEBHOOK_KEY = "clearstream_webhook_key"
_NO_DEFAULT: dict[str, Any] = {DIRECT_CHANNELS: {}, RECORD_DAYS: 730}
"""What holds for things only Slack can set, until it does."""


class Source(Enum):
    """Where a value comes from."""

    SLACK = "chosen in Slack"
    ENVIRONMENT = "the environment"
    DEFAULT = "nobody chose it"


@dataclass(frozen=True)
class Known:
    """What something is set to, and who says so."""

    value: Any
    source: Source


@dataclass(frozen=True)
class Setup:
    """The environment's values; each method looks first whether something else was chosen in Slack.

    ``given`` names the settings the environment really holds, by their field's name.
    """

    inbox_channel_default: str | None = None
    bump_minutes_default: float = 30
    senders_default: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    broadcasts_channel_default: str | None = None
    approval_above_default: int = 500
    undo_seconds_default: float = 10
    credits_warning_default: int = 100
    calls_channel_default: str | None = None
    given: frozenset[str] = frozenset()

    @property
    def webhook(self) -> bool:
        """Whether Clearstream can tell what happens on the line."""
        return _WEBHOOK_KEY in self.given

    async def inbox_channel(self, tx: Tx) -> str | None:
        """The channel texts are posted to; None where there is none yet."""
        chosen: str | None = await self._value(tx, INBOX_CHANNEL)
        return chosen

    async def bump_minutes(self, tx: Tx) -> float:
        """After how long a silence a text also shows in the channel itself, in minutes."""
        return float(await self._value(tx, BUMP_MINUTES))

    async def broadcasts_channel(self, tx: Tx) -> str | None:
        """The channel broadcasts are approved and followed in: the inbox channel where none was chosen for them."""
        return await self._value(tx, BROADCASTS_CHANNEL) or await self.inbox_channel(tx)

    async def calls_channel(self, tx: Tx) -> str | None:
        """The channel the shared Clarity account's calls are told in; None where there is none."""
        chosen: str | None = await self._value(tx, CALLS_CHANNEL)
        return chosen

    async def direct_channels(self, tx: Tx) -> dict[str, datetime]:
        """The channels in **Direct mode**, each with since when.

        What is written in a conversation's thread there goes out as a text.
        """
        chosen: dict[str, float] = await self._value(tx, DIRECT_CHANNELS)
        return {channel: datetime.fromtimestamp(since, UTC) for channel, since in chosen.items()}

    async def approval_above(self, tx: Tx) -> int:
        """A broadcast to more recipients than this needs somebody else's approval."""
        return int(await self._value(tx, APPROVAL_ABOVE))

    async def undo_seconds(self, tx: Tx) -> float:
        """For how long a broadcast waits for **Undo**, in seconds."""
        return float(await self._value(tx, UNDO_SECONDS))

    async def credits_warning(self, tx: Tx) -> int:
        """With fewer credits than this the broadcasts channel is warned; 0 for never."""
        return int(await self._value(tx, CREDITS_WARNING))

    async def record_days(self, tx: Tx) -> int:
        """For how many days the record is kept."""
        return int(await self._value(tx, RECORD_DAYS))

    async def policy(self, tx: Tx) -> Policy:
        """Who may do what."""
        chosen = await self.values(tx, INBOX_CHANNEL, SENDERS)
        return Policy(chosen[INBOX_CHANNEL], tuple(chosen[SENDERS]), self.admins)

    async def values(self, tx: Tx, *keys: str) -> dict[str, Any]:
        """What several things are set to, by their keys, in one question; as the methods above have them one by one."""
        chosen = await installation.settings_of(tx, keys)
        return {key: self._defaults[key] if chosen.get(key) is None else chosen[key] for key in keys}

    async def known(self, tx: Tx) -> dict[str, Known]:
        """Everything the modal **Setup** shows, with where it comes from."""
        chosen = await installation.settings_of(tx, tuple(self._defaults))
        told = await digest.choice(tx)
        source = Source.DEFAULT if told.every is digest.Every.NEVER else Source.SLACK
        zone = Source.SLACK if await installation.setting(tx, TIMEZONE) else Source.DEFAULT
        of_digest = {
            DIGEST: Known(told.every.value, source),
            DIGEST_CHANNEL: Known(told.channel, source),
            TIMEZONE: Known(told.zone, zone),
        }
        return of_digest | {
            key: Known(chosen[key], Source.SLACK)
            if key in chosen
            else Known(default, Source.ENVIRONMENT if key in self.given else Source.DEFAULT)
            for key, default in self._defaults.items()
        }

    def default(self, key: str) -> Any:
        """What holds where nothing was chosen in Slack."""
        return self._defaults.get(key)

    @property
    def _defaults(self) -> dict[str, Any]:
        return {
            INBOX_CHANNEL: self.inbox_channel_default,
            BROADCASTS_CHANNEL: self.broadcasts_channel_default,
            CALLS_CHANNEL: self.calls_channel_default,
            SENDERS: self.senders_default,
            APPROVAL_ABOVE: self.approval_above_default,
            UNDO_SECONDS: self.undo_seconds_default,
            BUMP_MINUTES: self.bump_minutes_default,
            CREDITS_WARNING: self.credits_warning_default,
            **_NO_DEFAULT,
        }

    async def _value(self, tx: Tx, key: str) -> Any:
        return (await self.values(tx, key))[key]
