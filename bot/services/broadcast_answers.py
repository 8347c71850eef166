"""Which broadcast a text answers, as far as Clearstream tells: it lists who is on a list now, not who got a message.

So a text leads back to the newest broadcast of the past 48 hours to a list its writer is on, or to their number. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.models import Message
from bot.store.engine import Row

WITHIN = timedelta(hours=48)
"""A text within so long of a broadcast may be an answer to it."""


@dataclass(frozen=True)
class Answered:
    """The broadcast a text answers: Clearstream's id, what it said, and when it was sent."""

    message: int
    words: str
    sent_at: datetime

    @classmethod
    def of(cls, row: Row) -> "Answered | None":
        """What the latest text of a conversation (its row) answers."""
        stored: Mapping[str, Any] | None = row.get("answers")
        if not stored or not row["latest_incoming"]:
            return None
        return cls(stored["message"], stored["words"], datetime.fromisoformat(stored["sent_at"]))

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"message": self.message, "words": self.words, "sent_at": self.sent_at.isoformat()}


def answered(
    messages: Iterable[Message],
    to_numbers: Mapping[int, Sequence[str]],
    number: str,
    lists: Iterable[int],
    at: datetime,
) -> Answered | None:
    """Which of the messages somebody answers with a text ``at`` that time; ``lists`` are those they are on.

    ``to_numbers``: the numbers of those messages that went to numbers, by their ids.
    """
    on = set(lists)
    got = [
        (message.sent_at, message)
        for message in messages
        if message.sent_at is not None
        and message.sent_at <= at <= message.sent_at + WITHIN
        and (on & {one.id for one in message.lists} or number in to_numbers.get(message.id, ()))
    ]
    if not got:
        return None
    sent_at, message = max(got, key=lambda one: (one[0], one[1].id))
    return Answered(message.id, message.text.body or "", sent_at)
