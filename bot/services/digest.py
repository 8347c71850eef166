"""The digest: how often, where and in whose time it is told, as it was chosen in **Setup**; and when it is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import Invalid
from bot.store import installation
from bot.store.engine import Tx

AT = time(9, 0)
"""The hour at which a digest is told, in the installation's time zone; a weekly one on Mondays."""

_DIGEST, _ZONE = "digest", "timezone"


class Every(StrEnum):
    """How often it is told; a week begins on Monday."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Choice:
    """How often, to which channel, in which time zone (an IANA name); ``since`` when that often."""

    every: Every = Every.NEVER
    channel: str | None = None
    zone: str = "UTC"
    since: datetime | None = None


@dataclass(frozen=True)
class Period:
    """Whole days in a time zone: the day before, or the week before (Monday to Sunday)."""

    every: Every
    zone: str
    first: date

    @property
    def days(self) -> int:
        """How many."""
        return 7 if self.every is Every.WEEKLY else 1

    @property
    def start(self) -> datetime:
        """When the first of them began."""
        return _moment(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """When the last of them was over."""
        return _moment(self.first + timedelta(days=self.days), time(), self.zone)

    @property
    def due(self) -> datetime:
        """When it is to be told."""
        return _moment(self.first + timedelta(days=self.days), AT, self.zone)


async def zone(tx: Tx) -> str:
    """The installation's time zone, an IANA name; UTC where none was chosen."""
    return str(await installation.setting(tx, _ZONE) or "UTC")


async def set_zone(tx: Tx, name: str, by: str) -> None:
    """Choose the installation's time zone; raises Invalid for a name nobody knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid("There is no such time zone. Write one like Europe/Berlin or America/New_York.") from error
    if name != await zone(tx):
        await installation.set_setting(tx, _ZONE, name, by)


async def choice(tx: Tx) -> Choice:
    """What was chosen; nothing is told where nothing was."""
    stored = await installation.setting(tx, _DIGEST)
    name = await zone(tx)
    if not stored:
        return Choice(zone=name)
    return Choice(Every(stored["every"]), stored["channel"], name, datetime.fromisoformat(stored["since"]))


async def choose(tx: Tx, every: Every, channel: str | None, by: str) -> None:
    """Choose how often and where; raises Invalid where a digest has no channel.

    What was due before is not told: the first one is the next that falls due.
    """
    if every is not Every.NEVER and channel is None:
        raise Invalid("Choose the channel the digest is posted to.")
    before = await choice(tx)
    if (before.every, before.channel) == (every, channel):
        return
    since = before.since if before.every is every and before.since else tx.now
    value = {"every": every.value, "channel": channel, "since": since.astimezone(UTC).isoformat()}
    await installation.set_setting(tx, _DIGEST, value, by)


def newest_due(chosen: Choice, now: datetime) -> Period | None:
    """The newest period to be told by now; None where none is since that was chosen. Pure."""
    if chosen.every is Every.NEVER or chosen.channel is None or chosen.since is None:
        return None
    today = now.astimezone(ZoneInfo(chosen.zone)).date()
    periods = (_ending(chosen, today - timedelta(days=days)) for days in range(8))
    period = next(period for period in periods if period is not None and period.due <= now)
    return period if period.due > chosen.since else None


def _ending(chosen: Choice, day: date) -> Period | None:
    """The period that is told on this day; None where that is not the day for it."""
    if chosen.every is Every.WEEKLY and day.weekday() != 0:
        return None
    length = timedelta(days=7 if chosen.every is Every.WEEKLY else 1)
    return Period(chosen.every, chosen.zone, day - length)


def _moment(day: date, at: time, name: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(name)).astimezone(UTC)
