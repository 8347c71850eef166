"""What a day or a week came to: counted from the store, and kept as it was counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.clarity.models import Call
from bot.operations.model import Intention
from bot.services import posts
from bot.services.broadcast_model import Broadcast, finished
from bot.services.digest import Every, Period
from bot.store import digests as rows
from bot.store.engine import Tx

DIGEST = "slack.digest"
"""The kind of the message that tells a digest."""

LISTED = 5
"""How many broadcasts are told one by one."""

LOOK_BACK = timedelta(days=3)
"""An answer to a text that waited longer than this is not counted."""

_HOURS = 2
"""The hours of a day are told by so many together: a chart has at most twenty points."""


@dataclass(frozen=True)
class Point:
    """Texts of a part of the time."""

    label: str
    incoming: int
    outgoing: int


@dataclass(frozen=True)
class Sent:
    """A broadcast, and what came of it."""

    words: str
    recipients: int
    replies: int
    opt_outs: int


@dataclass(frozen=True)
class Figures:
    """What is told. ``answer_seconds`` is the median time to an answer, of ``answers`` of them.

    ``broadcasts`` are the first of ``broadcast_count``, and the other figures are of all of them: those that were sent
    from Slack, for what is sent on Clearstream's own site is not followed here. ``calls`` are the shared account's,
    ``call_cost`` in dollars as far as their rates are known. ``read_until``: Clearstream could not be read since.
    """

    every: Every
    zone: str
    first: date
    points: tuple[Point, ...] = ()
    answers: int = 0
    answer_seconds: float | None = None
    broadcasts: tuple[Sent, ...] = ()
    broadcast_count: int = 0
    recipients: int = 0
    replies: int = 0
    opt_outs: int = 0
    calls: int = 0
    call_seconds: int = 0
    call_cost: Decimal | None = None
    read_until: datetime | None = None

    @property
    def incoming(self) -> int:
        """Texts that came in."""
        return sum(point.incoming for point in self.points)

    @property
    def outgoing(self) -> int:
        """Texts that went out."""
        return sum(point.outgoing for point in self.points)

    @property
    def last(self) -> date:
        """The last of the days."""
        return self.first + timedelta(days=Period(self.every, self.zone, self.first).days - 1)

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **asdict(self),
            "every": self.every.value,
            "first": self.first.isoformat(),
            "call_cost": None if self.call_cost is None else str(self.call_cost),
            "read_until": None if self.read_until is None else self.read_until.isoformat(),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Figures":
        """What ``stored`` kept."""
        cost, until = stored["call_cost"], stored["read_until"]
        return cls(
            **{
                **stored,
                "every": Every(stored["every"]),
                "first": date.fromisoformat(stored["first"]),
                "points": tuple(Point(**one) for one in stored["points"]),
                "broadcasts": tuple(Sent(**one) for one in stored["broadcasts"]),
                "call_cost": None if cost is None else Decimal(cost),
                "read_until": None if until is None else datetime.fromisoformat(until),
            }
        )


async def count(tx: Tx, period: Period, read_until: datetime | None = None) -> Figures:
    """Count a period, in the caller's transaction."""
    start, end = period.start, period.end
    waited = times_to_answer(await rows.talks(tx, start, end, LOOK_BACK), start)
    sent = [
        _sent(one)
        for one in [Broadcast.of(row) for row in await rows.sent_broadcasts(tx, start)]
        if _within(one, start, end)
    ]
    calls = [Call.model_validate(row["data"]) for row in await rows.ended_calls(tx, start, end)]
    held = [call for call in calls if call.completed]
    costs = [call.cost for call in held if call.cost is not None]
    return Figures(
        every=period.every,
        zone=period.zone,
        first=period.first,
        points=points(period, await rows.text_counts(tx, start, end)),
        answers=len(waited),
        answer_seconds=median(each.total_seconds() for each in waited) if waited else None,
        broadcasts=tuple(sent[:LISTED]),
        broadcast_count=len(sent),
        recipients=sum(one.recipients for one in sent),
        replies=sum(one.replies for one in sent),
        opt_outs=sum(one.opt_outs for one in sent),
        calls=len(held),
        call_seconds=sum(call.duration or 0 for call in held),
        call_cost=sum(costs, Decimal()) if costs else None,
        read_until=read_until,
    )


def post(figures: Figures, channel: str) -> Intention:
    """The message that tells them, once, whoever asks for it."""
    return Intention(
        kind=DIGEST,
        key=f"{DIGEST}:{figures.every}:{figures.first.isoformat()}",
        payload={"figures": figures.stored(), "to": channel},
        bucket=posts.bucket(channel),
    )


def times_to_answer(talks: Iterable[tuple[int, bool, datetime]], since: datetime) -> list[timedelta]:
    """How long people waited for the answers given since then: from the first text that was not answered yet. Pure."""
    waited = []
    whose, asked = None, None
    for conversation, incoming, at in talks:
        if conversation != whose:
            whose, asked = conversation, None
        if incoming:
            asked = asked or at
            continue
        if asked is not None and at >= since:
            waited.append(at - asked)
        asked = None
    return waited


def points(period: Period, counts: Sequence[tuple[datetime, bool, int]]) -> tuple[Point, ...]:
    """Texts by day, or by two hours of a day, as the clocks of the time zone showed them. Pure."""
    zone = ZoneInfo(period.zone)
    labels = _days(period) if period.every is Every.WEEKLY else _hours()
    found = {label: [0, 0] for label in labels}
    for at, incoming, many in counts:
        local = at.astimezone(zone)
        place = (local.date() - period.first).days if period.every is Every.WEEKLY else local.hour // _HOURS
        found[labels[place]][0 if incoming else 1] += many
    return tuple(Point(label, incoming, outgoing) for label, (incoming, outgoing) in found.items())


def _days(period: Period) -> list[str]:
    return [f"{day:%a} {day.day}" for day in (period.first + timedelta(days=n) for n in range(period.days))]


def _hours() -> list[str]:
    return [f"{hour:02}–{hour + _HOURS:02}" for hour in range(0, 24, _HOURS)]


def _within(one: Broadcast, start: datetime, end: datetime) -> bool:
    at = finished(one.message) if one.message else None
    return at is not None and start <= at < end


def _sent(one: Broadcast) -> Sent:
    stats = one.message.stats if one.message else None
    line = " ".join(f"{one.header}: {one.body}".split())
    return Sent(
        words=line if len(line) <= 100 else f"{line[:99]}…",
        recipients=one.recipients or 0,
        replies=(stats.replies or 0) if stats else 0,
        opt_outs=(stats.opt_outs or 0) if stats else 0,
    )
