"""The kinds of operation that show conversations and texts: how each is drawn, posted, looked for, and what follows."""

from typing import Any

import structlog

from bot.operations.model import Absent, Again, Done, Guard, Operation, State, Superseded
from bot.services import posts
from bot.services.conversations import Conversation, Text
from bot.slack.api import SlackRefused
from bot.slack.inbox import blocks
from bot.slack.posting import Drawn, Post, carrying
from bot.store import conversations as rows
from bot.store.engine import Tx

log = structlog.get_logger(__name__)


class HeaderKind(Post):
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


class HeaderUpdateKind(Post):
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


class TextKind(Post):
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
        threaded = [ts for ts in found if ts in carrying(operation, answer)]
        for ts in found:
            if ts not in threaded[:1]:
                await self.reach.delete(conversation.channel, ts)
        return Done(result={"ts": threaded[0]}) if threaded else Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands."""
        if operation.state is State.SENT:
            payload = operation.payload
            await rows.posted(tx, payload["conversation"], payload["reply"], operation.result["ts"])


class NoteKind(Post):
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


class SummaryKind(Post):
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
