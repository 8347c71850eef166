"""A call as one account sees it, and what of it a person sees. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.clarity.models import Call
from bot.store.engine import Row

MOVING = frozenset({"dialing_seeker", "seeker_answered", "dialing_expert", "expert_answered"})
"""The states on a call's way ("GET /v1/calls/:id"): any second may bring the next, be a conversation ever so long."""


@dataclass(frozen=True)
class Followed:
    """A call as one account sees it, and its message in Slack."""

    owner: str
    call: Call
    seen: tuple[str, ...]
    asked_by: str | None
    told: bool
    channel: str | None
    ts: str | None
    tries: int
    answered_at: datetime | None
    following: bool

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
        )

    def waits_for(self, member_id: int | None, now: datetime) -> bool:
        """Whether it waits for this member to connect it."""
        return self.call.expert_id == member_id and self.call.pending and not self.call.expired(now)


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
