"""Looks for the broadcasts that new texts answer, and writes them to their conversations."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message
from bot.errors import NotFound
from bot.services.broadcast_answers import WITHIN, Answered, answered
from bot.services.broadcast_audience import Audience
from bot.services.conversations import Conversations
from bot.store import broadcasts as rows
from bot.store import conversations as conversation_rows
from bot.store.engine import Row, Store

_AT_ONCE = 20
_FRESH = timedelta(seconds=30)


class Leads:
    """What new texts answer, as far as Clearstream tells."""

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
