"""One row a job: whoever takes it when it is due runs it, and when its owner dies another takes it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update

from bot.store.columns import Instant
from bot.store.engine import Row, Tx
from bot.store.tables import jobs

SUBJECT = "jobs"
"""What is rung for when a job was made due."""

_NOW = bindparam("now", type_=Instant())
_DUE = and_(jobs.c.next_due <= _NOW, or_(jobs.c.owner.is_(None), jobs.c.lease_until < _NOW))
_UNTIL = bindparam("until", type_=Instant())
_THIS_RUN = and_(jobs.c.name == bindparam("job"), jobs.c.fence == bindparam("run"), jobs.c.owner.is_not(None))

# These are said all the time, so they are put together once.
_DUE_NAMES = select(jobs.c.name).where(_DUE).order_by(jobs.c.next_due)
# Rows that another process holds are passed over: two that take the same ones would wait for each other.
_FREE = select(jobs.c.name).where(jobs.c.name.in_(bindparam("names", expanding=True)), _DUE)
_TAKE = (
    update(jobs)
    .where(jobs.c.name.in_(_FREE.with_for_update(skip_locked=True)))
    .values(owner=bindparam("taker"), lease_until=_UNTIL, fence=jobs.c.fence + 1)
    .returning(jobs)
)
_KEEP = update(jobs).where(_THIS_RUN).values(lease_until=_UNTIL)
_KEEP_STATE = _KEEP.values(state=bindparam("reached", type_=jobs.c.state.type))
_NEXT = case((jobs.c.wakes > bindparam("seen"), _NOW), else_=bindparam("due", type_=Instant()))
_GIVE_BACK = update(jobs).where(_THIS_RUN).values(owner=None, lease_until=None, next_due=_NEXT)
_DONE = _GIVE_BACK.values(succeeded_at=_NOW, failures=0)
_FAILED = _GIVE_BACK.values(failures=bindparam("failed"))
_WAKE = update(jobs).where(jobs.c.name == bindparam("job")).values(next_due=_NOW, wakes=jobs.c.wakes + 1)


async def make(tx: Tx, names: Collection[str]) -> None:
    """Make sure each of these jobs, of which there is at least one, has its row; a new one is due at once."""
    new = {"next_due": tx.now, "fence": 0, "wakes": 0, "state": {}, "failures": 0}
    await tx.execute(tx.insert(jobs).on_conflict_do_nothing(), [{"name": name, **new} for name in names])


async def due_names(tx: Tx) -> list[str]:
    """Jobs that are due and free to be taken."""
    return [row["name"] for row in await tx.rows(_DUE_NAMES, now=tx.now)]


async def take(tx: Tx, names: Collection[str], owner: str, lease: timedelta) -> list[Row]:
    """Take for ``owner`` those of these jobs that are due, and free to be taken."""
    return await tx.rows(_TAKE, names=[*names], taker=owner, until=tx.now + lease, now=tx.now)


async def keep(tx: Tx, name: str, fence: int, lease: timedelta, state: dict[str, Any] | None = None) -> bool:
    """Hold on to a job for another lease, and write its new ``state``; False where it has passed to another."""
    run = {"job": name, "run": fence, "until": tx.now + lease}
    if state is None:
        return await tx.changed(_KEEP, **run) == 1
    return await tx.changed(_KEEP_STATE, **run, reached=state) == 1


async def give_back(tx: Tx, name: str, fence: int, wakes: int, next_due: datetime, *, failures: int = 0) -> bool:
    """End a run: due again at ``next_due``, or at once where somebody woke it meanwhile; False where it was lost.

    ``wakes`` is what the row said when it was taken. It succeeded now where there are no ``failures`` in a row.
    """
    run = {"job": name, "run": fence, "seen": wakes, "due": next_due, "now": tx.now}
    if failures:
        return await tx.changed(_FAILED, **run, failed=failures) == 1
    return await tx.changed(_DONE, **run) == 1


async def wake(tx: Tx, name: str) -> None:
    """Make a job due now, and say so to whoever looks; one that is running runs once more when it ends."""
    await tx.execute(_WAKE, {"job": name, "now": tx.now})
    tx.ring(SUBJECT)


async def get(tx: Tx, name: str) -> Row | None:
    """One job."""
    return await tx.row(select(jobs).where(jobs.c.name == name))


async def every(tx: Tx) -> list[Row]:
    """All jobs."""
    return await tx.rows(select(jobs))


async def free(tx: Tx) -> None:
    """End every lease: for the one process of a SQLite file at its start."""
    await tx.execute(update(jobs).values(owner=None, lease_until=None, next_due=tx.now))
