"""What the stand-in remembers: plain dataclasses, and one JSON form of them all.

Times are aware and in UTC; money is dollars. A call's status is kept in the words of the document's list of states.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter

PENDING, CANCELED, COMPLETED = "pending", "canceled", "call_completed"
DIALING_SEEKER, SEEKER_ANSWERED, SEEKER_UNAVAILABLE = "dialing_seeker", "seeker_answered", "seeker_unavailable"
DIALING_EXPERT, EXPERT_ANSWERED, EXPERT_UNAVAILABLE = "dialing_expert", "expert_answered", "expert_unavailable"
OVER = frozenset({COMPLETED, CANCELED, SEEKER_UNAVAILABLE, EXPERT_UNAVAILABLE})

Fate = Literal["call_completed", "seeker_unavailable", "expert_unavailable", "canceled"]


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone as a member's profile shows it; ``offset`` is in hours."""

    name: str = "Pacific Time (US & Canada)"
    label: str = "PDT"
    offset: float = -7.0


@dataclass(frozen=True, slots=True)
class Charity:
    """Whom a member gives what they earn."""

    name: str
    url: str
    raised: float = 0.0


@dataclass(slots=True)
class Member:
    """Somebody with an account. ``calls`` and ``talk_seconds`` count what was before the stand-in began to."""

    id: int
    screen_name: str
    first_name: str
    last_name: str
    email: str
    bio: str = ""
    expertise: str = ""
    hourly_rate: Decimal = Decimal(0)
    location: str = ""
    zone: Zone = Zone()
    gender: str | None = None
    twitter: str | None = None
    linkedin: str | None = None
    facebook: str | None = None
    charity: Charity | None = None
    calls: int = 0
    talk_seconds: int = 900
    response_seconds: int = 14400
    views: int = 0
    created_at: datetime = datetime(2011, 10, 20, 15, 18, 51, tzinfo=UTC)
    seen_at: datetime = datetime(2012, 8, 2, 2, 19, 59, tzinfo=UTC)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Step:
    """A call becomes ``status`` at ``at``."""

    status: str
    at: datetime


@dataclass(slots=True)
class Call:
    """A call, from its request on.

    ``fate`` is how it will end once connected, ``talk`` how long they will speak (None: as usual);
    ``ahead`` is what is still to happen to it, in order.
    """

    id: int
    expert_id: int
    seeker_id: int
    reason: str
    hourly_rate: Decimal
    created_at: datetime
    expires_at: datetime
    updated_at: datetime
    status: str = PENDING
    canceled_by: int | None = None
    duration: int | None = None
    answered_at: datetime | None = None
    fate: Fate | None = None
    talk: timedelta | None = None
    ahead: list[Step] = field(default_factory=list)

    def concerns(self, member: Member) -> bool:
        """Whether that member is on either side of it."""
        return member.id in (self.expert_id, self.seeker_id)


@dataclass(slots=True)
class Need:
    """Something a member asks the members of their organizations for; ``fulfilled_by`` holds ids of members."""

    id: int
    requester_id: int
    description: str
    paid: bool
    created_at: datetime
    fulfilled_by: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Organization:
    """A group of members."""

    id: int
    slug: str
    name: str
    description: str
    featured: bool = False
    free_calls: bool = False
    member_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message between two members; ``read`` by whom it was written to."""

    sender_id: int
    to_id: int
    text: str
    at: datetime
    read: bool = False

    def between(self, one: int, other: int) -> bool:
        """Whether it went from one of these two to the other."""
        return (self.sender_id, self.to_id) in ((one, other), (other, one))


@dataclass(frozen=True, slots=True)
class Asking:
    """An authorization page that was shown and is not answered yet."""

    redirect_uri: str
    state: str | None
    named_uri: bool
    """Whether the request named the redirect URI, so that the exchange may name it too."""


@dataclass(slots=True)
class Code:
    """An authorization code, good for one exchange until it expires."""

    member_id: int
    redirect_uri: str
    named_uri: bool
    expires_at: datetime
    used: bool = False


@dataclass(slots=True)
class State:
    """Everything. ``live`` holds the ids of calls with something ahead of them; ``tokens`` says whose each one is."""

    members: dict[int, Member] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)
    live: list[int] = field(default_factory=list)
    needs: dict[int, Need] = field(default_factory=dict)
    organizations: dict[int, Organization] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    asked: dict[str, Asking] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)

    def next_id(self, kind: Literal["member", "call", "need", "organization"]) -> int:
        """A fresh id in the document's range of that kind; calls leave gaps."""
        last = self.last_ids.get(kind)
        fresh = _FIRST_IDS[kind] if last is None else last + 1 + last % _GAPS.get(kind, 1)
        self.last_ids[kind] = fresh
        return fresh


_FIRST_IDS = {"member": 6, "call": 5802, "need": 310, "organization": 17}
_GAPS = {"member": 4, "call": 3}
_CODEC = TypeAdapter(State)


def dump(state: State) -> dict[str, Any]:
    """``state`` as values that ``json.dumps`` takes."""
    dumped: dict[str, Any] = _CODEC.dump_python(state, mode="json")
    return dumped


def load(dumped: dict[str, Any]) -> State:
    """The state that :func:`dump` wrote; raises pydantic's ``ValidationError`` for anything else."""
    return _CODEC.validate_python(dumped)


def wire_time(at: datetime) -> str:
    """``at`` as it goes over the wire: whole seconds and ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
