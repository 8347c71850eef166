"""Conversations: claiming, releasing, finishing and showing them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.errors import Gone
from bot.operations.ledger import Ledger
from bot.services import posts, record
from bot.services.conversation_model import Conversation, Outcome, Page, Shown, Text
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store import installation
from bot.store.engine import Row, Tx

SHOWN_AT_ONCE = 20
"""How many unread conversations **Show unread** brings into Slack."""

PAGE = 8
"""Conversations on one page of ``/sms inbox``."""

_BATCHES = "unread_batches"
"""The setting that counts how often **Show unread** was carried out."""

_UNKNOWN = "This conversation is not known here (any more). Nothing was done."
_GONE = "This conversation was deleted in Clearstream. Nothing was done."


class Conversations:
    """What people do with conversations, each in the caller's transaction."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup

    async def get(self, tx: Tx, conversation_id: int, *, lock: bool = False) -> Conversation:
        """One conversation; raises Gone where there is none. ``lock`` keeps others from changing it meanwhile."""
        row = await rows.get(tx, conversation_id, lock=lock)
        if row is None:
            raise Gone(_UNKNOWN)
        return Conversation.of(row)

    async def by_number(self, tx: Tx, number: str) -> Conversation | None:
        """The conversation with a number (E.164); None where there is none."""
        row = await rows.by_number(tx, number)
        return None if row is None else Conversation.of(row)

    async def by_root(self, tx: Tx, channel: str, root_ts: str) -> Conversation | None:
        """The conversation whose Slack thread this is; None where it is none's."""
        row = await rows.by_root(tx, channel, root_ts)
        return None if row is None else Conversation.of(row)

    async def search(self, tx: Tx, words: str, limit: int) -> list[Conversation]:
        """Conversations by parts of a name or number, newest first."""
        return [Conversation.of(row) for row in await rows.search(tx, words, limit)]

    async def claim(self, tx: Tx, conversation_id: int, user_id: str) -> Outcome:
        """Make it this person's, where it is nobody's; what was done is open again."""
        row = await self._there(tx, conversation_id)
        if row["claimed_by"] is not None:
            return Outcome(False, Conversation.of(row))
        row = await self._changed(tx, row, claimed_by=user_id, claimed_at=tx.now, done_at=None)
        await record.write(tx, actor=user_id, act="claim", subject=row["number"])
        await self._said(tx, row, "claimed", user_id)
        return Outcome(True, Conversation.of(row))

    async def answering(self, tx: Tx, row: Row, user_id: str, operation_key: str) -> None:
        """Who is about to answer what is nobody's has claimed it; the record of that ends as the operation does.

        The answer itself mentions them in the thread, and opens what was done: see ``answered``.
        """
        if row["claimed_by"] is not None:
            return
        row = await self._changed(tx, row, claimed_by=user_id, claimed_at=tx.now)
        await record.write(
            tx, actor=user_id, act="claim", subject=row["number"], outcome="asked", operation_key=operation_key
        )
        await self.show(tx, row)

    async def answered(self, tx: Tx, row: Row, asked_at: datetime) -> Row:
        """An answer went out: what was done before it was asked for is open again; the row as it is now."""
        if row["done_at"] is None or row["done_at"] > asked_at:
            return row
        row = await self._changed(tx, row, done_at=None)
        await self.show(tx, row)
        return row

    async def not_answered(self, tx: Tx, row: Row, user_id: str | None, asked_at: datetime) -> Row:
        """An answer was not sent: the claim it came with, where that still stands, is undone; the row as it is now."""
        if (row["claimed_by"], row["claimed_at"]) != (user_id, asked_at):
            return row
        row = await self._changed(tx, row, claimed_by=None, claimed_at=None)
        await self.show(tx, row)
        return row

    async def release(self, tx: Tx, conversation_id: int, user_id: str) -> Outcome:
        """Make it nobody's again; anyone in the channel may."""
        row = await self._there(tx, conversation_id)
        if row["claimed_by"] is None:
            return Outcome(False, Conversation.of(row))
        row = await self._changed(tx, row, claimed_by=None, claimed_at=None)
        await record.write(tx, actor=user_id, act="release", subject=row["number"])
        await self._said(tx, row, "released", user_id)
        return Outcome(True, Conversation.of(row))

    async def finish(self, tx: Tx, conversation_id: int, user_id: str) -> Outcome:
        """Mark it done, until a new text reopens it."""
        row = await self._there(tx, conversation_id)
        if row["done_at"] is not None:
            return Outcome(False, Conversation.of(row))
        row = await self._changed(tx, row, done_at=tx.now)
        await record.write(tx, actor=user_id, act="done", subject=row["number"])
        await self._said(tx, row, None, user_id)
        return Outcome(True, Conversation.of(row))

    async def _there(self, tx: Tx, conversation_id: int) -> Row:
        """The row, kept as it is until this transaction ends; raises Gone where it was deleted in Clearstream."""
        row = await rows.get(tx, conversation_id, lock=True)
        if row is None:
            raise Gone(_UNKNOWN)
        if row["gone_at"] is not None:
            raise Gone(_GONE)
        return row

    async def _changed(self, tx: Tx, row: Row, **values: Any) -> Row:
        return await rows.change(tx, row["id"], **values) or row

    async def _said(self, tx: Tx, row: Row, what: str | None, user_id: str) -> None:
        if what is not None and row["entered"]:
            channel = row["channel"] or await self._setup.inbox_channel(tx)
            await self._ledger.ask(tx, posts.note(row["id"], what, user_id, tx.now, channel))
        await self.show(tx, row)

    async def show(self, tx: Tx, row: Row) -> None:
        """Draw the header anew, and whatever modals people have open on the conversation."""
        if row["root_ts"] is not None:
            await self._ledger.ask(tx, posts.header_update(row["id"]))
        for view in await installation.views_of(tx, row["id"]):
            await self._ledger.ask(tx, posts.view(view["view_id"]))

    async def enter(self, tx: Tx, row: Row, *, stored_texts: bool = True) -> Row:
        """Bring a conversation into Slack, and the texts of it that are stored, if so asked; the row as it is now."""
        if row["entered"]:
            return row
        channel = await self._setup.inbox_channel(tx)
        changed = await rows.change(tx, row["id"], entered=True, channel=channel)
        await self._ledger.ask(tx, posts.header(row["id"], row["root_generation"], channel))
        for stored in await rows.last_texts(tx, row["id"], limit=100) if stored_texts else ():
            await self._ledger.ask(tx, posts.text(row["id"], stored["reply_id"], channel))
        return changed or row

    async def root_lost(self, tx: Tx, conversation_id: int, generation: int) -> None:
        """The header was deleted in Slack: make a new one, before anything else is posted under it; once."""
        row = await rows.change_if(
            tx, conversation_id, rows.root_is(generation), root_ts=None, root_generation=generation + 1
        )
        if row is not None:
            channel = row["channel"] or await self._setup.inbox_channel(tx)
            await self._ledger.ask(tx, posts.header(conversation_id, generation + 1, channel))

    async def show_unread(self, tx: Tx, user_id: str, batch: int = 1) -> Shown | None:
        """Bring the newest unread conversations into Slack, oldest of them first; None where this was done already.

        Each ``batch``, from 1, is done once, so that a press delivered twice brings no more than one does.
        """
        if batch != (await installation.setting(tx, _BATCHES) or 0) + 1:
            return None
        shown = 0
        for unread in reversed(await rows.unread(tx, SHOWN_AT_ONCE)):
            row = await rows.get(tx, unread["id"], lock=True)
            if row is not None and not row["entered"]:
                await self.enter(tx, row)
                shown += 1
        if not shown:
            return None
        await installation.set_setting(tx, _BATCHES, batch, user_id)
        await record.write(tx, actor=user_id, act="show unread", subject=None, detail={"count": shown})
        return Shown(shown, more=bool(await rows.unread(tx, 1)))

    async def inbox_page(self, tx: Tx, page: int) -> Page:
        """One page (from 1) of the conversations that are not done, newest first; the last one where it is past it."""
        found, total = await rows.open_page(tx, (page - 1) * PAGE, PAGE)
        if not found and page > 1:
            page = max(1, -(-await rows.open_count(tx) // PAGE))
            found, total = await rows.open_page(tx, (page - 1) * PAGE, PAGE)
        return Page([Conversation.of(row) for row in found], page, max(1, -(-total // PAGE)), total)

    async def texts(self, tx: Tx, conversation_id: int, reply_ids: Iterable[int]) -> dict[int, Text]:
        """Those of these texts that are stored, by their reply's id."""
        found = [await rows.text(tx, conversation_id, reply_id) for reply_id in reply_ids]
        return {row["reply_id"]: Text.of(row) for row in found if row is not None}

    async def last_texts(self, tx: Tx, conversation_id: int, limit: int) -> list[Text]:
        """The last texts that are stored, oldest first."""
        return [Text.of(row) for row in await rows.last_texts(tx, conversation_id, limit)]
