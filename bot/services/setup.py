"""What an installation is set to: what was chosen in Slack wins over the environment."""

from dataclasses import dataclass

from bot.services.policy import Policy
from bot.store import installation
from bot.store.engine import Tx


@dataclass(frozen=True)
class Setup:
    """The environment's values; each method looks first whether something else was chosen in Slack."""

    inbox_channel_default: str | None = None
    bump_minutes_default: float = 30
    senders: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    broadcasts_channel_default: str | None = None
    approval_above_default: int = 500
    undo_seconds_default: float = 10
    credits_warning_default: int = 100

    async def inbox_channel(self, tx: Tx) -> str | None:
        """The channel texts are posted to; None where there is none yet."""
        chosen: str | None = await installation.setting(tx, "inbox_channel")
        return chosen or self.inbox_channel_default

    async def bump_minutes(self, tx: Tx) -> float:
        """After how long a silence a text also shows in the channel itself, in minutes."""
        chosen: float | None = await installation.setting(tx, "inbox_bump_minutes")
        return self.bump_minutes_default if chosen is None else chosen

    async def broadcasts_channel(self, tx: Tx) -> str | None:
        """The channel broadcasts are approved and followed in: the inbox channel where none was chosen for them."""
        chosen: str | None = await installation.setting(tx, "broadcasts_channel")
        return chosen or self.broadcasts_channel_default or await self.inbox_channel(tx)

    async def approval_above(self, tx: Tx) -> int:
        """A broadcast to more recipients than this needs somebody else's approval."""
        chosen: int | None = await installation.setting(tx, "approval_above")
        return self.approval_above_default if chosen is None else chosen

    async def undo_seconds(self, tx: Tx) -> float:
        """For how long a broadcast waits for **Undo**, in seconds."""
        chosen: float | None = await installation.setting(tx, "undo_seconds")
        return self.undo_seconds_default if chosen is None else chosen

    async def credits_warning(self, tx: Tx) -> int:
        """With fewer credits than this the broadcasts channel is warned; 0 for never."""
        chosen: int | None = await installation.setting(tx, "credits_warning")
        return self.credits_warning_default if chosen is None else chosen

    async def policy(self, tx: Tx) -> Policy:
        """Who may do what."""
        return Policy(await self.inbox_channel(tx), self.senders, self.admins)
