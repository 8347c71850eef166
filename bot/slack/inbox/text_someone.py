"""**Text someone**: one person, in their conversation where there is one, else as a message with a header."""

import asyncio
from collections.abc import Sequence

from bot.clearstream import sms
from bot.clearstream.numbers import e164, readable
from bot.errors import UpstreamError
from bot.operations.model import Operation, State
from bot.services.conversations import Conversation
from bot.services.policy import Act
from bot.services.texts import Typed, reply_key
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.desk import Desk
from bot.slack.inbox import views
from bot.slack.inbox.text_views import Person, TextModal, view
from bot.slack.interaction import Interaction

_SUGGESTED = 20
_SEARCH_SECONDS = 1.5
"""Slack waits three seconds for suggestions; what Clearstream has not answered by then is left out."""


class TextSomeone:
    """What happens in **Text someone**."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._business: str | None = None

    async def command(self, interaction: Interaction, words: str) -> None:
        """``/sms text <number or name>``, the global shortcut, and **Text** on a card."""
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.open(interaction, words), "text.open")

    async def open(self, interaction: Interaction, words: str) -> None:
        """Open the modal at once with what is stored; what Clearstream has besides comes a moment later."""
        await self._desk.directory.check(interaction.actor.user_id, Act.TEXT)
        draft = ids.TextDraft(draft=self._desk.new_id(), channel=interaction.channel_id)
        stored = await self._stored(words)
        number = e164(words)
        if number is not None and not any(person.number == number for person in stored):
            stored = [Person(number)]
        modal = await self._with(draft, stored) if words else TextModal(draft)
        opened = await interaction.open(view(modal))
        if words and number is None:
            await self._search(interaction, str(opened["id"]), draft, words, stored)
        elif modal.person is not None and modal.conversation is None and not modal.header:
            fuller = await self._with(draft, stored, header=await self._header())
            await interaction.update(str(opened["id"]), view(fuller))

    async def _stored(self, words: str) -> list[Person]:
        if not words.strip():
            return []
        wanted = e164(words) or words
        async with self._desk.store.read() as tx:
            known = await self._desk.conversations.search(tx, wanted, _SUGGESTED)
        people = {one.number: Person(one.number, one.name) for one in known}
        return list(people.values())

    async def _search(
        self, interaction: Interaction, view_id: str, draft: ids.TextDraft, words: str, stored: Sequence[Person]
    ) -> None:
        found = {person.number: person for person in [*stored, *await self._subscribers(words)]}
        fresh = draft.model_copy(update={"field": draft.field + 1})
        modal = await self._with(fresh, list(found.values()), header=await self._header())
        if not found:
            said = f"Nobody called “{b.escape(words)}” was found: type a number, or another name."
            modal = TextModal(fresh, said=said)
        await interaction.update(view_id, view(modal))

    async def _subscribers(self, words: str) -> list[Person]:
        people = await self._desk.contacts.find(words)
        return [Person(one.mobile_number, one.name) for one in people if one.mobile_number]

    async def _with(self, draft: ids.TextDraft, people: Sequence[Person], header: str | None = None) -> TextModal:
        """The modal for these people: the one, or a choice among them."""
        if len(people) != 1:
            return TextModal(draft, choices=people)
        person = people[0]
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.by_number(tx, person.number)
        if conversation is not None and person.name is None:
            person = Person(person.number, conversation.name)
        chosen = draft.model_copy(update={"number": person.number})
        return TextModal(chosen, person, conversation, header=header or self._business or "")

    async def _header(self) -> str:
        """The account's business name, which a message goes out under; asked for once."""
        if self._business is None:
            try:
                self._business = (await self._desk.clearstream.account()).business
            except UpstreamError:
                return ""
        return self._business or ""

    async def suggestions(self, interaction: Interaction) -> None:
        """Options for **To**, as somebody types: this answer is the acknowledgement, so it may not take long."""
        words = str(interaction.body.get("value") or "")
        refused = await self._desk.refusal(interaction.actor.user_id, Act.FIND)
        people = {} if refused else {person.number: person for person in await self._stored(words)}
        number = e164(words)
        if number is not None and not refused:
            people.setdefault(number, Person(number))
        if not refused:
            try:
                async with asyncio.timeout(_SEARCH_SECONDS):
                    for person in await self._subscribers(words):
                        people.setdefault(person.number, person)
            except (TimeoutError, UpstreamError):
                pass  # what is stored is answered all the same
        options = [b.option(person.words, person.number) for person in list(people.values())[:_SUGGESTED]]
        await interaction.acknowledge(options=options)

    async def chosen(self, interaction: Interaction) -> None:
        """Somebody was chosen: say how it will go out."""
        seen = interaction.view
        await interaction.acknowledge()
        option = interaction.action.get("selected_option") or {}
        number = str(option.get("value") or "")
        if not number:
            return

        async def work() -> None:
            draft = ids.TextDraft.unpack(seen.get("private_metadata"))
            async with self._desk.store.read() as tx:
                conversation = await self._desk.conversations.by_number(tx, number)
            name = conversation.name if conversation else _name_in(str(option.get("text", {}).get("text", "")), number)
            header = "" if conversation else await self._header()
            modal = TextModal(
                draft.model_copy(update={"number": number}),
                Person(number, name),
                conversation,
                header=header,
                typed=ids.typed(seen, ids.TEXT_MESSAGE),
            )
            await interaction.update(str(seen["id"]), view(modal))

        self._desk.boundary.later(interaction, work(), "text.chosen")

    async def typing(self, interaction: Interaction) -> None:
        """A character was typed."""
        seen = interaction.view
        await interaction.acknowledge()

        async def work() -> None:
            await interaction.update(str(seen["id"]), view(await self._again(seen)))

        self._desk.boundary.count(str(seen["id"]), interaction, work, "text.count")

    async def _again(self, seen: dict[str, object]) -> TextModal:
        draft = ids.TextDraft.unpack(str(seen.get("private_metadata") or ""))
        conversation = None
        if draft.number is not None:
            async with self._desk.store.read() as tx:
                conversation = await self._desk.conversations.by_number(tx, draft.number)
        name = conversation.name if conversation else None
        person = Person(draft.number, name) if draft.number else None
        header = ids.typed(seen, ids.TEXT_HEADER) or self._business or ""
        return TextModal(draft, person, conversation, header=header, typed=ids.typed(seen, ids.TEXT_MESSAGE))

    async def submitted(self, interaction: Interaction) -> None:
        """**Send**: checked and recorded before it is acknowledged; sent by the ledger."""
        seen = interaction.view
        draft = ids.TextDraft.unpack(seen.get("private_metadata"))
        text, header = ids.typed(seen, ids.TEXT_MESSAGE), ids.typed(seen, ids.TEXT_HEADER)
        number = ids.chosen(seen, ids.TEXT_TO) or draft.number or ""
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.by_number(tx, number)
        errors = _problems(seen, number, text, None if conversation else header or self._business or "")
        if errors:
            await interaction.acknowledge(response_action="errors", errors=errors)
            return
        refused = await self._desk.refusal(interaction.actor.user_id, Act.TEXT)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=views.already(refused, "Text someone"))
            return
        typed = Typed(draft.draft, text, interaction.actor.user_id)
        async with self._desk.store.write() as tx:
            if conversation is not None:
                fresh = await self._desk.texts.reply(tx, conversation.id, typed)
            else:
                fresh = await self._desk.texts.message(tx, number, header or self._business or "", typed)
        if not fresh:
            said = ":white_check_mark: This text was sent already. It was not sent again."
            await interaction.acknowledge(response_action="update", view=views.already(said, "Text someone"))
            return
        await interaction.acknowledge()
        work = self._tell(interaction, draft, conversation, Person(number).words)
        self._desk.boundary.later(interaction, work, "text.tell")

    async def _tell(
        self, interaction: Interaction, draft: ids.TextDraft, conversation: Conversation | None, number: str
    ) -> None:
        operation = await self._desk.ended(reply_key(draft.draft))
        if operation is None or draft.channel is None:
            return
        to = b.escape(conversation.called if conversation else number)
        await self._desk.whisper(interaction, draft.channel, _ending(operation, to, conversation))

    async def answer_on_card(self, interaction: Interaction) -> None:
        """**Text** on a contact card."""
        await self.command(interaction, ids.OfContact.unpack(interaction.value).number)


def _ending(operation: Operation, to: str, conversation: Conversation | None) -> str:
    header = b.escape(str(operation.payload.get("header")))
    way = "in your conversation" if conversation else f"as a message with the header “{header}”"
    if operation.state is State.SENT:
        return f":white_check_mark: Your text to {to} went out, {way}."
    if operation.state is State.UNCONFIRMED:
        unsure = f"nobody can tell whether your text to {to} went out"
        return f":grey_question: *Unconfirmed*: {unsure}. The inbox channel says more."
    if operation.state in (State.FAILED, State.CANCELLED):
        return f":x: Your text to {to} was *not sent*. {b.escape(operation.reason or '')}"
    return f":hourglass: Your text to {to} is on its way, {way}. The inbox channel tells how it ends."


def _problems(seen: dict[str, object], number: str, text: str, header: str | None) -> dict[str, str]:
    """What is wrong, by the block it is beside; ``header`` None where it goes out in a conversation."""
    draft = ids.TextDraft.unpack(str(seen.get("private_metadata") or ""))
    if e164(number) is None:
        return {f"to:{draft.field}": "Choose whom to text: a name, or a number like +1 200-555-1000."}
    if header is None:
        problem = sms.reply_problem(text)
        return {"message": problem} if problem else {}
    problems = sms.message_problems(header, text)
    blocks = {"header": "header", "body": "message"}
    shown = {blocks[name]: problem for name, problem in problems.items()}
    if "header" in shown and not _has_block(seen, "header"):
        shown["message"] = shown.pop("header")
    return shown


def _has_block(seen: dict[str, object], block_id: str) -> bool:
    listed = seen.get("blocks")
    return any(block.get("block_id") == block_id for block in (listed if isinstance(listed, list) else ()))


def _name_in(words: str, number: str) -> str | None:
    """The name in an option's words, which end with the number."""
    name = words.removesuffix(readable(number)).removesuffix(" · ").strip()
    return name or None
