"""**New broadcast** and **Preview**: written, counted while it is typed, kept for a day, sent or asked for."""

from bot.errors import Invalid, UpstreamError
from bot.services.broadcast_fields import Fields, chosen
from bot.services.broadcast_model import Broadcast, State
from bot.services.policy import Act
from bot.slack import list_picker, screens
from bot.slack.broadcasts import blocks, ids, views
from bot.slack.broadcasts.desk import BroadcastDesk
from bot.slack.interaction import Interaction, View

_UNCHECKED = ":warning: Clearstream does not answer, so lists and credits may be out of date."
_KEPT = ":pencil2: This is what you were last writing. It is kept for a day."


class ComposeListeners:
    """What happens while a broadcast is written, until it is sent, scheduled or asked for."""

    def __init__(self, desk: BroadcastDesk) -> None:
        self._desk = desk
        self._room = desk.room
        self._broadcasts = desk.office.broadcasts
        self._audience = desk.office.audience
        self._others: dict[str, bool | None] = {}

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms broadcast``."""
        await self.new(interaction)

    async def new(self, interaction: Interaction) -> None:
        """**New broadcast**: the button and the shortcut."""
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._open(interaction), "broadcast.open")

    async def edit(self, interaction: Interaction) -> None:
        """**Edit** on one that was declined, undone or failed: a new version, to be approved anew."""
        of = ids.OfBroadcast.unpack(interaction.value)
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._open(interaction, of.broadcast), "broadcast.edit")

    async def _open(self, interaction: Interaction, edited: str | None = None) -> None:
        user_id = interaction.actor.user_id
        await self._room.directory.check(user_id, Act.BROADCAST)
        account = await self._audience.account()
        if account is None:
            await self._room.boundary.fill(
                interaction, views.TITLE, lambda: self._first(interaction, edited), "broadcast.open"
            )
            return
        broadcast = await self._draft(user_id, edited, account.business or "")
        draft = await self._carried(interaction, broadcast)
        view_id = await interaction.open(await self._view(draft, broadcast.fields, _was(broadcast)))
        await self._look_for_others(user_id)
        await self._freshen(view_id, draft, user_id)

    async def _first(self, interaction: Interaction, edited: str | None) -> View:
        """The modal where nothing was ever fetched: lists and credits are, while the person waits."""
        told = None
        try:
            await self._audience.refresh()
        except UpstreamError as error:
            told = f":warning: {self._room.boundary.explain('broadcast.open', error)}"
        account = await self._audience.account()
        business = (account.business if account else None) or ""
        await self._look_for_others(interaction.actor.user_id)
        broadcast = await self._draft(interaction.actor.user_id, edited, business)
        draft = await self._carried(interaction, broadcast)
        return await self._view(draft, broadcast.fields, told or _was(broadcast))

    async def _look_for_others(self, user_id: str) -> None:
        """Find out while they write whether anybody else may approve it: the preview has no time to ask."""
        self._others[user_id] = await self._room.directory.anyone_else(user_id, Act.APPROVE)

    async def _draft(self, user_id: str, edited: str | None, header: str) -> Broadcast:
        async with self._room.store.write() as tx:
            if edited is None:
                return await self._broadcasts.compose(tx, user_id, self._room.new_id(), header)
            broadcast = await self._broadcasts.get(tx, edited)
            return await self._broadcasts.keep(tx, edited, user_id, broadcast.fields)

    async def _carried(self, interaction: Interaction, broadcast: Broadcast) -> ids.ComposeDraft:
        zone = await self._room.directory.zone(interaction.actor.user_id)
        return ids.ComposeDraft(draft=broadcast.id, zone=zone, channel=interaction.channel_id)

    async def _view(self, draft: ids.ComposeDraft, fields: Fields, told: str | None = None) -> View:
        account = await self._audience.account()
        lists = chosen(fields.lists, await self._audience.lists())
        return views.compose(views.Compose(draft, fields, lists, account.credits if account else None, told))

    async def _freshen(self, view_id: str, draft: ids.ComposeDraft, user_id: str) -> None:
        """Bring lists and credits up to date behind the open modal; drawn anew where anything was fetched."""
        told = None
        try:
            if not await self._audience.refresh():
                return
        except UpstreamError:
            told = _UNCHECKED

        async def make() -> View | None:
            async with self._room.store.read() as tx:
                broadcast = await self._broadcasts.get(tx, draft.draft)
            return await self._view(draft, broadcast.fields, told) if broadcast.state is State.DRAFT else None

        await self._room.boundary.drawing.draw(view_id, make)

    async def suggestions(self, interaction: Interaction) -> None:
        """Lists for **To**, as somebody types; this answer is the acknowledgement."""
        await list_picker.suggest(interaction, self._room, self._audience, Act.BROADCAST)

    async def typing(self, interaction: Interaction) -> None:
        """Something was typed or chosen: kept, and counted."""
        seen = interaction.view
        user_id = interaction.actor.user_id
        draft = ids.ComposeDraft.unpack(seen.get("private_metadata"))
        await interaction.acknowledge()

        async def make() -> View | None:
            fields = views.filled(seen, draft.zone)
            return await self._view(draft, fields) if await self._keep(draft.draft, user_id, fields) else None

        self._room.boundary.count(str(seen["id"]), interaction, make, "broadcast.count")

    async def closed(self, interaction: Interaction) -> None:
        """The modal was closed: what stands in it is kept."""
        seen = interaction.view
        draft = ids.ComposeDraft.unpack(seen.get("private_metadata"))
        if (seen.get("state") or {}).get("values"):
            await self._keep(draft.draft, interaction.actor.user_id, views.filled(seen, draft.zone))
        await interaction.acknowledge()

    async def _keep(self, draft_id: str, user_id: str, fields: Fields) -> bool:
        """Keep what was typed; False where the draft has been sent or asked for meanwhile, which stays as it is."""
        async with self._room.store.write() as tx:
            broadcast = await self._broadcasts.get(tx, draft_id)
            if broadcast.state is not State.DRAFT:
                return False
            await self._broadcasts.keep(tx, draft_id, user_id, fields)
        return True

    async def preview(self, interaction: Interaction) -> None:
        """**Preview**: checked and kept before it is acknowledged; what is wrong is said beside its field."""
        seen, user_id = interaction.view, interaction.actor.user_id
        draft = ids.ComposeDraft.unpack(seen.get("private_metadata"))
        fields = views.filled(seen, draft.zone)
        refused = await self._room.refusal(user_id, Act.BROADCAST)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.TITLE, refused))
            return
        lists, account = await self._audience.lists(), await self._audience.account()
        wrong: dict[str, str] = {}
        async with self._room.store.write() as tx:
            broadcast = await self._broadcasts.keep(tx, draft.draft, user_id, fields)
            above = await self._desk.setup.approval_above(tx)
            try:
                ready, needed = await self._broadcasts.check(tx, draft.draft, lists)
            except Invalid as error:
                # Kept all the same, so that it is not left as an exception: that would undo what was written.
                wrong = {views.BESIDE[name]: " ".join(sentences) for name, sentences in error.fields.items()}
        if wrong:
            await interaction.acknowledge(response_action="errors", errors=wrong)
            return
        asked = views.Asked(needed, above, self._others.get(user_id))
        shown = views.preview(broadcast, ready, account.credits if account else None, asked, draft.channel)
        await interaction.acknowledge(response_action="push", view=shown)

    async def submitted(self, interaction: Interaction) -> None:
        """**Send**, **Schedule** or **Ask for approval**: written down before it is acknowledged, once a draft."""
        draft = ids.PreviewDraft.unpack(interaction.view.get("private_metadata"))
        user_id = interaction.actor.user_id
        refused = await self._room.refusal(user_id, Act.BROADCAST)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.PREVIEW, refused))
            return
        lists = await self._audience.lists()
        try:
            async with self._room.store.write() as tx:
                pressed = await self._broadcasts.submit(tx, draft.draft, draft.version, user_id, lists)
        except Invalid as error:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.PREVIEW, str(error)))
            return
        if not pressed.done:
            shown = screens.already(views.PREVIEW, _already(pressed.broadcast, draft.version))
            await interaction.acknowledge(response_action="update", view=shown)
            return
        await interaction.acknowledge(response_action="clear")
        self._room.boundary.later(interaction, self._answer(interaction, pressed.broadcast), "broadcast.answer")

    async def _answer(self, interaction: Interaction, broadcast: Broadcast) -> None:
        """Tell whoever pressed what happens now; the seconds of **Undo** count from here."""
        async with self._room.store.read() as tx:
            channel, now = await self._desk.setup.broadcasts_channel(tx), tx.now
        await interaction.tell(*blocks.answer(broadcast, now, channel))
        async with self._room.store.write() as tx:
            await self._broadcasts.showing.undo_shown(tx, broadcast.id)
        user_id = interaction.actor.user_id
        if broadcast.state is State.WAITING and await self._room.directory.anyone_else(user_id, Act.APPROVE) is False:
            await interaction.tell(
                ":warning: Nobody else may approve it: an admin can name more people who may send in `/sms setup`."
            )


def _was(broadcast: Broadcast) -> str | None:
    fields = broadcast.fields
    return _KEPT if fields.body or fields.lists or fields.numbers else None


def _already(broadcast: Broadcast, version: int) -> str:
    if broadcast.version != version:
        return "It was changed since this preview. Nothing was sent: look at the newer preview."
    return "This was pressed already. It is sent once."
