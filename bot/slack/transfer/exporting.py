"""``/sms export <list>``: a list's subscribers as a CSV, to whoever asked."""

import hashlib
from datetime import timedelta

from bot.errors import Invalid
from bot.services.exports import named, unclear
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack.interaction import Interaction
from bot.slack.transfer.desk import TransferDesk

_NEW = timedelta(seconds=1)


class ExportListeners:
    """What the word ``export`` does."""

    def __init__(self, desk: TransferDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms export <list>``."""
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._export(interaction, rest), "export")

    async def _export(self, interaction: Interaction, words: str) -> None:
        user_id = interaction.actor.user_id
        await self._room.directory.check(user_id, Act.EXPORT)
        audience = self._desk.audience
        await audience.refresh()
        lists = await audience.lists()
        chosen = named(lists, words)
        if chosen is None and await audience.refresh(older_than=_NEW):
            # It may have been made a moment ago.
            lists = await audience.lists()
            chosen = named(lists, words)
        if chosen is None:
            raise Invalid(b.escape(str(unclear(lists, words))))
        async with self._room.store.write() as tx:
            await self._desk.exports.start(tx, _identity(interaction), user_id, chosen)
        told = f":outbox_tray: *{b.escape(chosen.name)}* is being exported. The file comes to you in a direct message."
        await interaction.tell(told)


def _identity(interaction: Interaction) -> str:
    """The same for a command that is delivered twice."""
    return hashlib.sha256(f"{interaction.actor.user_id}:{interaction.trigger_id}".encode()).hexdigest()[:32]
