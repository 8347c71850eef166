"""Forgetting what nobody needs any more, so that tables do not grow for ever."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from bot.store.engine import Tx
from bot.store.tables import open_views, operations, record


async def forget_settled(tx: Tx, kinds: Sequence[str], before: datetime) -> int:
    """Delete operations of these kinds that ended before a time; how many.

    Only for kinds whose keys never come again: the key of a forgotten one could be asked for a second time.
    """
    statement = delete(operations).where(
        operations.c.kind.in_(kinds),
        operations.c.state.in_(("sent", "cancelled")),
        operations.c.settled_at < before,
    )
    return await tx.changed(statement)


async def forget_record(tx: Tx, before: datetime) -> int:
    """Forget the lines of the record older than a time; how many."""
    return await tx.changed(delete(record).where(record.c.at < before))


async def forget_views(tx: Tx, before: datetime) -> int:
    """Forget the modals opened before a time: nobody has them open any more; how many."""
    return await tx.changed(delete(open_views).where(open_views.c.opened_at < before))
