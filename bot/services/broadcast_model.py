"""A broadcast from its draft to the last reply that is counted: its states, and what of it a person sees. Pure.

draft → waiting → held → leaving → queued → sending → sent
draft → held                       (where no approval is needed)
waiting → declined; declined, waiting, undone, failed → draft   (an edit: a new version, to be approved anew)
held → undone                      (**Undo**, before it left)
leaving → queued | scheduled | failed | unconfirmed
unconfirmed → leaving | queued | scheduled | sending | sent     (**Check again**, **Send anyway**)
scheduled → cancelled | queued | sending | sent
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.clearstream.models import Message
from bot.services.broadcast_fields import Audience, Fields, ListChoice, Ready
from bot.store.engine import Row

COUNTED_FOR = timedelta(hours=24)
"""For how long after it was sent replies and opt-outs are brought up to date."""

_WHILE_SENDING = ((30, 1.0), (300, 2.0), (1800, 10.0))
"""Seconds between two looks, up to so many seconds after sending began."""
_WHILE_SENDING_LONG = 60.0
_AFTER = ((120, 20.0), (900, 60.0), (3600, 300.0), (6 * 3600, 900.0))
"""Seconds between two looks, up to so many seconds after it was sent."""
_LONG_AFTER = 3600.0
_SCHEDULED = 3600.0
_DUE = timedelta(seconds=1)


class State(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    DECLINED = "declined"
    HELD = "held"
    UNDONE = "undone"
    LEAVING = "leaving"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"


EDITABLE = frozenset({State.DRAFT, State.WAITING, State.DECLINED, State.UNDONE, State.FAILED})
"""Where it certainly has not left, so that it may be edited and sent as a new version."""

WITHOUT_MESSAGE = (State.WAITING, State.HELD, State.LEAVING, State.UNCONFIRMED)
"""Under way, and not (known to be) listed by Clearstream."""

UNDER_WAY = frozenset({State.QUEUED, State.SENDING})


@dataclass(frozen=True)
class Broadcast:
    """A broadcast as a person sees it.

    ``author`` is None for one sent elsewhere. ``fields`` is what was typed; ``ready`` what leaves, once **Send** was
    pressed. ``message`` is what Clearstream last said. ``reason`` says why it was declined, failed, waits or could not
    be cancelled. ``ended``: nothing more will be counted.
    """

    id: str
    version: int
    state: State
    author: str | None
    fields: Fields
    ready: Ready | None = None
    sent_by: str | None = None
    decided_by: str | None = None
    stopped_by: str | None = None
    reason: str | None = None
    undo_until: datetime | None = None
    message: Message | None = None
    channel: str | None = None
    ts: str | None = None
    ended: bool = False
    created_at: datetime | None = None

    @classmethod
    def of(cls, row: Row) -> "Broadcast":
        """The broadcast a row holds."""
        return cls(
            id=row["id"],
            version=row["version"],
            state=State(row["state"]),
            author=row["author"],
            fields=Fields.of(row["fields"]),
            ready=Ready.of(row["ready"]) if row["ready"] else None,
            sent_by=row["sent_by"],
            decided_by=row["decided_by"],
            stopped_by=row["stopped_by"],
            reason=row["reason"],
            undo_until=row["undo_until"],
            message=Message.model_validate(row["message"]) if row["message"] else None,
            channel=row["channel"],
            ts=row["ts"],
            ended=row["next_look"] is None,
            created_at=row["created_at"],
        )

    @classmethod
    def elsewhere(cls, message: Message, now: datetime) -> "Broadcast":
        """One that was sent on Clearstream's own site, or by another program."""
        ready = ready_of(message)
        fields = Fields(tuple(one.id for one in ready.lists), header=ready.header, body=ready.body)
        state = state_of(message, None, now)
        return cls(f"message-{message.id}", 1, state, None, fields, ready, message=message, ended=True)

    @property
    def message_id(self) -> int | None:
        """Clearstream's id of it."""
        return self.message.id if self.message else None

    @property
    def header(self) -> str:
        """Who it says it is from."""
        return self.ready.header if self.ready else self.fields.header

    @property
    def body(self) -> str:
        """What it says."""
        return self.ready.body if self.ready else self.fields.body

    @property
    def line(self) -> str:
        """The text as a phone shows it."""
        return self.ready.line if self.ready else f"{self.header}: {self.body}"

    @property
    def when(self) -> datetime | None:
        """When it is to be sent, or was; None for one that is to be sent at once."""
        if self.message is not None and self.message.sent_at is not None:
            return self.message.sent_at
        return self.ready.when if self.ready else self.fields.when

    @property
    def recipients(self) -> int | None:
        """How many get it: as Clearstream says, else at most as many as are on the lists."""
        counted = self.message.stats.recipients if self.message else None
        if counted is not None:
            return counted
        return self.ready.audience.recipients if self.ready else None

    @property
    def cancellable(self) -> bool:
        """Whether **Cancel** can be offered."""
        return self.state is State.SCHEDULED

    def undoable(self, now: datetime) -> bool:
        """Whether **Undo** can be offered."""
        return self.state is State.HELD and (self.undo_until is None or now < self.undo_until)


def ready_of(message: Message) -> Ready:
    """What a message of Clearstream's was sent as, as far as it says."""
    return Ready(
        lists=tuple(ListChoice(one.id, one.name or f"List {one.id}") for one in message.lists),
        numbers=(),
        header=message.text.header or "",
        body=message.text.body or "",
        when=message.sent_at,
        timezone=None,
        facebook=bool(message.social.facebook.enabled),
        twitter=bool(message.social.twitter.enabled),
        audience=Audience(message.stats.recipients, overlapping=False),
        credits=None,
    )


def state_of(message: Message, when: datetime | None, now: datetime) -> State:
    """Where a message stands by Clearstream's words; ``when`` is the time we scheduled it for.

    The status of a scheduled one is not documented, so a time to come tells; an unknown one is under way.
    """
    status = (message.status or "").upper()
    if status == "SENT" or (message.completed_at is not None and status not in ("FAILED", "CANCELED", "CANCELLED")):
        return State.SENT
    if status == "FAILED":
        return State.FAILED
    if status in ("CANCELED", "CANCELLED"):
        return State.CANCELLED
    if message.is_scheduled(now) or (when is not None and when > now):
        return State.SCHEDULED
    return State.QUEUED if status in ("QUEUED", "SCHEDULED") else State.SENDING


def progress(message: Message, now: datetime) -> float:
    """How much of it is sent, from 0 to 1: reckoned from its pace, for Clearstream does not count while it sends."""
    if message.completed_at is not None or (message.status or "").upper() == "SENT":
        return 1.0
    stats = message.stats
    if not stats.throughput or not stats.recipients or message.sent_at is None:
        return 0.0
    gone = max(0.0, (now - message.sent_at).total_seconds())
    return min(0.99, gone * stats.throughput / stats.recipients)


@dataclass(frozen=True)
class Rates:
    """Shares of the recipients, from 0 to 1."""

    replies: float
    opt_outs: float
    failures: float


def rates(message: Message) -> Rates | None:
    """How many replied, left and were not reached, as shares; None where nobody got it."""
    stats = message.stats
    if not stats.recipients:
        return None
    shares = (min(1.0, (count or 0) / stats.recipients) for count in (stats.replies, stats.opt_outs, stats.failures))
    return Rates(*shares)


def visible(message: Message | None) -> tuple[Any, ...]:
    """What a person would see change of a message."""
    return (
        ()
        if message is None
        else (message.status, message.sent_at, message.completed_at, message.stats, message.social)
    )


def looks(broadcast: Broadcast, now: datetime) -> str:
    """What a broadcast's message in Slack shows of it: drawn again where this differs from what was drawn.

    The progress counts in steps of a twentieth, so that a bar does not wear out Slack's pace.
    """
    message = broadcast.message
    bar = round(progress(message, now) * 20) if message and broadcast.state in UNDER_WAY else None
    shown = (broadcast.state, broadcast.version, broadcast.sent_by, broadcast.decided_by, broadcast.reason)
    return repr((*shown, broadcast.undoable(now), visible(message), bar, broadcast.ended))


def next_look(message: Message, state: State, now: datetime) -> timedelta | None:
    """How long to wait before Clearstream is asked again: often while it is sent, then ever more rarely for a day.

    None where nothing more will be counted.
    """
    if state is State.SCHEDULED:
        wait = (message.sent_at - now if message.sent_at else timedelta()) + _DUE
        return max(_DUE, min(wait, timedelta(seconds=_SCHEDULED)))
    seconds = max(0.0, (now - (finished(message) or now)).total_seconds())
    if state in UNDER_WAY:
        return timedelta(seconds=_step(_WHILE_SENDING, seconds, _WHILE_SENDING_LONG))
    return None if state is not State.SENT else timedelta(seconds=_step(_AFTER, seconds, _LONG_AFTER))


def finished(message: Message) -> datetime | None:
    """When it was sent, the last of it as far as that is told (some say that they ended before they began)."""
    return max((moment for moment in (message.sent_at, message.completed_at) if moment), default=None)


def _step(steps: tuple[tuple[int, float], ...], seconds: float, beyond: float) -> float:
    return next((wait for until, wait in steps if seconds < until), beyond)


def as_json(message: Message) -> Mapping[str, Any]:
    """A message as it is stored."""
    return message.model_dump(mode="json", by_alias=True)
