"""``/sms``: what one can type, and what each word does."""

from collections.abc import Awaitable, Callable

from bot.errors import Invalid
from bot.services.conversations import PAGE
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids, words
from bot.slack.blocks import Block
from bot.slack.contacts.listeners import ContactListeners
from bot.slack.desk import Desk
from bot.slack.inbox import blocks
from bot.slack.inbox.text_someone import TextSomeone
from bot.slack.interaction import Interaction

WORDS = {
    "inbox": ("inbox [page]", "open conversations, newest first"),
    "text": ("text <number or name>", "text one person"),
    "find": ("find <name or number>", "look somebody up: number, status, e-mail, lists"),
    "help": ("help", "this"),
}
"""Every word of ``/sms``, how it is written, and what it does."""

NO_KEY = (
    ":wave: Switchboard is not connected to Clearstream yet. Whoever runs it sets `CLEARSTREAM_API_KEY` "
    "(in Clearstream: your account's settings, API keys) and starts it again."
)


def help_blocks(unknown: str | None = None) -> list[Block]:
    """What one can do, with buttons for the common things; with the nearest word where one was not known."""
    lines = [f"• `/sms {written}`: {what}" for written, what in WORDS.values()]
    head = "*Switchboard* answers your text line from Slack."
    if unknown is not None:
        near = words.nearest(unknown, list(WORDS))
        meant = f" Did you mean `/sms {near}`?" if near else ""
        head = f"There is no `/sms {b.escape(b.cut(unknown, 40))}`.{meant}"
    return [
        b.section(head),
        b.section("\n".join(lines)),
        b.context(
            b.mrkdwn("On a message in a conversation's thread: ⋯ → *Send as text*. Anywhere: ⚡ → *Text someone*.")
        ),
        b.actions(
            [b.button("Inbox", ids.HELP_INBOX, "1", style="primary"), b.button("Text someone", ids.HELP_TEXT, "text")]
        ),
    ]


class Commands:
    """The words of ``/sms``."""

    def __init__(self, desk: Desk, texting: TextSomeone, contacts: ContactListeners) -> None:
        self._desk = desk
        self._texting = texting
        self._words: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
            "": self.help,
            "help": self.help,
            "inbox": self.inbox,
            "text": texting.command,
            "find": contacts.find,
        }

    async def sms(self, interaction: Interaction) -> None:
        """``/sms …``."""
        word, rest = words.command(interaction.text)
        listener = self._words.get(word)
        if listener is not None:
            await listener(interaction, rest)
            return
        shown = help_blocks(word)
        await interaction.acknowledge(text=f"There is no /sms {b.escape(b.cut(word, 40))}.", blocks=shown)

    async def help(self, interaction: Interaction, rest: str) -> None:
        """``/sms`` and ``/sms help``."""
        await interaction.acknowledge(text="What /sms can do", blocks=help_blocks())

    async def inbox(self, interaction: Interaction, rest: str) -> None:
        """``/sms inbox [page]``: answered at once where the right to it is known, else when Slack has said."""
        page = page_in(rest)
        policy = await self._desk.directory.policy()
        facts = self._desk.directory.known(interaction.actor.user_id, policy)
        if facts is not None and policy.allows(Act.READ, facts):
            await interaction.acknowledge(text="Inbox", blocks=await self.page(page))
            return
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, page, replace=False), "inbox")

    async def show(self, interaction: Interaction, page: int, *, replace: bool) -> None:
        """Show a page of the inbox to this person."""
        await self._desk.directory.check(interaction.actor.user_id, Act.READ)
        await interaction.tell("Inbox", await self.page(page), replace=replace)

    async def page(self, page: int) -> list[Block]:
        """One page of the inbox."""
        async with self._desk.store.read() as tx:
            found, total = await self._desk.conversations.inbox_page(tx, page)
        pages = max(1, -(-total // PAGE))
        return blocks.inbox_page(found, page, pages, total, self._desk.team_url)

    async def turned(self, interaction: Interaction) -> None:
        """**Older** and **Newer**."""
        page = ids.OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, page, replace=True), "inbox.turned")

    async def help_inbox(self, interaction: Interaction) -> None:
        """**Inbox** under the help."""
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.show(interaction, 1, replace=False), "help.inbox")

    async def help_text(self, interaction: Interaction) -> None:
        """**Text someone** under the help, and the global shortcut."""
        await self._texting.command(interaction, "")


def page_in(rest: str) -> int:
    """The number of a page as typed; raises Invalid."""
    if not rest:
        return 1
    if not rest.isdigit() or not 1 <= int(rest) <= 100_000:
        raise Invalid(f"“{b.escape(b.cut(rest, 40))}” is no page: write `/sms inbox 2`.")
    return int(rest)


async def no_key(interaction: Interaction) -> None:
    """Every ``/sms`` where there is no key to Clearstream."""
    await interaction.acknowledge(text=NO_KEY)
