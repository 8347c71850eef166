"""Rows of the ledger: written, settled under their fence, changed by people; ``claims`` hands them out."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, exists, func, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.engine import Insert, Row, Tx, insert_into
from bot.store.tables import operations


class BoundElsewhere(Exception):
    """The upstream thing an operation is said to have become is another operation's."""


async def insert(tx: Tx, values: dict[str, Any]) -> bool:
    """Add one operation; False where one with its ``key`` is there already (it is left as it is).

    Nobody waits for one that is known: PostgreSQL would, for as long as somebody else changes it.
    """
    given = {f"fresh_{name}": value for name, value in values.items()}
    return await tx.changed(_adding(tx.on_sqlite, tuple(values)), **given) == 1


@cache
def _adding(on_sqlite: bool, names: tuple[str, ...]) -> Insert:
    fresh = {name: bindparam(f"fresh_{name}", type_=operations.c[name].type) for name in names}
    known = exists().where(operations.c.key == fresh["key"])
    statement = insert_into(operations, on_sqlite=on_sqlite)
    chosen = select(*fresh.values()).where(~known)
    return statement.from_select(names, chosen, include_defaults=False).on_conflict_do_nothing()


async def insert_merged(tx: Tx, values: dict[str, Any]) -> None:
    """Add one operation, or let a ready one with the same ``merge_key`` stand for it.

    Touching the waiting row locks it until this transaction ends, so whoever claims it sees what is written here.
    """
    fresh = tx.insert(operations).values(values)
    smaller = func.min if tx.on_sqlite else func.least
    await tx.execute(
        fresh.on_conflict_do_update(
            index_elements=[operations.c.merge_key],
            # Written out, not bound: once PostgreSQL plans the statement for any value it would not find the index.
            index_where=operations.c.state == literal_column("'ready'"),
            set_={"not_before": smaller(operations.c.not_before, fresh.excluded.not_before)},
        )
    )


# Asked for every attempt, so they are put together once.
_GET = select(operations).where(operations.c.id == bindparam("one"))
_GET_LOCKED = _GET.with_for_update()
_BY_KEY = select(operations).where(operations.c.key == bindparam("one"))
_TAKE_HOLD = select(operations.c.id).where(operations.c.id == bindparam("one")).with_for_update(skip_locked=True)


async def get(tx: Tx, operation_id: str, *, lock: bool = False) -> Row | None:
    """One operation by its id; with ``lock`` it is kept from others until the transaction ends."""
    return await tx.row(_GET_LOCKED if lock else _GET, one=operation_id)


async def take_hold(tx: Tx, operation_id: str) -> bool:
    """Keep one operation from others until the transaction ends; False, without waiting, where another keeps it."""
    return await tx.value(_TAKE_HOLD, one=operation_id) is not None


async def get_by_key(tx: Tx, key: str) -> Row | None:
    """One operation by its unique key."""
    return await tx.row(_BY_KEY, one=key)


async def set_marker(tx: Tx, operation_id: str, fence: int, marker: int) -> bool:
    """Note the highest upstream id known before sending; False where the fence has passed to another."""
    statement = (
        update(operations)
        .where(operations.c.id == operation_id, operations.c.fence == fence, operations.c.state == "sending")
        .values(marker=marker)
    )
    return await tx.changed(statement) == 1


@cache
def _settling(names: frozenset[str]) -> ReturningUpdate[Any]:
    """Asked for after every attempt: putting a statement together costs more than running it."""
    statement = update(operations).where(
        operations.c.id == bindparam("settled"),
        operations.c.fence == bindparam("under"),
        operations.c.state.in_(("sending", "unknown")),
    )
    new = {name: bindparam(f"new_{name}", type_=operations.c[name].type) for name in names}
    return statement.values(owner=None, lease_until=None, **new).returning(operations)


async def settle(tx: Tx, operation_id: str, fence: int, values: dict[str, Any]) -> Row | None:
    """Write how an attempt ended, if the fence is still ``fence``; the row as it is now, or None.

    Raises BoundElsewhere; the transaction can then only be given up.
    """
    statement = _settling(frozenset(values))
    new = {f"new_{name}": value for name, value in values.items()}
    return await _bound_once(tx, statement, settled=operation_id, under=fence, **new)


async def _bound_once(tx: Tx, statement: ReturningUpdate[Any], **values: Any) -> Row | None:
    try:
        return await tx.row(statement, **values)
    except IntegrityError as error:
        raise BoundElsewhere from error


async def move(
    tx: Tx, operation_id: str, *, expected: Sequence[str], fence: int | None = None, **values: Any
) -> Row | None:
    """Change an operation that is in one of the ``expected`` states (and at ``fence``); its row now, or None.

    The fence goes up, so whoever worked on it before cannot settle it any more. Raises BoundElsewhere as ``settle``.
    """
    conditions = [operations.c.id == operation_id, operations.c.state.in_(expected)]
    if fence is not None:
        conditions.append(operations.c.fence == fence)
    statement = (
        update(operations)
        .where(*conditions)
        .values(fence=operations.c.fence + 1, owner=None, lease_until=None, **values)
        .returning(operations)
    )
    return await _bound_once(tx, statement)


async def release_channel(tx: Tx, bucket: str, channel_bucket: str, kinds: Sequence[str]) -> int:
    """What waited in ``bucket`` for a channel to be named, of these kinds, goes to ``channel_bucket``."""
    statement = (
        update(operations)
        .where(operations.c.bucket == bucket, operations.c.kind.in_(kinds), operations.c.state.in_(("held", "ready")))
        .values(
            state="ready",
            bucket=channel_bucket,
            reason=None,
            not_before=tx.now,
            merge_key=case((operations.c.state == "ready", operations.c.merge_key)),
        )
    )
    return await tx.changed(statement)


async def readdress(tx: Tx, bucket: str, to: str, to_bucket: str, kinds: Sequence[str]) -> int:
    """What waits in ``bucket``, of these kinds, goes to the place ``to`` instead, as its payload says then."""
    waiting = select(operations.c.seq, operations.c.payload).where(
        operations.c.bucket == bucket, operations.c.kind.in_(kinds), operations.c.state.in_(("held", "ready"))
    )
    for row in await tx.rows(waiting.order_by(operations.c.seq).with_for_update()):
        payload = {**row["payload"], "to": to}
        await tx.execute(update(operations).where(operations.c.seq == row["seq"]).values(payload=payload))
    return await release_channel(tx, bucket, to_bucket, kinds)


async def bound(tx: Tx, candidates: Sequence[str]) -> set[str]:
    """Which of these upstream things some operation is already known to have become."""
    rows = await tx.rows(select(operations.c.bound).where(operations.c.bound.in_(candidates)))
    return {row["bound"] for row in rows}


async def unbind(tx: Tx, thing: str, owner_id: str) -> Row | None:
    """Take an upstream thing from an operation other than ``owner_id``: its fate is unknown again; its row, or None."""
    statement = (
        update(operations)
        .where(operations.c.bound == thing, operations.c.id != owner_id)
        .values(
            state="unknown",
            bound=None,
            result=None,
            settled_at=None,
            not_before=tx.now,
            looks=0,
            doubts=operations.c.doubts + 1,
            fence=operations.c.fence + 1,
        )
        .returning(operations)
    )
    return await tx.row(statement)


async def in_doubt(tx: Tx, kind: str, lane: str) -> Sequence[Row]:
    """Operations of a kind in a lane that are out, or whose fate is open, oldest first."""
    query = select(operations).where(
        operations.c.kind == kind,
        operations.c.lane == lane,
        operations.c.state.in_(("sending", "unknown", "unconfirmed")),
    )
    return await tx.rows(query.order_by(operations.c.seq))
