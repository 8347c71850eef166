"""Rows of imports and exports, and of the people an import is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from bot.store.engine import Row, Tx
from bot.store.tables import import_rows, transfers


async def add(tx: Tx, values: Row) -> bool:
    """Add an import or export; False where there is one with its id (it is left as it is)."""
    statement = tx.insert(transfers).values(created_at=tx.now, changed_at=tx.now, **values)
    return await tx.changed(statement.on_conflict_do_nothing()) == 1


async def get(tx: Tx, transfer_id: str, *, lock: bool = False) -> Row | None:
    """One of them; with ``lock`` it is kept from other writers until the transaction ends."""
    query = select(transfers).where(transfers.c.id == transfer_id)
    return await tx.row(query.with_for_update() if lock else query)


async def change(tx: Tx, transfer_id: str, **values: Any) -> Row | None:
    """Change it; the row as it is now."""
    statement = update(transfers).where(transfers.c.id == transfer_id).values(changed_at=tx.now, **values)
    return await tx.row(statement.returning(transfers))


async def move(tx: Tx, transfer_id: str, expected: Sequence[str], **values: Any) -> Row | None:
    """Change it where it is in one of the ``expected`` states; the row as it is now, or None."""
    statement = (
        update(transfers)
        .where(transfers.c.id == transfer_id, transfers.c.state.in_(list(expected)))
        .values(changed_at=tx.now, **values)
    )
    return await tx.row(statement.returning(transfers))


# Asked every few seconds, so it is put together once.
_OLDEST = (
    select(transfers)
    .where(transfers.c.kind == bindparam("kind"), transfers.c.state.in_(bindparam("states", expanding=True)))
    .order_by(transfers.c.created_at, transfers.c.id)
    .limit(1)
)


async def oldest(tx: Tx, kind: str, states: Sequence[str]) -> Row | None:
    """The one that was begun first, of those in these states."""
    return await tx.row(_OLDEST, kind=kind, states=[*states])


async def forget(tx: Tx, unfinished: Sequence[str], drafts_before: datetime, ended_before: datetime) -> int:
    """Delete those nobody went on with, and the rows of those that ended long ago; how many of either."""
    ended = select(transfers.c.id).where(transfers.c.changed_at < ended_before)
    drafts = and_(transfers.c.state.in_(list(unfinished)), transfers.c.changed_at < drafts_before)
    await tx.execute(
        delete(import_rows).where(
            or_(
                import_rows.c.transfer_id.in_(ended),
                import_rows.c.transfer_id.in_(select(transfers.c.id).where(drafts)),
            )
        )
    )
    return await tx.changed(delete(transfers).where(or_(drafts, transfers.c.changed_at < ended_before)))


async def forget_people(tx: Tx, transfer_id: str) -> None:
    """Delete the rows of a file: it is read anew."""
    await tx.execute(delete(import_rows).where(import_rows.c.transfer_id == transfer_id))


async def add_people(tx: Tx, rows: Sequence[Row]) -> None:
    """Add rows of a file; each has all columns but ``tries``."""
    if rows:
        await tx.execute(import_rows.insert().values(tries=0), list(rows))


async def fill_in(tx: Tx, transfer_id: str, line: int, values: Mapping[str, str | None]) -> None:
    """Fill in what a row does not say, with what another row of the same number does."""
    filled = {name: func.coalesce(import_rows.c[name], value) for name, value in values.items()}
    await tx.execute(update(import_rows).where(_is(transfer_id, line)).values(**filled))


async def set_states(tx: Tx, transfer_id: str, lines: Sequence[int], state: str, reason: str | None = None) -> None:
    """Give these rows a state and a reason."""
    if lines:
        of_these = and_(import_rows.c.transfer_id == transfer_id, import_rows.c.line.in_(list(lines)))
        await tx.execute(update(import_rows).where(of_these).values(state=state, reason=reason))


async def move_all(tx: Tx, transfer_id: str, states: Sequence[str], state: str) -> int:
    """Every row in one of these states goes to another; how many."""
    of_these = and_(import_rows.c.transfer_id == transfer_id, import_rows.c.state.in_(list(states)))
    return await tx.changed(update(import_rows).where(of_these).values(state=state))


async def settle(tx: Tx, transfer_id: str, line: int, state: str, reason: str | None, tries: int) -> None:
    """Write what became of one row."""
    await tx.execute(update(import_rows).where(_is(transfer_id, line)).values(state=state, reason=reason, tries=tries))


async def people(tx: Tx, transfer_id: str, states: Sequence[str], limit: int, after: int = 0) -> list[Row]:
    """Rows in one of these states, in the order of the file, from behind line ``after``."""
    query = select(import_rows).where(
        import_rows.c.transfer_id == transfer_id, import_rows.c.state.in_(list(states)), import_rows.c.line > after
    )
    return await tx.rows(query.order_by(import_rows.c.line).limit(limit))


async def counts(tx: Tx, transfer_id: str) -> dict[str, int]:
    """How many rows are in each state."""
    query = (
        select(import_rows.c.state, func.count().label("number"))
        .where(import_rows.c.transfer_id == transfer_id)
        .group_by(import_rows.c.state)
    )
    return {row["state"]: row["number"] for row in await tx.rows(query)}


def _is(transfer_id: str, line: int) -> Any:
    return and_(import_rows.c.transfer_id == transfer_id, import_rows.c.line == line)


async def stop_people(tx: Tx, transfer_id: str, states: Sequence[str], state: str, reason: str) -> None:
    """Every row in one of these states goes to another, for a reason."""
    of_these = and_(import_rows.c.transfer_id == transfer_id, import_rows.c.state.in_(list(states)))
    await tx.execute(update(import_rows).where(of_these).values(state=state, reason=reason))


async def explained(tx: Tx, transfer_id: str, states: Sequence[str], limit: int, after: int = 0) -> list[Row]:
    """Rows in one of these states that have a reason, in the order of the file, from behind line ``after``."""
    query = select(import_rows).where(
        import_rows.c.transfer_id == transfer_id,
        import_rows.c.state.in_(list(states)),
        import_rows.c.reason.is_not(None),
        import_rows.c.line > after,
    )
    return await tx.rows(query.order_by(import_rows.c.line).limit(limit))
