"""The kinds of operation that tell how a text stands, and draw open modals anew; and the list of all kinds."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.operations.model import Absent, Done, Guard, Kind, Operation, State, Superseded
from bot.services import posts
from bot.services.conversation_model import Conversation
from bot.slack.api import SlackRefused
from bot.slack.inbox import blocks
from bot.slack.inbox.kinds import HeaderKind, HeaderUpdateKind, NoteKind, SummaryKind, TextKind, TextUpdateKind
from bot.slack.posting import Drawn, Post, Reach, Threaded, standing
from bot.store import conversations as rows
from bot.store.engine import Tx


class NoticeKind(Threaded):
    """A message on an operation that somebody must know of, or decide on.

    It stands where the operation says it is told (``to`` in its payload: a channel, or a person), else under its
    conversation's header, else in the inbox channel.
    """

    name = posts.NOTICE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the operation stands now."""
        about = await self.about(operation)
        if about is None:
            raise Superseded
        conversation = await self.conversation(operation)
        called = blocks.called_by_operation(about, conversation)
        channel = await self._place(about, conversation)
        drawn = Drawn(channel, blocks.notice_text(about, called), blocks.notice(about, called))
        if conversation is not None and _has_thread(conversation):
            drawn = replace(drawn, thread_ts=conversation.root_ts)
            answer = await self.under_header(operation, conversation, drawn, guard)
        else:
            answer = await self.reach.posted(operation, drawn, guard)
        return standing(channel, answer["ts"], drawn.text)

    async def about(self, operation: Operation) -> Operation | None:
        """The operation it tells of."""
        async with self.reach.store.read() as tx:
            return await self.reach.ledger.get(tx, operation.payload["operation"])

    async def _place(self, about: Operation | None, conversation: Conversation | None) -> str:
        to = None if about is None else about.payload.get("to")
        return await self.channel(conversation) if to is None else await self.reach.place(to)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        conversation = await self.conversation(operation)
        if conversation is not None and _has_thread(conversation):
            return await self.in_thread(operation)
        channel = await self._place(await self.about(operation), conversation)
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """It stands: what changed while it was being posted is drawn at once."""
        about = await self.reach.ledger.get(tx, operation.payload["operation"])
        if operation.state is not State.SENT or about is None:
            return
        identity = operation.payload.get("conversation")
        row = None if identity is None else await rows.get(tx, identity)
        called = blocks.called_by_operation(about, Conversation.of(row) if row else None)
        if blocks.notice_text(about, called) != operation.result["drawn"]:
            await self.reach.ledger.ask(tx, posts.notice_update(about.id))


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

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""


def _has_thread(conversation: Conversation) -> bool:
    """Whether it stands in Slack, or stood there until its header was deleted."""
    return conversation.root_ts is not None or conversation.generation > 0


class ViewKind(Post):
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


def kinds(reach: Reach, redraw: Callable[[str], Awaitable[None]] | None) -> list[Kind]:
    """All of them; ``redraw`` draws an open modal anew, where there are any."""
    made: list[Kind] = [
        HeaderKind(reach),
        HeaderUpdateKind(reach),
        TextKind(reach),
        TextUpdateKind(reach),
        NoteKind(reach),
        SummaryKind(reach),
        NoticeKind(reach),
        NoticeUpdateKind(reach),
    ]
    return made if redraw is None else [*made, ViewKind(reach, redraw)]
