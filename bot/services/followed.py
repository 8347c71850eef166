"""A call as one account sees it, and what of it a person sees. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.clarity.models import Call
from bot.store.engine import Row

MOVING = frozenset({"dialing_seeker", "seeker_answered", "dialing_expert", "expert_answered"})
"""The states on a call's way ("GET /v1/calls/:id"): any second may bring the next, be a conversation ever so long."""

ASKED = "asked"
IN_DOUBT = "in doubt"

CLOCK_EVERY = timedelta(seconds=15)
"""A message is drawn again for its running clock alone so often at most."""

_STEPS = ((timedelta(days=4), timedelta(days=1)), (timedelta(hours=2), timedelta(hours=1)))
_LAST_STEP = timedelta(minutes=10)


@dataclass(frozen=True)
class Followed:
    """A call as one account sees it, and its message in Slack.

    ``waits_for_us``: the account is the expert's, who connects it.
    ``connecting`` is ASKED from when **Connect** is pressed until Clarity says that it rings, and IN_DOUBT where nobody
    can tell whether Clarity was reached.
    """

    owner: str
    call: Call
    seen: tuple[str, ...] = ()
    asked_by: str | None = None
    told: bool = False
    channel: str | None = None
    ts: str | None = None
    tries: int = 0
    answered_at: datetime | None = None
    following: bool = False
    connecting: str | None = None
    waits_for_us: bool = False

    @classmethod
    def of(cls, row: Row) -> "Followed":
        """The call a row holds."""
        return cls(
            owner=row["owner"],
            call=Call.model_validate(row["data"]),
            seen=tuple(row["data"].get("seen", ())),
            asked_by=row["asked_by"],
            told=row["told"],
            channel=row["channel"],
            ts=row["ts"],
            tries=row["tries"],
            answered_at=row["answered_at"],
            following=row["follow_until"] is not None and not row["ended"],
            connecting=row["data"].get("connecting"),
            waits_for_us=row["waits_for_us"],
        )

    def waits_for(self, member_id: int | None, now: datetime) -> bool:
        """Whether it waits for this member to connect it, and nobody has pressed yet."""
        ours = member_id is not None and self.call.expert_id == member_id
        return ours and self.open(now) and self.connecting is None

    def waits(self, now: datetime) -> bool:
        """Whether it waits for its account to connect it, and nobody has pressed yet."""
        return self.waits_for_us and self.open(now) and self.connecting is None

    def open(self, now: datetime) -> bool:
        """Whether it is a request that can still be connected."""
        return self.call.pending and not self.call.expired(now)

    def left(self, now: datetime) -> timedelta | None:
        """How much time there is to connect it, in the steps in which it is shown; None where that does not matter."""
        until = self.call.expires_at
        return time_left(until, now) if until is not None and self.open(now) else None

    def looks(self, now: datetime) -> str:
        """What its message shows of it, but for the running clock."""
        return repr((visible(self.call), self.connecting, self.call.expired(now), self.left(now)))


def time_left(until: datetime, now: datetime) -> timedelta:
    """The time until then, rounded down to what is said of it: whole days, then hours, at the end ten minutes."""
    left = max(until - now, timedelta())
    step = next((step for least, step in _STEPS if left >= least), _LAST_STEP)
    return left // step * step


def needs_drawing(row: Row, now: datetime) -> bool:
    """Whether a call's message shows something else than the call is, or its clock is old."""
    shown, at = row["data"].get("looks"), row["data"].get("drawn")
    if shown != Followed.of(row).looks(now) or at is None:
        return True
    return now - datetime.fromisoformat(at) >= CLOCK_EVERY


def reminder_differs(row: Row, now: datetime) -> bool:
    """Whether a call's reminder offers **Connect** though that is over, or does not though it waits again."""
    reminder = row["data"].get("reminder")
    return reminder is not None and reminder["waits"] != Followed.of(row).waits(now)


def as_json(call: Call) -> dict[str, Any]:
    """A call as it is stored."""
    return call.model_dump(mode="json", by_alias=True)


def in_progress(status: str, seen: Sequence[str]) -> bool:
    """Whether both have answered: Clarity says of one side at a time how it stands, and may be asked too seldom to
    have said it all. ``seen`` are the states the call was in.

    The seeker rings first ("GET /v1/calls/:id" lists the states so), so the expert's answer begins the conversation;
    where the expert answered before, the seeker's does. What connecting answers ("dialing_expert") proves nothing.
    """
    return status == "expert_answered" or (status == "seeker_answered" and "expert_answered" in seen)


def visible(call: Call) -> tuple[Any, ...]:
    """What a person would see change."""
    return (call.status, call.duration, call.hourly_rate, call.reason, call.expires_at)


def cost_so_far(call: Call, seconds: float) -> Decimal | None:
    """What a call under way has cost by now, to the cent; None where its rate is not known."""
    return call.model_copy(update={"duration": int(seconds)}).cost
