"""The kinds of operation that show an import or export: its message, that message drawn anew, and its file."""

import json
from datetime import timedelta

from bot.errors import Rejected
from bot.operations.model import Absent, Done, Guard, Kind, Operation, State, Superseded
from bot.services import transfers
from bot.services.transfers import Transfer
from bot.slack.api import SERVICE, SlackRefused
from bot.slack.posting import Drawn, Post, Reach, standing
from bot.slack.transfer import blocks
from bot.store import imports as rows
from bot.store.engine import Tx

_BEFORE = timedelta(minutes=5)


class _OfTransfer(Post):
    """What all share."""

    async def transfer(self, operation: Operation) -> Transfer:
        """The import or export as it stands now. Raises Superseded where it is not known any more."""
        async with self.reach.store.read() as tx:
            row = await rows.get(tx, operation.payload["transfer"])
            if row is None:
                raise Superseded
            counts = await rows.counts(tx, row["id"]) if row["kind"] == transfers.IMPORT else {}
        return Transfer.of(row, counts)


class TransferKind(_OfTransfer):
    """The message that follows it."""

    name = transfers.MESSAGE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as it stands now."""
        channel = await self.reach.place(operation.payload["to"])
        one = await self.transfer(operation)
        drawn = Drawn(channel, blocks.message_text(one), blocks.message(one))
        answer = await self.reach.posted(operation, drawn, guard)
        return standing(channel, answer["ts"], one.state)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands; what changed meanwhile is drawn."""
        if operation.state is State.SENT:
            place = {"channel": operation.result["channel"], "ts": operation.result["ts"]}
            row = await rows.change(tx, operation.payload["transfer"], **place)
            if row is not None:
                await transfers.moved(self.reach.ledger, tx, row)


class TransferUpdateKind(_OfTransfer):
    """That message drawn anew."""

    name = transfers.MESSAGE_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how things stand now."""
        one = await self.transfer(operation)
        if one.channel is None or one.ts is None:
            raise Superseded
        text, drawn = blocks.message_text(one), blocks.message(one)
        guard()
        try:
            await self.reach.api.call("chat.update", channel=one.channel, ts=one.ts, text=text, blocks=drawn)
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class FileKind(_OfTransfer):
    """An uploaded file, shared with whoever asked for it."""

    name = transfers.FILE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Share it."""
        payload = operation.payload
        channel = await self.reach.place(payload["to"])
        shared = [{"id": payload["file"], "title": payload["title"]}]
        guard()
        try:
            await self.reach.api.call("files.completeUploadExternal", files=json.dumps(shared), channel_id=channel)
        except SlackRefused as error:
            raise Rejected(f"Slack does not share the file ({error.code}).", service=SERVICE) from error
        return Done(result={"channel": channel})

    async def find(self, operation: Operation) -> Done | Absent:
        """Look whether a message holds it."""
        channel = await self.reach.place(operation.payload["to"])
        oldest = (operation.sent_at or operation.created_at) - _BEFORE
        answer = await self.reach.api.call(
            "conversations.history", channel=channel, oldest=f"{oldest.timestamp():.6f}", limit=200
        )
        held = {file.get("id") for message in answer.get("messages") or () for file in message.get("files") or ()}
        return Done(result={"channel": channel}) if operation.payload["file"] in held else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Where it cannot be shared, the message says so."""
        if operation.state is State.FAILED:
            row = await rows.change(tx, operation.payload["transfer"], waits=operation.reason)
            if row is not None:
                await transfers.shown(self.reach.ledger, tx, row)


def kinds(reach: Reach) -> list[Kind]:
    """All of them."""
    return [TransferKind(reach), TransferUpdateKind(reach), FileKind(reach)]
