"""``/sms lists`` and ``/sms list``: all lists, one with its subscribers, and the search among them."""

from functools import partial

from bot.clearstream.numbers import readable
from bot.errors import Invalid, NotFound, UpstreamError
from bot.services.lists import meant
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack import screens
from bot.slack.audience import blocks, ids, views
from bot.slack.audience.desk import ACKED, AudienceDesk, Redraw
from bot.slack.contacts import blocks as contact_blocks
from bot.slack.inbox.listing import page_in
from bot.slack.interaction import Interaction, View

_CONTACT = "Contact"


class ListListeners:
    """Shows lists and who is on them; everyone in the inbox channel may see them."""

    def __init__(self, desk: AudienceDesk) -> None:
        self._room = desk.room
        self._lists = desk.lists
        self._contacts = desk.contacts

    async def lists(self, interaction: Interaction, rest: str) -> None:
        """``/sms lists [page]``; with anything else after it, the list that is meant."""
        if rest and not rest.isdigit():
            await self.list(interaction, rest)
            return
        page = page_in(rest, "/sms lists")
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._show_all(interaction, page), "lists")

    async def lists_turned(self, interaction: Interaction) -> None:
        """**Previous** and **Next** under all lists."""
        page = all_ids.OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._show_all(interaction, page, replace=True), "lists.turned")

    async def _show_all(self, interaction: Interaction, page: int, *, replace: bool = False) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.READ_LISTS)
        await interaction.tell("Lists", blocks.listing(await self._lists.all(), page), replace=replace)

    async def list(self, interaction: Interaction, words: str) -> None:
        """``/sms list <name or id>``."""
        await interaction.acknowledge()
        if not words:
            raise Invalid("Say which list: `/sms list Customers`, or its id. `/sms lists` shows all there are.")
        self._room.boundary.later(interaction, self._named(interaction, words), "list")

    async def _named(self, interaction: Interaction, words: str) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.READ_LISTS)
        found = meant(await self._lists.all(), words)
        if len(found) == 1:
            people = await self._lists.people(found[0].id, 1)
            await interaction.tell(*blocks.one_list(found[0], people))
            return
        await interaction.tell("Lists", blocks.which(found, words))

    async def show(self, interaction: Interaction) -> None:
        """**Show** on a list."""
        await self._shown(interaction, replace=False)

    async def people_turned(self, interaction: Interaction) -> None:
        """**Previous** and **Next** under a list's subscribers."""
        await self._shown(interaction, replace=True)

    async def _shown(self, interaction: Interaction, *, replace: bool) -> None:
        of = ids.OfList.unpack(interaction.value)
        await interaction.acknowledge()
        work = self._show_one(interaction, of.list, of.page, replace=replace)
        self._room.boundary.later(interaction, work, "list.show")

    async def _show_one(self, interaction: Interaction, list_id: int, page: int, *, replace: bool) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.READ_LISTS)
        one = await self._lists.one(list_id)
        people = await self._lists.people(list_id, page)
        await interaction.tell(*blocks.one_list(one, people), replace=replace)

    def redraw(self, interaction: Interaction, of: ids.OnAnswer, list_id: int | None = None) -> Redraw | None:
        """How to draw the answer anew on which this was pressed; None where it is drawn once."""
        if of.on == "all":
            return partial(self._show_all, interaction, of.page, replace=True)
        return partial(self._again, interaction, list_id, of.page) if of.on and list_id is not None else None

    async def _again(self, interaction: Interaction, list_id: int, page: int) -> None:
        try:
            await self._show_one(interaction, list_id, page, replace=True)
        except NotFound:
            await interaction.tell(
                ":wastebasket: This list is deleted. `/sms lists` shows all there are.", replace=True
            )

    async def search(self, interaction: Interaction) -> None:
        """**Search** on a list."""
        of = ids.OfList.unpack(interaction.value)
        await interaction.acknowledge()

        async def make() -> View:
            one = await self._lists.one(of.list)
            asked = ids.OfSearch(list=one.id, name=b.cut(one.name, 100), channel=interaction.channel_id)
            return views.search(asked, None)

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.READ_LISTS)
            await self._room.boundary.fill(interaction, views.SEARCH, make, "list.search")

        self._room.boundary.later(interaction, work(), "list.search")

    async def sought(self, interaction: Interaction) -> None:
        """**Search** in **Search subscribers**: what is found stands under the fields."""
        before = ids.OfSearch.unpack(interaction.view.get("private_metadata"))
        asked = views.sought(interaction.view, before)
        wrong = _wrong(asked)
        if wrong:
            await interaction.acknowledge(response_action="errors", errors=wrong)
            return
        refused = await self._room.refusal(interaction.actor.user_id, Act.READ_LISTS)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.SEARCH, refused))
            return
        await interaction.acknowledge(
            response_action="update", view=views.search(asked, None, told=":hourglass_flowing_sand: Searching…")
        )

        async def work() -> None:
            await self._room.store.clock.sleep(ACKED)
            await self._find(interaction, asked)

        self._room.boundary.later(interaction, work(), "list.sought")

    async def found_turned(self, interaction: Interaction) -> None:
        """**Previous** and **Next** under what was found."""
        before = ids.OfSearch.unpack(interaction.view.get("private_metadata"))
        page = all_ids.OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        asked = before.model_copy(update={"page": page})
        self._room.boundary.later(interaction, self._find(interaction, asked), "list.found_turned")

    async def _find(self, interaction: Interaction, asked: ids.OfSearch) -> None:
        async def make() -> View:
            await self._room.directory.check(interaction.actor.user_id, Act.READ_LISTS)
            try:
                people = await self._lists.people(asked.list, asked.page, asked.search)
            except UpstreamError as error:
                return views.search(asked, None, told=f":warning: {self._room.boundary.explain('list.find', error)}")
            return views.search(asked, people)

        await self._room.boundary.refill(str(interaction.view["id"]), views.SEARCH, make, "list.find")

    async def contact(self, interaction: Interaction) -> None:
        """**Contact** on a subscriber of a list."""
        of = all_ids.OfContact.unpack(interaction.value)
        await interaction.acknowledge()

        async def make() -> View:
            try:
                subscriber = await self._contacts.one(of.number)
            except NotFound:
                return screens.failed(_CONTACT, f"{readable(of.number)} is no subscriber in Clearstream (any more).")
            return contact_blocks.view(subscriber, None, interaction.channel_id)

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.FIND)
            await self._room.boundary.fill(interaction, _CONTACT, make, "list.contact")

        self._room.boundary.later(interaction, work(), "list.contact")


def _wrong(asked: ids.OfSearch) -> dict[str, str]:
    """What cannot be searched for, by the block it is beside."""
    if asked.number and not any(character.isdigit() for character in asked.number):
        return {"number": "A number has digits: a few of them are enough."}
    return {} if asked.search else {"first": "Write a part of a name or number to search for."}
