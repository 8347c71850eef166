"""Broadcasts: drafted, approved by somebody else where they are large, held for **Undo**, sent once, cancelled.

Each method works in the caller's transaction, so that a press and what follows from it are written together. Who may
press is checked by the caller, and of those who stand for a broadcast once more when it leaves. Where an operation and
its broadcast are both changed, the operation comes first: the ledger does so too, and two that wait for each other
would wait for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.errors import Gone, Invalid, Refused
from bot.operations.ledger import Ledger
from bot.operations.model import Intention, Operation
from bot.services import posts, record
from bot.services.broadcast_fields import Fields, ListChoice, Ready, checked
from bot.services.broadcast_model import EDITABLE, Broadcast, State
from bot.services.broadcast_showing import SEND, SHOWN_WITHIN, Showing, send_key
from bot.services.setup import Setup
from bot.store import broadcasts as rows
from bot.store.engine import Row, Tx

CANCEL = "broadcast.cancel"

KEPT = timedelta(days=1)
"""For how long a draft survives that nobody goes on writing."""

_ON_ITS_WAY = {
    State.HELD: "it is about to be sent. Press Undo on its message first, then Edit.",
    State.LEAVING: "it is on its way to Clearstream. Its message shows what became of it.",
    State.UNCONFIRMED: "nobody can tell whether it was sent. Check again on its message looks once more.",
    State.SCHEDULED: "it is scheduled. Cancel it on its message first, then write a new one.",
    State.CANCELLED: "it was cancelled. Nothing is sent; write a new one.",
}
_OTHER = "it was sent already. Nothing more was sent."
"""Why a broadcast cannot be changed (any more), and what to do."""

_GONE = "This broadcast is not known here (any more). Nothing was sent."


@dataclass(frozen=True)
class Pressed:
    """What a press came to. ``done`` is False where it changed nothing: ``broadcast`` says how things stand instead."""

    done: bool
    broadcast: Broadcast


def lane(broadcast_id: str) -> str:
    """What is done upstream about one broadcast is done in order."""
    return f"broadcast:{broadcast_id}"


def needs_approval(ready: Ready, above: int) -> bool:
    """Whether somebody else must approve it; also where nobody knows how many it reaches."""
    return ready.audience.recipients is None or ready.audience.recipients > above


class Broadcasts:
    """Drafts, and what people decide about them. ``showing`` is how each stands in Slack."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self.showing = Showing(ledger, setup)
        self._ledger = ledger
        self._setup = setup

    async def get(self, tx: Tx, broadcast_id: str) -> Broadcast:
        """One broadcast; raises Gone where it is not known."""
        return Broadcast.of(await self._row(tx, broadcast_id))

    async def operation(self, tx: Tx, broadcast: Broadcast) -> Operation | None:
        """The operation that sends this version; None before **Send**. Its ``fence`` goes with the buttons of doubt."""
        return await self._ledger.by_key(tx, send_key(broadcast.id, broadcast.version))

    # Writing

    async def compose(self, tx: Tx, author: str, draft_id: str, header: str) -> Broadcast:
        """What its author was last writing, if that was within a day; else a new draft with that id and header."""
        row = await rows.draft_of(tx, author, tx.now - KEPT)
        if row is None:
            await rows.add(tx, _new(draft_id, author, Fields(header=header)))
            row = await self._row(tx, draft_id)
        return Broadcast.of(row)

    async def keep(self, tx: Tx, draft_id: str, author: str, fields: Fields) -> Broadcast:
        """Keep what stands in the modal, right or wrong; where it is not what stood there before, as a new version.

        What was approved or asked for before does not count for it. Raises Gone where it left already, Refused where
        it is somebody else's.
        """
        await rows.add(tx, _new(draft_id, author, fields))
        row = await self._own(tx, draft_id, author)
        if row["state"] == State.DRAFT and Fields.of(row["fields"]) == fields:
            return Broadcast.of(await rows.change(tx, draft_id) or row)
        if row["state"] not in EDITABLE or row["message_id"] is not None:
            raise Gone(f"This broadcast cannot be changed: {_ON_ITS_WAY.get(State(row['state']), _OTHER)}")
        if row["state"] != State.DRAFT:
            await self._ledger.ask(tx, posts.broadcast_update(draft_id, row["version"]))
        new = _new(draft_id, author, fields) | {"version": row["version"] + 1}
        return Broadcast.of(await rows.change(tx, draft_id, **new) or row)

    async def check(self, tx: Tx, draft_id: str, lists: Iterable[ListChoice]) -> tuple[Ready, bool]:
        """What would leave, and whether it needs approval: for the preview. Raises Invalid by field, or Gone."""
        row = await self._row(tx, draft_id)
        ready = checked(Fields.of(row["fields"]), lists, tx.now)
        return ready, needs_approval(ready, await self._setup.approval_above(tx))

    # Deciding

    async def submit(self, tx: Tx, draft_id: str, version: int, author: str, lists: Iterable[ListChoice]) -> Pressed:
        """**Send**, **Schedule** or **Ask for approval**, whichever it needs: it is now HELD, or WAITING.

        Not done where it was pressed before, or edited since the preview (then the version differs). Raises Invalid by
        field, Gone, Refused.
        """
        row = await self._own(tx, draft_id, author)
        if row["state"] != State.DRAFT or row["version"] != version:
            return Pressed(False, Broadcast.of(row))
        ready = checked(Fields.of(row["fields"]), lists, tx.now)
        row = await rows.change(tx, draft_id, ready=ready.stored()) or row
        if not needs_approval(ready, await self._setup.approval_above(tx)):
            return await self._hold(tx, row, ready, author)
        row = await rows.change(tx, draft_id, state=State.WAITING) or row
        await self._record(tx, row, author, "ask for approval")
        await self.showing.post(tx, row)
        return Pressed(True, Broadcast.of(row))

    async def approve(self, tx: Tx, broadcast_id: str, version: int, by: str) -> Pressed:
        """**Approve**: it is now HELD. Not done where somebody decided before (``decided_by``), or it was edited.

        Raises Refused for its author, Invalid where its time has passed.
        """
        row = await self._to_decide(tx, broadcast_id, by)
        if row["state"] != State.WAITING or row["version"] != version:
            return Pressed(False, Broadcast.of(row))
        ready = Ready.of(row["ready"])
        if ready.when is not None and ready.when <= tx.now:
            raise Invalid("The time it was to be sent at has passed. Its author can choose another. Nothing was sent.")
        await self._record(tx, row, by, "approve")
        row = await rows.change(tx, broadcast_id, decided_by=by) or row
        return await self._hold(tx, row, ready, by)

    async def decline(self, tx: Tx, broadcast_id: str, version: int, by: str, reason: str) -> Pressed:
        """**Decline**, with a reason its author can read. Not done as with ``approve``; raises Refused, Invalid."""
        if not reason.strip():
            raise Invalid("Write why, so that its author can mend it.", {"reason": ["Write why."]})
        row = await self._to_decide(tx, broadcast_id, by)
        if row["state"] != State.WAITING or row["version"] != version:
            return Pressed(False, Broadcast.of(row))
        values = {"state": State.DECLINED, "decided_by": by, "reason": reason.strip()}
        row = await rows.change(tx, broadcast_id, **values) or row
        await self._record(tx, row, by, "decline", reason=reason.strip())
        await self.showing.show(tx, row)
        await self.showing.tell_declined(tx, row)
        return Pressed(True, Broadcast.of(row))

    async def undo(self, tx: Tx, broadcast_id: str, by: str) -> Pressed:
        """**Undo**. Not done where it has left, or was undone before; ``broadcast`` says which."""
        operation = await self._sending(tx, broadcast_id)
        undone = None
        if operation is not None and not operation.doubts:
            undone = await self._ledger.cancel(tx, operation.id, "Undone. Nothing was sent.")
        row = await self._row(tx, broadcast_id, lock=True)
        if undone is None:
            return Pressed(False, Broadcast.of(row))
        row = await rows.change(tx, broadcast_id, stopped_by=by) or row
        await self._record(tx, row, by, "undo")
        return Pressed(True, Broadcast.of(row))

    async def check_again(self, tx: Tx, broadcast_id: str, fence: int, by: str) -> Pressed:
        """**Check again**. Not done where it is not unconfirmed (any more)."""
        operation = await self._sending(tx, broadcast_id)
        moved = operation and await self._ledger.check_again(tx, operation.id, fence)
        return await self._after_doubt(tx, broadcast_id, by, "check again", done=moved is not None)

    async def send_anyway(self, tx: Tx, broadcast_id: str, fence: int, by: str) -> Pressed:
        """**Send anyway**, a second time perhaps: for who was asked once more and may send. Not done as above."""
        operation = await self._sending(tx, broadcast_id)
        moved = operation and await self._ledger.send_anyway(tx, operation.id, fence)
        return await self._after_doubt(tx, broadcast_id, by, "send anyway", done=moved is not None)

    async def cancel(self, tx: Tx, broadcast_id: str, by: str) -> Pressed:
        """**Cancel** a scheduled one: it is deleted upstream, and its message says what came of it.

        Not done where it is not scheduled (any more) or cancelling is under way. ``message-<id>`` names one that was
        scheduled elsewhere.
        """
        row = await self._cancellable(tx, broadcast_id)
        broadcast = Broadcast.of(row)
        if not broadcast.cancellable:
            return Pressed(False, broadcast)
        key = f"{CANCEL}:{row['id']}:{row['cancels']}"
        payload = {"broadcast": row["id"], "message": row["message_id"]}
        asked = Intention(kind=CANCEL, key=key, payload=payload, lane=lane(row["id"]), asked_by=by)
        if not await self._ledger.ask(tx, asked):
            return Pressed(False, broadcast)
        await self._record(tx, row, by, "cancel broadcast", key=key)
        return Pressed(True, broadcast)

    # Within

    async def _hold(self, tx: Tx, row: Row, ready: Ready, by: str) -> Pressed:
        """Let it wait for **Undo**, and then leave."""
        seconds = await self._setup.undo_seconds(tx)
        until = tx.now + timedelta(seconds=seconds) if seconds else None
        key = send_key(row["id"], row["version"])
        asked = Intention(
            kind=SEND,
            key=key,
            payload={"broadcast": row["id"], "version": row["version"], **ready.stored()},
            lane=lane(row["id"]),
            asked_by=row["author"],
            held_until=until and until + SHOWN_WITHIN,
        )
        if not await self._ledger.ask(tx, asked):
            return Pressed(False, Broadcast.of(row))
        state = State.HELD if until else State.LEAVING
        row = await rows.change(tx, row["id"], state=state, sent_by=by, undo_until=until, reason=None) or row
        await self._record(tx, row, by, "schedule broadcast" if ready.when else "broadcast", key=key)
        await self.showing.post(tx, row)
        return Pressed(True, Broadcast.of(row))

    async def _after_doubt(self, tx: Tx, broadcast_id: str, by: str, act: str, *, done: bool) -> Pressed:
        row = await self._row(tx, broadcast_id, lock=True)
        if not done:
            return Pressed(False, Broadcast.of(row))
        if act == "send anyway":
            row = await rows.change(tx, broadcast_id, sent_by=by) or row
        await self._record(tx, row, by, act)
        return Pressed(True, Broadcast.of(row))

    async def _sending(self, tx: Tx, broadcast_id: str) -> Operation | None:
        row = await self._row(tx, broadcast_id)
        return await self._ledger.by_key(tx, send_key(broadcast_id, row["version"]))

    async def _row(self, tx: Tx, broadcast_id: str, *, lock: bool = False) -> Row:
        row = await rows.get(tx, broadcast_id, lock=lock)
        if row is None:
            raise Gone(_GONE)
        return row

    async def _own(self, tx: Tx, draft_id: str, author: str) -> Row:
        row = await self._row(tx, draft_id, lock=True)
        if row["author"] != author:
            raise Refused("Somebody else is writing this broadcast. Nothing was changed.")
        return row

    async def _to_decide(self, tx: Tx, broadcast_id: str, by: str) -> Row:
        row = await self._row(tx, broadcast_id, lock=True)
        if row["author"] == by:
            raise Refused("You wrote this broadcast, so somebody else has to decide. Nothing was sent.")
        return row

    async def _cancellable(self, tx: Tx, broadcast_id: str) -> Row:
        """Its row, made where it is one that was scheduled elsewhere."""
        foreign = broadcast_id.removeprefix("message-")
        if foreign != broadcast_id and foreign.isdigit():
            known = await rows.by_message(tx, [int(foreign)])
            if known:
                broadcast_id = known[int(foreign)]["id"]
            else:
                message = {"message_id": int(foreign), "message": {"id": int(foreign)}, "next_look": tx.now}
                await rows.add(tx, _new(broadcast_id, None, Fields()) | message | {"state": State.SCHEDULED})
        return await self._row(tx, broadcast_id, lock=True)

    async def _record(self, tx: Tx, row: Row, by: str, act: str, *, key: str | None = None, **more: Any) -> None:
        broadcast = Broadcast.of(row)
        ready = broadcast.ready
        detail = {"header": broadcast.header, "text": broadcast.body, "version": row["version"], **more}
        if ready is not None:
            detail |= {"lists": [one.name for one in ready.lists], "numbers": len(ready.numbers)}
            detail |= {"recipients": ready.audience.recipients, "author": row["author"]}
        outcome = "asked" if key else "done"
        await record.write(
            tx, actor=by, act=act, subject=f"broadcast {row['id']}", outcome=outcome, operation_key=key, detail=detail
        )


def _new(draft_id: str, author: str | None, fields: Fields) -> dict[str, Any]:
    """A draft as nobody has decided anything about it."""
    return {
        "id": draft_id,
        "version": 1,
        "state": State.DRAFT,
        "author": author,
        "fields": fields.stored(),
        "ready": None,
        "sent_by": None,
        "decided_by": None,
        "stopped_by": None,
        "reason": None,
        "undo_until": None,
        "shown": False,
        "cancels": 0,
        "channel": None,
        "ts": None,
        "drawn": None,
    }
