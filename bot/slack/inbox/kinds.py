"""The kinds of operation that post to Slack: how each is drawn, posted, looked for, and what follows.

A post carries its operation's id in its metadata, which is how one whose answer was lost is found again.
Posts are harmless: one not found is posted again, and should a twin turn up after all, it is deleted.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot.errors import UpstreamError
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Again, Done, Guard, Held, Kind, Operation, State, Superseded
from bot.services import posts
from bot.services.conversations import Conversation, Conversations, Text
from bot.services.setup import Setup
from bot.slack.api import MENDABLE, SlackApi, SlackRefused
from bot.slack.inbox import blocks
from bot.store import conversations as rows
from bot.store.engine import Store, Tx

log = structlog.get_logger(__name__)

EVENT = "switchboard_operation"
"""The type of the metadata that names an operation."""

_MEND = timedelta(seconds=60)
_TOO_MUCH = frozenset({"invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_blocks_format"})
_NO_THREAD = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})


@dataclass(frozen=True)
class Drawn:
    """A message ready to be posted: where, under which other, and what."""

    channel: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    broadcast: bool = False


@dataclass(frozen=True)
class Reach:
    """What every kind of post works with."""

    api: SlackApi
    store: Store
    ledger: Ledger
    setup: Setup
    conversations: Conversations

    async def post(self, operation: Operation, drawn: Drawn, guard: Guard) -> dict[str, Any]:
        """Post a message that carries the operation's id; Slack's answer. Blocks Slack cannot show become plain text.

        Raises Held where somebody must mend the channel or the installation first: a text is never given up.
        """
        arguments: dict[str, Any] = {
            "channel": drawn.channel,
            "text": drawn.text,
            "blocks": drawn.blocks,
            "thread_ts": drawn.thread_ts,
            "reply_broadcast": True if drawn.broadcast else None,
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "metadata": {"event_type": EVENT, "event_payload": {"operation": operation.id}},
        }
        guard()
        try:
            return await self.api.call("chat.postMessage", **arguments)
        except SlackRefused as error:
            if error.code not in _TOO_MUCH:
                raise
            log.exception("slack.blocks_refused", kind=operation.kind, operation=operation.id, error=error.code)
            return await self.api.call("chat.postMessage", **{**arguments, "blocks": None, "text": drawn.text[:3900]})

    async def posted(self, operation: Operation, drawn: Drawn, guard: Guard) -> dict[str, Any]:
        """As ``post``, with every refusal a reason to wait."""
        try:
            answer = await self.post(operation, drawn, guard)
        except SlackRefused as error:
            if error.code in _NO_THREAD:
                raise
            raise Held(_why_held(error.code, drawn.channel), _MEND) from error
        if operation.doubts:
            await self._delete_twins(operation, drawn, keep=str(answer["ts"]))
        return answer

    async def _delete_twins(self, operation: Operation, drawn: Drawn, keep: str) -> None:
        """After a doubt: should the one that was not found stand there after all, take it away again."""
        for ts in await self.find(operation, drawn.channel, drawn.thread_ts):
            if ts != keep:
                await self.delete(drawn.channel, ts)

    async def find(self, operation: Operation, channel: str, thread_ts: str | None) -> list[str]:
        """Where messages with this operation's id stand, in the thread and in the channel."""
        oldest = f"{((operation.sent_at or operation.created_at) - timedelta(minutes=5)).timestamp():.6f}"
        options = {"channel": channel, "oldest": oldest, "limit": 200, "include_all_metadata": "true"}
        found: list[str] = []
        if thread_ts is not None:
            try:
                answer = await self.api.call("conversations.replies", ts=thread_ts, **options)
            except SlackRefused as error:
                if error.code not in _NO_THREAD:
                    raise
            else:
                found += _of(operation, answer)
        found += _of(operation, await self.api.call("conversations.history", **options))
        return list(dict.fromkeys(found))

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; best effort."""
        try:
            await self.api.call("chat.delete", channel=channel, ts=ts)
        except UpstreamError as error:
            log.warning("slack.could_not_delete", error=type(error).__name__)


def _of(operation: Operation, answer: dict[str, Any]) -> list[str]:
    return [
        str(message["ts"])
        for message in answer.get("messages") or ()
        if (message.get("metadata") or {}).get("event_payload", {}).get("operation") == operation.id
    ]


def _why_held(code: str, channel: str) -> str:
    if code in MENDABLE:
        return (
            f"Slack does not let Switchboard post to <#{channel}> ({code}). Invite it there, or choose another channel."
        )
    return f"Slack refused the message ({code})."


class _Post:
    """What all posts share: harmless, never given up, looked for by their id."""

    harmless = True
    patience = None
    looks: Sequence[float] = (1.0,)

    def __init__(self, reach: Reach) -> None:
        self.reach = reach

    async def marker(self, operation: Operation) -> int | None:
        """None: a post is known by the id it carries."""
        return None

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""

    async def conversation(self, operation: Operation) -> Conversation | None:
        """The conversation the operation is about, as it stands now."""
        identity = operation.payload.get("conversation")
        if identity is None:
            return None
        async with self.reach.store.read() as tx:
            row = await rows.get(tx, identity)
        return None if row is None else Conversation.of(row)

    async def channel(self, conversation: Conversation | None) -> str:
        """Where it is posted; Held where no channel is set."""
        if conversation is not None and conversation.channel:
            return conversation.channel
        async with self.reach.store.read() as tx:
            chosen = await self.reach.setup.inbox_channel(tx)
        if chosen is None:
            raise Held("No inbox channel is set.", _MEND)
        return chosen


class HeaderKind(_Post):
    """The message that stands for a conversation."""

    name = posts.HEADER

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the conversation stands now."""
        conversation = await self.conversation(operation)
        if conversation is None or conversation.generation != operation.payload["generation"]:
            raise Superseded
        drawn = Drawn(await self.channel(conversation), blocks.header_text(conversation), blocks.header(conversation))
        answer = await self.reach.posted(operation, drawn, guard)
        return Done(result={"channel": drawn.channel, "ts": answer["ts"], "drawn": drawn.text})

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the channel."""
        channel = await self.channel(await self.conversation(operation))
        found = await self.reach.find(operation, channel, None)
        return Done(result={"channel": channel, "ts": found[0], "drawn": None}) if found else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """It stands: note where. What changed while it was being posted is drawn at once."""
        if operation.state is not State.SENT:
            return
        result, generation = operation.result, operation.payload["generation"]
        row = await rows.change_if(
            tx,
            operation.payload["conversation"],
            rows.root_is(generation),
            channel=result["channel"],
            root_ts=result["ts"],
        )
        if row is not None and blocks.header_text(Conversation.of(row)) != result["drawn"]:
            await self.reach.ledger.ask(tx, posts.header_update(row["id"]))


class HeaderUpdateKind(_Post):
    """The header drawn anew."""

    name = posts.HEADER_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how the conversation stands now; a header that is gone is made anew."""
        conversation = await self.conversation(operation)
        if conversation is None or conversation.root_ts is None or conversation.channel is None:
            raise Superseded
        guard()
        try:
            await self.reach.api.call(
                "chat.update",
                channel=conversation.channel,
                ts=conversation.root_ts,
                text=blocks.header_text(conversation),
                blocks=blocks.header(conversation),
            )
        except SlackRefused as error:
            if error.code == "message_not_found" and not conversation.gone:
                await self._renew(conversation)
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done()

    async def _renew(self, conversation: Conversation) -> None:
        async with self.reach.store.write() as tx:
            await self.reach.conversations.root_lost(tx, conversation.id, conversation.generation)

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class TextKind(_Post):
    """One text under the header."""

    name = posts.TEXT

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it. Where the header was deleted Slack posts it outside any thread: then a new header comes first."""
        conversation = await self.conversation(operation)
        if conversation is None:
            raise Superseded
        async with self.reach.store.read() as tx:
            row = await rows.text(tx, conversation.id, operation.payload["reply"])
        if row is None:
            raise Superseded
        drawn = self._drawn(conversation, Text.of(row), await self.channel(conversation))
        if drawn.thread_ts is None:
            raise Again(self._new_header(conversation))
        try:
            answer = await self.reach.posted(operation, drawn, guard)
        except SlackRefused as error:
            log.info("slack.header_gone", error=error.code)
            raise Again(self._new_header(conversation)) from error
        if not (answer.get("message") or {}).get("thread_ts"):
            await self.reach.delete(drawn.channel, str(answer["ts"]))
            raise Again(self._new_header(conversation))
        return Done(result={"ts": answer["ts"]})

    def _drawn(self, conversation: Conversation, text: Text, channel: str) -> Drawn:
        return Drawn(
            channel,
            blocks.text_fallback(text, conversation),
            blocks.text(text, conversation),
            thread_ts=conversation.root_ts,
            broadcast=text.bump,
        )

    def _new_header(self, conversation: Conversation) -> Any:
        async def before(tx: Tx) -> None:
            await self.reach.conversations.root_lost(tx, conversation.id, conversation.generation)

        return before

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the thread; one that landed outside it is taken away."""
        conversation = await self.conversation(operation)
        if conversation is None or conversation.channel is None or conversation.root_ts is None:
            return Absent(certain=True)
        options = {"channel": conversation.channel, "limit": 200, "include_all_metadata": "true"}
        found = await self.reach.find(operation, conversation.channel, conversation.root_ts)
        if not found:
            return Absent()
        try:
            answer = await self.reach.api.call("conversations.replies", ts=conversation.root_ts, **options)
        except SlackRefused:
            answer = {}
        threaded = [ts for ts in found if ts in _of(operation, answer)]
        for ts in found:
            if ts not in threaded[:1]:
                await self.reach.delete(conversation.channel, ts)
        return Done(result={"ts": threaded[0]}) if threaded else Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands."""
        if operation.state is State.SENT:
            payload = operation.payload
            await rows.posted(tx, payload["conversation"], payload["reply"], operation.result["ts"])


class NoteKind(_Post):
    """A line under the header on what somebody did."""

    name = posts.NOTE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it, where the header still stands."""
        drawn = await self._drawn(operation)
        if drawn is None:
            raise Superseded
        try:
            answer = await self.reach.posted(operation, drawn, guard)
        except SlackRefused as error:
            raise Superseded(f"The header is gone ({error.code}).") from error
        return Done(result={"ts": answer["ts"]})

    async def _drawn(self, operation: Operation) -> Drawn | None:
        conversation = await self.conversation(operation)
        if conversation is None or conversation.root_ts is None:
            return None
        line = blocks.note(operation.payload["note"], operation.payload["by"])
        channel = await self.channel(conversation)
        return Drawn(channel, line, [blocks.line(line)], thread_ts=conversation.root_ts)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the thread."""
        drawn = await self._drawn(operation)
        if drawn is None:
            return Absent(certain=True)
        found = await self.reach.find(operation, drawn.channel, drawn.thread_ts)
        return Done(result={"ts": found[0]}) if found else Absent()


class SummaryKind(_Post):
    """What the first start found."""

    name = posts.SUMMARY

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        found = (operation.payload["conversations"], operation.payload["unread"])
        drawn = Drawn(await self.channel(None), blocks.summary_text(*found), blocks.summary(*found))
        answer = await self.reach.posted(operation, drawn, guard)
        return Done(result={"channel": drawn.channel, "ts": answer["ts"]})

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the channel."""
        channel = await self.channel(None)
        found = await self.reach.find(operation, channel, None)
        return Done(result={"channel": channel, "ts": found[0]}) if found else Absent()


class NoticeKind(_Post):
    """A message on an operation that somebody must know of, or decide on."""

    name = posts.NOTICE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the operation stands now: under the conversation's header, or in the channel."""
        about = await self.about(operation)
        if about is None:
            raise Superseded
        conversation = await self.conversation(operation)
        called = blocks.called_by_operation(about, conversation)
        drawn = Drawn(
            await self.channel(conversation),
            blocks.notice_text(about, called),
            blocks.notice(about, called),
            thread_ts=conversation.root_ts if conversation else None,
        )
        try:
            answer = await self.reach.posted(operation, drawn, guard)
        except SlackRefused as error:
            raise Held(f"Slack refused the message ({error.code}).", _MEND) from error
        return Done(result={"channel": drawn.channel, "ts": answer["ts"], "drawn": drawn.text})

    async def about(self, operation: Operation) -> Operation | None:
        """The operation it tells of."""
        async with self.reach.store.read() as tx:
            return await self.reach.ledger.get(tx, operation.payload["operation"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        conversation = await self.conversation(operation)
        channel = await self.channel(conversation)
        found = await self.reach.find(operation, channel, conversation.root_ts if conversation else None)
        return Done(result={"channel": channel, "ts": found[0], "drawn": None}) if found else Absent()


class NoticeUpdateKind(NoticeKind):
    """That message drawn anew."""

    name = posts.NOTICE_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how the operation stands now."""
        about = await self.about(operation)
        posted = await self._posted(operation)
        if about is None or posted is None or "ts" not in posted.result:
            raise Superseded
        called = blocks.called_by_operation(about, await self.conversation(posted))
        guard()
        try:
            await self.reach.api.call(
                "chat.update",
                channel=posted.result["channel"],
                ts=posted.result["ts"],
                text=blocks.notice_text(about, called),
                blocks=blocks.notice(about, called),
            )
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done()

    async def _posted(self, operation: Operation) -> Operation | None:
        async with self.reach.store.read() as tx:
            return await self.reach.ledger.by_key(tx, posts.notice_key(operation.payload["operation"]))

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class ViewKind(_Post):
    """A modal somebody has open, drawn anew because its conversation changed; one that was closed is forgotten."""

    name = posts.VIEW

    def __init__(self, reach: Reach, redraw: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(reach)
        self._redraw = redraw

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Draw it."""
        guard()
        try:
            await self._redraw(operation.payload["view"])
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


def kinds(reach: Reach, redraw: Callable[[str], Awaitable[None]]) -> list[Kind]:
    """All of them; ``redraw`` draws an open modal anew."""
    return [
        HeaderKind(reach),
        HeaderUpdateKind(reach),
        TextKind(reach),
        NoteKind(reach),
        SummaryKind(reach),
        NoticeKind(reach),
        NoticeUpdateKind(reach),
        ViewKind(reach, redraw),
    ]
