"""Which broadcast a text answers, as far as Clearstream tells: it lists who is on a list now, not who got a message.

So a text leads back to the newest broadcast of the past 48 hours to a list its writer is on, or to their number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message
from bot.errors import NotFound
from bot.services.broadcast_audience import Audience
from bot.services.conversations import Conversations
from bot.store import broadcasts as rows
from bot.store import conversations as conversation_rows
from bot.store.engine import Row, Store

WITHIN = timedelta(hours=48)
"""A text within so long of a broadcast may be an answer to it."""

_AT_ONCE = 20
_FRESH = timedelta(seconds=30)


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


class Leads:
    """Looks for what new texts answer, and writes it to their conversations."""

    def __init__(
        self, store: Store, clearstream: Clearstream, audience: Audience, conversations: Conversations
    ) -> None:
        self._store = store
        self._clearstream = clearstream
        self._audience = audience
        self._conversations = conversations

    async def lead_back(self) -> int:
        """Do so for texts that came since this was last done, a few at once; how many. Raises UpstreamError."""
        async with self._store.read() as tx:
            new = await rows.unled(tx, tx.now - WITHIN, _AT_ONCE)
            ours = await rows.to_numbers_since(tx, tx.now - WITHIN) if new else []
        if not new:
            return 0
        to_numbers = {row["message_id"]: row["ready"]["numbers"] for row in ours}
        messages = await self._audience.recent_messages(_FRESH)
        for row in new:
            await self._write(row, await self._answered(row, messages, to_numbers))
        return len(new)

    async def _answered(
        self, row: Row, messages: Sequence[Message], to_numbers: Mapping[int, Sequence[str]]
    ) -> Answered | None:
        at: datetime = row["newest_at"]
        recent = [one for one in messages if one.sent_at is not None and one.sent_at <= at <= one.sent_at + WITHIN]
        if not recent:
            return None
        try:
            person = await self._clearstream.subscriber(row["number"])
        except NotFound:
            return answered(recent, to_numbers, row["number"], (), at)
        return answered(recent, to_numbers, row["number"], [one.id for one in person.lists], at)

    async def _write(self, row: Row, found: Answered | None) -> None:
        stored = None if found is None else found.stored()
        async with self._store.write() as tx:
            now = await conversation_rows.get(tx, row["id"], lock=True)
            if now is None:
                return
            changed = await conversation_rows.change(tx, row["id"], led_id=row["newest_id"], answers=stored)
            if changed is not None and now["answers"] != stored:
                await self._conversations.show(tx, changed)
