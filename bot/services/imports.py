"""Imports of subscribers: a file is looked at, its columns confirmed, a dry run made, and then it is begun or not.

The work itself is done a few rows at a time (see ``import_work``) by a job that any process may take over.
"""

from dataclasses import asdict
from typing import Any, BinaryIO

from bot.errors import Gone
from bot.operations.ledger import Ledger
from bot.services import record, transfers
from bot.services.import_check import Check, DryRun, Told, next_turn
from bot.services.import_known import Known
from bot.services.import_model import GONE, Choice, RowState, Source, unfinished
from bot.services.transfers import State, Transfer
from bot.store import imports as store_rows
from bot.store import jobs
from bot.store.engine import Row as Stored
from bot.store.engine import Store, Tx

JOB = "imports"

_NOT_REACHED = "The import ended before it was this row's turn."


class Imports:
    """What listeners do about imports."""

    def __init__(self, store: Store, ledger: Ledger, known: Known) -> None:
        self._store = store
        self._ledger = ledger
        self._known = known

    async def keep(self, transfer_id: str, author: str, source: Source) -> None:
        """Note which file an import is about, in place of an earlier one. Raises Gone where it was begun."""
        values = {"id": transfer_id, "kind": transfers.IMPORT, "state": State.DRAFT, "author": author}
        fields: dict[str, Any] = {"source": asdict(source)}
        async with self._store.write() as tx:
            row = await store_rows.get(tx, transfer_id, lock=True)
            if row is None:
                await store_rows.add(tx, {**values, "name": source.name, "fields": fields, "done": 0})
                return
            fields["turn"] = next_turn(unfinished(row, author))
            await store_rows.change(tx, transfer_id, state=State.DRAFT, name=source.name, fields=fields)

    async def get(self, transfer_id: str, author: str) -> Transfer:
        """An import of somebody's own that was not begun. Raises Gone."""
        async with self._store.read() as tx:
            row = await store_rows.get(tx, transfer_id)
            return unfinished(row, author)

    async def source(self, transfer_id: str, author: str) -> Source:
        """The file it is about. Raises Gone."""
        transfer = await self.get(transfer_id, author)
        return Source(**transfer.fields["source"])

    async def check(self, transfer_id: str, author: str, file: BinaryIO, choice: Choice, told: Told) -> DryRun:
        """Make a dry run; ``told`` hears how many rows were read. Raises as ``import_check.Check.run`` does."""
        return await Check(self._store, self._known, transfer_id, author, choice).run(file, told)

    async def start(self, tx: Tx, transfer_id: str, author: str) -> Transfer:
        """Begin what the dry run showed, in the caller's transaction. Raises Gone where it was begun before."""
        row = await store_rows.get(tx, transfer_id, lock=True)
        begun = unfinished(row, author)
        if begun.state is not State.CHECKED:
            raise Gone(GONE)
        counts = await store_rows.counts(tx, transfer_id)
        await store_rows.change(tx, transfer_id, state=State.RUNNING, created_at=tx.now)
        await record.write(
            tx,
            actor=author,
            act="import",
            subject=begun.name,
            outcome="waiting",
            operation_key=transfers.record_key(transfer_id),
            detail={"rows": sum(counts.values()), "new": counts.get(RowState.READY, 0)},
        )
        await self._ledger.ask(tx, transfers.message(transfer_id, author))
        await jobs.wake(tx, JOB)
        return begun

    async def stop(self, tx: Tx, transfer_id: str, by: str) -> bool:
        """Let no more rows be imported; False where it has ended. What is under way is seen to its end."""
        row = await store_rows.get(tx, transfer_id, lock=True)
        if row is None or row["state"] != State.RUNNING:
            return False
        await give_up(tx, row, f"Stopped by <@{by}>.")
        await record.write(tx, actor=by, act="stop import", subject=row["name"])
        await transfers.shown(self._ledger, tx, row)
        await jobs.wake(tx, JOB)
        return True


async def give_up(tx: Tx, row: Stored, reason: str) -> None:
    """What has not been sent of an import is not sent any more; ``reason`` says why."""
    waiting = (RowState.READY, RowState.CHANGE)
    await store_rows.stop_people(tx, row["id"], waiting, RowState.FAILED, _NOT_REACHED)
    await store_rows.change(tx, row["id"], reason=reason)
