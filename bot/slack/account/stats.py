"""``/sms stats`` and ``/sms team``."""

from bot.services.policy import Act
from bot.slack.account import stat_blocks
from bot.slack.account.desk import AccountDesk
from bot.slack.interaction import Interaction


class StatListeners:
    """Shows figures and users, each fetched when somebody asks, only to who asked."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def stats(self, interaction: Interaction, rest: str) -> None:
        """``/sms stats``."""
        await interaction.acknowledge()

        async def work() -> None:
            user_id = interaction.actor.user_id
            await self._room.directory.check(user_id, Act.SEE_ACCOUNT)
            figures = await self._desk.figures.of(await self._room.directory.zone(user_id))
            await interaction.tell(stat_blocks.stats_text(figures), stat_blocks.stats(figures))

        self._room.boundary.later(interaction, work(), "stats")

    async def team(self, interaction: Interaction, rest: str) -> None:
        """``/sms team``."""
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.SEE_ACCOUNT)
            users = await self._desk.figures.users()
            await interaction.tell(stat_blocks.team_text(users), stat_blocks.team(users))

        self._room.boundary.later(interaction, work(), "team")
