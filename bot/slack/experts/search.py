"""Finding experts: ``/expert search``, ``show``, cards, profiles, organizations, and **Share**."""

from collections.abc import Coroutine
from typing import Any

from bot.clarity.models import Member, Organization
from bot.errors import Invalid, NotFound, NotSent
from bot.services import record
from bot.services.accounts import Account
from bot.slack import blocks as b
from bot.slack import ids, screens
from bot.slack.experts import blocks, views
from bot.slack.experts.guests import ExpertDesk
from bot.slack.interaction import Interaction, View
from bot.store import clarity as rows


class SearchListeners:
    """What one can do to find somebody."""

    def __init__(self, desk: ExpertDesk) -> None:
        self._desk = desk

    def _later(self, interaction: Interaction, work: Coroutine[Any, Any, None], name: str) -> None:
        self._desk.room.boundary.later(interaction, work, name)

    async def search(self, interaction: Interaction, words: str) -> None:
        """``/expert search <words>``."""
        await interaction.acknowledge()
        self._later(interaction, self._search(interaction, words, 0, replace=False), "expert.search")

    async def more(self, interaction: Interaction) -> None:
        """**More**: the next ten, in place."""
        of = ids.OfSearch.unpack(interaction.value)
        await interaction.acknowledge()
        self._later(interaction, self._search(interaction, of.words, of.offset, replace=True), "expert.more")

    async def _search(self, interaction: Interaction, words: str, offset: int, *, replace: bool) -> None:
        if not words.strip():
            raise Invalid("Say what to look for: `/expert search pricing`.")
        account = await self._desk.account(interaction.actor.user_id)
        async with self._desk.watching(account):
            page = await account.client.search_page(words, offset)
        drawn = blocks.found(page.members, words, offset, page.matches, account.member_id)
        await interaction.tell(blocks.found_text(page.members, words), drawn, replace=replace)

    async def find(self, interaction: Interaction) -> None:
        """The global shortcut **Find an expert**, and the button of that name."""
        await interaction.acknowledge()

        async def work() -> None:
            await interaction.open(views.find(interaction.channel_id, self._desk.room.new_id()))

        self._later(interaction, work(), "expert.find")

    async def sought(self, interaction: Interaction) -> None:
        """**Search** in **Find an expert**: the modal shows what was found."""
        words = ids.typed(interaction.view, ids.FIND_WORDS).strip()
        view_id = str(interaction.view["id"])
        if not words:
            await interaction.acknowledge(response_action="errors", errors={"words": "Say what to look for."})
            return
        await interaction.acknowledge(response_action="update", view=screens.loading("Find an expert"))

        async def make() -> View:
            account = await self._desk.account(interaction.actor.user_id)
            async with self._desk.watching(account):
                page = await account.client.search_page(words, 0)
            drawn = blocks.in_modal(page.members, words, page.matches, account.member_id)
            return b.modal(title="Find an expert", callback_id="found", blocks=drawn)

        work = self._desk.room.boundary.refill(view_id, "Find an expert", make, "expert.sought")
        self._later(interaction, work, "expert.sought")

    async def show(self, interaction: Interaction, who: str) -> None:
        """``/expert show <screen name, id, e-mail or @twitter>``."""
        await interaction.acknowledge()

        async def work() -> None:
            if not who:
                raise Invalid("Say whom to show: `/expert show danmartell`, an id, an e-mail or `@twitter`.")
            account = await self._desk.account(interaction.actor.user_id)
            async with self._desk.watching(account):
                member = await self._desk.experts.look_up(account, who)
            await interaction.tell(b.escape(member.name), blocks.profile(member, account.member_id))

        self._later(interaction, work(), "expert.show")

    async def profile(self, interaction: Interaction) -> None:
        """**Profile** on a card: in the modal where the card stands in one, else as a message."""
        of = ids.OfMember.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account(interaction.actor.user_id)
            member = await self._member(account, of.member)
            drawn = blocks.profile(member, account.member_id, share=not interaction.view)
            if interaction.view:
                await interaction.open(b.modal(title="Profile", callback_id="profile", blocks=drawn))
            else:
                await interaction.tell(b.escape(member.name), drawn)

        self._later(interaction, work(), "expert.profile")

    async def _member(self, account: Account, member_id: int) -> Member:
        async with self._desk.watching(account):
            return await self._desk.experts.look_up(account, str(member_id))

    async def share(self, interaction: Interaction) -> None:
        """**Share** posts a profile to the channel."""
        of = ids.OfMember.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            member = await self._member(await self._desk.account(interaction.actor.user_id), of.member)
            key = f"{_where(interaction)}:share:{of.member}"
            if not await self._first(interaction.actor.user_id, key):
                await interaction.tell("You have shared this profile already.")
                return
            said = f"<@{interaction.actor.user_id}> shares an expert:"
            drawn = [b.section(said), *blocks.profile(member, None, message=False, share=False)]
            try:
                await interaction.say(f"{said} {b.escape(member.name)}", drawn)
            except NotSent:
                async with self._desk.room.store.write() as tx:
                    await rows.unhear(tx, interaction.actor.user_id, "press", key)
                raise
            async with self._desk.room.store.write() as tx:
                await record.write(tx, actor=interaction.actor.user_id, act="share expert", subject=member.name)

        self._later(interaction, work(), "expert.share")

    async def _first(self, user_id: str, key: str) -> bool:
        """Whether this person did not do this on this message before."""
        async with self._desk.room.store.write() as tx:
            return bool(await rows.hear(tx, user_id, "press", [key]))

    async def organizations(self, interaction: Interaction, which: str) -> None:
        """``/expert orgs [id]``."""
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account(interaction.actor.user_id)
            async with self._desk.watching(account):
                if which:
                    one = await self._organization(account, which)
                    drawn = blocks.organization(one, await self._members(account, one), account.member_id)
                else:
                    drawn = blocks.organizations(await account.client.organizations())
            await interaction.tell("Organizations", drawn)

        self._later(interaction, work(), "expert.organizations")

    async def _members(self, account: Account, one: Organization) -> list[Member]:
        """Who is in an organization, however it was told; as many as are shown."""
        known = {member.id: member for member in one.members}
        wanted = one.everybody[: blocks.MEMBERS]
        fetched = await self._desk.experts.by_id(account, [identity for identity in wanted if identity not in known])
        return [found for identity in wanted if (found := known.get(identity) or fetched.get(identity)) is not None]

    async def _organization(self, account: Account, which: str) -> Organization:
        try:
            return await account.client.organization(which)
        except NotFound as error:
            sentence = f"Clarity knows no organization “{b.escape(b.cut(which, 60))}” of yours. See `/expert orgs`."
            raise NotFound(sentence, service="Clarity", status=404) from error


def _where(interaction: Interaction) -> str:
    """The message that was pressed on."""
    return (interaction.body.get("container") or {}).get("message_ts") or interaction.trigger_id
