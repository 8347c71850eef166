"""The rows of an import that did not become what they should, as a file: each as it was, with its line and the reason.

Corrected, the file can be imported as it is.
"""

from typing import BinaryIO, Self

from bot.services import csv_writing
from bot.services.exports import temporary
from bot.services.import_model import REPORTED
from bot.store import imports as rows
from bot.store.engine import Row, Store

NAME = "not-imported.csv"

_READ = 500


async def reported(store: Store, transfer_id: str) -> bool:
    """Whether there is anything to report."""
    async with store.read() as tx:
        return bool(await rows.explained(tx, transfer_id, REPORTED, 1))


class Report:
    """The file, for as long as the block lasts."""

    name = NAME

    def __init__(self, transfer: Row) -> None:
        self._transfer = transfer
        self.file: BinaryIO = temporary()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    @property
    def size(self) -> int:
        """Bytes written."""
        return self.file.tell()

    async def fill(self, store: Store) -> None:
        """Write all of them, in the order of the file."""
        titles = self._transfer["fields"]["titles"]
        self.file.write(csv_writing.head([*titles, "Line", "Reason"]))
        after = 0
        while True:
            async with store.read() as tx:
                found = await rows.explained(tx, self._transfer["id"], REPORTED, _READ, after)
            if not found:
                return
            for row in found:
                cells = [*row["cells"], *[""] * (len(titles) - len(row["cells"]))]
                self.file.write(csv_writing.line([*cells, str(row["line"]), row["reason"]]))
            after = found[-1]["line"]
