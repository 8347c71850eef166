"""The kinds of operation that show a broadcast: its one message, and that message drawn anew."""

from bot.operations.model import Absent, Done, Guard, Kind, Operation, State, Superseded
from bot.services import posts
from bot.services.broadcast_model import Broadcast, looks
from bot.services.broadcast_showing import Showing, send_key
from bot.slack.api import SlackRefused
from bot.slack.blocks import Block
from bot.slack.broadcasts import blocks
from bot.slack.posting import Drawn, Post, Reach, standing
from bot.store import broadcasts as rows
from bot.store.engine import Tx


class _OfBroadcast(Post):
    """What both share."""

    def __init__(self, reach: Reach, showing: Showing) -> None:
        super().__init__(reach)
        self.showing = showing

    async def shown(self, operation: Operation) -> blocks.Shown | None:
        """The broadcast as it stands now; None where the version this is about was changed since."""
        identity, version = operation.payload["broadcast"], operation.payload["version"]
        async with self.reach.store.read() as tx:
            row = await rows.get(tx, identity)
            if row is None:
                raise Superseded
            sending = await self.reach.ledger.by_key(tx, send_key(identity, version))
            now = tx.now
        if row["version"] != version:
            return None
        fence, reference = (sending.fence, sending.reference) if sending else (0, None)
        return blocks.Shown(Broadcast.of(row), fence, now, reference)

    async def place(self, operation: Operation) -> str:
        """Where it is told: where it was to be from the beginning, or in the channel that was named since."""
        to = operation.payload["to"]
        if to is None:
            async with self.reach.store.read() as tx:
                to = await self.reach.setup.broadcasts_channel(tx)
        return await self.reach.place(to)

    async def drawn(self, operation: Operation, channel: str) -> tuple[Drawn, str]:
        """Its message, and what of it is shown (see ``broadcast_model.looks``)."""
        shown = await self.shown(operation)
        if shown is None:
            text, drawn = blocks.changed(await self._author(operation))
            return Drawn(channel, text, drawn), "changed"
        text, drawn = blocks.message_text(shown), blocks.message(shown)
        return Drawn(channel, text, drawn), looks(shown.broadcast, shown.now)

    async def _author(self, operation: Operation) -> str | None:
        async with self.reach.store.read() as tx:
            row = await rows.get(tx, operation.payload["broadcast"])
        return row["author"] if row else None


class BroadcastKind(_OfBroadcast):
    """The one message of a broadcast."""

    name = posts.BROADCAST

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the broadcast stands now; one that was changed before it was shown is not shown."""
        channel = await self.place(operation)
        if await self.shown(operation) is None:
            raise Superseded
        drawn, shown = await self.drawn(operation, channel)
        answer = await self.reach.posted(operation, drawn, guard)
        return standing(channel, answer["ts"], shown)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.place(operation)
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0], "") if found else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands; **Undo** counts from here, and what changed meanwhile is drawn at once."""
        if operation.state is State.SENT:
            result = operation.result
            await self.showing.posted(tx, operation, result["channel"], result["ts"], result["drawn"])


class BroadcastUpdateKind(_OfBroadcast):
    """That message drawn anew."""

    name = posts.BROADCAST_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how the broadcast stands now."""
        identity, version = operation.payload["broadcast"], operation.payload["version"]
        async with self.reach.store.read() as tx:
            place = await self.showing.standing(tx, identity, version)
        if place is None:
            raise Superseded
        channel, ts = place
        drawn, shown = await self.drawn(operation, channel)
        guard()
        try:
            await self._change(channel, ts, drawn.text, drawn.blocks)
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done(result={"drawn": shown})

    async def _change(self, channel: str, ts: str, text: str, drawn: list[Block]) -> None:
        await self.reach.api.call("chat.update", channel=channel, ts=ts, text=text, blocks=drawn)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note what is shown now."""
        if operation.state is State.SENT:
            payload = operation.payload
            await self.showing.drawn(tx, payload["broadcast"], payload["version"], operation.result["drawn"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class DeclinedKind(Post):
    """What the author of a declined broadcast is told in private."""

    name = posts.DECLINED

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Tell it."""
        channel = await self.reach.place(operation.payload["to"])
        text, drawn = blocks.declined(operation.payload)
        answer = await self.reach.posted(operation, Drawn(channel, text, drawn), guard)
        return standing(channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()


def kinds(reach: Reach, showing: Showing) -> list[Kind]:
    """All of them."""
    return [BroadcastKind(reach, showing), BroadcastUpdateKind(reach, showing), DeclinedKind(reach)]
