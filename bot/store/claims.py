"""Handing out the rows of the ledger: what is due, in the order of its lanes and at the pace of its bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.store.columns import Instant
from bot.store.engine import Insert, Row, Tx, insert_into
from bot.store.tables import buckets, operations

#: States in which an operation keeps later ones of its lane waiting. An unconfirmed one has left its lane.
IN_LANE = ("held", "ready", "sending", "unknown")


_AT_ONCE = timedelta()


@dataclass(frozen=True)
class Claim:
    """Who claims, and for how long."""

    owner: str
    lease: timedelta


def _heads_of_lanes() -> ColumnElement[bool]:
    other = operations.alias("other")
    # Written out, not bound: only so can a database use an index on the few that are open of all there ever were.
    in_lane = other.c.state.in_([literal_column(f"'{state}'") for state in IN_LANE])
    # All lanes at once: asked of each row by itself, a backlog costs more to look through than to send.
    first = func.coalesce(func.min(case((other.c.first, other.c.seq))), func.min(other.c.seq))
    heads = select(first).where(other.c.lane.is_not(None), in_lane).group_by(other.c.lane)
    return or_(operations.c.lane.is_(None), operations.c.seq.in_(heads))


_NOW = bindparam("now", type_=Instant())
_SOON = bindparam("soon", type_=Instant())
_KINDS: BindParameter[Any] = bindparam("kinds", expanding=True)


def _due() -> ColumnElement[bool]:
    """Ready at the head of its lane with a bucket that is free ``soon``, or unknown and nobody looks for it."""
    # The full buckets are few, and looked for first: behind one of them a backlog is passed over without its lanes.
    full = select(buckets.c.key).where(buckets.c.free_at > _SOON)
    bucket_free = or_(operations.c.bucket.is_(None), operations.c.bucket.not_in(full))
    may = or_(
        and_(operations.c.state == "ready", bucket_free, _heads_of_lanes()),
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


_LEAVING = operations.c.state == "ready"
_TAKE = (
    update(operations)
    .where(operations.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=case((_LEAVING, "sending"), else_=operations.c.state),
        fence=operations.c.fence + 1,
        owner=bindparam("claimer"),
        lease_until=bindparam("until", type_=Instant()),
        attempts=operations.c.attempts + case((_LEAVING, 1), else_=0),
        sent_at=case((_LEAVING, _NOW), else_=operations.c.sent_at),
        merge_key=case((_LEAVING, None), else_=operations.c.merge_key),
    )
    .returning(operations)
)


async def take(tx: Tx, ids: Sequence[str], claim: Claim) -> Sequence[Row]:
    """Make claimable rows, locked by this transaction, the claimer's: the ready ones are now ``sending``."""
    return await tx.rows(_TAKE, ids=ids, claimer=claim.owner, until=tx.now + claim.lease, now=tx.now)


_FREE_AT = select(buckets.c.free_at).where(buckets.c.key == bindparam("bucket"))


@cache
def _reserving(on_sqlite: bool) -> Insert:
    after = bindparam("after", type_=Instant())
    fresh = insert_into(buckets, on_sqlite=on_sqlite).values(key=bindparam("bucket"), free_at=after)
    not_taken = buckets.c.free_at <= bindparam("place", type_=Instant())
    return fresh.on_conflict_do_update(index_elements=[buckets.c.key], set_={"free_at": after}, where=not_taken)


async def reserve(tx: Tx, bucket: str, interval: timedelta, ahead: timedelta = _AT_ONCE) -> datetime | None:
    """Take the next place in a shared bucket: when it is, now or within ``ahead``; None where it is later."""
    now = tx.now
    free_at: datetime | None = await tx.value(_FREE_AT, bucket=bucket)
    place = max(now, free_at or now)
    if place > now + ahead:
        return None
    values = {"bucket": bucket, "place": place, "after": place + interval}
    return place if await tx.changed(_reserving(tx.on_sqlite), **values) == 1 else None


async def block_bucket(tx: Tx, bucket: str, until: datetime) -> None:
    """Let nothing of this bucket leave before ``until`` (the upstream said so)."""
    statement = tx.insert(buckets).values(key=bucket, free_at=until)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[buckets.c.key], set_={"free_at": until}, where=buckets.c.free_at < until
        )
    )


_SENDING = operations.c.state == "sending"
_EXPIRE_ALL = (
    update(operations)
    .where(operations.c.state.in_(("sending", "unknown")), operations.c.owner.is_not(None))
    .values(
        state="unknown",
        owner=None,
        lease_until=None,
        not_before=_NOW,
        fence=operations.c.fence + 1,
        looks=case((_SENDING, 0), else_=operations.c.looks),
        doubts=operations.c.doubts + case((_SENDING, 1), else_=0),
    )
)
_EXPIRE = _EXPIRE_ALL.where(operations.c.lease_until < _NOW)


async def expire(tx: Tx, now: datetime, *, everybody: bool = False) -> int:
    """What was being sent or looked for by someone whose lease has ended is now ``unknown`` and free to be looked for.

    ``everybody`` ends all leases: for the one process of a SQLite file at its start.
    """
    return await tx.changed(_EXPIRE_ALL if everybody else _EXPIRE, now=now)


async def release_held(tx: Tx, now: datetime) -> int:
    """Held operations whose time has come are ready. They no longer merge: a ready one may have their key by now."""
    return await tx.changed(_RELEASE_HELD, now=now)


async def next_due(tx: Tx, now: datetime, ahead: timedelta = _AT_ONCE) -> datetime | None:
    """When the next operation that is not due yet may be claimed; None where nothing waits for time alone."""
    row = await tx.row(_NEXT_DUE, now=now, soon=now + ahead) or {}
    free_at = row["refill"]
    times = (row["waiting"], None if free_at is None else free_at - ahead)
    return min((time for time in times if time is not None), default=None)
