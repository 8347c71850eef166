"""``/sms add``: **Add subscriber**, for senders."""

from dataclasses import replace

import structlog

from bot.clearstream.numbers import readable
from bot.errors import UpstreamError
from bot.operations.model import Operation
from bot.services.broadcast_fields import chosen
from bot.services.lists import ADD, key
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import list_picker, screens
from bot.slack.audience import add_views, ids
from bot.slack.audience.add_views import Typed
from bot.slack.audience.desk import Asked, AudienceDesk, follow
from bot.slack.audience.listing import ListListeners
from bot.slack.audience.views import Problems
from bot.slack.interaction import Interaction, View

log = structlog.get_logger(__name__)


class AddListeners:
    """What happens in **Add subscriber**."""

    def __init__(self, desk: AudienceDesk, listing: ListListeners) -> None:
        self._desk = desk
        self._listing = listing
        self._room = desk.room
        self._lists = desk.lists
        self._audience = desk.audience

    async def command(self, interaction: Interaction, number: str) -> None:
        """``/sms add [number]``."""
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._open(interaction, ids.OfNewcomer(), number), "add.open")

    async def pressed(self, interaction: Interaction) -> None:
        """**Add subscriber** under lists, and where nobody was found by a number."""
        of = ids.OfNewcomer.unpack(interaction.value)
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._open(interaction, of, of.number), "add.open")

    async def _open(self, interaction: Interaction, of: ids.OfNewcomer, number: str) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.ADD)
        if await self._audience.account() is None:
            await self._room.boundary.fill(
                interaction, add_views.TITLE, lambda: self._first(interaction, of, number), "add.open"
            )
            return
        await interaction.open(await self._view(interaction, of, number))
        try:
            await self._audience.refresh()
        except UpstreamError as error:
            log.warning("add.lists_not_refreshed", error=type(error).__name__)

    async def _first(self, interaction: Interaction, of: ids.OfNewcomer, number: str) -> View:
        """The form where nothing was ever fetched: lists and the header are, while the person waits."""
        await self._audience.refresh()
        return await self._view(interaction, of, number)

    async def _view(self, interaction: Interaction, of: ids.OfNewcomer, number: str) -> View:
        account = await self._audience.account()
        begun = chosen([of.list] if of.list is not None else [], await self._lists.kept())
        draft = ids.AddDraft(draft=self._room.new_id(), channel=interaction.channel_id)
        self._desk.standing.keep(draft.draft, self._listing.redraw(interaction, of, of.list))
        return add_views.add(draft, Typed(number, begun, header=(account.business if account else None) or ""))

    async def suggestions(self, interaction: Interaction) -> None:
        """Lists to choose from, as somebody types; this answer is the acknowledgement."""
        await list_picker.suggest(interaction, self._room, self._audience, Act.ADD)

    async def typing(self, interaction: Interaction) -> None:
        """Something was typed into the auto-response: it is counted."""
        seen = interaction.view
        draft = ids.AddDraft.unpack(seen.get("private_metadata"))
        await interaction.acknowledge()

        async def make() -> View:
            return add_views.add(draft, add_views.filled(seen))

        self._room.boundary.count(str(seen["id"]), interaction, make, "add.count")

    async def submitted(self, interaction: Interaction) -> None:
        """**Add**: checked and recorded before it is acknowledged."""
        draft = ids.AddDraft.unpack(interaction.view.get("private_metadata"))
        typed = add_views.filled(interaction.view)
        wrong = add_views.wrong_in(typed)
        if wrong:
            await interaction.acknowledge(response_action="errors", errors=wrong)
            return
        refused = await self._room.refusal(interaction.actor.user_id, Act.ADD)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(add_views.TITLE, refused))
            return
        async with self._room.store.write() as tx:
            newcomer = add_views.newcomer(typed)
            fresh = await self._lists.add(tx, newcomer, interaction.actor.user_id, draft.draft)
        if not fresh:
            shown = screens.already(add_views.TITLE, "This was done already. It was not done again.")
            await interaction.acknowledge(response_action="update", view=shown)
            return
        await interaction.acknowledge(response_action="update", view=screens.loading(add_views.TITLE))

        def again(problems: Problems) -> View:
            fresh_draft = draft.model_copy(update={"draft": self._desk.anew(draft.draft)})
            return add_views.add(fresh_draft, replace(typed, problems=problems))

        which = (draft.draft, key(ADD, draft.draft), add_views.TITLE)
        asked = Asked(*which, "mobile_number", add_views.PARAMETERS, again)
        self._room.boundary.later(interaction, follow(self._desk, interaction, asked, _added), "add.submitted")


def _added(operation: Operation) -> str:
    """That somebody was added, in mrkdwn, and what is still to come."""
    payload, result = operation.payload, operation.result
    called = " ".join(filter(None, [payload.get("first"), payload.get("last"), readable(payload["number"])]))
    lists = ", ".join(result.get("lists") or ())
    status = (result.get("status") or "INACTIVE").upper()
    said = f":white_check_mark: {b.escape(called)} is added{f' to {b.escape(lists)}' if lists else ''}."
    if status == "ACTIVE":
        return said
    return f"{said} They are *{b.escape(status)} until they confirm*: Clearstream has asked them by text."
