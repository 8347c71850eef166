"""**Import subscribers**: a file, its columns, a dry run, and only then the import."""

from datetime import timedelta

from bot.clearstream.numbers import DEFAULT_REGION
from bot.errors import Gone, Invalid
from bot.services import csv_reading
from bot.services.exports import temporary
from bot.services.import_check import Overtaken, look
from bot.services.import_model import Choice, Source
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import list_picker, screens
from bot.slack.interaction import Interaction, View
from bot.slack.transfer import files, ids, views
from bot.slack.transfer.desk import TransferDesk

_NEW = timedelta(seconds=1)
"""A list that was made before is among those to choose from."""

_NO_FILE = "There is no file on this message. Use the shortcut on a message a CSV was shared with, or /sms import."
_SEVERAL = "There are several files on this message, so nobody can tell which is meant: choose one with /sms import."
_NO_LISTS = "There is no list to put anybody on yet. Make one first with /sms lists. Nothing was imported."
_STOPPED = ":octagonal_sign: Stopped. The rows that were not reached come back to you in a file."
_ENDED = "This import had ended already. Nothing was stopped."


class ImportListeners:
    """What happens from choosing a file to **Import**, and on **Stop**."""

    def __init__(self, desk: TransferDesk) -> None:
        self._desk = desk
        self._room = desk.room
        self._imports = desk.imports

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms import``."""
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._choose(interaction), "import.open")

    async def _choose(self, interaction: Interaction) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.IMPORT)
        await interaction.open(views.choose(self._draft(interaction)))

    def _draft(self, interaction: Interaction) -> ids.ImportDraft:
        return ids.ImportDraft(draft=self._room.new_id(), channel=interaction.channel_id)

    async def shortcut(self, interaction: Interaction) -> None:
        """**Import subscribers** on a message."""
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._shared(interaction), "import.shared")

    async def _shared(self, interaction: Interaction) -> None:
        shared = [file for file in interaction.message.get("files") or () if file.get("mode") != "tombstone"]
        draft, user_id = self._draft(interaction), interaction.actor.user_id

        async def make() -> View:
            await self._room.directory.check(user_id, Act.IMPORT)
            if len(shared) != 1:
                raise Invalid(_SEVERAL if shared else _NO_FILE)
            source = files.source_of(shared[0])
            await self._imports.keep(draft.draft, user_id, source)
            return await self._looked_at(draft, source)

        await self._room.boundary.fill(interaction, views.TITLE, make, "import.shared")

    async def file_chosen(self, interaction: Interaction) -> None:
        """**Next**: the file is fetched and looked at; what is wrong with it is said where it was chosen."""
        view, user_id = interaction.view, interaction.actor.user_id
        draft = ids.ImportDraft.unpack(view.get("private_metadata"))
        if await self._refused(interaction):
            return
        source = views.chosen_file(view)
        wrong = "Choose a file." if source is None else None
        if source is not None and source.size > csv_reading.MOST_BYTES:
            wrong = files.TOO_LARGE
        if source is None or wrong is not None:
            await interaction.acknowledge(response_action="errors", errors={views.file_block(view): wrong or ""})
            return
        await self._imports.keep(draft.draft, user_id, source)
        await interaction.acknowledge(response_action="update", view=views.reading(0))
        later = self._room.boundary.refill(
            str(view["id"]), views.TITLE, lambda: self._look_or_choose(draft, source), "import.look"
        )
        self._room.boundary.later(interaction, later, "import.look")

    async def _look_or_choose(self, draft: ids.ImportDraft, source: Source) -> View:
        """The second modal; where the file is none, the first once more with what is wrong."""
        try:
            return await self._looked_at(draft, source)
        except Invalid as error:
            again = draft.model_copy(update={"turn": draft.turn + 1})
            return views.choose(again, " ".join(error.fields.get(csv_reading.FIELD, [str(error)])))

    async def _looked_at(self, draft: ids.ImportDraft, source: Source) -> View:
        with temporary() as file:
            await self._desk.files.fetch(source, file)
            seen = look(file)
        await self._desk.audience.refresh(older_than=_NEW)
        lists = await self._desk.audience.lists()
        if not lists:
            return screens.failed(views.TITLE, _NO_LISTS)
        return views.columns(views.Asked(draft, source.name, seen, lists, DEFAULT_REGION))

    async def suggestions(self, interaction: Interaction) -> None:
        """Lists to choose from, where there are more than a menu holds; this answer is the acknowledgement."""
        await list_picker.suggest(interaction, self._room, self._desk.audience, Act.IMPORT)

    async def columns_chosen(self, interaction: Interaction) -> None:
        """**Check**: what is wrong is said beside its field; else the dry run begins."""
        view = interaction.view
        draft = ids.ImportDraft.unpack(view.get("private_metadata"))
        if await self._refused(interaction):
            return
        try:
            choice = views.filled(view, await self._desk.audience.lists())
        except Invalid as error:
            beside = {name: " ".join(sentences) for name, sentences in error.fields.items()}
            await interaction.acknowledge(response_action="errors", errors=beside)
            return
        await interaction.acknowledge(response_action="update", view=views.reading(0))
        view_id = str(view["id"])

        async def make() -> View | None:
            return await self._checked(interaction, view_id, draft, choice)

        later = self._room.boundary.refill(view_id, views.TITLE, make, "import.check")
        self._room.boundary.later(interaction, later, "import.check")

    async def _checked(
        self, interaction: Interaction, view_id: str, draft: ids.ImportDraft, choice: Choice
    ) -> View | None:
        """The third modal; None where another look at the file shows it."""
        user_id = interaction.actor.user_id
        source = await self._imports.source(draft.draft, user_id)
        ended = False

        async def told(rows: int) -> None:
            async def make() -> View | None:
                return None if ended else views.reading(rows)

            self._room.boundary.count(view_id, interaction, make, "import.count")

        try:
            with temporary() as file:
                await self._desk.files.fetch(source, file)
                run = await self._imports.check(draft.draft, user_id, file, choice, told)
        except Overtaken:
            return None
        finally:
            ended = True
        return views.checked(draft, run)

    async def submitted(self, interaction: Interaction) -> None:
        """**Import**: written down before it is acknowledged, once a draft."""
        draft = ids.ImportDraft.unpack(interaction.view.get("private_metadata"))
        if await self._refused(interaction):
            return
        try:
            async with self._room.store.write() as tx:
                begun = await self._imports.start(tx, draft.draft, interaction.actor.user_id)
        except Gone as error:
            shown = screens.already(views.TITLE, str(error))
            await interaction.acknowledge(response_action="update", view=shown)
            return
        await interaction.acknowledge(response_action="clear")
        told = f":inbox_tray: *{b.escape(begun.name)}* is being imported. A direct message to you tells how far it is."
        self._room.boundary.later(interaction, interaction.tell(told), "import.begun")

    async def _refused(self, interaction: Interaction) -> bool:
        """Say so where they may not, as far as that is known without asking Slack."""
        refused = await self._room.refusal(interaction.actor.user_id, Act.IMPORT)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.TITLE, refused))
        return refused is not None

    async def stop(self, interaction: Interaction) -> None:
        """**Stop** on the message of an import that is under way."""
        of = ids.OfTransfer.unpack(interaction.value)
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._stop(interaction, of.transfer), "import.stop")

    async def _stop(self, interaction: Interaction, transfer_id: str) -> None:
        user_id = interaction.actor.user_id
        await self._room.directory.check(user_id, Act.IMPORT)
        async with self._room.store.write() as tx:
            stopped = await self._imports.stop(tx, transfer_id, user_id)
        if not stopped:
            raise Gone(_ENDED)
        await interaction.tell(_STOPPED)
