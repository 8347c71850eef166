"""The message of a broadcast in Slack: when it is posted and drawn anew, and since when its **Undo** can be seen.

How it looks is Slack's side's affair: it draws a ``Broadcast`` as it stands and says afterwards what was drawn (see
``broadcast_model.looks``), so that whatever changed meanwhile is drawn next.
"""

from datetime import timedelta

from bot.operations.ledger import Ledger
from bot.operations.model import Operation
from bot.services import posts
from bot.services.broadcast_model import Broadcast, State, looks
from bot.services.setup import Setup
from bot.store import broadcasts as rows
from bot.store.engine import Row, Tx

SEND = "broadcast"

SHOWN_WITHIN = timedelta(seconds=30)
"""So much longer than ``UNDO_SECONDS`` a broadcast waits at the most where **Undo** could not be shown."""


def send_key(broadcast_id: str, version: int) -> str:
    """The unique key of sending a version of a broadcast."""
    return f"{SEND}:{broadcast_id}:{version}"


class Showing:
    """How broadcasts stand in Slack, each call in the caller's transaction."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup

    async def post(self, tx: Tx, row: Row) -> None:
        """Post its message in the broadcasts channel; where this version has one, draw that anew."""
        channel = await self._setup.broadcasts_channel(tx)
        if not await self._ledger.ask(tx, posts.broadcast(row["id"], row["version"], channel)):
            await self.show(tx, row)

    async def show(self, tx: Tx, row: Row) -> None:
        """Draw its message anew, where that would show something else."""
        if row["ts"] is not None and row["drawn"] != looks(Broadcast.of(row), tx.now):
            await self._ledger.ask(tx, posts.broadcast_update(row["id"], row["version"]))

    async def redraw(self, tx: Tx, row: Row) -> None:
        """Draw its message anew though it looks the same: its buttons carry something else now."""
        if row["ts"] is not None:
            await self._ledger.ask(tx, posts.broadcast_update(row["id"], row["version"]))

    async def tell_declined(self, tx: Tx, row: Row) -> None:
        """Tell its author in private that it was declined, and why: they may not look into the channel."""
        payload = {"broadcast": row["id"], "version": row["version"], "to": row["author"]}
        payload |= {"by": row["decided_by"], "reason": row["reason"], "line": Broadcast.of(row).line}
        await self._ledger.ask(tx, posts.told(posts.DECLINED, f"{row['id']}:{row['version']}", payload, row["author"]))

    async def posted(self, tx: Tx, operation: Operation, channel: str, ts: str, drawn: str) -> None:
        """The post ``operation`` stands there, drawn as ``looks`` said. **Undo** counts from now, if it is on it."""
        broadcast_id, version = operation.payload["broadcast"], operation.payload["version"]
        await self._undo_drawn(tx, broadcast_id, drawn)
        row = await rows.get(tx, broadcast_id, lock=True)
        if row is None or row["version"] != version:
            await self._ledger.ask(tx, posts.broadcast_update(broadcast_id, version))
            return
        changed = await rows.change(tx, broadcast_id, channel=channel, ts=ts, drawn=drawn, drawn_at=tx.now)
        await self.show(tx, changed or row)

    async def drawn(self, tx: Tx, broadcast_id: str, version: int, drawn: str) -> None:
        """Its message was drawn anew, as ``looks`` said; what changed meanwhile is drawn at once."""
        await self._undo_drawn(tx, broadcast_id, drawn)
        row = await rows.get(tx, broadcast_id, lock=True)
        if row is not None and row["version"] == version:
            await self.show(tx, await rows.change(tx, broadcast_id, drawn=drawn, drawn_at=tx.now) or row)

    async def standing(self, tx: Tx, broadcast_id: str, version: int) -> tuple[str, str] | None:
        """Channel and ts of the message that stands for a version; None where there is none (yet)."""
        operation = await self._ledger.by_key(tx, posts.broadcast_key(broadcast_id, version))
        result = operation.result if operation else {}
        return (result["channel"], result["ts"]) if result.get("ts") else None

    async def undo_shown(self, tx: Tx, broadcast_id: str) -> None:
        """**Undo** stands in Slack now: its seconds count from here, the first time this is said.

        To be said with whatever shows it first: the answer to who pressed **Send**, or the message in the channel.
        """
        row = await rows.get(tx, broadcast_id)
        if row is None or row["shown"] or row["state"] != State.HELD:
            return
        operation = await self._ledger.by_key(tx, send_key(broadcast_id, row["version"]))
        until = tx.now + timedelta(seconds=await self._setup.undo_seconds(tx))
        if operation is None or await self._ledger.hold_until(tx, operation.id, until) is None:
            return
        row = await rows.get(tx, broadcast_id, lock=True)
        if row is not None and row["shown"]:
            # Somebody else said so while this waited for the operation: theirs was the first.
            await self._ledger.hold_until(tx, operation.id, row["undo_until"])
            return
        await rows.change(tx, broadcast_id, shown=True, undo_until=until)

    async def _undo_drawn(self, tx: Tx, broadcast_id: str, drawn: str) -> None:
        """It was drawn so: where it is held only now, **Undo** is on what is drawn next."""
        row = await rows.get(tx, broadcast_id)
        if row is not None and drawn == looks(Broadcast.of(row), tx.now):
            await self.undo_shown(tx, broadcast_id)
