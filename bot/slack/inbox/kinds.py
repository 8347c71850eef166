"""The kinds of operation that show conversations and texts: how each is drawn, posted, looked for, and what follows."""

import structlog

from bot.operations.model import Absent, Done, Guard, Operation, State, Superseded
from bot.services import posts
from bot.services.conversation_model import Conversation, Text
from bot.slack.api import SlackRefused
from bot.slack.inbox import blocks
from bot.slack.posting import Drawn, Post, Threaded, standing
from bot.store import conversations as rows
from bot.store.engine import Row, Tx

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
        return standing(drawn.channel, answer["ts"], drawn.text)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the channel."""
        channel = await self.channel(await self.conversation(operation))
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()

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


class TextKind(Threaded):
    """One text under the header."""

    name = posts.TEXT

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        conversation, row = await self._stored(operation)
        channel = await self.channel(conversation)
        drawn = self._drawn(conversation, Text.of(row), channel)
        answer = await self.under_header(operation, conversation, drawn, guard)
        return standing(channel, answer["ts"])

    async def _stored(self, operation: Operation) -> tuple[Conversation, Row]:
        conversation = await self.conversation(operation)
        if conversation is None:
            raise Superseded
        async with self.reach.store.read() as tx:
            row = await rows.text(tx, conversation.id, operation.payload["reply"])
        if row is None:
            raise Superseded
        return conversation, row

    def _drawn(self, conversation: Conversation, text: Text, channel: str) -> Drawn:
        return Drawn(
            channel,
            blocks.text_fallback(text, conversation),
            blocks.text(text, conversation),
            thread_ts=conversation.root_ts,
            broadcast=text.bump,
        )

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the thread."""
        return await self.in_thread(operation)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands."""
        if operation.state is State.SENT:
            payload = operation.payload
            await rows.posted(tx, payload["conversation"], payload["reply"], operation.result["ts"])


class TextUpdateKind(TextKind):
    """A text that stands in Slack, drawn anew."""

    name = posts.TEXT_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how it is stored now."""
        conversation, row = await self._stored(operation)
        if conversation.channel is None or row["slack_ts"] is None:
            raise Superseded
        drawn = self._drawn(conversation, Text.of(row), conversation.channel)
        guard()
        try:
            await self.reach.api.call(
                "chat.update", channel=drawn.channel, ts=row["slack_ts"], text=drawn.text, blocks=drawn.blocks
            )
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""


class NoteKind(Threaded):
    """A line under the header on what somebody did."""

    name = posts.NOTE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        conversation = await self.conversation(operation)
        if conversation is None:
            raise Superseded
        line = blocks.note(operation.payload["note"], operation.payload["by"])
        channel = await self.channel(conversation)
        drawn = Drawn(channel, line, [blocks.line(line)], thread_ts=conversation.root_ts)
        answer = await self.under_header(operation, conversation, drawn, guard)
        return standing(channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the thread."""
        return await self.in_thread(operation)


class SummaryKind(Post):
    """What the first start found."""

    name = posts.SUMMARY

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        found = (operation.payload["conversations"], operation.payload["unread"])
        drawn = Drawn(await self.channel(None), blocks.summary_text(*found), blocks.summary(*found))
        answer = await self.reach.posted(operation, drawn, guard)
        return standing(drawn.channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look in the channel."""
        channel = await self.channel(None)
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()
