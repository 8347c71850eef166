"""Exports of a list: asked for, fetched page by page, written to a file without keeping it in memory, and shared."""

import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from bot.clearstream.models import Subscriber
from bot.errors import Invalid
from bot.operations.ledger import Ledger
from bot.services import csv_writing, record, transfers
from bot.services.broadcast_fields import ListChoice, search
from bot.services.lists import meant
from bot.services.transfers import State
from bot.store import imports as rows
from bot.store import jobs
from bot.store.engine import Tx

JOB = "exports"

COLUMNS = ("mobile_number", "first", "last", "email", "status")
"""As Clearstream names them, so that what was exported can be imported."""

_SUGGESTED = 8


def temporary() -> BinaryIO:
    """A file without a name, which is gone when it is closed or the process ends."""
    return tempfile.TemporaryFile()


@dataclass
class Spool:
    """The file an export is written to, and how far it is: ``page`` is the next one to be fetched."""

    transfer_id: str
    file: BinaryIO = field(default_factory=temporary)
    page: int = 1
    written: int = 0
    _before: tuple[Subscriber, ...] = ()

    def __post_init__(self) -> None:
        self.file.write(csv_writing.head(COLUMNS))

    def add(self, page: Sequence[Subscriber]) -> bool:
        """Write a page; False where it is empty or the one before once more: then all were written.

        Who moved over from the page before meanwhile is not written twice.
        """
        items = tuple(page)
        if not items or items == self._before:
            return False
        written = {one.mobile_number for one in self._before}
        fresh = [one for one in items if one.mobile_number not in written]
        self.file.writelines(csv_writing.line(_cells(one)) for one in fresh)
        self._before, self.page, self.written = items, self.page + 1, self.written + len(fresh)
        return True

    @property
    def size(self) -> int:
        """Bytes written."""
        return self.file.tell()

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(OSError):
            self.file.close()


def _cells(one: Subscriber) -> tuple[str | None, ...]:
    return (one.mobile_number, one.first, one.last, one.email, one.status)


class Exports:
    """What listeners do about exports."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def start(self, tx: Tx, transfer_id: str, author: str, chosen: ListChoice) -> bool:
        """Begin one, in the caller's transaction; False where this one was begun before."""
        values: dict[str, Any] = {
            "id": transfer_id,
            "kind": transfers.EXPORT,
            "state": State.RUNNING,
            "author": author,
            "name": chosen.name,
            "fields": {"list": chosen.id},
            "done": 0,
            "total": chosen.subscribers,
        }
        if not await rows.add(tx, values):
            return False
        await record.write(
            tx,
            actor=author,
            act="export",
            subject=chosen.name,
            outcome="waiting",
            operation_key=transfers.record_key(transfer_id),
            detail={"list": chosen.id},
        )
        await self._ledger.ask(tx, transfers.message(transfer_id, author))
        await jobs.wake(tx, JOB)
        return True


def named(lists: Sequence[ListChoice], words: str) -> ListChoice | None:
    """The list somebody means by its id or name; None where there is none or more than one."""
    found = meant(lists, words) if words.strip() else []
    return found[0] if len(found) == 1 else None


def unclear(lists: Sequence[ListChoice], words: str) -> Invalid:
    """The error for words that name no list, or several: it says which there are."""
    likely = search(lists, words, _SUGGESTED) or search(lists, "", _SUGGESTED)
    names = ", ".join(f"“{one.name}” ({one.id})" for one in likely)
    there = f" There are: {names}." if names else " There are no lists yet."
    if not words.strip():
        return Invalid(f"Say which list: /sms export followed by its name or id.{there}")
    several = len([one for one in likely if search([one], words)]) > 1
    what = f"More than one list could be “{words}”." if several else f"There is no list “{words}”."
    return Invalid(f"{what} Nothing was exported.{there}")
