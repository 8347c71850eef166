"""Texts that were found in Clearstream: written down once, and shown in their conversation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.clearstream.models import Reply, Thread
from bot.operations.ledger import Ledger
from bot.operations.model import Operation, State
from bot.services import posts, texts
from bot.services.conversations import Conversations
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store.engine import Row, Tx


def conversation_row(thread: Thread, known: Sequence[Reply] | None = None) -> Row:
    """A conversation as it is first stored.

    ``known`` (oldest first) are the texts it shows that count as known, with all before them; None: nothing does.
    """
    person = thread.subscriber
    newest = known[-1] if known else None
    newest_id = max((reply.id for reply in known or ()), default=None)
    hidden = (thread.reply_count or 0) - len(thread.recent_replies)
    return {
        "id": thread.id,
        "number": person.mobile_number,
        "first": person.first,
        "last": person.last,
        "email": person.email,
        "subscriber_status": person.status,
        "unread": bool(thread.unread),
        "reply_count": 0 if known is None else max(hidden, 0) + len(known),
        "replied_at": thread.replied_at,
        "base_id": newest_id,
        "base_at": newest.sent_at if newest else None,
        "newest_id": newest_id,
        "newest_at": newest.sent_at if newest else thread.replied_at,
        "latest_text": newest.text if newest else None,
        "latest_incoming": newest.incoming if newest else None,
        "entered": False,
        "root_generation": 0,
    }


def text_row(conversation_id: int, reply: Reply, *, bump: bool = False) -> Row:
    """A text as it is stored."""
    author = reply.user.name or reply.user.email if reply.user else None
    return {
        "conversation_id": conversation_id,
        "reply_id": reply.id,
        "incoming": reply.incoming,
        "body": reply.text,
        "status": reply.status,
        "sent_at": reply.sent_at,
        "author": None if reply.incoming else author,
        "operation_id": None,
        "bump": bump,
    }


class Arrivals:
    """Writes down what a poll found, each call in the poll's transaction."""

    def __init__(self, ledger: Ledger, conversations: Conversations, setup: Setup) -> None:
        self._ledger = ledger
        self._conversations = conversations
        self._setup = setup

    async def arrived(self, tx: Tx, thread: Thread, replies: tuple[Reply, ...]) -> None:
        """Store a conversation's new texts (oldest first) and ask for them to be shown.

        One of ours whose own answer is still out is left alone: it is stored when its operation is settled.
        """
        await rows.add(tx, [conversation_row(thread)])
        row = await rows.get(tx, thread.id, lock=True)
        if row is None:
            return
        ours = await self._in_doubt(tx, row, replies)
        waiting = [operation for operation in ours if operation.state is not State.UNCONFIRMED]
        left = _without_ours(replies, waiting)
        minutes = await self._setup.bump_minutes(tx)
        stored = _with_bumps(row, left, minutes)
        added = await rows.add_texts(tx, stored)
        new = [text for text in stored if (thread.id, text["reply_id"]) in added]
        changed = await self._changed(tx, row, thread, new, missing=len(replies) - len(left))
        if new:
            await self._show(tx, changed, new)
        elif _looks_different(row, changed):
            await self._conversations.show(tx, changed)
        await self._evidence(tx, ours, left)

    async def _in_doubt(self, tx: Tx, row: Row, replies: tuple[Reply, ...]) -> list[Operation]:
        if all(reply.incoming for reply in replies):
            return []
        return await self._ledger.in_doubt(tx, texts.REPLY, texts.lane(row["number"]))

    async def _changed(self, tx: Tx, row: Row, thread: Thread, new: list[Row], missing: int) -> Row:
        person = thread.subscriber
        values: dict[str, Any] = {
            "first": person.first,
            "last": person.last,
            "email": person.email,
            "subscriber_status": person.status,
            "unread": bool(thread.unread),
            "replied_at": thread.replied_at,
            "reply_count": max((thread.reply_count or 0) - missing, 0),
        }
        if person.mobile_number:
            values["number"] = person.mobile_number
        if new:
            values |= {**_newest(row, new), "gone_at": None}
        if any(text["incoming"] for text in new):
            values["done_at"] = None
        return await rows.change(tx, thread.id, **values) or row

    async def _show(self, tx: Tx, row: Row, new: list[Row]) -> None:
        if row["entered"]:
            channel = row["channel"] or await self._setup.inbox_channel(tx)
            await self._conversations.show(tx, row)
        else:
            row = await self._conversations.enter(tx, row, stored_texts=False)
            channel = row["channel"]
        for text in new:
            await self._ledger.ask(tx, posts.text(row["id"], text["reply_id"], channel))

    async def _evidence(self, tx: Tx, ours: list[Operation], arrived: tuple[Reply, ...]) -> None:
        """An unconfirmed text of ours turned up after all, it seems: look again."""
        for operation in ours:
            mine = operation.state is State.UNCONFIRMED and any(
                texts.same_text(reply.text, operation.payload["text"]) for reply in arrived if not reply.incoming
            )
            if mine:
                await self._ledger.turned_up(tx, operation)

    async def gone(self, tx: Tx, conversation_id: int) -> None:
        """A conversation is not in Clearstream any more."""
        row = await rows.change(tx, conversation_id, gone_at=tx.now)
        if row is not None:
            await self._conversations.show(tx, row)


def _without_ours(replies: tuple[Reply, ...], waiting: list[Operation]) -> tuple[Reply, ...]:
    """Replies less those that may be one of ours, seen before its answer came."""
    words = [operation.payload["text"] for operation in waiting]
    return tuple(
        reply for reply in replies if reply.incoming or not any(texts.same_text(reply.text, word) for word in words)
    )


def _with_bumps(row: Row, replies: tuple[Reply, ...], minutes: float) -> list[Row]:
    """Text rows; one that comes in after a silence also shows in the channel, where its header stands further up."""
    stored = []
    before: datetime | None = row["newest_at"]
    for reply in replies:
        silent = before is None or (reply.sent_at - before).total_seconds() >= minutes * 60
        stored.append(text_row(row["id"], reply, bump=reply.incoming and silent and bool(row["entered"])))
        before = max(reply.sent_at, before) if before else reply.sent_at
    return stored


def _newest(row: Row, new: list[Row]) -> dict[str, Any]:
    last = max(new, key=lambda text: (text["sent_at"], text["reply_id"]))
    if row["newest_at"] is not None and last["sent_at"] < row["newest_at"]:
        return {"newest_id": max(last["reply_id"], row["newest_id"] or 0)}
    return {
        "newest_id": max(last["reply_id"], row["newest_id"] or 0),
        "newest_at": last["sent_at"],
        "latest_text": last["body"],
        "latest_incoming": last["incoming"],
    }


def _looks_different(before: Row, after: Row) -> bool:
    shown = ("first", "last", "email", "subscriber_status", "number")
    return any(before[name] != after[name] for name in shown)
