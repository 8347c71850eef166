"""Conversations as a person sees them: their status, their texts, and what a press on one came to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.clearstream.models import Reply
from bot.clearstream.numbers import readable
from bot.services.broadcast_answers import Answered
from bot.store.engine import Row

_NAME = 80
"""Characters of a name that are shown."""


class Status(StrEnum):
    """What the header says: the words of the screen."""

    NEW = "New"
    OPEN = "Open"
    DONE = "Done"


@dataclass(frozen=True)
class Conversation:
    """All texts with one phone number, as a person sees it; ``answers`` is the broadcast its latest text replies to."""

    id: int
    number: str
    name: str | None
    email: str | None
    subscriber_status: str | None
    status: Status
    claimed_by: str | None
    latest_text: str | None
    latest_incoming: bool | None
    latest_at: datetime | None
    newest_id: int
    reply_count: int
    channel: str | None
    root_ts: str | None
    generation: int
    gone: bool
    answers: Answered | None = None

    @classmethod
    def of(cls, row: Row) -> "Conversation":
        """The conversation a row holds."""
        return cls(
            id=row["id"],
            number=row["number"],
            name=name_of(row["first"], row["last"]),
            email=row["email"],
            subscriber_status=row["subscriber_status"],
            status=status_of(row),
            claimed_by=row["claimed_by"],
            latest_text=row["latest_text"],
            latest_incoming=row["latest_incoming"],
            latest_at=row["newest_at"],
            newest_id=row["newest_id"] or 0,
            reply_count=row["reply_count"],
            channel=row["channel"],
            root_ts=row["root_ts"],
            generation=row["root_generation"],
            gone=row["gone_at"] is not None,
            answers=Answered.of(row),
        )

    @property
    def title(self) -> str:
        """Name and number, as people write them."""
        number = readable(self.number)
        return f"{self.name} · {number}" if self.name else number

    @property
    def called(self) -> str:
        """The name, or the number of somebody without one."""
        return self.name or readable(self.number)


def name_of(first: str | None, last: str | None) -> str | None:
    """A name in one line, short enough to leave room for the number beside it; None where there is none."""
    name = " ".join(f"{first or ''} {last or ''}".split())
    return (name if len(name) <= _NAME else f"{name[: _NAME - 1]}…") or None


def status_of(row: Row) -> Status:
    """New: their text is the last and nobody has claimed it; Done: said so, and no text came since; else Open."""
    if row["done_at"] is not None:
        return Status.DONE
    if row["claimed_by"] is None and row["latest_incoming"] is not False:
        return Status.NEW
    return Status.OPEN


@dataclass(frozen=True)
class Text:
    """One text of a conversation. ``author`` is who wrote one that went out: a name, or ``<@U…>``."""

    reply_id: int
    incoming: bool
    body: str
    sent_at: datetime
    author: str | None = None
    status: str | None = None
    bump: bool = False

    @classmethod
    def of(cls, row: Row) -> "Text":
        """The text a row holds."""
        return cls(
            row["reply_id"], row["incoming"], row["body"], row["sent_at"], row["author"], row["status"], row["bump"]
        )

    @classmethod
    def from_reply(cls, reply: Reply) -> "Text":
        """The text as Clearstream shows it, which knows nobody in Slack."""
        author = reply.user.name or reply.user.email if reply.user and not reply.incoming else None
        return cls(reply.id, reply.incoming, reply.text, reply.sent_at, author, reply.status)


@dataclass(frozen=True)
class Outcome:
    """What a press did: ``done`` is False where it was so already. ``conversation`` is as it stands now."""

    done: bool
    conversation: Conversation


@dataclass(frozen=True)
class Shown:
    """How many unread conversations were brought into Slack, and whether there are more."""

    count: int
    more: bool


@dataclass(frozen=True)
class Page:
    """One page of the conversations that are not done: its number, of how many, and how many there are in all."""

    conversations: list[Conversation]
    number: int
    pages: int
    total: int
