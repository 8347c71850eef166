"""What a digest is counted from."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, and_, func, select, type_coerce

from bot.store.clarity import SHARED
from bot.store.engine import Row, Tx
from bot.store.tables import broadcasts, calls, texts

QUARTER = timedelta(minutes=15)
"""Texts are counted by quarters of an hour: every time zone's hours and days begin with one."""

_MICROSECOND = timedelta(microseconds=1)


async def text_counts(tx: Tx, start: datetime, end: datetime) -> list[tuple[datetime, bool, int]]:
    """How many texts came in (True) or went out, by the quarter of an hour, which is named by its beginning."""
    quarter = type_coerce(texts.c.sent_at, BigInteger) // (QUARTER // _MICROSECOND)
    query = (
        select(quarter.label("quarter"), texts.c.incoming, func.count().label("count"))
        .where(texts.c.sent_at >= start, texts.c.sent_at < end)
        .group_by("quarter", texts.c.incoming)
    )
    zero = datetime.fromtimestamp(0, start.tzinfo)
    return [(zero + row["quarter"] * QUARTER, row["incoming"], row["count"]) for row in await tx.rows(query)]


async def talks(tx: Tx, start: datetime, end: datetime, before: timedelta) -> list[tuple[int, bool, datetime]]:
    """The texts of conversations that were answered then, from ``before`` that on: conversation, incoming, when.

    In order within a conversation.
    """
    inside = and_(texts.c.sent_at >= start, texts.c.sent_at < end)
    answered = select(texts.c.conversation_id).where(inside, ~texts.c.incoming)
    query = (
        select(texts.c.conversation_id, texts.c.incoming, texts.c.sent_at)
        .where(
            texts.c.sent_at >= start - before,
            texts.c.sent_at < end,
            texts.c.conversation_id.in_(answered),
        )
        .order_by(texts.c.conversation_id, texts.c.sent_at, texts.c.reply_id)
    )
    return [(row["conversation_id"], row["incoming"], row["sent_at"]) for row in await tx.rows(query)]


async def sent_broadcasts(tx: Tx, since: datetime) -> list[Row]:
    """Broadcasts that were sent and of which something was heard since then."""
    query = select(broadcasts).where(broadcasts.c.state == "sent", broadcasts.c.changed_at >= since)
    return await tx.rows(query.order_by(broadcasts.c.created_at))


async def ended_calls(tx: Tx, start: datetime, end: datetime) -> list[Row]:
    """The shared account's calls of which the end was heard then."""
    query = select(calls).where(
        calls.c.owner == SHARED, calls.c.ended, calls.c.changed_at >= start, calls.c.changed_at < end
    )
    return await tx.rows(query.order_by(calls.c.id))
