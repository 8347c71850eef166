"""What imports and exports share: where one stands, the message that follows it, and the file it ends in.

The message and the file leave through the ledger; how they look is Slack's side's affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from bot.operations.ledger import Ledger
from bot.operations.model import Intention
from bot.services import posts
from bot.store import imports as rows
from bot.store import installation
from bot.store.engine import Row, Tx

IMPORT, EXPORT = "import", "export"

MESSAGE = "slack.transfer"
MESSAGE_UPDATE = posts.TRANSFER_UPDATE
FILE = "slack.file"

DRAFTS_KEPT = timedelta(days=1)
"""For how long an import survives that nobody goes on with."""

KEPT = timedelta(days=30)
"""For how long it is known what became of each row."""

_EVERY = timedelta(seconds=2)
"""Between two changes of a message whose figures only move."""


class State(StrEnum):
    """Where an import or export stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (State.DRAFT, State.CHECKED)
"""Nothing was asked for yet."""


@dataclass(frozen=True)
class Transfer:
    """An import or export as it stands; ``counts`` are an import's rows by their state (see ``imports.RowState``)."""

    id: str
    kind: str
    state: State
    author: str
    name: str
    fields: Mapping[str, Any]
    done: int
    total: int | None
    reason: str | None
    waits: str | None
    file_id: str | None
    channel: str | None
    ts: str | None
    counts: Mapping[str, int]

    @classmethod
    def of(cls, row: Row, counts: Mapping[str, int]) -> "Transfer":
        """What a row says."""
        values = {name: row[name] for name in cls.__dataclass_fields__ if name != "counts"}
        return cls(**{**values, "state": State(row["state"])}, counts=counts)


class Uploader(Protocol):
    """Takes files to where people can read them."""

    async def upload(self, name: str, file: BinaryIO, size: int) -> str:
        """Take a file's ``size`` bytes there, from its beginning; its id. Nobody sees it before it is shared.

        Raises Rejected where it is refused for good, and any other UpstreamError.
        """


def lane(transfer_id: str) -> str:
    """What is shown of one import or export is shown in order."""
    return f"transfer:{transfer_id}"


def record_key(transfer_id: str) -> str:
    """Under this key the record knows it."""
    return f"transfer:{transfer_id}"


def message(transfer_id: str, author: str) -> Intention:
    """The message that follows it, to whoever asked for it."""
    return Intention(
        kind=MESSAGE,
        key=f"{MESSAGE}:{transfer_id}",
        payload={"transfer": transfer_id, "to": author},
        lane=lane(transfer_id),
        bucket=posts.bucket(author),
    )


def message_update(transfer_id: str, not_before: datetime | None) -> Intention:
    """That message, drawn anew."""
    name = f"{MESSAGE_UPDATE}:{transfer_id}"
    return Intention(
        kind=MESSAGE_UPDATE,
        key=name,
        merge=name,
        payload={"transfer": transfer_id},
        lane=lane(transfer_id),
        bucket=posts.UPDATES,
        not_before=not_before,
    )


def file(transfer_id: str, author: str, file_id: str, title: str) -> Intention:
    """An uploaded file, shared with whoever asked for it."""
    return Intention(
        kind=FILE,
        key=f"{FILE}:{transfer_id}:{file_id}",
        payload={"transfer": transfer_id, "to": author, "file": file_id, "title": title},
        lane=lane(transfer_id),
        bucket=posts.bucket(author),
    )


async def moved(ledger: Ledger, tx: Tx, row: Row) -> None:
    """Its figures have moved: shown within two seconds."""
    if row["ts"] is not None:
        await ledger.ask(tx, message_update(row["id"], tx.now + _EVERY))


async def shown(ledger: Ledger, tx: Tx, row: Row) -> None:
    """It stands otherwise than before: shown at once."""
    if row["ts"] is not None:
        await ledger.ask(tx, message_update(row["id"], None))


async def ended(
    ledger: Ledger, tx: Tx, transfer_id: str, outcome: str, *, title: str | None = None, **values: Any
) -> None:
    """It has come to its end: the record and its message say so, and its file, called ``title``, is shared."""
    row = await rows.change(tx, transfer_id, **values)
    if row is None:
        return
    await installation.settle_record(tx, record_key(transfer_id), outcome, None)
    await shown(ledger, tx, row)
    if row["file_id"] is not None and title is not None:
        await ledger.ask(tx, file(transfer_id, row["author"], row["file_id"], title))
