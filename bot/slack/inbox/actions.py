"""The buttons of the inbox: on headers, in lists, on notices and on the summary."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.errors import Gone, NotFound
from bot.services import contacts
from bot.services.conversation_model import Conversation, Outcome, Text
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids, screens, words
from bot.slack.contacts.blocks import change_so_far
from bot.slack.contacts.listeners import ContactListeners
from bot.slack.desk import Desk
from bot.slack.inbox import blocks, list_blocks, views
from bot.slack.inbox.listing import Listing
from bot.slack.inbox.reply import ReplyModals
from bot.slack.interaction import Interaction, View
from bot.store import conversations as rows
from bot.store.engine import Tx

_HISTORY = "History"
_DELETE = "Delete conversation"
_TEXTS_A_PAGE = 15
_HEADER_WAITS = 40
_HEADER_EVERY = 0.25

Change = Callable[[Tx, int, str], Awaitable[Outcome]]
Said = Callable[[Outcome, str], str | None]


class Actions:
    """What presses do."""

    def __init__(self, desk: Desk, replies: ReplyModals, people: ContactListeners, listing: Listing) -> None:
        self._desk = desk
        self._replies = replies
        self._people = people
        self._listing = listing

    async def claim(self, interaction: Interaction) -> None:
        """**Claim**."""
        await self._press(interaction, self._desk.conversations.claim, _claim_said)

    async def release(self, interaction: Interaction) -> None:
        """**Release**: anyone in the channel may."""
        await self._press(interaction, self._desk.conversations.release, _release_said)

    async def done(self, interaction: Interaction) -> None:
        """**Done**."""
        await self._press(interaction, self._desk.conversations.finish, _done_said)

    async def _press(self, interaction: Interaction, change: Change, said: Said) -> None:
        """Do it before the acknowledgement where the right to it is known; else as soon as Slack has said."""
        of = ids.OfConversation.unpack(interaction.value)
        user_id = interaction.actor.user_id

        async def work() -> str | None:
            async with self._desk.store.write() as tx:
                return said(await change(tx, of.conversation, user_id), user_id)

        policy = await self._desk.directory.policy()
        facts = self._desk.directory.known(user_id, policy, Act.CLAIM)
        allowed = facts is not None and policy.allows(Act.CLAIM, facts)
        sentence = await work() if allowed else None
        await interaction.acknowledge()

        async def after() -> None:
            words_after = sentence
            if not allowed:
                await self._desk.directory.check(user_id, Act.CLAIM)
                words_after = await work()
            if of.page is not None:
                await self._listing.show(interaction, of.page, replace=True, said=words_after)
            elif words_after:
                await interaction.tell(words_after)

        self._desk.boundary.later(interaction, after(), "inbox.press")

    async def menu(self, interaction: Interaction) -> None:
        """The menu behind three dots."""
        choice, conversation_id = ids.option_parts(interaction.value or "")
        await interaction.acknowledge()
        chosen = {
            "contact": self._people.show,
            "history": self._history,
            "delete": self._ask_delete,
            "opt_out": self._ask_opt_out,
        }.get(choice)
        if chosen is None:
            raise Gone("This menu is from another time and does nothing any more. Nothing was done.")
        self._desk.boundary.later(interaction, chosen(interaction, conversation_id), f"inbox.{choice}")

    async def _ask_opt_out(self, interaction: Interaction, conversation_id: int) -> None:
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.get(tx, conversation_id)
        await self._people.ask_opt_out(interaction, conversation.number, conversation_id)

    async def _ask_delete(self, interaction: Interaction, conversation_id: int) -> None:
        await self._desk.directory.check(interaction.actor.user_id, Act.DELETE)
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.get(tx, conversation_id)
        if conversation.gone:
            raise Gone("This conversation was deleted already.")
        await interaction.open(views.delete(conversation, self._desk.new_id(), interaction.channel_id))

    async def deleted(self, interaction: Interaction) -> None:
        """**Delete** was confirmed."""
        draft = ids.DeleteDraft.unpack(interaction.view.get("private_metadata"))
        user_id = interaction.actor.user_id
        refused = await self._desk.refusal(user_id, Act.DELETE)
        if refused is not None:
            shown = screens.failed(_DELETE, refused)
            await interaction.acknowledge(response_action="update", view=shown)
            return
        async with self._desk.store.write() as tx:
            fresh = await self._desk.contacts.delete(tx, draft.conversation, user_id, draft.draft)
        if not fresh:
            shown = screens.already(_DELETE, "This was asked for already. It is deleted once.")
            await interaction.acknowledge(response_action="update", view=shown)
            return
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self._tell_deleted(interaction, draft), "inbox.deleted")

    async def _tell_deleted(self, interaction: Interaction, draft: ids.DeleteDraft) -> None:
        said = ":wastebasket: The conversation is deleted in Clearstream."
        told = change_so_far(await self._desk.ended(contacts.key(contacts.DELETE, draft.draft)), said)
        if told is not None:
            await interaction.tell(told)

    async def _history(self, interaction: Interaction, conversation_id: int) -> None:
        await self._desk.directory.check(interaction.actor.user_id, Act.READ)
        make = partial(self._history_page, conversation_id, 1)
        await self._desk.boundary.fill(interaction, _HISTORY, make, "inbox.history")

    async def _history_page(self, conversation_id: int, page: int) -> View:
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.get(tx, conversation_id)
        try:
            found = await self._desk.clearstream.replies_page(conversation_id, page, limit=_TEXTS_A_PAGE)
        except NotFound:
            return screens.failed(_HISTORY, "This conversation was deleted in Clearstream.")
        async with self._desk.store.read() as tx:
            stored = await self._desk.conversations.texts(tx, conversation_id, [reply.id for reply in found])
        texts = [stored.get(reply.id) or Text.from_reply(reply) for reply in reversed(list(found))]
        return views.history(conversation, texts, page, more=found.more_after(page, _TEXTS_A_PAGE))

    async def history_turned(self, interaction: Interaction) -> None:
        """**Older** and **Newer** in **History**."""
        turn = ids.OfHistory.unpack(interaction.value)
        view_id = str(interaction.view["id"])
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.READ)
            make = partial(self._history_page, turn.conversation, turn.page)
            await self._desk.boundary.refill(view_id, _HISTORY, make, "history.turned")

        self._desk.boundary.later(interaction, work(), "history.turned")

    async def open(self, interaction: Interaction) -> None:
        """**Open** on a conversation without a header in Slack: make it, then lead there."""
        conversation_id = ids.OfConversation.unpack(interaction.value).conversation
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self._open(interaction, conversation_id), "inbox.open")

    async def _open(self, interaction: Interaction, conversation_id: int) -> None:
        await self._desk.directory.check(interaction.actor.user_id, Act.READ)
        async with self._desk.store.write() as tx:
            row = await rows.get(tx, conversation_id, lock=True)
            if row is None or row["gone_at"] is not None:
                raise Gone("This conversation was deleted in Clearstream.")
            await self._desk.conversations.enter(tx, row)
        conversation = await self._header_of(conversation_id)
        if conversation.root_ts is None:
            raise Gone("Its message in Slack is on its way: look in the inbox channel in a moment.")
        leads = b.section_of(f"{conversation.called} stands in the inbox channel now:")
        button = b.actions([list_blocks.open_button(conversation, self._desk.team_url)])
        await interaction.tell("It stands in the inbox channel now.", [leads, button])

    async def _header_of(self, conversation_id: int) -> Conversation:
        for _ in range(_HEADER_WAITS):
            async with self._desk.store.read() as tx:
                conversation = await self._desk.conversations.get(tx, conversation_id)
            if conversation.root_ts is not None:
                break
            await self._desk.store.clock.sleep(_HEADER_EVERY)
        return conversation

    async def show_unread(self, interaction: Interaction) -> None:
        """**Show unread** under the summary, and **Show more** under the answer to it."""
        value = interaction.value or ""
        batch = 1 if value == blocks.UNREAD else ids.OfPage.unpack(value).page
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.READ)
            async with self._desk.store.write() as tx:
                shown = await self._desk.conversations.show_unread(tx, interaction.actor.user_id, batch)
            said, drawn = blocks.unread_shown(shown, batch)
            await interaction.tell(said, drawn)

        self._desk.boundary.later(interaction, work(), "inbox.show_unread")

    async def send_as_text(self, interaction: Interaction) -> None:
        """**Send as text** on a message in a conversation's Slack thread."""
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.REPLY)
            message = interaction.message
            root = str(message.get("thread_ts") or message.get("ts") or "")
            async with self._desk.store.read() as tx:
                found = await self._desk.conversations.by_root(tx, interaction.channel_id or "", root)
            if found is None:
                raise Gone("*Send as text* works on a message inside a conversation's thread. Nothing was sent.")
            text = str(message.get("text") or "")
            names = {user_id: await self._desk.directory.name(user_id) for user_id in words.people_in(text)}
            prefill = words.plain(text, {user_id: name for user_id, name in names.items() if name})
            told = ":paperclip: Files are not sent, only words." if message.get("files") else None
            await self._replies.open(interaction, found.id, prefill, told)

        self._desk.boundary.later(interaction, work(), "send_as_text")


def _claim_said(outcome: Outcome, user_id: str) -> str | None:
    if outcome.done:
        return None
    by = outcome.conversation.claimed_by
    return "You have claimed it already." if by == user_id else f"<@{by}> was faster and has claimed it."


def _release_said(outcome: Outcome, user_id: str) -> str | None:
    return None if outcome.done else "Nobody has claimed it: it was released already."


def _done_said(outcome: Outcome, user_id: str) -> str | None:
    return None if outcome.done else "It is done already."
