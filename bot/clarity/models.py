"""What Clarity answers, typed; the names are the document's. See ``reading`` for how liberally it is read."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from bot.clarity.reading import Dollars, Model, Moment, Seconds
from bot.http.reading import Count, Id, at_most

CallList = Literal["requested", "callback", "completed", "canceled"]
"""The lists of calls; the first two are names of lists, not states: calls in them are pending."""

PENDING = "pending"
CANCELED = "canceled"
COMPLETED = frozenset({"completed", "call_completed"})
"""Both spellings of a call that took place: lists have the one, the document's states the other."""
TERMINAL = COMPLETED | {CANCELED, "seeker_unavailable", "expert_unavailable"}
"""The states a call does not leave; any other, known or not, may still change."""

_CENT = Decimal("0.01")
_FEW = at_most(20_000)
"""Of things in a thing: more were sent by nobody who means well, and each costs memory where it cannot be read."""


class SocialConnections(Model):
    """Which networks a member is connected to, for everybody to see."""

    facebook: bool | None = None
    linkedin: bool | None = None
    twitter: bool | None = None


class Member(Model):
    """A member of Clarity, in the long form ("GET /v1/members") or the short one of lists.

    ``hourly_rate`` and ``amount_generated_for_charity`` in dollars; the averages in seconds; ``timezone_offset`` in
    hours. ``said_name`` is the short form's ``name``; use ``name``.
    """

    id: Id
    said_name: str | None = Field(default=None, alias="name")
    first_name: str | None = None
    last_name: str | None = None
    screen_name: str | None = None
    bio: str | None = None
    location: str | None = None
    hourly_rate: Dollars | None = None
    image_url: str | None = None
    clarity_url: str | None = None
    expertise_body: str | None = None
    gender: str | None = None
    timezone: str | None = None
    timezone_label: str | None = None
    timezone_offset: float | None = None
    total_calls: Count | None = None
    average_call_duration: Seconds | None = None
    average_response_time: Seconds | None = None
    profile_page_views_count: Count | None = None
    amount_generated_for_charity: Dollars | None = None
    charity_name: str | None = None
    charity_url: str | None = None
    charity_logo: str | None = None
    facebook_profile_url: str | None = None
    linkedin_profile_url: str | None = None
    twitter_profile_url: str | None = None
    public_social_connections: SocialConnections = SocialConnections()
    verified_phone_number: bool | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    last_active_at: Moment | None = None

    @property
    def name(self) -> str:
        """What to call them: their name, else first and last, else the screen name, else the id; never empty."""
        parts = " ".join(part.strip() for part in (self.first_name, self.last_name) if part)
        said = (self.said_name, parts, self.screen_name)
        return next((name.strip() for name in said if name and name.strip()), f"Member {self.id}")


class Call(Model):
    """A call or a request for one ("GET /v1/calls/:id").

    Only ``status`` says how it stands (``canceled_by`` is set on live calls, too): absent it is pending, an unknown one
    is kept as it is. ``duration`` in seconds, ``hourly_rate`` in dollars.
    """

    id: Id
    status: str = PENDING
    expert_id: Id | None = None
    seeker_id: Id | None = None
    reason: str = ""
    hourly_rate: Dollars | None = None
    duration: Seconds | None = None
    canceled_by: Id | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    expires_at: Moment | None = None

    @property
    def pending(self) -> bool:
        """Whether it still waits to be connected."""
        return self.status == PENDING

    @property
    def completed(self) -> bool:
        """Whether it took place and is over, in either spelling."""
        return self.status in COMPLETED

    @property
    def terminal(self) -> bool:
        """Whether it has ended for good; an unknown status has not."""
        return self.status in TERMINAL

    @property
    def cost(self) -> Decimal | None:
        """Rate × duration, in dollars to the cent, half a cent up; None where one of them is not known."""
        if self.hourly_rate is None or self.duration is None:
            return None
        return (self.hourly_rate * self.duration / 3600).quantize(_CENT, ROUND_HALF_UP)

    def expired(self, now: datetime) -> bool:
        """Whether nobody connected it in time; Clarity has no state for that."""
        return self.pending and self.expires_at is not None and self.expires_at <= now

    def other(self, member_id: int) -> int | None:
        """The id of the one ``member_id`` talks with: the seeker where they are the expert, else the expert."""
        return self.seeker_id if member_id == self.expert_id else self.expert_id


class Need(Model):
    """What a member of one's organizations looks for ("GET /v1/needs"); ``id`` is not promised."""

    id: Id | None = None
    description: str = ""
    paid: bool | None = None
    requester_id: Id | None = None
    created_at: Moment | None = None


class Organization(Model):
    """A group of members ("GET /v1/organizations"): lists tell ``member_ids``, one alone its ``members``.

    ``id`` is not promised.
    """

    id: Id | None = None
    name: str = ""
    description: str | None = None
    featured: bool | None = None
    free_calls: bool | None = None
    clarity_url: str | None = None
    image_url: str | None = None
    member_ids: Annotated[tuple[Id, ...], _FEW] = ()
    members: Annotated[tuple[Member, ...], _FEW] = ()

    @property
    def everybody(self) -> tuple[int, ...]:
        """The ids of its members, whichever way they were told."""
        return tuple(dict.fromkeys((*self.member_ids, *(member.id for member in self.members))))


class Message(Model):
    """One message between two members; ``member_id`` wrote ``text`` (the document's ``message``).

    It carries no id: see ``identified``.
    """

    text: str = Field(default="", alias="message")
    member_id: Id | None = None
    read: bool | None = None
    created_at: Moment | None = None


class MessageKey(NamedTuple):
    """What tells a message from others of the same two people: who, when, what, and the how manieth of the same."""

    member_id: int | None
    created_at: datetime | None
    text: str
    number: int

    @property
    def digest(self) -> str:
        """The key as 64 characters that hold nothing of the text, to be stored."""
        when = self.created_at.isoformat() if self.created_at else ""
        return hashlib.sha256(repr((self.member_id, when, self.text, self.number)).encode()).hexdigest()


def identified(messages: Sequence[Message]) -> tuple[tuple[MessageKey, Message], ...]:
    """Each message with its key, in the same order.

    Equal ones are numbered from 1: as older ones fall out of the last 50, no known message gets a new key.
    """
    seen: Counter[tuple[int | None, datetime | None, str]] = Counter()
    found = []
    for message in messages:
        same = (message.member_id, message.created_at, message.text)
        seen[same] += 1
        found.append((MessageKey(*same, seen[same]), message))
    return tuple(found)


class Conversation(Model):
    """What the current member and another wrote each other, as a list shows it ("GET /v1/messages")."""

    other_member: Member
    last_message: Message | None = None
    unread_message_count: Count = 0


class Correspondence(Model):
    """The last 50 messages with another member, in Clarity's order ("GET /v1/messages/:member_id")."""

    messages: Annotated[tuple[Message, ...], _FEW]
    other_member: Member | None = None


class SearchPage(Model):
    """Ten experts at most, from ``offset`` on, of ``matches`` in all ("GET /v1/search")."""

    members: Annotated[tuple[Member, ...], _FEW]
    matches: Count | None = None
    offset: Count = 0

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins; None where there is none to expect."""
        reached = self.offset + len(self.members)
        if not self.members or (self.matches is not None and reached >= self.matches):
            return None
        return reached
