"""What the stand-in remembers: plain dataclasses, and one JSON form of them all.

Times are aware and in UTC. Statuses are kept in the words that go over the wire.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import TypeAdapter

ACTIVE, INACTIVE, OPTED_OUT = "ACTIVE", "INACTIVE", "OPTED_OUT"
RECEIVED, QUEUED, SCHEDULED, SENDING, SENT, FAILED = "RECEIVED", "QUEUED", "SCHEDULED", "SENDING", "SENT", "FAILED"


@dataclass(slots=True)
class Plan:
    """What the account pays for."""

    name: str = "$29"
    cost: int = 29
    credits: int = 500
    keywords: int = 5


@dataclass(slots=True)
class Account:
    """The business whose line this is."""

    business: str = "Blue Sushi"
    status: str = ACTIVE
    phone: str = "+12005551234"
    credits: int = 2000
    collect_emails: bool = False
    next_billing_date: date = date(2016, 7, 1)
    shortcode: str = "55498"
    plan: Plan = field(default_factory=Plan)


@dataclass(slots=True)
class User:
    """Somebody who may log in on Clearstream's own site; the owner is who the API key acts as."""

    id: int
    name: str
    email: str
    timezone: str = "America/New_York"
    owner: bool = False
    notify_reply: bool = False
    notify_opt_in: bool = False


@dataclass(slots=True)
class ContactList:
    """A list; who is on it stands with the subscribers."""

    id: int
    name: str


@dataclass(slots=True)
class Headed:
    """A text with a header, as broadcasts and automatic answers are."""

    header: str
    body: str

    @property
    def line(self) -> str:
        """The text as it reaches a phone."""
        return f"{self.header}: {self.body}"


@dataclass(slots=True)
class Subscriber:
    """One person by number.

    ``welcome`` waits to be sent when they confirm; ``opted_out_after`` is the newest reply id there was when they left.
    """

    mobile_number: str
    status: str = INACTIVE
    first: str | None = None
    last: str | None = None
    email: str | None = None
    lists: list[int] = field(default_factory=list)
    awaits_confirmation: bool = False
    welcome: Headed | None = None
    opted_out_after: int = 0


@dataclass(slots=True)
class Keyword:
    """A word that people text to join or to be answered."""

    name: str
    autoresponse: Headed | None = None
    setting: str | None = None
    opt_in: bool = False
    lists: list[int] = field(default_factory=list)
    opt_ins: int = 0
    used_by: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """A broadcast: to lists, or to single numbers.

    ``audience`` is who gets it, in order; the first ``handled`` of them have been served or have failed.
    """

    id: int
    status: str
    sent_at: datetime
    text: Headed
    lists: list[ContactList] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    audience: list[str] = field(default_factory=list)
    handled: int = 0
    completed_at: datetime | None = None
    failures: int = 0
    throughput: int = 0
    replies: int = 0
    opt_outs: int = 0
    twitter: bool = False
    facebook: bool = False


@dataclass(slots=True)
class Reply:
    """One text of a thread; ``user_id`` is who wrote an outgoing one."""

    id: int
    text: str
    status: str
    incoming: bool
    sent_at: datetime
    user_id: int | None = None


@dataclass(slots=True)
class Thread:
    """All texts with one number, oldest first."""

    id: int
    mobile_number: str
    replied_at: datetime
    unread: bool = False
    replies: list[Reply] = field(default_factory=list)


@dataclass(slots=True)
class PhoneText:
    """A text as the phone's owner sees it: they ``sent`` it or ``received`` it."""

    direction: Literal["sent", "received"]
    text: str
    at: datetime


@dataclass(slots=True)
class Outgoing:
    """A text on its way to a phone, there at ``due``."""

    number: str
    text: str
    due: datetime
    reply_id: int | None = None


@dataclass(slots=True)
class State:
    """Everything. ``last_ids`` holds the last id given of each kind, so none is given twice."""

    account: Account = field(default_factory=Account)
    users: list[User] = field(default_factory=list)
    lists: dict[int, ContactList] = field(default_factory=dict)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    keywords: dict[str, Keyword] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    phones: dict[str, list[PhoneText]] = field(default_factory=dict)
    outbox: list[Outgoing] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    opt_ins: list[datetime] = field(default_factory=list)
    opt_outs: list[datetime] = field(default_factory=list)
    last_ids: dict[str, int] = field(default_factory=dict)

    def next_id(self, kind: Literal["user", "list", "message", "thread", "reply"]) -> int:
        """A fresh id in the document's range of that kind; messages, threads and replies leave gaps."""
        last = self.last_ids.get(kind)
        fresh = _FIRST_IDS[kind] if last is None else last + 1 + last % _GAPS.get(kind, 1)
        self.last_ids[kind] = fresh
        return fresh

    def owner(self) -> User:
        """The user the API key acts as."""
        return next(user for user in self.users if user.owner)


_FIRST_IDS = {"user": 700, "list": 1000, "message": 30000, "thread": 77000, "reply": 117000}
_GAPS = {"message": 3, "thread": 7, "reply": 5}
_CODEC = TypeAdapter(State)


def dump(state: State) -> dict[str, Any]:
    """``state`` as values that ``json.dumps`` takes."""
    dumped: dict[str, Any] = _CODEC.dump_python(state, mode="json")
    return dumped


def load(dumped: dict[str, Any]) -> State:
    """The state that :func:`dump` wrote; raises pydantic's ``ValidationError`` for anything else."""
    return _CODEC.validate_python(dumped)


def wire_time(at: datetime) -> str:
    """``at`` as it goes over the wire: whole seconds and ``+00:00``."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()
