"""``/sms keywords``: the list, **New keyword**, **Edit** and **Delete**."""

from contextlib import suppress

from bot.errors import Invalid, UpstreamError
from bot.operations.model import Operation, State
from bot.services import keywords
from bot.services.broadcast_fields import ListChoice, chosen
from bot.services.keywords import Fields
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import list_picker, screens
from bot.slack.account import blocks, ids, views
from bot.slack.account.desk import AccountDesk
from bot.slack.ids import OfPage
from bot.slack.inbox.listing import page_in
from bot.slack.interaction import Interaction, View

_ALREADY = "This was done already. It was not done again."
_NOT_ACCEPTED = "Clearstream did not accept this. Nothing was changed."


class KeywordListeners:
    """What happens on the list of keywords, and in a keyword's modal."""

    def __init__(self, desk: AccountDesk) -> None:
        self._desk = desk
        self._room = desk.room
        self._keywords = desk.keywords

    # The list

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms keywords [page]``."""
        page = page_in(rest, "/sms keywords")
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._show(interaction, page), "keywords")

    async def turned(self, interaction: Interaction) -> None:
        """**Previous** and **Next**."""
        page = OfPage.unpack(interaction.value).page
        await interaction.acknowledge()
        self._room.boundary.later(interaction, self._show(interaction, page, replace=True), "keywords.turned")

    async def _show(
        self, interaction: Interaction, number: int, *, replace: bool = False, said: str | None = None
    ) -> None:
        await self._room.directory.check(interaction.actor.user_id, Act.SEE_ACCOUNT)
        page = await self._keywords.page(number)
        async with self._room.store.read() as tx:
            answers = await self._desk.answers.every(tx)
        drawn = blocks.listing(blocks.Shown(page, number, answers), self._room.new_id, said)
        await interaction.tell(said or blocks.listing_text(page), drawn, replace=replace)

    # The modal

    async def new(self, interaction: Interaction) -> None:
        """**New keyword**: at once; where nothing of the account was ever fetched, when that is done."""
        await interaction.acknowledge()

        async def make() -> View:
            with suppress(UpstreamError):  # the header is then left to the person
                await self._desk.audience.refresh()
            return await self._empty(interaction.channel_id)

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.KEYWORDS)
            if await self._desk.audience.account() is None:
                await self._room.boundary.fill(interaction, views.NEW, make, "keyword.new")
            else:
                await interaction.open(await self._empty(interaction.channel_id))

        self._room.boundary.later(interaction, work(), "keyword.new")

    async def _empty(self, channel: str | None) -> View:
        account = await self._desk.audience.account()
        header = (account.business if account else None) or ""
        return views.form(
            views.Form(ids.KeywordDraft(draft=self._room.new_id(), channel=channel), Fields(header=header))
        )

    async def edit(self, interaction: Interaction) -> None:
        """**Edit**: a window at once, filled when Clearstream has answered."""
        of = ids.OfKeyword.unpack(interaction.value)
        await interaction.acknowledge()

        async def make() -> View:
            keyword = await self._keywords.one(of.name)
            fields = Fields.of(keyword)
            draft = ids.KeywordDraft(
                draft=self._room.new_id(), name=keyword.name, seen=fields.digest, channel=interaction.channel_id
            )
            named = [ListChoice(one.id, one.name or f"List {one.id}", None) for one in keyword.opt_in.lists]
            known = {one.id: one for one in (*named, *await self._desk.audience.lists())}
            return views.form(views.Form(draft, fields, [known[one] for one in fields.lists]))

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.KEYWORDS)
            await self._room.boundary.fill(interaction, views.EDIT, make, "keyword.edit")

        self._room.boundary.later(interaction, work(), "keyword.edit")

    async def suggestions(self, interaction: Interaction) -> None:
        """Lists to join, as somebody types; this answer is the acknowledgement."""
        await list_picker.suggest(interaction, self._room, self._desk.audience, Act.KEYWORDS)

    async def typing(self, interaction: Interaction) -> None:
        """Something was typed: counted, unless it was sent meanwhile."""
        seen = interaction.view
        draft = ids.KeywordDraft.unpack(seen.get("private_metadata"))
        await interaction.acknowledge()

        async def make() -> View | None:
            async with self._room.store.read() as tx:
                sent = await self._room.ledger.by_key(tx, _key(draft))
            return None if sent else views.form(await self._form(draft, views.filled(seen, draft)))

        self._room.boundary.count(str(seen["id"]), interaction, make, "keyword.count")

    async def _form(self, draft: ids.KeywordDraft, fields: Fields) -> views.Form:
        return views.Form(draft, fields, chosen(fields.lists, await self._desk.audience.lists()))

    async def submitted(self, interaction: Interaction) -> None:
        """**Create** or **Save**: checked and written down before it is acknowledged."""
        draft = ids.KeywordDraft.unpack(interaction.view.get("private_metadata"))
        fields = views.filled(interaction.view, draft)
        title = views.NEW if draft.name is None else views.EDIT
        user_id = interaction.actor.user_id
        refused = await self._room.refusal(user_id, Act.KEYWORDS)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(title, refused))
            return
        try:
            fresh = await self._ask(draft, fields, user_id)
        except Invalid as error:
            wrong = {views.block(name, draft): " ".join(sentences) for name, sentences in error.fields.items()}
            await interaction.acknowledge(response_action="errors", errors=wrong)
            return
        shown = screens.loading(title) if fresh else screens.already(title, _ALREADY)
        await interaction.acknowledge(response_action="update", view=shown)
        if fresh:
            self._room.boundary.later(interaction, self._follow(interaction, draft, fields), "keyword.submitted")

    async def _ask(self, draft: ids.KeywordDraft, fields: Fields, user_id: str) -> bool:
        async with self._room.store.write() as tx:
            if draft.name is None:
                return await self._keywords.create(tx, fields, user_id, draft.draft)
            return await self._keywords.edit(tx, fields, draft.seen, user_id, draft.draft)

    async def _follow(self, interaction: Interaction, draft: ids.KeywordDraft, fields: Fields) -> None:
        """Say in the window how it ended, with what was refused beside its field; where it was closed, say it there."""
        operation = await self._room.ended(_key(draft))
        word = "there" if draft.name is None else "changed"
        said = blocks.ended(operation, f"The keyword *{b.escape(fields.name)}* is {word}.")
        shown = await self._outcome(operation, draft, fields, said)

        async def make() -> View:
            return shown

        if not await self._room.boundary.drawing.draw(str(interaction.view["id"]), make):
            await interaction.tell(said)

    async def _outcome(self, operation: Operation | None, draft: ids.KeywordDraft, fields: Fields, said: str) -> View:
        title = views.NEW if draft.name is None else views.EDIT
        if operation is None or operation.state not in (State.FAILED, State.CANCELLED):
            return screens.said(title, said)
        wrong = keywords.beside(operation.result.get("fields") or {})
        again = draft.model_copy(update={"draft": self._room.new_id(), "turn": draft.turn + 1})
        form = await self._form(again, fields)
        told = f":warning: {_NOT_ACCEPTED} (reference `{operation.reference}`)" if wrong else said
        return views.form(views.Form(form.draft, form.fields, form.lists, told, wrong))

    # Delete

    async def delete(self, interaction: Interaction) -> None:
        """**Delete**, which has asked already: written down before it is acknowledged."""
        of = ids.OfKeyword.unpack(interaction.value)
        user_id = interaction.actor.user_id
        refused = await self._room.refusal(user_id, Act.KEYWORDS)
        fresh = False
        if refused is None:
            async with self._room.store.write() as tx:
                fresh = await self._keywords.delete(tx, of.name, of.seen, user_id, of.draft)
        await interaction.acknowledge()

        async def work() -> None:
            if refused is not None:
                await interaction.tell(f":warning: {refused}")
                return
            if not fresh:
                await interaction.tell(_ALREADY)
                return
            operation = await self._room.ended(keywords.key(keywords.DELETE, of.draft))
            said = blocks.ended(operation, f"The keyword *{b.escape(of.name)}* is deleted.")
            try:
                await self._show(interaction, of.page, replace=True, said=said)
            except UpstreamError:
                await interaction.tell(said)  # the list cannot be fetched now; what was asked for is told all the same

        self._room.boundary.later(interaction, work(), "keyword.delete")


def _key(draft: ids.KeywordDraft) -> str:
    """The unique key of what a modal asks for."""
    return keywords.key(keywords.CREATE if draft.name is None else keywords.EDIT, draft.draft)
