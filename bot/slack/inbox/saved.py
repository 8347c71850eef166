"""Saved replies in the modal **Reply**: starting from one, saving what is typed, removing one."""

from bot.clearstream import sms
from bot.services import record
from bot.services.policy import Act
from bot.slack import ids
from bot.slack.desk import Desk
from bot.slack.inbox import views
from bot.slack.inbox.reply import ReplyModals, saved_replies
from bot.slack.interaction import Interaction, View
from bot.store import installation


class SavedReplies:
    """What happens to saved replies."""

    def __init__(self, desk: Desk, modals: ReplyModals) -> None:
        self._desk = desk
        self._modals = modals

    async def start_from(self, interaction: Interaction) -> None:
        """A saved reply was chosen: it replaces what stands in the field."""
        chosen, view = interaction.value, interaction.view
        await interaction.acknowledge()

        async def work() -> None:
            view_id = str(view["id"])
            async with self._desk.store.read() as tx:
                bodies = {one.id: one.body for one in await saved_replies(tx)}
            body = bodies.get(chosen or "")
            if body is None:
                await self._modals.redraw(view_id, told=":warning: That saved reply was removed meanwhile.")
                return
            draft = ids.Draft.unpack(view["private_metadata"])
            fresh = draft.model_copy(update={"field": draft.field + 1})
            await self._modals.redraw(view_id, draft=fresh.model_dump(), prefill=body, typed=body, told=None)

        self._desk.boundary.later(interaction, work(), "reply.start_from")

    async def menu(self, interaction: Interaction) -> None:
        """Save what is typed, or open the list of saved replies."""
        view, choice = interaction.view, interaction.value
        typed = ids.typed(view, ids.MESSAGE)
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.SAVE_REPLY)
            if choice == "remove":
                async with self._desk.store.read() as tx:
                    shown = views.saved_list(await saved_replies(tx))
                await interaction.open(shown)
                return
            told = await self._save(typed.strip(), interaction.actor.user_id)
            await self._modals.redraw(str(view["id"]), typed=typed, told=told)

        self._desk.boundary.later(interaction, work(), "reply.saved_menu")

    async def _save(self, body: str, user_id: str) -> str:
        problem = sms.reply_problem(body)
        if problem:
            return f":warning: Not saved. {problem}"
        async with self._desk.store.write() as tx:
            if len(await installation.replies(tx)) >= views.SAVED_AT_MOST:
                return f":warning: Not saved. There are {views.SAVED_AT_MOST} saved replies: remove one first."
            fresh = await installation.save_reply(tx, self._desk.new_id(), body, user_id)
            if fresh:
                await record.write(tx, actor=user_id, act="save reply", subject=None, detail={"text": body})
        if not fresh:
            return ":white_check_mark: This reply is saved already."
        return ":white_check_mark: Saved: it stands under *Saved replies* from now on."

    async def forget(self, interaction: Interaction) -> None:
        """**Remove** on a saved reply."""
        reply_id = ids.OfSaved.unpack(interaction.value).reply
        view, user_id = interaction.view, interaction.actor.user_id
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(user_id, Act.SAVE_REPLY)
            async with self._desk.store.write() as tx:
                if await installation.forget_reply(tx, reply_id):
                    await record.write(tx, actor=user_id, act="remove saved reply", subject=reply_id)
            await self._desk.boundary.drawing.draw(str(view["id"]), self._list)
            if view.get("root_view_id") not in (None, view["id"]):
                await self._modals.redraw(str(view["root_view_id"]))

        self._desk.boundary.later(interaction, work(), "reply.forget")

    async def _list(self) -> View:
        async with self._desk.store.read() as tx:
            return views.saved_list(await saved_replies(tx))
