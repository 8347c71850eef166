"""``/sms inbox``: the conversations that are not done, a page at a time, only for who asked."""

from bot.errors import Invalid
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.desk import Desk
from bot.slack.inbox import list_blocks
from bot.slack.interaction import Interaction


class Listing:
    """Shows the list and keeps it true when somebody presses in it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms inbox [page]``: answered at once where the right to it is known, else when Slack has said."""
        page = page_in(rest)
        policy = await self._desk.directory.policy()
        facts = self._desk.directory.known(interaction.actor.user_id, policy, Act.READ)
        if facts is not None and policy.allows(Act.READ, facts):
            await interaction.acknowledge(text="Inbox", blocks=await self._page(page))
            return
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, page), "inbox")

    async def show(
        self, interaction: Interaction, page: int, *, replace: bool = False, said: str | None = None
    ) -> None:
        """Show a page to this person; ``said`` stands above it."""
        await self._desk.directory.check(interaction.actor.user_id, Act.READ)
        await interaction.tell(said or "Inbox", await self._page(page, said), replace=replace)

    async def _page(self, number: int, said: str | None = None) -> list[Block]:
        async with self._desk.store.read() as tx:
            page = await self._desk.conversations.inbox_page(tx, number)
        if number > page.number and said is None and page.total:
            said = f"There is no page {number}: this is the last one."
        return list_blocks.inbox_page(page, self._desk.team_url, said)

    async def turned(self, interaction: Interaction) -> None:
        """**Older** and **Newer**."""
        page = ids.OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, page, replace=True), "inbox.turned")

    async def first(self, interaction: Interaction) -> None:
        """**Inbox** under the help."""
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, 1), "help.inbox")


def page_in(rest: str, command: str = "/sms inbox") -> int:
    """The number of a page as typed after ``command``; raises Invalid."""
    if not rest:
        return 1
    if not (rest.isascii() and rest.isdigit()) or len(rest) > 5 or not int(rest):
        raise Invalid(f"“{b.escape(b.cut(rest, 40))}” is no page: write `{command} 2`.")
    return int(rest)
