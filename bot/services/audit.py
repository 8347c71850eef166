"""Reading the record: the newest lines, by a person or on a number, with every line at hand for an export."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clearstream.numbers import e164
from bot.store import record as rows
from bot.store.engine import Row, Store, Tx

MOST = 100
"""Lines that are shown at once."""

USUAL = 20
"""Lines that are shown where nobody says how many."""

_BATCH = 500


@dataclass(frozen=True)
class Line:
    """One act: who did what on whom, when, how it ended, and what the log calls the trouble."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str | None
    outcome: str
    reference: str | None
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: Row) -> "Line":
        """The line a row holds."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Wanted:
    """Which lines: by one of these ``actors``, or on one of these ``subjects``; neither is all of them."""

    actors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typed:
    """What somebody typed after ``audit``: how many, and whose or on which number, where they said so."""

    count: int = USUAL
    words: str = ""

    @property
    def number(self) -> str | None:
        """The phone number meant (E.164); None where it is none."""
        return e164(self.words) if self.words else None


def typed(words: str) -> Typed:
    """Read ``[n] [person or number]``; a number of lines has at most three digits."""
    first, _, rest = words.partition(" ")
    if first.isdecimal() and len(first) <= len(str(MOST)):
        return Typed(max(1, min(int(first), MOST)), rest.strip())
    return Typed(words=words.strip())


async def newest(tx: Tx, wanted: Wanted, count: int) -> list[Line]:
    """The newest lines that are wanted, newest first."""
    return [Line.of(row) for row in await rows.newest(tx, wanted.actors, wanted.subjects, count)]


async def actors(tx: Tx) -> Sequence[str]:
    """Everybody who did something that is recorded."""
    return await rows.actors(tx)


async def every(store: Store, wanted: Wanted) -> AsyncIterator[Line]:
    """All lines that are wanted, newest first, a few hundred in memory at a time."""
    before = None
    while True:
        async with store.read() as tx:
            found = await rows.newest(tx, wanted.actors, wanted.subjects, _BATCH, before)
        for row in found:
            yield Line.of(row)
        if len(found) < _BATCH:
            return
        before = found[-1]["id"]
