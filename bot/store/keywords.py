"""Rows of used keywords: which of Clearstream's events came already, and what is still to be told of them."""

from sqlalchemy import select

from bot.store.engine import Row, Tx
from bot.store.tables import heard, record

USED = "keyword used"
"""What the record calls it."""

_OWNER, _KIND = "clearstream", "event"


async def first_time(tx: Tx, event_key: str) -> bool:
    """Note that an event came; False where it came before."""
    values = {"owner": _OWNER, "kind": _KIND, "key": event_key, "at": tx.now}
    return await tx.changed(tx.insert(heard).values(values).on_conflict_do_nothing()) == 1


async def used_since(tx: Tx, record_id: int, limit: int) -> list[Row]:
    """Lines of the record on used keywords that came after one of them, oldest first."""
    query = select(record).where(record.c.act == USED, record.c.id > record_id)
    return await tx.rows(query.order_by(record.c.id).limit(limit))
