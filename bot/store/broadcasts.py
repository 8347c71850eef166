"""Rows of broadcasts, and of what was fetched from Clearstream and is kept for a while."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, or_, select, update

from bot.store.columns import Instant
from bot.store.engine import Row, Tx
from bot.store.tables import broadcasts, conversations, kept, operations

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# What is asked every few seconds is put together once.
_MOST: BindParameter[Any] = bindparam("most")
_DUE = (
    select(broadcasts)
    .where(broadcasts.c.next_look <= bindparam("now", type_=Instant()), broadcasts.c.message_id.is_not(None))
    .order_by(broadcasts.c.next_look)
    .limit(_MOST)
)
_UNLED = (
    select(conversations)
    .where(
        conversations.c.entered,
        conversations.c.gone_at.is_(None),
        conversations.c.latest_incoming,
        conversations.c.newest_at >= bindparam("since", type_=Instant()),
        or_(conversations.c.led_id.is_(None), conversations.c.led_id < conversations.c.newest_id),
    )
    .order_by(conversations.c.newest_at)
    .limit(_MOST)
)


async def add(tx: Tx, values: Row) -> bool:
    """Add a broadcast; False where there is one with its id (it is left as it is)."""
    statement = tx.insert(broadcasts).values(created_at=tx.now, changed_at=tx.now, **values)
    return await tx.changed(statement.on_conflict_do_nothing()) == 1


async def get(tx: Tx, broadcast_id: str, *, lock: bool = False) -> Row | None:
    """One broadcast; with ``lock`` it is kept from other writers until the transaction ends."""
    query = select(broadcasts).where(broadcasts.c.id == broadcast_id)
    return await tx.row(query.with_for_update() if lock else query)


async def by_message(tx: Tx, message_ids: Sequence[int]) -> dict[int, Row]:
    """Broadcasts by the messages they became in Clearstream."""
    rows = await tx.rows(select(broadcasts).where(broadcasts.c.message_id.in_(list(message_ids))))
    return {row["message_id"]: row for row in rows}


async def draft_of(tx: Tx, author: str, since: datetime) -> Row | None:
    """What somebody was last writing, if they touched it since then; locked."""
    query = (
        select(broadcasts)
        .where(broadcasts.c.author == author, broadcasts.c.state == "draft", broadcasts.c.changed_at >= since)
        .order_by(broadcasts.c.changed_at.desc(), broadcasts.c.id)
        .limit(1)
    )
    return await tx.row(query.with_for_update())


async def change(tx: Tx, broadcast_id: str, **values: Any) -> Row | None:
    """Change a broadcast; the row as it is now."""
    statement = update(broadcasts).where(broadcasts.c.id == broadcast_id).values(changed_at=tx.now, **values)
    return await tx.row(statement.returning(broadcasts))


async def forget_drafts(tx: Tx, before: datetime) -> int:
    """Delete what nobody has gone on writing since ``before`` and was never sent; how many."""
    never_left = ~exists().where(operations.c.key.like("broadcast:" + broadcasts.c.id + ":%"))
    old = and_(broadcasts.c.state == "draft", broadcasts.c.changed_at < before, broadcasts.c.ts.is_(None))
    return await tx.changed(delete(broadcasts).where(old, never_left))


async def forget_foreign(tx: Tx, message_id: int) -> None:
    """Forget a message that was taken for one sent elsewhere."""
    statement = delete(broadcasts).where(broadcasts.c.message_id == message_id, broadcasts.c.author.is_(None))
    await tx.execute(statement)


async def without_message(tx: Tx, states: Sequence[str], limit: int) -> list[Row]:
    """Broadcasts in these states that Clearstream does not list (yet), newest first."""
    query = select(broadcasts).where(broadcasts.c.state.in_(states), broadcasts.c.message_id.is_(None))
    return await tx.rows(query.order_by(broadcasts.c.created_at.desc()).limit(limit))


async def scheduled(tx: Tx, limit: int) -> list[Row]:
    """Broadcasts of ours that wait for their time, as far as was last heard."""
    query = select(broadcasts).where(broadcasts.c.state == "scheduled")
    return await tx.rows(query.order_by(broadcasts.c.created_at.desc()).limit(limit))


async def due(tx: Tx, now: datetime, limit: int) -> list[Row]:
    """Broadcasts that are followed and are to be looked at now, with the longest overdue first."""
    return await tx.rows(_DUE, now=now, most=limit)


async def to_numbers_since(tx: Tx, since: datetime) -> list[Row]:
    """Broadcasts of ours to numbers, not to lists, that became a message since then."""
    query = select(broadcasts).where(broadcasts.c.message_id.is_not(None), broadcasts.c.changed_at >= since)
    return [row for row in await tx.rows(query) if (row["ready"] or {}).get("numbers")]


async def rivals(tx: Tx, kind: str, operation_id: str) -> list[Row]:
    """Other operations of a kind that are out, or whose fate is open."""
    query = select(operations).where(
        operations.c.kind == kind,
        operations.c.id != operation_id,
        operations.c.state.in_(("sending", "unknown", "unconfirmed")),
    )
    return await tx.rows(query.order_by(operations.c.seq))


async def unled(tx: Tx, since: datetime, limit: int) -> list[Row]:
    """Conversations in Slack whose latest text came in since then, and was not led back to a broadcast yet."""
    return await tx.rows(_UNLED, since=since, most=limit)


async def keep(tx: Tx, key: str, value: Any) -> None:
    """Keep what was fetched, in place of what was kept before."""
    values = {"value": value, "fetched_at": tx.now}
    statement = tx.insert(kept).values(key=key, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[kept.c.key], set_=values))


async def kept_value(tx: Tx, key: str) -> Row | None:
    """What is kept: its ``value``, and when it was fetched (``fetched_at``)."""
    return await tx.row(select(kept).where(kept.c.key == key))


async def kept_at(tx: Tx, key: str) -> datetime | None:
    """When it was fetched."""
    moment: datetime | None = await tx.value(select(kept.c.fetched_at).where(kept.c.key == key))
    return moment


async def let_go(tx: Tx, key: str) -> None:
    """What is kept is out of date: it is still read, and fetched again at the next occasion."""
    await tx.execute(update(kept).where(kept.c.key == key).values(fetched_at=_LONG_AGO))
