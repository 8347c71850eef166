"""Rows of the record, as they are read; they are written where the act is (see ``installation``)."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from bot.store.engine import Row, Tx
from bot.store.tables import record


async def newest(
    tx: Tx, actors: Sequence[str], subjects: Sequence[str], limit: int, before: int | None = None
) -> list[Row]:
    """The newest lines older than line ``before``, newest first: by one of these or on one of those, else all."""
    query = select(record).order_by(record.c.id.desc()).limit(limit)
    if actors or subjects:
        query = query.where(or_(record.c.actor.in_(actors), record.c.subject.in_(subjects)))
    if before is not None:
        query = query.where(record.c.id < before)
    return await tx.rows(query)


async def actors(tx: Tx) -> list[str]:
    """Everybody who is named as having done something."""
    return [row["actor"] for row in await tx.rows(select(record.c.actor).distinct())]
