"""``/expert``: what one can type, and what each word does; and whose account is used."""

from collections.abc import Awaitable, Callable

from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids, words
from bot.slack.calls.actions import CallListeners
from bot.slack.experts.guests import ExpertDesk
from bot.slack.experts.search import SearchListeners
from bot.slack.experts.writing import WritingListeners
from bot.slack.help import Help
from bot.slack.interaction import Interaction

WORDS = {
    "search": ("search <words>", "find an expert"),
    "show": ("show <screen name, id, e-mail or @twitter>", "somebody's profile"),
    "request": ("request <member>", "ask for a call"),
    "calls": ("calls [requested|callback|completed|canceled]", "calls, and Connect on those waiting for you"),
    "messages": ("messages [member]", "Clarity messages"),
    "needs": ("needs", "what members of your organizations need"),
    "need": ("need", "post what you need"),
    "orgs": ("orgs [id]", "your organizations"),
    "me": ("me", "whose Clarity account is used"),
    "login": ("login", "connect your own Clarity account"),
    "logout": ("logout", "forget it"),
    "help": ("help", "this"),
}
"""Every word of ``/expert``, how it is written, and what it does."""

NO_CLARITY = (
    ":wave: Switchboard is not connected to Clarity yet. Whoever runs it sets `CLARITY_OAUTH_TOKEN` for a shared "
    "account, or `CLARITY_CLIENT_ID` and `CLARITY_CLIENT_SECRET` so that everyone can connect their own."
)


HELP = Help(
    ids.COMMAND_EXPERT,
    "*Switchboard* finds experts on Clarity and follows your calls.",
    WORDS,
    (
        b.button("Find an expert", ids.HELP_FIND, "find", style="primary"),
        b.button("Calls", ids.HELP_CALLS, "calls"),
    ),
)


class ExpertCommands:
    """The words of ``/expert``."""

    def __init__(
        self, desk: ExpertDesk, search: SearchListeners, writing: WritingListeners, calls: CallListeners
    ) -> None:
        self._desk = desk
        self._words: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
            "": self.help,
            "help": self.help,
            "search": search.search,
            "show": search.show,
            "request": writing.request_command,
            "calls": calls.command,
            "messages": writing.messages,
            "needs": writing.needs,
            "need": writing.need,
            "orgs": search.organizations,
            "me": self.me,
            "login": self.login,
            "logout": self.logout,
        }

    async def expert(self, interaction: Interaction) -> None:
        """``/expert …``."""
        word, rest = words.command(interaction.text)
        listener = self._words.get(word)
        if listener is not None:
            await listener(interaction, rest)
            return
        await interaction.acknowledge(text=HELP.unknown(word), blocks=HELP.blocks(word))

    async def help(self, interaction: Interaction, rest: str) -> None:
        """``/expert`` and ``/expert help``."""
        await interaction.acknowledge(HELP.answer)

    async def me(self, interaction: Interaction, rest: str) -> None:
        """``/expert me``."""
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account(interaction.actor.user_id)
            whose = "the *shared* Clarity account" if account.shared else "your *own* Clarity account"
            other = " Connect your own with `/expert login`." if account.shared else " Forget it with `/expert logout`."
            await interaction.tell(f"You use {whose}: {b.escape(account.name or 'unknown')}.{other}")

        self._desk.room.boundary.later(interaction, work(), "expert.me")

    async def login(self, interaction: Interaction, rest: str) -> None:
        """``/expert login``: a link that is good once, for ten minutes, for this person."""
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.room.directory.check(interaction.actor.user_id, Act.OWN_EXPERTS)
            link = await self._desk.accounts.set_out(interaction.actor.user_id)
            said = (
                "Connect your Clarity account in the browser. The link is for you alone, good once and for ten minutes."
            )
            drawn = [b.section(said), b.actions([b.link_button("Connect Clarity", ids.LOGIN_LINK, link)])]
            await interaction.tell(f"{said} {link}", drawn)

        self._desk.room.boundary.later(interaction, work(), "expert.login")

    async def logout(self, interaction: Interaction, rest: str) -> None:
        """``/expert logout``."""
        await interaction.acknowledge()

        async def work() -> None:
            async with self._desk.room.store.write() as tx:
                forgotten = await self._desk.accounts.forget(tx, interaction.actor.user_id)
            await interaction.tell(
                "Your Clarity account is forgotten here." if forgotten else "No Clarity account of yours was connected."
            )

        self._desk.room.boundary.later(interaction, work(), "expert.logout")
