"""Rows of conversations and their texts."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Integer, and_, bindparam, func, or_, select, update

from bot.store.engine import Row, Tx
from bot.store.tables import conversations, texts

_AT_ONCE = 400
"""Rows of one statement: SQLite takes 32,766 variables."""

# What each poll and each text asks is put together once.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ONE = select(conversations).where(conversations.c.id == bindparam("one"))
_ONE_LOCKED = _ONE.with_for_update()
_BY_IDS = select(conversations).where(conversations.c.id.in_(_IDS))
_KNOWN_REPLIES = select(texts.c.conversation_id, texts.c.reply_id).where(
    texts.c.conversation_id.in_(_IDS), texts.c.reply_id.in_(bindparam("replies", expanding=True))
)


async def get(tx: Tx, conversation_id: int, *, lock: bool = False) -> Row | None:
    """One conversation; with ``lock`` it is kept from other writers until the transaction ends."""
    return await tx.row(_ONE_LOCKED if lock else _ONE, one=conversation_id)


async def by_ids(tx: Tx, ids: Iterable[int]) -> dict[int, Row]:
    """Conversations by their ids."""
    rows = await tx.rows(_BY_IDS, ids=[*ids])
    return {row["id"]: row for row in rows}


async def by_number(tx: Tx, number: str) -> Row | None:
    """The conversation with a phone number (E.164), the newest where there are several; None where there is none."""
    query = (
        select(conversations)
        .where(conversations.c.number == number, conversations.c.gone_at.is_(None))
        .order_by(conversations.c.newest_at.desc(), conversations.c.id.desc())
        .limit(1)
    )
    return await tx.row(query)


async def by_root(tx: Tx, channel: str, root_ts: str) -> Row | None:
    """The conversation whose header is this Slack message."""
    query = select(conversations).where(conversations.c.channel == channel, conversations.c.root_ts == root_ts)
    return await tx.row(query)


async def search(tx: Tx, words: str, limit: int) -> list[Row]:
    """Conversations whose name or number has all of these words in it, newest first."""
    full = func.lower(func.coalesce(conversations.c.first, "") + " " + func.coalesce(conversations.c["last"], ""))
    conditions = [
        or_(full.contains(word.lower(), autoescape=True), conversations.c.number.contains(word, autoescape=True))
        for word in words.split()
    ]
    query = select(conversations).where(conversations.c.gone_at.is_(None), *conditions)
    return await tx.rows(query.order_by(conversations.c.newest_at.desc()).limit(limit))


async def open_page(tx: Tx, offset: int, limit: int) -> tuple[list[Row], int]:
    """Conversations that are not done, newest first, and how many there are in all; past the last, none of none."""
    found = await tx.rows(_OPEN_PAGE, skipped=offset, most=limit)
    return found, found[0]["in_all"] if found else 0


_OPEN = and_(conversations.c.done_at.is_(None), conversations.c.gone_at.is_(None))
# Somebody waits for it, and putting it together takes longer than asking.
_OPEN_PAGE = (
    select(conversations, func.count().over().label("in_all"))
    .where(_OPEN)
    .order_by(conversations.c.newest_at.desc(), conversations.c.id.desc())
    .offset(bindparam("skipped", type_=Integer()))
    .limit(bindparam("most", type_=Integer()))
)


async def open_count(tx: Tx) -> int:
    """How many conversations are not done."""
    return int(await tx.value(select(func.count()).select_from(conversations).where(_OPEN)) or 0)


async def unread(tx: Tx, limit: int) -> list[Row]:
    """Conversations that were unread on Clearstream's site and have no header in Slack yet, newest first."""
    query = (
        select(conversations)
        .where(conversations.c.unread, ~conversations.c.entered, conversations.c.gone_at.is_(None))
        .order_by(conversations.c.newest_at.desc(), conversations.c.id.desc())
        .limit(limit)
    )
    return await tx.rows(query)


async def counts(tx: Tx) -> tuple[int, int]:
    """How many conversations there are, and how many of them are unread on Clearstream's site."""
    query = select(func.count().label("all"), func.count().filter(conversations.c.unread).label("unread")).where(
        conversations.c.gone_at.is_(None)
    )
    row = await tx.row(query)
    return (row["all"], row["unread"]) if row else (0, 0)


async def rooted(tx: Tx) -> list[int]:
    """Ids of the conversations that have a header in Slack and are not known to be deleted."""
    query = select(conversations.c.id).where(conversations.c.root_ts.is_not(None), conversations.c.gone_at.is_(None))
    return [row["id"] for row in await tx.rows(query)]


async def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Add conversations; those that are there already stay as they are."""
    for start in range(0, len(rows), _AT_ONCE):
        part = [*rows[start : start + _AT_ONCE]]
        await tx.execute(tx.insert(conversations).values(part).on_conflict_do_nothing())


async def change(tx: Tx, conversation_id: int, **values: Any) -> Row | None:
    """Change one conversation; the row as it is now. Its lock is held until the transaction ends."""
    statement = update(conversations).where(conversations.c.id == conversation_id).values(**values)
    return await tx.row(statement.returning(conversations))


async def change_if(tx: Tx, conversation_id: int, condition: Any, **values: Any) -> Row | None:
    """Change one conversation where ``condition`` still holds; the row as it is now, or None where it did not."""
    statement = update(conversations).where(conversations.c.id == conversation_id, condition).values(**values)
    return await tx.row(statement.returning(conversations))


def root_is(generation: int) -> Any:
    """The condition that no newer header was asked for."""
    return conversations.c.root_generation == generation


async def leave_channel(tx: Tx, channel: str) -> None:
    """No conversation stands in a channel any more: each gets a new header elsewhere with what is posted next."""
    statement = update(conversations).where(conversations.c.channel == channel)
    await tx.execute(statement.values(channel=None, root_ts=None, root_generation=conversations.c.root_generation + 1))


async def add_texts(tx: Tx, rows: Sequence[Row]) -> set[tuple[int, int]]:
    """Add texts; which of them (conversation, reply) were not there before."""
    if not rows:
        return set()
    statement = tx.insert(texts).values([*rows]).on_conflict_do_nothing()
    added = await tx.rows(statement.returning(texts.c.conversation_id, texts.c.reply_id))
    return {(row["conversation_id"], row["reply_id"]) for row in added}


async def known_replies(tx: Tx, conversation_ids: Iterable[int], reply_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which of these replies were seen, by conversation."""
    ids = list(conversation_ids)
    known: dict[int, set[int]] = {conversation_id: set() for conversation_id in ids}
    for row in await tx.rows(_KNOWN_REPLIES, ids=ids, replies=[*reply_ids]):
        known[row["conversation_id"]].add(row["reply_id"])
    return known


async def text(tx: Tx, conversation_id: int, reply_id: int) -> Row | None:
    """One text."""
    return await tx.row(select(texts).where(texts.c.conversation_id == conversation_id, texts.c.reply_id == reply_id))


async def last_texts(tx: Tx, conversation_id: int, limit: int) -> list[Row]:
    """The last texts of a conversation that are stored, oldest first."""
    query = (
        select(texts)
        .where(texts.c.conversation_id == conversation_id)
        .order_by(texts.c.sent_at.desc(), texts.c.reply_id.desc())
        .limit(limit)
    )
    return [*reversed(await tx.rows(query))]


async def posted(tx: Tx, conversation_id: int, reply_id: int, slack_ts: str) -> None:
    """Note where in Slack a text stands."""
    await tx.execute(
        update(texts)
        .where(texts.c.conversation_id == conversation_id, texts.c.reply_id == reply_id)
        .values(slack_ts=slack_ts)
    )


async def sign(tx: Tx, conversation_id: int, reply_id: int, author: str, operation_id: str) -> bool:
    """Say who wrote a text that is stored, by which operation; False where that is known already."""
    statement = (
        update(texts)
        .where(
            texts.c.conversation_id == conversation_id,
            texts.c.reply_id == reply_id,
            texts.c.operation_id.is_distinct_from(operation_id),
        )
        .values(author=author, operation_id=operation_id)
    )
    return await tx.changed(statement) == 1


async def newest_reply_id(tx: Tx, conversation_id: int) -> int:
    """The highest reply id known in a conversation; 0 where none is."""
    stored = await tx.value(select(func.max(texts.c.reply_id)).where(texts.c.conversation_id == conversation_id))
    base = await tx.value(select(conversations.c.base_id).where(conversations.c.id == conversation_id))
    return max(stored or 0, base or 0)
