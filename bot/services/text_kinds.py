"""The two kinds of text as operations: how each leaves, is looked for, and what follows when it ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message, Reply, Subscriber, Thread
from bot.errors import Invalid, NotFound, Rejected, UpstreamError
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Ambiguous, Done, Guard, Operation, State
from bot.services import posts, record
from bot.services.arrivals import Arrivals
from bot.services.contacts import May
from bot.services.conversations import Conversations
from bot.services.direct import mark
from bot.services.known import known_of
from bot.services.policy import Act
from bot.services.setup import Setup
from bot.services.texts import MESSAGE, REPLY, same_text
from bot.store import conversations as rows
from bot.store import operations as ledger_rows
from bot.store.engine import Row, Store, Tx

_PATIENCE = timedelta(minutes=10)
"""A text that could not leave for so long is not sent any more: it would come as a surprise."""

_PAGES_OF_EVIDENCE = 5

#: States a person is told of in Slack, once an operation has been in one of them.
_TOLD = (State.READY, State.UNCONFIRMED, State.FAILED)


class _Told:
    """What both kinds of text share: trouble is told in Slack, and every ending is in the record."""

    def __init__(self, store: Store, ledger: Ledger, setup: Setup, clearstream: Clearstream, may: May) -> None:
        self.store = store
        self.ledger = ledger
        self.setup = setup
        self.clearstream = clearstream
        self.may = may

    async def check(self, operation: Operation, act: Act) -> None:
        """Whether whoever asked may still do it."""
        if operation.asked_by is not None:
            await self.may(operation.asked_by, act)

    async def tell(self, tx: Tx, operation: Operation, row: Row | None) -> None:
        """Post a notice once there is something to tell, and keep it true from then on.

        It stands in the thread of the conversation ``row``, which is brought into Slack for it.
        """
        await record.follow(tx, operation)
        if operation.state not in (State.SENDING, State.UNKNOWN):
            await self.ledger.ask_after(tx, posts.notice_key(operation.id), posts.notice_update(operation.id))
        if operation.state in _TOLD and (operation.state is not State.READY or operation.reason):
            row = row and await Conversations(self.ledger, self.setup).enter(tx, row)
            channel = (row and row["channel"]) or await self.setup.inbox_channel(tx)
            await self.ledger.ask(tx, posts.notice(operation.id, row["id"] if row else None, channel))


class ReplyKind(_Told):
    """An answer in a conversation: ``POST /threads/<id>/replies``; sent again only when a person says so."""

    name = REPLY
    harmless = False
    patience = _PATIENCE
    looks: Sequence[float] = (0.5, 3)

    async def marker(self, operation: Operation) -> int | None:
        """The newest reply known in the conversation now."""
        async with self.store.read() as tx:
            return await rows.newest_reply_id(tx, operation.payload["conversation"])

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Send it, if whoever asked still may."""
        await self.check(operation, Act.REPLY)
        guard()
        try:
            reply = await self.clearstream.send_reply(operation.payload["conversation"], operation.payload["text"])
        except Invalid as error:
            raise _unsendable(error) from error
        except NotFound:
            await self._gone(operation.payload["conversation"])
            raise
        return await self._with_what_came_before(operation, reply)

    async def _gone(self, conversation_id: int) -> None:
        """The conversation is not in Clearstream any more: its header says so."""
        async with self.store.write() as tx:
            await Arrivals(self.ledger, Conversations(self.ledger, self.setup), self.setup).gone(tx, conversation_id)

    async def _with_what_came_before(self, operation: Operation, reply: Reply) -> Done:
        """Texts that came just before ours and no poll has found yet: they stand above it in Slack."""
        done = _done(reply)
        try:
            page = await self.clearstream.replies_page(operation.payload["conversation"])
        except UpstreamError:
            return done  # the next poll finds them; ours is sent, and that is what counts
        before = [one for one in page if one.id > (operation.marker or 0) and _order(one) < _order(reply)]
        return replace(done, result={**done.result, "before": [one.model_dump(mode="json") for one in before]})

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look in the conversation for our text among replies newer than the marker that are no other operation's."""
        if operation.marker is None:
            return Absent(certain=True)
        newer = await self._newer_replies(operation.payload["conversation"], operation.marker)
        ours = [reply for reply in newer if not reply.incoming and same_text(reply.text, operation.payload["text"])]
        async with self.store.read() as tx:
            taken = await ledger_rows.bound(tx, [bound_reply(reply.id) for reply in ours])
        candidates = [reply for reply in ours if bound_reply(reply.id) not in taken]
        if len(candidates) > 1:
            return Ambiguous(len(candidates))
        return _done(candidates[0]) if candidates else Absent()

    async def _newer_replies(self, conversation_id: int, marker: int) -> list[Reply]:
        newer: list[Reply] = []
        for number in range(1, _PAGES_OF_EVIDENCE + 1):
            page = await self.clearstream.replies_page(conversation_id, number)
            fresh = [reply for reply in page if reply.id > marker]
            newer.extend(fresh)
            if len(fresh) < len(page) or not len(page):
                break
        return newer

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Sent: it stands in the conversation. Not sent: whoever asked has not claimed it, and is told."""
        row = await rows.get(tx, operation.payload["conversation"], lock=True)
        if row is None:
            await record.follow(tx, operation)
            return
        conversations = Conversations(self.ledger, self.setup)
        if operation.state is State.SENT:
            await self._first_what_came_before(tx, row, operation)
            row = await conversations.answered(tx, row, operation.created_at)
            await self._show(tx, operation, row["channel"])
            if operation.payload.get("stands_at"):
                await self.ledger.ask(tx, mark(*operation.payload["stands_at"]))
        elif operation.state is State.FAILED and operation.payload.get("claims"):
            row = await conversations.not_answered(tx, row, operation.asked_by, operation.created_at)
        await self.tell(tx, operation, row)

    async def _first_what_came_before(self, tx: Tx, row: Row, operation: Operation) -> None:
        replies = [Reply.model_validate(one) for one in operation.result.get("before", ())]
        if not replies:
            return
        seen = await rows.known_replies(tx, [row["id"]], [one.id for one in replies])
        known = known_of(row, seen[row["id"]])
        new = tuple(sorted((one for one in replies if not known.has(one)), key=_order))
        person = Subscriber(
            mobile_number=row["number"],
            status=row["subscriber_status"],
            first=row["first"],
            last=row["last"],
            email=row["email"],
        )
        thread = Thread(
            id=row["id"],
            unread=row["unread"],
            replied_at=row["replied_at"],
            reply_count=row["reply_count"] + len(new),
            subscriber=person,
        )
        await Arrivals(self.ledger, Conversations(self.ledger, self.setup), self.setup).arrived(tx, thread, new)

    async def _show(self, tx: Tx, operation: Operation, channel: str | None) -> None:
        """Store the text as part of the conversation, and post it under the header."""
        conversations = Conversations(self.ledger, self.setup)
        conversation_id = operation.payload["conversation"]
        reply_id, sent_at = operation.result["reply"], datetime.fromisoformat(operation.result["sent_at"])
        text = {
            "conversation_id": conversation_id,
            "reply_id": reply_id,
            "incoming": False,
            "body": operation.payload["text"],
            "status": operation.result.get("status"),
            "sent_at": sent_at,
            "author": f"<@{operation.asked_by}>",
            "operation_id": operation.id,
            "bump": False,
            "slack_ts": _stands_at(operation, channel),
        }
        if not await rows.add_texts(tx, [text]):
            await self._sign(tx, text)
            return
        row = await rows.get(tx, conversation_id)
        if row is None:
            return
        if row["newest_at"] is None or row["newest_at"] <= sent_at:
            row = await rows.change(
                tx,
                conversation_id,
                newest_id=max(reply_id, row["newest_id"] or 0),
                newest_at=sent_at,
                latest_text=operation.payload["text"],
                latest_incoming=False,
            )
        # It counts among the texts of the conversation from now on, so that the poll looks for no other in its stead.
        row = row and await rows.change(tx, conversation_id, reply_count=row["reply_count"] + 1)
        if row is None:
            return
        if row["entered"]:
            if text["slack_ts"] is None:
                channel = row["channel"] or await self.setup.inbox_channel(tx)
                await self.ledger.ask(tx, posts.text(conversation_id, reply_id, channel))
            await conversations.show(tx, row)
        else:
            await conversations.enter(tx, row)

    async def _sign(self, tx: Tx, text: Row) -> None:
        """A poll showed it before it was known to be ours, as if written on Clearstream's site: say who wrote it."""
        conversation_id, reply_id = text["conversation_id"], text["reply_id"]
        if await rows.sign(tx, conversation_id, reply_id, text["author"], text["operation_id"]):
            await self.ledger.ask(tx, posts.text_update(conversation_id, reply_id))


class MessageKind(_Told):
    """A message to one number with a header: ``POST /messages`` with ``subscribers``."""

    name = MESSAGE
    harmless = False
    patience = _PATIENCE
    looks: Sequence[float] = (0.5, 3)

    async def marker(self, operation: Operation) -> int | None:
        """The highest id among Clearstream's newest messages."""
        page = await self.clearstream.messages_page()
        return max((message.id for message in page), default=0)

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Send it, if whoever asked still may."""
        await self.check(operation, Act.TEXT)
        payload = operation.payload
        guard()
        try:
            message = await self.clearstream.send_message(
                payload["header"], payload["text"], subscribers=[payload["number"]]
            )
        except Invalid as error:
            raise _unsendable(error) from error
        return Done(bound=f"clearstream:message:{message.id}", result={"message": message.id})

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look among messages newer than the marker, to no list, that are no other operation's."""
        if operation.marker is None:
            return Absent(certain=True)
        found: list[int] = []
        for number in range(1, _PAGES_OF_EVIDENCE + 1):
            page = await self.clearstream.messages_page(number)
            found.extend(message.id for message in page if _could_be(message, operation))
            if not len(page) or any(message.id <= operation.marker for message in page):
                break
        async with self.store.read() as tx:
            taken = await ledger_rows.bound(tx, [f"clearstream:message:{identity}" for identity in found])
        candidates = [identity for identity in found if f"clearstream:message:{identity}" not in taken]
        if len(candidates) > 1:
            return Ambiguous(len(candidates))
        if not candidates:
            return Absent()
        return Done(bound=f"clearstream:message:{candidates[0]}", result={"message": candidates[0]})

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The team sees it in the inbox channel, and whoever asked is told of trouble."""
        await self.tell(tx, operation, None)
        if operation.state is State.SENT:
            channel = await self.setup.inbox_channel(tx)
            await self.ledger.ask(tx, posts.notice(operation.id, None, channel))


def _could_be(message: Message, operation: Operation) -> bool:
    text = message.text
    return (
        message.id > (operation.marker or 0)
        and not message.lists
        and text is not None
        and same_text(text.body or "", operation.payload["text"])
        and same_text(text.header or "", operation.payload["header"])
    )


def bound_reply(reply_id: int) -> str:
    """The name of a reply that an operation may have become."""
    return f"clearstream:reply:{reply_id}"


def _done(reply: Reply) -> Done:
    result = {"reply": reply.id, "status": reply.status, "sent_at": reply.sent_at.isoformat()}
    return Done(bound=bound_reply(reply.id), result=result)


def _stands_at(operation: Operation, channel: str | None) -> str | None:
    """The ``ts`` of the message that already shows the text where its conversation stands; None where none does."""
    place = operation.payload.get("stands_at")
    return str(place[1]) if place and place[0] == channel else None


def _order(reply: Reply) -> tuple[datetime, int]:
    return reply.sent_at, reply.id


def _unsendable(error: Invalid) -> Rejected:
    return Rejected(str(error), service="Clearstream", fields=error.fields)
