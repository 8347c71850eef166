"""**Text someone**: one person, in their conversation where there is one, else as a message with a header."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.clearstream import sms
from bot.clearstream.numbers import e164
from bot.errors import NotFound, UpstreamError
from bot.operations.model import Operation, State
from bot.services.conversation_model import Conversation
from bot.services.policy import Act
from bot.services.texts import Typed, reply_key
from bot.slack import blocks as b
from bot.slack import ids, screens
from bot.slack.blocks import Block
from bot.slack.desk import Desk
from bot.slack.inbox.reply import arrived_between, claimed_by_another, lines
from bot.slack.inbox.text_views import (
    NO_SUBSCRIBER,
    Filled,
    Person,
    TextModal,
    doubt_about,
    filled,
    header_block,
    to_block,
    view,
)
from bot.slack.interaction import Interaction, View
from bot.store.engine import Tx

_TITLE = "Text someone"
_SUGGESTED = 20
_LOOKED_AT = 5
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

    async def answer_on_card(self, interaction: Interaction) -> None:
        """**Text** on a contact card."""
        await self.command(interaction, ids.OfContact.unpack(interaction.value).number)

    async def open(self, interaction: Interaction, words: str) -> None:
        """Open the modal at once with what is stored; what Clearstream has besides comes a moment later."""
        await self._desk.directory.check(interaction.actor.user_id, Act.TEXT)
        draft = ids.TextDraft(draft=self._desk.new_id(), channel=interaction.channel_id)
        number = e164(words)
        people = await self._stored(words)
        if number is not None:
            people = [person for person in people if person.number == number] or [Person(number)]
        modal = await self._among(draft, people)
        view_id = await interaction.open(view(modal))
        fresh = draft.model_copy(update={"field": draft.field + 1})
        if words and number is None:
            await self._draw(view_id, await self._searched(fresh, words, people))
        elif modal.person is not None and modal.conversation is None:
            await self._header()
            await self._draw(view_id, await self._among(fresh, [await self._looked_up(modal.person)]))

    async def _draw(self, view_id: str, modal: TextModal) -> None:
        async def make() -> View:
            return view(modal)

        await self._desk.boundary.drawing.draw(view_id, make)

    async def _stored(self, words: str) -> list[Person]:
        if not words.strip():
            return []
        async with self._desk.store.read() as tx:
            known = await self._desk.conversations.search(tx, e164(words) or words, _SUGGESTED)
        return _each_once(Person(one.number, one.name) for one in known)

    async def _searched(self, draft: ids.TextDraft, words: str, stored: Sequence[Person]) -> TextModal:
        """The modal with whoever Clearstream knows by these words, and who is stored."""
        told = None
        found = list(stored)
        try:
            found = _each_once([*stored, *await self._subscribers(words)])
        except UpstreamError as error:
            told = self._desk.boundary.explain("text.search", error)
        await self._header()
        if not found and told is None:
            told = f"Nobody called “{b.escape(b.cut(words, 60))}” was found: type a number, or another name."
        return await self._among(draft, found, told)

    async def _subscribers(self, words: str) -> list[Person]:
        people = await self._desk.contacts.find(words)
        return [Person(one.mobile_number, one.name, doubt_about(one.status)) for one in people if one.mobile_number]

    async def _looked_up(self, person: Person) -> Person:
        """Somebody without a conversation, as Clearstream knows them; as they are where it does not answer."""
        try:
            one = await self._desk.contacts.one(person.number)
        except NotFound:
            return replace(person, doubt=NO_SUBSCRIBER)
        except UpstreamError:
            return person
        return Person(person.number, one.name or person.name, doubt_about(one.status))

    async def _among(self, draft: ids.TextDraft, people: Sequence[Person], told: str | None = None) -> TextModal:
        """The modal for these people: the one, or a choice among them."""
        if len(people) != 1:
            return TextModal(draft, choices=people, told=told)
        person, conversation = await self._known(people[0])
        return TextModal(draft, person, conversation, header=self._business or "", told=told)

    async def _known(self, person: Person) -> tuple[Person, Conversation | None]:
        """A person, with the name their conversation has where none is known, and that conversation."""
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.by_number(tx, person.number)
        if conversation is not None and person.name is None:
            person = replace(person, name=conversation.name)
        return person, conversation

    async def _header(self) -> str:
        """The account's business name, which a message goes out under; asked for until it is known."""
        if not self._business:
            try:
                self._business = (await self._desk.clearstream.account()).business
            except UpstreamError:
                return ""
        return self._business or ""

    async def suggestions(self, interaction: Interaction) -> None:
        """Options for **To**, as somebody types: this answer is the acknowledgement, so it may not take long."""
        words = str(interaction.body.get("value") or "")
        people: list[Person] = []
        if await self._desk.refusal(interaction.actor.user_id, Act.FIND) is None:
            people = await self._suggested(words)
        await interaction.acknowledge(options=[b.option(one.words, one.number) for one in people[:_SUGGESTED]])

    async def _suggested(self, words: str) -> list[Person]:
        people = await self._stored(words)
        try:
            async with asyncio.timeout(_SEARCH_SECONDS):
                people += await self._subscribers(words)
        except (TimeoutError, UpstreamError):
            pass  # what is stored is answered all the same
        number = e164(words)
        return _each_once([*people, *([Person(number)] if number else ())])

    async def chosen(self, interaction: Interaction) -> None:
        """Somebody was chosen: say how it will go out."""
        seen = interaction.view
        await interaction.acknowledge()
        work = self._desk.boundary.drawing.draw_newest(str(seen["id"]), lambda: self._again(seen))
        self._desk.boundary.later(interaction, work, "text.chosen")

    async def typing(self, interaction: Interaction) -> None:
        """A character was typed: count, at most once a second, and what stands at the end for certain."""
        seen = interaction.view
        await interaction.acknowledge()
        self._desk.boundary.count(str(seen["id"]), interaction, lambda: self._again(seen), "text.count")

    async def _again(self, seen: View) -> View:
        """The modal as it stands, drawn anew from what is in its fields; somebody newly chosen is looked up."""
        there = filled(seen)
        person, conversation = (None, None) if there.person is None else await self._known(there.person)
        if person is not None and conversation is None and person.number != there.draft.number:
            await self._header()
            person = await self._looked_up(person)
        header = there.header or self._business or ""
        return view(TextModal(there.draft, person, conversation, there.choices, header=header, typed=there.typed))

    async def submitted(self, interaction: Interaction) -> None:
        """**Send**: checked and recorded before it is acknowledged; sent by the ledger."""
        seen, user_id = interaction.view, interaction.actor.user_id
        there = filled(seen)
        number = there.person.number if there.person else ""
        header = there.header or self._business or ""
        async with self._desk.store.read() as tx:
            conversation = await self._desk.conversations.by_number(tx, number)
        errors = _problems(seen, number, there.typed, None if conversation else header)
        if errors:
            await interaction.acknowledge(response_action="errors", errors=errors)
            return
        refused = await self._desk.refusal(user_id, Act.TEXT)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(_TITLE, refused))
            return
        instead = await self._record(there, number, header, conversation, user_id)
        if instead is not None:
            await interaction.acknowledge(response_action="update", view=instead)
            return
        await interaction.acknowledge()
        to = there.person.words if there.person else number
        work = self._tell(interaction, there.draft.draft, to, conversation)
        self._desk.boundary.later(interaction, work, "text.tell")

    async def _record(
        self, there: Filled, number: str, header: str, conversation: Conversation | None, user_id: str
    ) -> View | None:
        """Write it into the ledger; or the view to show instead, where the person should know something first."""
        typed = Typed(there.draft.draft, there.typed, user_id)
        async with self._desk.store.write() as tx:
            if await self._desk.texts.sent_already(tx, typed.draft):
                return screens.already(_TITLE, "This text was sent already. It was not sent again.")
            if conversation is None:
                await self._desk.texts.message(tx, number, header, typed)
                return None
            now = await self._desk.conversations.get(tx, conversation.id, lock=True)
            news = await self._news(tx, there, now, user_id)
            if not news:
                await self._desk.texts.reply(tx, now.id, typed)
                return None
        draft = there.draft.model_copy(update={"number": number, "seen": now.newest_id})
        told = "\n".join(["*Not sent yet.* Press *Send* once more to send it all the same.", *news])
        return view(TextModal(draft, there.person, now, there.choices, typed=there.typed, told=told))

    async def _news(self, tx: Tx, there: Filled, now: Conversation, user_id: str) -> list[str]:
        """Who has claimed the conversation, and what came or went in it, since the modal showed how it stood."""
        draft = there.draft
        shown = draft.number == now.number
        taken = claimed_by_another(now, user_id) if not shown or draft.claimed_by != now.claimed_by else None
        texts = await self._desk.conversations.last_texts(tx, now.id, _LOOKED_AT) if shown else []
        came = arrived_between(texts, draft.seen, user_id)
        return lines(taken, came and f":incoming_envelope: *{came}* meanwhile: read it in the conversation first.")

    async def _tell(self, interaction: Interaction, draft: str, to: str, conversation: Conversation | None) -> None:
        operation = await self._desk.ended(reply_key(draft))
        if operation is not None:
            line = _ending(operation, conversation)
            await interaction.tell(f"{line} ({b.escape(to)})", [b.section(line), _to(to)])


def _to(words: str) -> Block:
    return b.context(b.plain(f"To {words}", 300))


def _ending(operation: Operation, conversation: Conversation | None) -> str:
    """How a text ended, as far as it has, in mrkdwn."""
    header = b.escape(str(operation.payload.get("header")))
    way = "in your conversation" if conversation else f"as a message with the header “{header}”"
    if operation.state is State.SENT:
        return f":white_check_mark: Your text went out, {way}."
    if operation.state is State.UNCONFIRMED:
        return ":grey_question: *Unconfirmed*: nobody can tell whether your text went out. The inbox channel says more."
    if operation.state in (State.FAILED, State.CANCELLED):
        reference = f" (reference `{operation.reference}`)" if operation.reference else ""
        return f":x: Your text was *not sent*. {b.reason(operation.reason or '')}{reference}"
    return f":hourglass: Your text is on its way, {way}. The inbox channel tells how it ends."


def _each_once(people: Iterable[Person]) -> list[Person]:
    """People by their numbers; of two with one number the one with a name."""
    found: dict[str, Person] = {}
    for person in people:
        if person.number not in found or found[person.number].name is None:
            found[person.number] = person
    return list(found.values())


def _problems(seen: View, number: str, text: str, header: str | None) -> dict[str, str]:
    """What is wrong, by the block it is beside; ``header`` None where it goes out in a conversation."""
    if e164(number) is None:
        return {to_block(seen): "Choose whom to text: a name, or a number like +1 200-555-1000."}
    if header is None:
        problem = sms.reply_problem(text)
        return {"message": problem} if problem else {}
    places = {"header": header_block(seen) or "message", "body": "message"}
    return {places[name]: problem for name, problem in sms.message_problems(header, text).items()}
