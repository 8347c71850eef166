"""Imports of subscribers: a file is looked at, its columns confirmed, a dry run made, and then it is begun or not.

What a dry run finds is kept a row at a time, so that what is begun later is what was shown. The work itself is done a
few rows at a time (see ``import_work``) by a job that any process may take over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

from bot.errors import Gone
from bot.operations.ledger import Ledger
from bot.services import record, transfers
from bot.services.broadcast_fields import ListChoice
from bot.services.csv_columns import Columns, Person, Problem, has_header, person, recognise, titles
from bot.services.csv_reading import MOST_ROWS, Cells, Layout, Row, layout, rows, wrong
from bot.services.import_known import Known, judged
from bot.services.transfers import State, Transfer
from bot.store import imports as store_rows
from bot.store import jobs
from bot.store.engine import Row as Stored
from bot.store.engine import Store, Tx

JOB = "imports"

_BATCH = 200
"""Rows that are read and written down at one go: other work gets its turn in between."""

_EXAMPLES = 5

_GONE = "This import is not known here any more. Nothing was imported: choose the file once more."
_NOT_REACHED = "The import ended before it was this row's turn."
_ALREADY = "This import was begun already. No row is imported twice."


class RowState(StrEnum):
    """What is to become, or has become, of a row."""

    READY = "ready"
    CHANGE = "change"
    SENDING = "sending"
    DOUBT = "doubt"
    CREATED = "created"
    CHANGED = "changed"
    PRESENT = "present"
    KNOWN = "known"
    FAILED = "failed"
    MERGED = "merged"


OPEN = (RowState.DOUBT, RowState.READY, RowState.CHANGE, RowState.SENDING)
"""Rows that are not at their end."""

REPORTED = (RowState.FAILED, RowState.KNOWN, RowState.CHANGED)
"""Rows that come back with the reason, where there is one."""


@dataclass(frozen=True)
class Source:
    """A file in Slack, as its payload names it."""

    file_id: str
    name: str
    url: str
    size: int


@dataclass(frozen=True)
class Choice:
    """How a file is to be imported, as confirmed. ``update``: names of who is known already are written too."""

    columns: Columns
    country: str
    lists: tuple[ListChoice, ...]
    update: bool = False

    @property
    def list_ids(self) -> list[int]:
        """The lists' ids."""
        return [one.id for one in self.lists]

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "columns": self.columns.stored(),
            "country": self.country,
            "lists": [asdict(one) for one in self.lists],
            "update": self.update,
        }

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Choice":
        """What was stored."""
        chosen = fields["choice"]
        lists = tuple(ListChoice(**one) for one in chosen["lists"])
        return cls(Columns(**chosen["columns"]), chosen["country"], lists, chosen["update"])


@dataclass(frozen=True)
class Look:
    """What a first look at a file shows: what its columns are called and hold, and some rows."""

    titles: tuple[str, ...]
    columns: Columns
    samples: tuple[Cells, ...]


@dataclass(frozen=True)
class DryRun:
    """What would happen. ``counts`` are rows by their state; ``examples`` are lines that cannot be, with the reason."""

    transfer: Transfer
    choice: Choice
    counts: Mapping[str, int]
    examples: tuple[tuple[int, str], ...]

    @property
    def anything(self) -> bool:
        """Whether there is anything to do."""
        return any(self.counts.get(state) for state in (RowState.READY, RowState.CHANGE))


def look(file: BinaryIO) -> tuple[Layout, Look]:
    """A first look at a file. Raises Invalid about ``file`` where it is no CSV of people."""
    found = layout(file)
    columns = recognise(found.samples, found.width)
    shown = found.samples[1:4] if has_header(found.samples[0]) else found.samples[:3]
    return found, Look(titles(found.samples, found.width), columns, tuple(row.cells for row in shown))


def rows_of(file: BinaryIO, found: Layout) -> Iterator[Row]:
    """The rows of a file that are about people."""
    lines = rows(file, found.encoding, found.delimiter)
    return islice(lines, 1 if has_header(found.samples[0]) else 0, None)


class Imports:
    """What listeners do about imports."""

    def __init__(self, store: Store, ledger: Ledger, known: Known) -> None:
        self._store = store
        self._ledger = ledger
        self._known = known

    async def keep(self, transfer_id: str, author: str, source: Source) -> None:
        """Note which file an import is about, in place of an earlier one. Raises Gone where it was begun."""
        values = {"id": transfer_id, "kind": transfers.IMPORT, "state": State.DRAFT, "author": author}
        fields = {"source": asdict(source)}
        async with self._store.write() as tx:
            row = await store_rows.get(tx, transfer_id, lock=True)
            if row is None:
                await store_rows.add(tx, {**values, "name": source.name, "fields": fields, "done": 0})
            elif _open(row, author):
                await store_rows.change(tx, transfer_id, state=State.DRAFT, name=source.name, fields=fields)

    async def get(self, transfer_id: str, author: str) -> Transfer:
        """An import of somebody's own that was not begun. Raises Gone."""
        async with self._store.read() as tx:
            row = await store_rows.get(tx, transfer_id)
            return _open(row, author)

    async def source(self, transfer_id: str, author: str) -> Source:
        """The file it is about. Raises Gone."""
        transfer = await self.get(transfer_id, author)
        return Source(**transfer.fields["source"])

    async def check(
        self, transfer_id: str, author: str, file: BinaryIO, choice: Choice, told: Callable[[int], Awaitable[None]]
    ) -> DryRun:
        """Make a dry run: every row is read and judged, and nothing is sent. ``told`` hears how many were read.

        Raises Gone, Invalid about ``file``, or an UpstreamError where Clearstream cannot say who is known.
        """
        transfer = await self.get(transfer_id, author)
        found = layout(file)
        fields = {
            **transfer.fields,
            "choice": choice.stored(),
            "titles": titles(found.samples, found.width),
        }
        async with self._store.write() as tx:
            await store_rows.forget_people(tx, transfer_id)
        await self._read(transfer_id, rows_of(file, found), choice, told)
        await self._judge(transfer_id, choice)
        async with self._store.write() as tx:
            row = _open(await store_rows.get(tx, transfer_id, lock=True), author)
            await store_rows.change(tx, transfer_id, state=State.CHECKED, fields=fields)
            counts = await store_rows.counts(tx, transfer_id)
            failed = await store_rows.people(tx, transfer_id, [RowState.FAILED], _EXAMPLES)
        return DryRun(row, choice, counts, tuple((one["line"], one["reason"]) for one in failed))

    async def _read(
        self, transfer_id: str, lines: Iterable[Row], choice: Choice, told: Callable[[int], Awaitable[None]]
    ) -> None:
        seen: dict[str, int] = {}
        count = 0
        for batch in _batches(lines, _BATCH):
            count += len(batch)
            if count > MOST_ROWS:
                raise wrong(f"There are more than {MOST_ROWS:,} rows in this file. Divide it, and import the parts.")
            await self._write_down(transfer_id, [_row(transfer_id, row, choice, seen) for row in batch])
            await told(count)
            await asyncio.sleep(0)

    async def _write_down(self, transfer_id: str, read: Sequence[tuple[Stored, Person | None, int | None]]) -> None:
        async with self._store.write() as tx:
            await store_rows.add_people(tx, [row for row, _, _ in read])
            for _, found, earlier in read:
                if found is not None and earlier is not None:
                    values = {"first": found.first, "last": found.last, "email": found.email}
                    await store_rows.fill_in(tx, transfer_id, earlier, values)

    async def _judge(self, transfer_id: str, choice: Choice) -> None:
        """Find out who is a subscriber already, and what that means for their rows."""
        numbers: dict[str, int] = {}
        after = 0
        while batch := await self._people(transfer_id, after):
            numbers |= {row["number"]: row["line"] for row in batch}
            after = batch[-1]["line"]
        async for found in self._known.among(numbers):
            lines: dict[tuple[RowState, str | None], list[int]] = {}
            for subscriber in found:
                verdict = judged(subscriber, choice.list_ids)
                state = RowState.CHANGE if choice.update and verdict.reachable else RowState(verdict.state)
                lines.setdefault((state, verdict.reason), []).append(numbers[subscriber.mobile_number])
            async with self._store.write() as tx:
                for (state, reason), of_these in lines.items():
                    await store_rows.set_states(tx, transfer_id, of_these, state, reason)

    async def _people(self, transfer_id: str, after: int) -> list[Stored]:
        async with self._store.read() as tx:
            return await store_rows.people(tx, transfer_id, [RowState.READY], _BATCH * 5, after)

    async def start(self, tx: Tx, transfer_id: str, author: str) -> Transfer:
        """Begin what the dry run showed, in the caller's transaction. Raises Gone where it was begun before."""
        row = await store_rows.get(tx, transfer_id, lock=True)
        begun = _open(row, author)
        if begun.state is not State.CHECKED:
            raise Gone(_GONE)
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


def _open(row: Stored | None, author: str) -> Transfer:
    if row is None or row["author"] != author or row["kind"] != transfers.IMPORT:
        raise Gone(_GONE)
    if row["state"] not in transfers.UNFINISHED:
        raise Gone(_ALREADY)
    return Transfer.of(row, {})


def _row(transfer_id: str, row: Row, choice: Choice, seen: dict[str, int]) -> tuple[Stored, Person | None, int | None]:
    """A row to be written down, whom it is about, and the line of an earlier row of the same number."""
    found = person(row.cells, choice.columns, choice.country)
    values: Stored = {"transfer_id": transfer_id, "line": row.line, "cells": list(row.cells)}
    nothing = {"number": None, "first": None, "last": None, "email": None, "reason": None}
    if isinstance(found, Problem):
        return {**values, **nothing, "state": RowState.FAILED, "reason": found.reason}, None, None
    earlier = seen.setdefault(found.number, row.line)
    if earlier != row.line:
        return {**values, **nothing, "number": found.number, "state": RowState.MERGED}, found, earlier
    return {**values, **nothing, **asdict(found), "state": RowState.READY}, found, None


def _batches(items: Iterable[Row], size: int) -> Iterator[list[Row]]:
    walk = iter(items)
    while batch := list(islice(walk, size)):
        yield batch
