"""What is said of an import: its file, how it is to be imported, and what becomes of each of its rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bot.errors import Gone
from bot.services import transfers
from bot.services.broadcast_fields import ListChoice
from bot.services.csv_columns import Columns
from bot.services.transfers import Transfer
from bot.store.engine import Row

GONE = "This import is not known here any more. Nothing was imported: choose the file once more."
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


def unfinished(row: Row | None, author: str) -> Transfer:
    """An import of somebody's own that was not begun. Raises Gone."""
    if row is None or row["author"] != author or row["kind"] != transfers.IMPORT:
        raise Gone(GONE)
    if row["state"] not in transfers.UNFINISHED:
        raise Gone(_ALREADY)
    return Transfer.of(row, {})
