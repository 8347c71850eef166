"""The dry run of an import: every row is read and judged, and nothing is sent.

What it finds is kept a row at a time, so that what is begun later is what was shown. Of several dry runs of one import
the last that was begun counts: an earlier one that is still under way writes nothing any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import BinaryIO

from bot.errors import Gone
from bot.services.csv_columns import Columns, Person, Problem, has_header, person, recognise, titles
from bot.services.csv_reading import MOST_ROWS, Cells, Layout, Row, layout, rows, wrong
from bot.services.import_known import Known, judged
from bot.services.import_model import Choice, RowState, unfinished
from bot.services.transfers import State, Transfer
from bot.store import imports as store_rows
from bot.store.engine import Row as Stored
from bot.store.engine import Store, Tx

_BATCH = 200
"""Rows that are read and written down at one go: other work gets its turn in between."""

_EXAMPLES = 5

Told = Callable[[int], Awaitable[None]]
"""Hears how many rows were read so far."""


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


def look(file: BinaryIO) -> Look:
    """A first look at a file. Raises Invalid about ``file`` where it is no CSV of people."""
    found = layout(file)
    columns = recognise(found.samples, found.width)
    shown = found.samples[1:4] if has_header(found.samples[0]) else found.samples[:3]
    return Look(titles(found.samples, found.width), columns, tuple(row.cells for row in shown))


class Overtaken(Gone):
    """Another dry run of the same import was begun meanwhile, or the import itself: this one is of no use any more."""


class Check:
    """One dry run of one import."""

    def __init__(self, store: Store, known: Known, transfer_id: str, author: str, choice: Choice) -> None:
        self._store = store
        self._known = known
        self._id = transfer_id
        self._author = author
        self._choice = choice
        self._turn = 0

    async def run(self, file: BinaryIO, told: Told) -> DryRun:
        """Make it. Raises Gone, Invalid about ``file``, or an UpstreamError where Clearstream cannot say who is known.

        Raises Overtaken where it is not the last of this import's.
        """
        found = layout(file)
        await self._begin(titles(found.samples, found.width))
        await self._read(_people_in(file, found), told)
        await self._judge()
        async with self._store.write() as tx:
            transfer = await self._mine(tx)
            await store_rows.change(tx, self._id, state=State.CHECKED)
            counts = await store_rows.counts(tx, self._id)
            failed = await store_rows.people(tx, self._id, [RowState.FAILED], _EXAMPLES)
        return DryRun(transfer, self._choice, counts, tuple((one["line"], one["reason"]) for one in failed))

    async def _begin(self, named: Sequence[str]) -> None:
        async with self._store.write() as tx:
            transfer = unfinished(await store_rows.get(tx, self._id, lock=True), self._author)
            self._turn = next_turn(transfer)
            choice = {"choice": self._choice.stored(), "titles": named, "turn": self._turn}
            await store_rows.change(tx, self._id, state=State.DRAFT, fields={**transfer.fields, **choice})
            await store_rows.forget_people(tx, self._id)

    async def _mine(self, tx: Tx) -> Transfer:
        """The import, kept from other writers, as long as this is its last dry run. Raises Overtaken."""
        row = await store_rows.get(tx, self._id, lock=True)
        if row is None or row["state"] != State.DRAFT or row["fields"]["turn"] != self._turn:
            raise Overtaken("This file is looked at once more, or its import was begun. This look changed nothing.")
        return Transfer.of(row, {})

    async def _read(self, lines: Iterable[Row], told: Told) -> None:
        seen: dict[str, int] = {}
        count = 0
        for batch in _batches(lines, _BATCH):
            count += len(batch)
            if count > MOST_ROWS:
                raise wrong(f"There are more than {MOST_ROWS:,} rows in this file. Divide it, and import the parts.")
            await self._write_down([self._row(row, seen) for row in batch])
            await told(count)
            await asyncio.sleep(0)

    def _row(self, row: Row, seen: dict[str, int]) -> tuple[Stored, Person | None, int | None]:
        """A row to be written down, whom it is about, and the line of an earlier row of the same number."""
        found = person(row.cells, self._choice.columns, self._choice.country)
        values: Stored = {"transfer_id": self._id, "line": row.line, "cells": list(row.cells)}
        nothing = {"number": None, "first": None, "last": None, "email": None, "reason": None}
        if isinstance(found, Problem):
            return {**values, **nothing, "state": RowState.FAILED, "reason": found.reason}, None, None
        earlier = seen.setdefault(found.number, row.line)
        if earlier != row.line:
            return {**values, **nothing, "number": found.number, "state": RowState.MERGED}, found, earlier
        return {**values, **nothing, **asdict(found), "state": RowState.READY}, found, None

    async def _write_down(self, read: Sequence[tuple[Stored, Person | None, int | None]]) -> None:
        async with self._store.write() as tx:
            await self._mine(tx)
            await store_rows.add_people(tx, [row for row, _, _ in read])
            for _, found, earlier in read:
                if found is not None and earlier is not None:
                    values = {"first": found.first, "last": found.last, "email": found.email}
                    await store_rows.fill_in(tx, self._id, earlier, values)

    async def _judge(self) -> None:
        """Find out who is a subscriber already, and what that means for their rows."""
        numbers: dict[str, int] = {}
        after = 0
        while batch := await self._people(after):
            numbers |= {row["number"]: row["line"] for row in batch}
            after = batch[-1]["line"]
        async for found in self._known.among(numbers):
            lines: dict[tuple[RowState, str | None], list[int]] = {}
            for subscriber in found:
                verdict = judged(subscriber, self._choice.list_ids)
                state = RowState.CHANGE if self._choice.update and verdict.reachable else RowState(verdict.state)
                lines.setdefault((state, verdict.reason), []).append(numbers[subscriber.mobile_number])
            async with self._store.write() as tx:
                await self._mine(tx)
                for (state, reason), of_these in lines.items():
                    await store_rows.set_states(tx, self._id, of_these, state, reason)

    async def _people(self, after: int) -> list[Stored]:
        async with self._store.read() as tx:
            return await store_rows.people(tx, self._id, [RowState.READY], _BATCH * 5, after)


def next_turn(transfer: Transfer) -> int:
    """The number of the next dry run of an import, or of the next file chosen for it."""
    return int(transfer.fields.get("turn", 0)) + 1


def _people_in(file: BinaryIO, found: Layout) -> Iterator[Row]:
    """The rows of a file that are about people."""
    lines = rows(file, found.encoding, found.delimiter)
    return islice(lines, 1 if has_header(found.samples[0]) else 0, None)


def _batches(items: Iterable[Row], size: int) -> Iterator[list[Row]]:
    walk = iter(items)
    while batch := list(islice(walk, size)):
        yield batch
