"""What somebody does with App Home: opens it, turns away from it, presses what stands only there."""

from collections.abc import Mapping
from typing import Any

from bot.services.accounts import Accounts
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack.desk import Room
from bot.slack.home import ids
from bot.slack.home.drawing import HomeDrawing
from bot.slack.interaction import Interaction

_TITLE = "Connect Clarity"


class HomeListeners:
    """``accounts`` is None where nobody can connect an account of their own."""

    def __init__(self, room: Room, drawing: HomeDrawing, accounts: Accounts | None) -> None:
        self._directory = room.directory
        self._boundary = room.boundary
        self._drawing = drawing
        self._accounts = accounts

    async def opened(self, event: Mapping[str, Any]) -> None:
        """Slack's ``app_home_opened``, which comes for the tab with messages, too."""
        user_id = str(event["user"])
        opened = event.get("tab", ids.TAB) == ids.TAB
        self._boundary.beside(self._drawing.opened(user_id) if opened else self._drawing.closed(user_id), "home.opened")

    async def login(self, interaction: Interaction) -> None:
        """**Connect Clarity**: the same link as ``/expert login``, in a window."""
        await interaction.acknowledge()
        if self._accounts is not None:
            self._boundary.later(interaction, self._login(interaction, self._accounts), "home.login")

    async def _login(self, interaction: Interaction, accounts: Accounts) -> None:
        await self._directory.check(interaction.actor.user_id, Act.OWN_EXPERTS)
        link = await accounts.set_out(interaction.actor.user_id)
        said = "Connect your Clarity account in the browser. The link is for you alone, good once and for ten minutes."
        drawn = [b.section(said), b.actions([b.link_button(_TITLE, all_ids.LOGIN_LINK, link)])]
        await interaction.open(b.modal(title=_TITLE, callback_id="home_login", blocks=drawn))
