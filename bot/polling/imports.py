"""Importing what was begun, a few rows at a time: one process at a time does it, and any other may go on with it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.errors import Rejected, UpstreamError
from bot.operations.ledger import Ledger
from bot.polling.jobs import LostJob, Run
from bot.services import imports, transfers
from bot.services.broadcast_audience import LISTS
from bot.services.contacts import May
from bot.services.import_model import OPEN, Choice, RowState
from bot.services.import_report import Report, reported
from bot.services.import_work import ImportWork, Outcome
from bot.services.policy import Act
from bot.services.transfers import State, Uploader
from bot.store import broadcasts as kept
from bot.store import imports as rows
from bot.store.engine import Row, Store, Tx

log = structlog.get_logger(__name__)

_BATCH = 40
"""Rows claimed at one go: of so many the fate is open after a crash."""
_WORKERS = 8
_BATCHES = 25
"""In one run, so that a process that stops need not wait long."""
_SELDOM = timedelta(seconds=5)
_AT_ONCE = timedelta()
_A_WHILE = timedelta(seconds=2)
"""Before a row whose fate is open is looked for."""
_RIGHT_KEPT = timedelta(seconds=10)
"""For how long whoever began an import still may, having been asked for: longer than that no row is sent without."""
_FORGET_EVERY = timedelta(hours=1)


class ImportPoll:
    """The job ``imports``: pressing **Import** wakes it."""

    name = imports.JOB

    def __init__(self, store: Store, ledger: Ledger, work: ImportWork, may: May, uploader: Uploader) -> None:
        self.every = _SELDOM
        self._store = store
        self._ledger = ledger
        self._work = work
        self._may = may
        self._uploader = uploader
        self._allowed: tuple[str, datetime] | None = None
        self._forgot: datetime | None = None

    async def run(self, run: Run) -> None:
        """Go on with the import that was begun first, for a while."""
        self.every = _SELDOM
        row = await self._next(run)
        if row is None:
            return
        for _ in range(_BATCHES):
            await self._check_right(run, row)
            claimed = await self._claim(run, row)
            if not claimed:
                await self._finish(run, row)
                break
            if not await self._import(run, row, claimed):
                self.every = _A_WHILE
                return
        self.every = _AT_ONCE

    async def _next(self, run: Run) -> Row | None:
        await self._forget(run)
        async with self._store.read() as tx:
            row = await rows.oldest(tx, transfers.IMPORT, [State.RUNNING])
        if row is not None:
            async with self._store.write() as tx:
                await run.write(tx)
                # Whoever claimed these works on them no more: this job is in one process's hands at a time.
                await rows.move_all(tx, row["id"], [RowState.SENDING], RowState.DOUBT)
        return row

    async def _forget(self, run: Run) -> None:
        """Now and then: what nobody went on with, and what ended long ago."""
        now = self._store.clock.now()
        if self._forgot is not None and now - self._forgot < _FORGET_EVERY:
            return
        async with self._store.write() as tx:
            await run.write(tx)
            await rows.forget(tx, transfers.UNFINISHED, now - transfers.DRAFTS_KEPT, now - transfers.KEPT)
        self._forgot = now

    async def _check_right(self, run: Run, row: Row) -> None:
        """Look, every few seconds, whether whoever began it still may; else the rest is not imported."""
        now = self._store.clock.now()
        if self._allowed is not None and self._allowed[0] == row["id"] and now - self._allowed[1] < _RIGHT_KEPT:
            return
        try:
            await self._may(row["author"], Act.IMPORT)
        except Rejected as error:
            async with self._store.write() as tx:
                await run.write(tx)
                await imports.give_up(tx, row, str(error))
        else:
            self._allowed = (row["id"], now)

    async def _import(self, run: Run, row: Row, claimed: Sequence[Row]) -> bool:
        """Import these rows; False where one was not answered clearly. Raises what makes the whole import wait."""
        batch = _Batch(run, self._work, Choice.of(row["fields"]), claimed)
        await batch.see_through()
        async with self._store.write() as tx:
            await run.write(tx)
            for person, outcome in batch.ended:
                await _settle(tx, person, outcome)
            waits = str(batch.trouble) if batch.trouble else None
            current = await rows.change(tx, row["id"], waits=waits) or row
            await transfers.moved(self._ledger, tx, current)
        if batch.trouble is not None:
            raise batch.trouble
        return not any(outcome.unclear for _, outcome in batch.ended)

    async def _claim(self, run: Run, row: Row) -> Sequence[Row]:
        """Some rows, as they stood before; that they are being sent is committed when this returns."""
        async with self._store.write() as tx:
            await run.write(tx)
            await rows.get(tx, row["id"], lock=True)  # **Stop** has to wait for this, or this for it
            found = await rows.people(tx, row["id"], OPEN, _BATCH)
            sent = [one["line"] for one in found if one["state"] != RowState.CHANGE]
            await rows.set_states(tx, row["id"], sent, RowState.SENDING)
        return found

    async def _finish(self, run: Run, row: Row) -> None:
        """All rows are at their end: those that failed come back as a file, and everybody is told."""
        values: dict[str, str | None] = {"waits": None}
        if await reported(self._store, row["id"]):
            with Report(row) as report:
                await report.fill(self._store)
                await run.beat()
                values |= await self._upload(report)
        async with self._store.write() as tx:
            await run.write(tx)
            await kept.let_go(tx, LISTS)
            counts = await rows.counts(tx, row["id"])
            current = await rows.get(tx, row["id"], lock=True) or row
            outcome = "stopped" if current["reason"] else "done"
            await transfers.ended(
                self._ledger,
                tx,
                row["id"],
                outcome,
                title=report_title(row),
                state=State.DONE,
                total=sum(counts.values()),
                **values,
            )

    async def _upload(self, report: Report) -> dict[str, str | None]:
        try:
            return {"file_id": await self._uploader.upload(report.name, report.file, report.size)}
        except Rejected as error:
            log.warning("import.report_refused", error=str(error))
            return {"waits": f"The rows that were not imported could not be sent to you as a file. {error}"}


def report_title(row: Row) -> str:
    """What the file of what was not imported is called."""
    return f"Not imported from {row['name']}"


class _Batch:
    """Claimed rows, seen through by a few workers; the first trouble that concerns all of them ends it."""

    def __init__(self, run: Run, work: ImportWork, choice: Choice, claimed: Sequence[Row]) -> None:
        self.ended: list[tuple[Row, Outcome]] = []
        self.trouble: UpstreamError | None = None
        self._run = run
        self._work = work
        self._choice = choice
        self._waiting = deque(claimed)
        self._lost: LostJob | None = None

    async def see_through(self) -> None:
        """Work until none waits, or all have to. Raises LostJob: then nothing may be written for them here."""
        await asyncio.gather(*(self._go_on() for _ in range(_WORKERS)))
        if self._lost is not None:
            raise self._lost
        # What was claimed and did not leave is as it was.
        self.ended += [(row, Outcome(RowState(row["state"]), row["reason"])) for row in self._waiting]

    async def _go_on(self) -> None:
        while self._waiting and self.trouble is None and self._lost is None:
            row = self._waiting.popleft()
            try:
                await self._run.beat()
                outcome = await self._work.outcome(row, self._choice)
            except LostJob as error:
                self._lost = error
            except UpstreamError as error:
                self.trouble = error
                self._waiting.append(row)
            else:
                self.ended.append((row, outcome))


async def _settle(tx: Tx, row: Row, outcome: Outcome) -> None:
    tries = row["tries"] + outcome.unclear
    await rows.settle(tx, row["transfer_id"], row["line"], outcome.state, outcome.reason, tries)
