"""One row a job: whoever takes it when it is due runs it, and when its owner dies another takes it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update

from bot.store.columns import Instant, instant
from bot.store.engine import Row, Tx
from bot.store.tables import jobs

SUBJECT = "jobs"
"""What is rung for when a job was made due."""

_NOW = bindparam("now", type_=Instant())
_DUE = and_(jobs.c.next_due <= _NOW, or_(jobs.c.owner.is_(None), jobs.c.lease_until < _NOW))
_DUE_NAMES = select(jobs.c.name).where(_DUE).order_by(jobs.c.next_due)


async def make(tx: Tx, name: str) -> None:
    """Make sure the job has its row, due at once."""
    values = {"name": name, "next_due": tx.now, "fence": 0, "wakes": 0, "state": {}, "failures": 0}
    await tx.execute(tx.insert(jobs).values(values).on_conflict_do_nothing())


async def due_names(tx: Tx) -> list[str]:
    """Jobs that are due and free to be taken."""
    return [row["name"] for row in await tx.rows(_DUE_NAMES, now=tx.now)]


async def take(tx: Tx, names: Collection[str], owner: str, lease: timedelta) -> list[Row]:
    """Take for ``owner`` those of these jobs that are due, and free to be taken."""
    # Rows that another process holds are passed over: two that take the same ones would wait for each other.
    free = select(jobs.c.name).where(jobs.c.name.in_(names), _DUE).with_for_update(skip_locked=True)
    statement = (
        update(jobs)
        .where(jobs.c.name.in_(free))
        .values(owner=owner, lease_until=tx.now + lease, fence=jobs.c.fence + 1)
        .returning(jobs)
    )
    return await tx.rows(statement, now=tx.now)


async def keep(tx: Tx, name: str, fence: int, lease: timedelta, **values: Any) -> bool:
    """Hold on to a job for another lease, and write ``values``; False where it has passed to another."""
    statement = update(jobs).where(jobs.c.name == name, jobs.c.fence == fence, jobs.c.owner.is_not(None))
    return await tx.changed(statement.values(lease_until=tx.now + lease, **values)) == 1


async def give_back(tx: Tx, name: str, fence: int, wakes: int, next_due: datetime, **values: Any) -> bool:
    """End a run: due again at ``next_due``, or at once where somebody woke it meanwhile; False where it was lost.

    ``wakes`` is what the row said when it was taken.
    """
    due = case((jobs.c.wakes > wakes, instant(tx.now)), else_=instant(next_due))
    statement = update(jobs).where(jobs.c.name == name, jobs.c.fence == fence, jobs.c.owner.is_not(None))
    return await tx.changed(statement.values(owner=None, lease_until=None, next_due=due, **values)) == 1


async def wake(tx: Tx, name: str) -> None:
    """Make a job due now, and say so to whoever looks; one that is running runs once more when it ends."""
    await tx.execute(update(jobs).where(jobs.c.name == name).values(next_due=tx.now, wakes=jobs.c.wakes + 1))
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
