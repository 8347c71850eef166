"""``/sms broadcasts``: all of them, a page at a time, only for who asked."""

from bot.services.policy import Act
from bot.slack.broadcasts import blocks
from bot.slack.broadcasts.desk import BroadcastDesk
from bot.slack.ids import OfPage
from bot.slack.inbox.listing import page_in
from bot.slack.interaction import Interaction


class ListListeners:
    """Shows the list, and keeps it true when somebody presses in it."""

    def __init__(self, desk: BroadcastDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms broadcasts [page]``."""
        page = page_in(rest, "/sms broadcasts")
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self.show(interaction, page), "broadcasts")

    async def turned(self, interaction: Interaction) -> None:
        """**Older** and **Newer**."""
        page = OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self.show(interaction, page, replace=True), "broadcasts.turned")

    async def show(
        self, interaction: Interaction, page: int, *, replace: bool = False, said: str | None = None
    ) -> None:
        """Show a page to this person; ``said`` stands above it."""
        await self._room.directory.check(interaction.actor.user_id, Act.READ)
        listing = await self._desk.office.listing.page(page)
        drawn = blocks.listing(listing, self._room.store.clock.now(), said)
        await interaction.tell(said or "Broadcasts", drawn, replace=replace)
