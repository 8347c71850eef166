"""**New list**, **Rename** and **Delete**: for senders, each through the ledger, and shown in its modal."""

from bot.errors import Gone
from bot.operations.model import Operation
from bot.services.broadcast_fields import ListChoice
from bot.services.lists import CREATE, DELETE, RENAME, Count, key, tidy
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack import screens, words
from bot.slack.audience import blocks, ids, views
from bot.slack.audience.desk import Asked, AudienceDesk, follow
from bot.slack.audience.listing import ListListeners
from bot.slack.drawing import EVERY
from bot.slack.interaction import Interaction, View

_TAKEN = "Another list has this name. Choose a different one."
_NO_NAME = "Enter a name for the list."
_ALREADY = "This was done already. It was not done again."
_NAMES = frozenset({"name"})
_OF_DELETING = frozenset({"name", "force_delete"})


class ChangeListeners:
    """What changes lists."""

    def __init__(self, desk: AudienceDesk, listing: ListListeners) -> None:
        self._desk = desk
        self._listing = listing
        self._room = desk.room
        self._lists = desk.lists

    async def new(self, interaction: Interaction) -> None:
        """**New list**."""
        of = ids.OfLists.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.LISTS)
            draft = ids.NameDraft(draft=self._room.new_id(), channel=interaction.channel_id)
            self._desk.standing.keep(draft.draft, self._listing.redraw(interaction, of))
            await interaction.open(views.naming(draft, ""))

        self._room.boundary.later(interaction, work(), "list.new")

    async def rename(self, interaction: Interaction) -> None:
        """**Rename** on a list."""
        of = ids.OfList.unpack(interaction.value)
        await interaction.acknowledge()

        async def make() -> View:
            one = await self._lists.one(of.list)
            draft = ids.NameDraft(
                draft=self._room.new_id(), list=one.id, was=b.cut(one.name, 200), channel=interaction.channel_id
            )
            self._desk.standing.keep(draft.draft, self._listing.redraw(interaction, of, one.id))
            return views.naming(draft, one.name)

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.LISTS)
            await self._room.boundary.fill(interaction, views.RENAME, make, "list.rename")

        self._room.boundary.later(interaction, work(), "list.rename")

    async def named(self, interaction: Interaction) -> None:
        """**Create** and **Rename**: checked and recorded before it is acknowledged."""
        draft = ids.NameDraft.unpack(interaction.view.get("private_metadata"))
        name = tidy(all_ids.typed(interaction.view, ids.NAME))
        title = views.NEW if draft.list is None else views.RENAME
        if not name:
            await interaction.acknowledge(response_action="errors", errors={"name": _NO_NAME})
            return
        if await self._refused(interaction, title):
            return
        by = interaction.actor.user_id
        async with self._room.store.write() as tx:
            taken = await self._lists.taken(tx, name, draft.list)
            if taken:
                fresh = False
            elif draft.list is None:
                fresh = await self._lists.create(tx, name, by, draft.draft)
            else:
                fresh = await self._lists.rename(tx, ListChoice(draft.list, draft.was), name, by, draft.draft)
        if taken:
            await interaction.acknowledge(response_action="errors", errors={"name": _TAKEN})
            return
        kind, said = (CREATE, _created(name)) if draft.list is None else (RENAME, _renamed(draft.was, name))

        def again(wrong: views.Problems) -> View:
            fresh_draft = draft.model_copy(update={"draft": self._desk.anew(draft.draft)})
            return views.naming(fresh_draft, name, wrong)

        asked = Asked(draft.draft, key(kind, draft.draft), title, "name", _NAMES, again)
        await self._answer(interaction, asked, said, fresh=fresh)

    async def delete(self, interaction: Interaction) -> None:
        """**Delete** on a list: counts first who would be opted out."""
        of = ids.OfList.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.LISTS)
            view_id = await interaction.open(screens.loading(views.DELETE))
            await self._room.boundary.refill(
                view_id, views.DELETE, lambda: self._counted(interaction, view_id, of), "list.delete"
            )

        self._room.boundary.later(interaction, work(), "list.delete")

    async def _counted(self, interaction: Interaction, view_id: str, of: ids.OfList) -> View:
        one = await self._lists.one(of.list)
        count = Count(0, 0, 0, done=True) if one.subscribers == 0 else await self._count(view_id, one)
        draft = ids.DeleteDraft(
            draft=self._room.new_id(),
            list=one.id,
            name=one.name,
            subscribers=count.on_it if one.subscribers is None else one.subscribers,
            alone=count.alone,
            force=bool(one.subscribers or count.on_it),
            channel=interaction.channel_id,
        )
        self._desk.standing.keep(draft.draft, self._listing.redraw(interaction, of, one.id))
        return views.delete(draft, unseen=max(0, (one.subscribers or 0) - count.on_it))

    async def _count(self, view_id: str, one: ListChoice) -> Count:
        """Who is on it and on no other list; the modal tells how far it has come, until it is closed."""
        last = Count(0, 0, 0, done=False)
        drawn = self._room.store.clock.now()
        async for count in self._lists.counted(one.id):
            last, now = count, self._room.store.clock.now()
            if count.done or now - drawn < EVERY:
                continue
            drawn = now

            async def make(so_far: Count = count) -> View:
                return views.counting(one, so_far)

            if not await self._room.boundary.drawing.draw(view_id, make):
                raise Gone("The window was closed, so nobody was counted any further. Nothing was deleted.")
        return last

    async def deleted(self, interaction: Interaction) -> None:
        """**Delete**, after the list's name was typed where people are on it."""
        draft = ids.DeleteDraft.unpack(interaction.view.get("private_metadata"))
        typed = all_ids.typed(interaction.view, ids.TYPED)
        if draft.force and _as_typed(typed) != _as_typed(draft.name):
            wrong = f"Type the name exactly as it is: {draft.name}"
            await interaction.acknowledge(response_action="errors", errors={"typed": b.cut(wrong, 300)})
            return
        if await self._refused(interaction, views.DELETE):
            return
        by = interaction.actor.user_id
        async with self._room.store.write() as tx:
            fresh = await self._lists.delete(tx, draft.going, by, draft.draft)

        def again(wrong: views.Problems) -> View:
            sentences = " ".join(sentence for said in wrong.values() for sentence in said)
            return screens.failed(views.DELETE, b.reason(sentences))

        asked = Asked(draft.draft, key(DELETE, draft.draft), views.DELETE, "name", _OF_DELETING, again)
        await self._answer(interaction, asked, _deleted(draft), fresh=fresh)

    async def _refused(self, interaction: Interaction, title: str) -> bool:
        refused = await self._room.refusal(interaction.actor.user_id, Act.LISTS)
        if refused is None:
            return False
        await interaction.acknowledge(response_action="update", view=screens.failed(title, refused))
        return True

    async def _answer(self, interaction: Interaction, asked: Asked, said: str, *, fresh: bool) -> None:
        if not fresh:
            shown = screens.already(asked.title, _ALREADY)
            await interaction.acknowledge(response_action="update", view=shown)
            return
        await interaction.acknowledge(response_action="update", view=screens.loading(asked.title))

        def done(operation: Operation) -> str:
            return said

        self._room.boundary.later(interaction, follow(self._desk, interaction, asked, done), "list.changed")


def _as_typed(name: str) -> str:
    """A name as far as somebody can see and type it: no invisible characters, plain quotes, single spaces."""
    return words.typed(b.tame(name))


def _created(name: str) -> str:
    return f":white_check_mark: The list “{b.escape(name)}” is made. Nobody is on it yet."


def _renamed(was: str, name: str) -> str:
    return f":white_check_mark: The list “{b.escape(was)}” is called “{b.escape(name)}” now."


def _deleted(draft: ids.DeleteDraft) -> str:
    said = f":white_check_mark: The list “{b.escape(draft.name)}” is deleted."
    if not draft.alone:
        return said
    return (
        f"{said} {blocks.count(draft.alone)} who {'was' if draft.alone == 1 else 'were'} on no other list: opted out."
    )
