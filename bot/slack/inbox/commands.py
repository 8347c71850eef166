"""``/sms``: what one can type, and what each word does."""

from collections.abc import Awaitable, Callable, Mapping

from bot.clearstream.numbers import e164
from bot.slack import blocks as b
from bot.slack import ids, words
from bot.slack.broadcasts import ids as broadcast_ids
from bot.slack.broadcasts.compose import ComposeListeners
from bot.slack.broadcasts.listing import ListListeners
from bot.slack.contacts.listeners import ContactListeners
from bot.slack.help import Help
from bot.slack.inbox.listing import Listing
from bot.slack.inbox.text_someone import TextSomeone
from bot.slack.interaction import Interaction

WORDS = {
    "inbox": ("inbox [page]", "open conversations, newest first"),
    "text": ("text <number or name>", "text one person"),
    "broadcast": ("broadcast", "write one text to many"),
    "broadcasts": ("broadcasts [page]", "sent, scheduled and waiting ones, and what became of them"),
    "find": ("find <name or number>", "look somebody up: number, status, e-mail, lists"),
    "lists": ("lists [page]", "all lists, with how many are on each"),
    "list": ("list <name or id>", "who is on a list, to search and to change"),
    "add": ("add [number]", "add a subscriber"),
    "import": ("import", "add the subscribers of a CSV to lists"),
    "export": ("export <list>", "a list's subscribers as a CSV"),
    "keywords": ("keywords [page]", "words people text: auto-reply and lists"),
    "stats": ("stats", "the account: credits, subscribers, opt-ins by day, messages"),
    "team": ("team", "the account's users"),
    "audit": ("audit [n] [person or number]", "who did what, for admins"),
    "setup": ("setup", "channels, rights and the rest, for admins"),
    "help": ("help", "this"),
}
"""Every word of ``/sms``, how it is written, and what it does."""

NO_KEY = (
    ":wave: Switchboard is not connected to Clearstream yet. Whoever runs it sets `CLEARSTREAM_API_KEY` "
    "(in Clearstream: your account's settings, API keys) and starts it again."
)


HELP = Help(
    ids.COMMAND_SMS,
    "*Switchboard* answers your text line from Slack.",
    WORDS,
    (
        b.button("Inbox", ids.HELP_INBOX, "1", style="primary"),
        b.button("Text someone", ids.HELP_TEXT, "text"),
        b.button("New broadcast", broadcast_ids.NEW, "1"),
    ),
    tip="On a message in a conversation's thread: ⋯ → *Send as text*. Anywhere: ⚡ → *Text someone*, *New broadcast*.",
)


Command = Callable[[Interaction, str], Awaitable[None]]
"""What a word does, with what was typed after it."""


class Commands:
    """The words of ``/sms``; ``more`` are those of other subjects."""

    def __init__(
        self,
        listing: Listing,
        texting: TextSomeone,
        contacts: ContactListeners,
        composing: ComposeListeners,
        broadcasts: ListListeners,
        more: Mapping[str, Command],
    ) -> None:
        self._texting = texting
        self._words: dict[str, Command] = {
            "": self.help,
            "help": self.help,
            "inbox": listing.command,
            "text": texting.command,
            "find": contacts.find,
            "broadcast": composing.command,
            "broadcasts": broadcasts.command,
            **more,
        }

    async def sms(self, interaction: Interaction) -> None:
        """``/sms …``."""
        word, rest = words.command(interaction.text)
        listener = self._words.get(word)
        if listener is not None:
            await listener(interaction, rest)
            return
        meant = "text" if e164(word) else None
        await interaction.acknowledge(text=HELP.unknown(word), blocks=HELP.blocks(word, meant))

    async def help(self, interaction: Interaction, rest: str) -> None:
        """``/sms`` and ``/sms help``."""
        await interaction.acknowledge(HELP.answer)

    async def help_text(self, interaction: Interaction) -> None:
        """**Text someone** under the help, and the global shortcut."""
        await self._texting.command(interaction, "")


def without_key(more: Mapping[str, Command]) -> Callable[[Interaction], Awaitable[None]]:
    """``/sms`` where there is no key to Clearstream: only the words in ``more`` do anything."""

    async def sms(interaction: Interaction) -> None:
        word, rest = words.command(interaction.text)
        listener = more.get(word)
        if listener is None:
            await interaction.acknowledge(text=NO_KEY)
        else:
            await listener(interaction, rest)

    return sms
