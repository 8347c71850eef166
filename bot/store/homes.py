"""Rows of App Home: who has it open and what it shows them, and what it is drawn from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, case, delete, func, select, update

from bot.store.engine import Row, Tx
from bot.store.tables import broadcasts, calls, conversations, homes, jobs, kept, operations, record, settings

_OPEN = and_(conversations.c.done_at.is_(None), conversations.c.gone_at.is_(None))
_NEWEST_FIRST = (conversations.c.newest_at.desc(), conversations.c.id.desc())


async def opened(tx: Tx, user_id: str) -> int:
    """Somebody looks at their Home, which is about to be drawn: the number of this drawing."""
    values = {"looked_at": tx.now, "opened_at": tx.now}
    statement = (
        tx.insert(homes)
        .values(user_id=user_id, drawing=1, **values)
        .on_conflict_do_update(index_elements=[homes.c.user_id], set_={**values, "drawing": homes.c.drawing + 1})
    )
    return int(await tx.value(statement.returning(homes.c.drawing)))


async def alone(tx: Tx, user_id: str) -> bool:
    """Whether nobody but this person has theirs open."""
    return await tx.value(select(homes.c.user_id).where(homes.c.user_id != user_id).limit(1)) is None


async def redrawing(tx: Tx, user_id: str) -> int | None:
    """An open Home is about to be drawn anew: the number of this drawing; None where it was closed meanwhile."""
    statement = update(homes).where(homes.c.user_id == user_id)
    number: int | None = await tx.value(
        statement.values(looked_at=tx.now, drawing=homes.c.drawing + 1).returning(homes.c.drawing)
    )
    return number


async def drawn(tx: Tx, user_id: str, drawing: int, looks: str) -> None:
    """It shows ``looks`` now; where another drawing began meanwhile nobody can tell which of them stands.

    Nor can that other one then, when it ends.
    """
    mine = update(homes).where(homes.c.user_id == user_id)
    if not await tx.changed(mine.where(homes.c.drawing == drawing).values(drawn=looks)):
        await tx.execute(mine.values(drawn=None, drawing=homes.c.drawing + 1))


async def looked(tx: Tx, user_id: str) -> None:
    """It was looked whether it still shows what is."""
    await tx.execute(update(homes).where(homes.c.user_id == user_id).values(looked_at=tx.now))


async def closed(tx: Tx, user_id: str) -> None:
    """Somebody has turned away from it."""
    await tx.execute(delete(homes).where(homes.c.user_id == user_id))


async def home(tx: Tx, user_id: str) -> Row | None:
    """Somebody's Home; None where they do not have it open."""
    return await tx.row(select(homes).where(homes.c.user_id == user_id))


async def open_since(tx: Tx, since: datetime) -> list[Row]:
    """The Homes opened since then, with the one that was looked after longest ago first."""
    return await tx.rows(select(homes).where(homes.c.opened_at >= since).order_by(homes.c.looked_at))


async def forget(tx: Tx, before: datetime) -> int:
    """Forget the Homes opened before then; how many."""
    return await tx.changed(delete(homes).where(homes.c.opened_at < before))


async def stamp(tx: Tx) -> list[int | None]:
    """Changes with nearly everything Home shows, and costs next to nothing to read."""
    newest = (
        select(func.max(conversations.c.newest_at)),
        select(func.max(record.c.id)),
        select(func.max(broadcasts.c.changed_at)),
        select(func.max(calls.c.changed_at)),
        select(func.max(settings.c.updated_at)),
        select(func.count()).select_from(settings),
        select(func.max(kept.c.fetched_at)),
    )
    row = await tx.row(select(*(each.scalar_subquery().label(f"s{place}") for place, each in enumerate(newest))))
    moments = list((row or {}).values())
    return [int(each.timestamp() * 1_000_000) if isinstance(each, datetime) else each for each in moments]


_NEW = and_(_OPEN, conversations.c.claimed_by.is_(None), conversations.c.latest_incoming.is_not(False))
_HELD = and_(
    operations.c.state.in_(("held", "ready")),
    operations.c.bucket.like("slack.post:%"),
    operations.c.reason.is_not(None),
)


async def overview(tx: Tx, user_id: str, states: Sequence[str], job: str) -> Row:
    """What there is in all, in one question.

    ``new`` and ``claimed`` conversations, ``broadcasts`` in these states, posts to Slack that are ``held`` until
    somebody mends something with ``held_why`` the first of them is, and ``read_at``, when the job last succeeded.
    """
    parts = {
        "new": _number(conversations, _NEW),
        "claimed": _number(conversations, and_(_OPEN, conversations.c.claimed_by == user_id)),
        "broadcasts": _number(broadcasts, broadcasts.c.state.in_(states)),
        "held": _number(operations, _HELD),
        "held_why": select(operations.c.reason).where(_HELD).order_by(operations.c.seq).limit(1),
        "read_at": select(jobs.c.succeeded_at).where(jobs.c.name == job),
    }
    row = await tx.row(select(*(part.scalar_subquery().label(name) for name, part in parts.items())))
    return row or {}


def _number(table: Table, condition: Any) -> Any:
    return select(func.count()).select_from(table).where(condition)


async def new_conversations(tx: Tx, limit: int) -> list[Row]:
    """Open conversations that nobody has claimed and whose last text is theirs, newest first."""
    return await tx.rows(select(conversations).where(_NEW).order_by(*_NEWEST_FIRST).limit(limit))


async def claimed_conversations(tx: Tx, user_id: str, limit: int) -> list[Row]:
    """Open conversations somebody has claimed, newest first."""
    claimed = and_(_OPEN, conversations.c.claimed_by == user_id)
    return await tx.rows(select(conversations).where(claimed).order_by(*_NEWEST_FIRST).limit(limit))


async def waiting_calls(tx: Tx, owners: Sequence[str]) -> list[Row]:
    """Calls that these accounts' owners may connect, as far as was last heard; some may have expired since."""
    query = select(calls).where(
        calls.c.owner.in_(owners), ~calls.c.ended, calls.c.waits_for_us, calls.c.status == "pending"
    )
    return await tx.rows(query.order_by(calls.c.id))


async def broadcasts_in(tx: Tx, states: Sequence[str], limit: int) -> list[Row]:
    """Broadcasts in these states, in their order, and of each the newest first."""
    order = case({state: place for place, state in enumerate(states)}, value=broadcasts.c.state)
    query = select(broadcasts).where(broadcasts.c.state.in_(states))
    return await tx.rows(query.order_by(order, broadcasts.c.created_at.desc()).limit(limit))


async def fences(tx: Tx, keys: Sequence[str]) -> dict[str, int]:
    """How often these operations (by their keys) were claimed."""
    query = select(operations.c.key, operations.c.fence).where(operations.c.key.in_(keys))
    return {row["key"]: row["fence"] for row in await tx.rows(query)}
