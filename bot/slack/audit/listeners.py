"""``/sms audit``: the record, for admins; by a person or on a number, and as a CSV."""

import json
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from bot.errors import Gone
from bot.services import audit, csv_writing, record
from bot.services.audit import Wanted
from bot.services.policy import Act
from bot.slack import words as w
from bot.slack.audit import blocks, ids
from bot.slack.interaction import Interaction
from bot.slack.setup.desk import SetupDesk
from bot.slack.transfer.files import Files
from bot.store import conversations as rows

_NAMED_LIKE = 20
"""Conversations whose name may be meant."""

_NAME = "switchboard-record.csv"


@dataclass(frozen=True)
class _Meant:
    """Whom somebody meant; ``nobody`` is True where no such person or number is known."""

    wanted: Wanted
    nobody: bool = False


class AuditListeners:
    """What happens on the record."""

    def __init__(self, desk: SetupDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms audit [n] [person or number]``."""
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.AUDIT)
            typed = audit.typed(rest)
            meant = await self._meant(typed)
            async with self._room.store.read() as tx:
                days = await self._desk.setup.record_days(tx)
                lines = [] if meant.nobody else await audit.newest(tx, meant.wanted, typed.count)
            said = f"The record: {len(lines)} lines" if lines else "Nothing is recorded"
            await interaction.tell(said, blocks.answer(lines, typed.words, days))

        self._room.boundary.later(interaction, work(), "audit")

    async def _meant(self, typed: audit.Typed) -> _Meant:
        """Whom the words name: a number, somebody who did something, or somebody with a conversation."""
        if not typed.words:
            return _Meant(Wanted())
        if typed.number is not None:
            return _Meant(Wanted(subjects=(typed.number,)))
        async with self._room.store.read() as tx:
            known = await audit.actors(tx)
            texted = await rows.search(tx, typed.words, _NAMED_LIKE)
        mentioned = w.people_in(typed.words)
        name = typed.words.removeprefix("@").lower()
        actors = mentioned or [one for one in known if await self._is_called(one, name)]
        wanted = Wanted(tuple(actors), () if actors else tuple(row["number"] for row in texted))
        return _Meant(wanted, nobody=not wanted.actors and not wanted.subjects)

    async def _is_called(self, actor: str, name: str) -> bool:
        if actor.lower() == name:
            return True
        return any(name in one.lower() for one in await self._room.directory.names(actor))

    async def export(self, interaction: Interaction) -> None:
        """**Export CSV**: every line that is looked for, to whoever pressed."""
        of = ids.OfAudit.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            user_id = interaction.actor.user_id
            await self._room.directory.check(user_id, Act.AUDIT)
            meant = await self._meant(audit.Typed(words=of.words))
            if meant.nobody:
                raise Gone("Nothing is recorded there any more.")
            with tempfile.TemporaryFile() as file:
                count = await self._write(file, meant.wanted)
                await self._share(user_id, file)
            async with self._room.store.write() as tx:
                detail = {"lines": count}
                await record.write(tx, actor=user_id, act="export record", subject=of.words or None, detail=detail)
            await interaction.tell(f":outbox_tray: {count:,} lines: the file is in your direct messages.")

        self._room.boundary.later(interaction, work(), "audit.export")

    async def _write(self, file: BinaryIO, wanted: Wanted) -> int:
        file.write(csv_writing.head(blocks.COLUMNS))
        names: dict[str, str] = {}
        count = 0
        async for line in audit.every(self._room.store, wanted):
            if line.actor not in names:
                names[line.actor] = await self._room.directory.name(line.actor) or ""
            file.write(csv_writing.line(blocks.cells(line, names)))
            count += 1
        return count

    async def _share(self, user_id: str, file: BinaryIO) -> None:
        api = self._room.api
        size = file.tell()
        file_id = await Files(api).upload(_NAME, file, size)
        channel = (await api.call("conversations.open", users=user_id))["channel"]["id"]
        files = json.dumps([{"id": file_id, "title": _NAME}])
        await api.call("files.completeUploadExternal", files=files, channel_id=channel)
