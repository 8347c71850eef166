"""What Clearstream says of a broadcast after it was sent: written down, shown, and looked at again for a day."""

from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.models import Message
from bot.services.broadcast_fields import Ready
from bot.services.broadcast_model import COUNTED_FOR, State, as_json, finished, next_look, state_of
from bot.services.broadcast_showing import Showing
from bot.store import broadcasts as rows
from bot.store import jobs as job_rows
from bot.store.engine import Row, Tx

JOB = "broadcasts"
"""The job that follows them."""

_LONGEST_SENDING = timedelta(hours=48)
_RETRY = timedelta(seconds=30)
_DELETED = "It was deleted in Clearstream before it was sent."


class Following:
    """Keeps what is known of broadcasts that became messages, each call in the caller's transaction."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing

    async def became(self, tx: Tx, broadcast_id: str, version: int, message: Message) -> None:
        """A version of a broadcast became this message, and is followed from now on.

        Where its author has edited it since (a process that was frozen sent it late), it stands in the list alone.
        """
        await rows.forget_foreign(tx, message.id)
        row = await rows.get(tx, broadcast_id, lock=True)
        if row is not None and row["version"] == version:
            await rows.change(tx, broadcast_id, message_id=message.id, reason=None)
            await self._write(tx, row, message)
            await job_rows.wake(tx, JOB)

    async def observed(self, tx: Tx, broadcast_id: str, message: Message) -> None:
        """What Clearstream says of it now; drawn where something changed."""
        row = await rows.get(tx, broadcast_id, lock=True)
        if row is not None and row["message_id"] == message.id and row["state"] != State.CANCELLED:
            await self._write(tx, row, message)

    async def _write(self, tx: Tx, row: Row, message: Message) -> None:
        when = Ready.of(row["ready"]).when if row["ready"] else None
        state = state_of(message, when, tx.now)
        values = {"state": state, "message": as_json(message), **_looks_again(message, state, tx.now)}
        await self._showing.show(tx, await rows.change(tx, row["id"], **values) or row)

    async def not_there(self, tx: Tx, row: Row) -> None:
        """Clearstream does not have it any more: a scheduled one was deleted there, another is not counted further."""
        now = await rows.get(tx, row["id"], lock=True)
        if now is None or now["message_id"] != row["message_id"]:
            return
        values: dict[str, Any] = {"next_look": None, "follow_until": None}
        if now["state"] == State.SCHEDULED:
            values |= {"state": State.CANCELLED, "reason": _DELETED}
        await self._showing.show(tx, await rows.change(tx, row["id"], **values) or now)

    async def not_seen(self, tx: Tx, row: Row) -> None:
        """It could not be looked at: a little later again."""
        now = await rows.get(tx, row["id"], lock=True)
        if now is not None and now["next_look"] is not None:
            await rows.change(tx, row["id"], next_look=tx.now + _RETRY)


def _looks_again(message: Message, state: State, now: datetime) -> dict[str, Any]:
    """When it is looked at next, and until when; never again once a day has passed, or it has ended otherwise."""
    wait = next_look(message, state, now)
    if wait is None:
        return {"next_look": None, "follow_until": None}
    if state is State.SCHEDULED:
        return {"next_look": now + wait, "follow_until": None}
    until = (finished(message) or now) + (COUNTED_FOR if state is State.SENT else _LONGEST_SENDING)
    return {"next_look": None if now >= until else min(now + wait, until), "follow_until": until}
