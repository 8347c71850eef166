"""Which texts of a conversation are known already. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.clearstream.models import Reply
from bot.store.engine import Row


@dataclass(frozen=True)
class Known:
    """What is stored of one conversation: its baseline, the replies seen since, and how it last looked."""

    reply_count: int
    base_id: int | None = None
    base_at: datetime | None = None
    seen: frozenset[int] = frozenset()
    unread: bool = False

    def has(self, reply: Reply) -> bool:
        """Whether this reply is known: seen by its id, or no newer than the baseline in number and time."""
        if reply.id in self.seen:
            return True
        return (
            self.base_id is not None
            and self.base_at is not None
            and reply.id <= self.base_id
            and reply.sent_at <= self.base_at
        )


def known_of(row: Row, seen: Iterable[int]) -> Known:
    """What the diff needs of a stored conversation."""
    return Known(
        reply_count=row["reply_count"],
        base_id=row["base_id"],
        base_at=row["base_at"],
        seen=frozenset(seen),
        unread=row["unread"],
    )
