"""Contacts: ``/sms find``, the contact card, **Edit** and **Opt out**."""

from bot.clearstream.checks import Checks
from bot.clearstream.models import Subscriber
from bot.clearstream.numbers import readable
from bot.errors import Invalid, NotFound
from bot.operations.model import State
from bot.services import contacts
from bot.services.policy import Act
from bot.slack import ids, screens
from bot.slack.audience.desk import ACKED, problems, so_far
from bot.slack.contacts import blocks
from bot.slack.desk import Desk
from bot.slack.interaction import Interaction, View

_CONTACT, _EDIT, _OPT_OUT = "Contact", "Edit contact", "Opt out"


class ContactListeners:
    """What happens on contact cards."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def find(self, interaction: Interaction, words: str) -> None:
        """``/sms find <name or number>``."""
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self._found(interaction, words), "find")

    async def _found(self, interaction: Interaction, words: str) -> None:
        await self._desk.directory.check(interaction.actor.user_id, Act.FIND)
        if not words:
            raise Invalid("Say whom to find: `/sms find Jane` or `/sms find +1 200-555-1000`.")
        people = await self._desk.contacts.find(words)
        said = f"{len(people)} found" if people else "Nobody found"
        await interaction.tell(said, blocks.found(people, words, contacts.FOUND_AT_MOST))

    async def show(self, interaction: Interaction, conversation_id: int) -> None:
        """**Contact** in a conversation's menu: a view at once, filled when Clearstream has answered."""
        await self._desk.directory.check(interaction.actor.user_id, Act.FIND)

        async def make() -> View:
            async with self._desk.store.read() as tx:
                conversation = await self._desk.conversations.get(tx, conversation_id)
            try:
                subscriber = await self._desk.contacts.one(conversation.number)
            except NotFound:
                sentence = f"{readable(conversation.number)} is no subscriber in Clearstream (any more)."
                return screens.failed(_CONTACT, sentence)
            return blocks.view(subscriber, conversation_id, interaction.channel_id)

        await self._desk.boundary.fill(interaction, _CONTACT, make, "contact.show")

    async def edit(self, interaction: Interaction) -> None:
        """**Edit** on a card."""
        of = ids.OfContact.unpack(interaction.value)
        await interaction.acknowledge()

        async def make() -> View:
            subscriber = await self._desk.contacts.one(of.number)
            draft = ids.ContactDraft(
                draft=self._desk.new_id(),
                number=subscriber.mobile_number,
                conversation=of.conversation,
                channel=interaction.channel_id,
            )
            typed = {name: getattr(subscriber, name) for name in blocks.EDITED}
            return blocks.edit(blocks.title(subscriber), typed, draft)

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.EDIT_CONTACT)
            await self._desk.boundary.fill(interaction, _EDIT, make, "contact.edit")

        self._desk.boundary.later(interaction, work(), "contact.edit")

    async def edited(self, interaction: Interaction) -> None:
        """**Save** in **Edit contact**: checked and recorded before it is acknowledged."""
        draft = ids.ContactDraft.unpack(interaction.view.get("private_metadata"))
        values = {name: ids.typed(interaction.view, f"edit.{name}").strip() for name in blocks.EDITED}
        problem = email_problem(values["email"])
        if problem is not None:
            await interaction.acknowledge(response_action="errors", errors={"edit:email": problem})
            return
        refused = await self._desk.refusal(interaction.actor.user_id, Act.EDIT_CONTACT)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(_EDIT, refused))
            return
        async with self._desk.store.write() as tx:
            fresh = await self._desk.contacts.edit(tx, draft.number, values, interaction.actor.user_id, draft.draft)
        if not fresh:
            await self._already(interaction, _EDIT)
            return
        await interaction.acknowledge(response_action="update", view=screens.loading(_EDIT))
        self._desk.boundary.later(interaction, self._follow(interaction, draft, values), "contact.edited")

    async def _follow(self, interaction: Interaction, draft: ids.ContactDraft, values: dict[str, str]) -> None:
        """Show in the modal what came of it; refused, it is the form again, with everything that was typed."""
        await self._desk.store.clock.sleep(ACKED)
        operation = await self._desk.ended(contacts.key(contacts.EDIT, draft.draft))
        if operation is None:
            return
        said = blocks.change_so_far(operation, f":white_check_mark: {readable(draft.number)} is changed.")
        view = screens.said(_EDIT, said or so_far(operation))
        if said is None:
            again = draft.model_copy(update={"draft": self._desk.new_id()})
            wrong = problems(operation, blocks.EDITED, "first")
            view = blocks.edit(readable(draft.number), values, again, wrong)

        async def make() -> View:
            return view

        if not await self._desk.boundary.drawing.draw(str(interaction.view["id"]), make):
            await interaction.tell(said or so_far(operation))
        beneath = interaction.view.get("previous_view_id")
        if beneath and operation.state is State.SENT:
            await self._desk.boundary.refill(str(beneath), _CONTACT, lambda: self._card(draft), "contact.again")

    async def _card(self, draft: ids.ContactDraft) -> View:
        """The card a form was opened from, as things stand now."""
        return blocks.view(await self._desk.contacts.one(draft.number), draft.conversation, draft.channel)

    async def opt_out(self, interaction: Interaction) -> None:
        """**Opt out** on a card."""
        of = ids.OfContact.unpack(interaction.value)
        await interaction.acknowledge()
        self._desk.boundary.later(
            interaction, self.ask_opt_out(interaction, of.number, of.conversation), "contact.opt_out"
        )

    async def ask_opt_out(self, interaction: Interaction, number: str, conversation: int | None) -> None:
        """Ask before somebody is opted out."""
        await self._desk.directory.check(interaction.actor.user_id, Act.OPT_OUT)
        who = await self._who(number)
        view = blocks.opt_out(who, number, self._desk.new_id(), conversation, interaction.channel_id)
        await interaction.open(view)

    async def _who(self, number: str) -> str:
        async with self._desk.store.read() as tx:
            known = await self._desk.conversations.by_number(tx, number)
        return known.title if known else blocks.title(Subscriber(mobile_number=number))

    async def opted_out(self, interaction: Interaction) -> None:
        """**Opt out** was confirmed."""
        draft = ids.ContactDraft.unpack(interaction.view.get("private_metadata"))
        refused = await self._desk.refusal(interaction.actor.user_id, Act.OPT_OUT)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(_OPT_OUT, refused))
            return
        async with self._desk.store.write() as tx:
            fresh = await self._desk.contacts.opt_out(tx, draft.number, interaction.actor.user_id, draft.draft)
        if not fresh:
            await self._already(interaction, _OPT_OUT)
            return
        await interaction.acknowledge(response_action="clear")
        said = f":white_check_mark: {readable(draft.number)} is opted out of every list."
        work = self._ended(interaction, contacts.OPT_OUT, draft, said)
        self._desk.boundary.later(interaction, work, "contact.opted_out")

    async def _ended(self, interaction: Interaction, kind: str, draft: ids.ContactDraft, said: str) -> None:
        told = blocks.change_so_far(await self._desk.ended(contacts.key(kind, draft.draft)), said)
        if told is not None:
            await interaction.tell(told)

    async def _already(self, interaction: Interaction, title: str) -> None:
        shown = screens.already(title, "This was done already. It was not done again.")
        await interaction.acknowledge(response_action="update", view=shown)


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail address, as a sentence; None where nothing is."""
    checks = Checks()
    checks.email(email, "email")
    try:
        checks.done()
    except Invalid as error:
        return " ".join(error.fields["email"])
    return None
