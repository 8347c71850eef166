"""Rows of the ledger: written, claimed in the order of their lanes, settled under their fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.columns import Instant
from bot.store.engine import Row, Tx
from bot.store.tables import buckets, operations

#: States in which an operation keeps later ones of its lane waiting. An unconfirmed one has left its lane.
IN_LANE = ("held", "ready", "sending", "unknown")


_AT_ONCE = timedelta()


@dataclass(frozen=True)
class Claim:
    """Who claims, and for how long."""

    owner: str
    lease: timedelta


class BoundElsewhere(Exception):
    """The upstream thing an operation is said to have become is another operation's."""


async def insert(tx: Tx, values: dict[str, Any]) -> bool:
    """Add one operation; False where one with its ``key`` is there already (it is left as it is)."""
    statement = tx.insert(operations).values(values).on_conflict_do_nothing()
    return await tx.changed(statement) == 1


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


async def get(tx: Tx, operation_id: str, *, lock: bool = False) -> Row | None:
    """One operation by its id; with ``lock`` it is kept from others until the transaction ends."""
    query = select(operations).where(operations.c.id == operation_id)
    return await tx.row(query.with_for_update() if lock else query)


async def take_hold(tx: Tx, operation_id: str) -> bool:
    """Keep one operation from others until the transaction ends; False, without waiting, where another keeps it."""
    query = select(operations.c.id).where(operations.c.id == operation_id)
    return await tx.value(query.with_for_update(skip_locked=True)) is not None


async def get_by_key(tx: Tx, key: str) -> Row | None:
    """One operation by its unique key."""
    return await tx.row(select(operations).where(operations.c.key == key))


def _heads_of_lanes() -> ColumnElement[bool]:
    other = operations.alias("other")
    goes_before = or_(
        and_(other.c.first, ~operations.c.first),
        and_(other.c.first == operations.c.first, other.c.seq < operations.c.seq),
    )
    # Written out, not bound: only so can a database use an index on the few that are open of a lane's many.
    in_lane = other.c.state.in_([literal_column(f"'{state}'") for state in IN_LANE])
    blocked = exists().where(other.c.lane == operations.c.lane, in_lane, goes_before)
    return or_(operations.c.lane.is_(None), ~blocked)


_NOW = bindparam("now", type_=Instant())
_SOON = bindparam("soon", type_=Instant())
_KINDS: BindParameter[Any] = bindparam("kinds", expanding=True)


def _due() -> ColumnElement[bool]:
    """Ready at the head of its lane with a bucket that is free ``soon``, or unknown and nobody looks for it."""
    full = exists().where(buckets.c.key == operations.c.bucket, buckets.c.free_at > _SOON)
    bucket_free = or_(operations.c.bucket.is_(None), ~full)
    may = or_(
        and_(operations.c.state == "ready", _heads_of_lanes(), bucket_free),
        and_(operations.c.state == "unknown", operations.c.owner.is_(None)),
    )
    waits = operations.c.state.in_(("ready", "unknown"))
    return and_(waits, operations.c.not_before <= _NOW, operations.c.kind.in_(_KINDS), may)


_HELD_AND_DUE = and_(operations.c.state == "held", operations.c.not_before <= _NOW)

# These are asked all the time, so they are put together once.
_ANYTHING_DUE = select(or_(exists().where(_HELD_AND_DUE), exists().where(_due())))
_CLAIMABLE = (
    select(operations)
    .where(_due())
    .order_by(operations.c.seq)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_RELEASE_HELD = update(operations).where(_HELD_AND_DUE).values(state="ready", reason=None, merge_key=None)
_NEXT_DUE = select(
    select(func.min(operations.c.not_before))
    .where(operations.c.state.in_(("ready", "unknown", "held")), operations.c.not_before > _NOW)
    .scalar_subquery()
    .label("waiting"),
    select(func.min(buckets.c.free_at))
    .where(
        buckets.c.free_at > _SOON,
        exists().where(operations.c.bucket == buckets.c.key, operations.c.state == "ready"),
    )
    .scalar_subquery()
    .label("refill"),
)


async def anything_due(tx: Tx, now: datetime, kinds: Sequence[str], ahead: timedelta = _AT_ONCE) -> bool:
    """Whether there is something of these kinds to claim, or something held whose time has come."""
    return bool(await tx.value(_ANYTHING_DUE, now=now, soon=now + ahead, kinds=kinds))


async def claimable(
    tx: Tx, now: datetime, kinds: Sequence[str], limit: int, ahead: timedelta = _AT_ONCE
) -> Sequence[Row]:
    """Ready operations that may leave now, and unknown ones that are to be looked for, oldest first; locked.

    Those whose bucket is free within ``ahead`` are among them.
    """
    return await tx.rows(_CLAIMABLE, now=now, soon=now + ahead, kinds=kinds, most=limit)


async def take(tx: Tx, ids: Sequence[str], claim: Claim) -> Sequence[Row]:
    """Make claimable rows, locked by this transaction, the claimer's: the ready ones are now ``sending``."""
    leaving = operations.c.state == "ready"
    statement = (
        update(operations)
        .where(operations.c.id.in_(ids))
        .values(
            state=case((leaving, "sending"), else_=operations.c.state),
            fence=operations.c.fence + 1,
            owner=claim.owner,
            lease_until=tx.now + claim.lease,
            attempts=operations.c.attempts + case((leaving, 1), else_=0),
            sent_at=case((leaving, _moment(tx.now)), else_=operations.c.sent_at),
            merge_key=case((leaving, None), else_=operations.c.merge_key),
        )
        .returning(operations)
    )
    return await tx.rows(statement)


def _moment(time: datetime) -> ColumnElement[datetime]:
    return literal(time, Instant())


async def reserve(tx: Tx, bucket: str, interval: timedelta, ahead: timedelta = _AT_ONCE) -> datetime | None:
    """Take the next place in a shared bucket: when it is, now or within ``ahead``; None where it is later."""
    now = tx.now
    free_at: datetime | None = await tx.value(select(buckets.c.free_at).where(buckets.c.key == bucket))
    place = max(now, free_at or now)
    if place > now + ahead:
        return None
    fresh = tx.insert(buckets).values(key=bucket, free_at=place + interval)
    statement = fresh.on_conflict_do_update(
        index_elements=[buckets.c.key], set_={"free_at": place + interval}, where=buckets.c.free_at <= place
    )
    return place if await tx.changed(statement) == 1 else None


async def block_bucket(tx: Tx, bucket: str, until: datetime) -> None:
    """Let nothing of this bucket leave before ``until`` (the upstream said so)."""
    statement = tx.insert(buckets).values(key=bucket, free_at=until)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[buckets.c.key], set_={"free_at": until}, where=buckets.c.free_at < until
        )
    )


async def set_marker(tx: Tx, operation_id: str, fence: int, marker: int) -> bool:
    """Note the highest upstream id known before sending; False where the fence has passed to another."""
    statement = (
        update(operations)
        .where(operations.c.id == operation_id, operations.c.fence == fence, operations.c.state == "sending")
        .values(marker=marker)
    )
    return await tx.changed(statement) == 1


async def settle(tx: Tx, operation_id: str, fence: int, values: dict[str, Any]) -> Row | None:
    """Write how an attempt ended, if the fence is still ``fence``; the row as it is now, or None.

    Raises BoundElsewhere; the transaction can then only be given up.
    """
    statement = (
        update(operations)
        .where(
            operations.c.id == operation_id,
            operations.c.fence == fence,
            operations.c.state.in_(("sending", "unknown")),
        )
        .values(owner=None, lease_until=None, **values)
        .returning(operations)
    )
    return await _bound_once(tx, statement)


async def _bound_once(tx: Tx, statement: ReturningUpdate[Any]) -> Row | None:
    try:
        return await tx.row(statement)
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


async def expire(tx: Tx, now: datetime, *, everybody: bool = False) -> int:
    """What was being sent or looked for by someone whose lease has ended is now ``unknown`` and free to be looked for.

    ``everybody`` ends all leases: for the one process of a SQLite file at its start.
    """
    ended: ColumnElement[bool] = operations.c.owner.is_not(None)
    if not everybody:
        ended = and_(ended, operations.c.lease_until < now)
    statement = (
        update(operations)
        .where(operations.c.state.in_(("sending", "unknown")), ended)
        .values(
            state="unknown",
            owner=None,
            lease_until=None,
            not_before=now,
            fence=operations.c.fence + 1,
            looks=case((operations.c.state == "sending", 0), else_=operations.c.looks),
            doubts=operations.c.doubts + case((operations.c.state == "sending", 1), else_=0),
        )
    )
    return await tx.changed(statement)


async def release_held(tx: Tx, now: datetime) -> int:
    """Held operations whose time has come are ready. They no longer merge: a ready one may have their key by now."""
    return await tx.changed(_RELEASE_HELD, now=now)


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


async def next_due(tx: Tx, now: datetime, ahead: timedelta = _AT_ONCE) -> datetime | None:
    """When the next operation that is not due yet may be claimed; None where nothing waits for time alone."""
    row = await tx.row(_NEXT_DUE, now=now, soon=now + ahead) or {}
    free_at = row["refill"]
    times = (row["waiting"], None if free_at is None else free_at - ahead)
    return min((time for time in times if time is not None), default=None)


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
