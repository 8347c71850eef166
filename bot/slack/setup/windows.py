"""What happens in the windows behind **Setup**: saved replies, and answers to keywords."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from bot.clearstream import sms
from bot.errors import Invalid
from bot.operations.model import State
from bot.services import record, setup_changes
from bot.services.keyword_answers import KeywordAnswers, checked, setting
from bot.services.policy import Act
from bot.slack import ids as slack_ids
from bot.slack import screens
from bot.slack.inbox.reply import saved_replies
from bot.slack.inbox.views import SAVED_AT_MOST
from bot.slack.interaction import Interaction, View
from bot.slack.setup import ids, window_views
from bot.slack.setup.desk import SetupDesk
from bot.store import installation

_ANSWERS = KeywordAnswers()

Draw = Callable[[str | None, int], Awaitable[View]]
"""Makes a window, with a line that is told in it, and the number of its fields."""


class WindowListeners:
    """Opens the windows, adds to what they show, and takes away."""

    def __init__(self, desk: SetupDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def open_saved(self, interaction: Interaction) -> None:
        """**Saved replies**."""
        await self._open(interaction, self._saved)

    async def open_answers(self, interaction: Interaction) -> None:
        """**Keyword answers**."""
        await self._open(interaction, self._answers)

    async def _open(self, interaction: Interaction, draw: Draw) -> None:
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.SETUP)
            await interaction.open(await draw(None, 0))

        self._room.boundary.later(interaction, work(), "setup.window")

    async def _saved(self, told: str | None, field: int) -> View:
        async with self._room.store.read() as tx:
            replies = await saved_replies(tx)
        return window_views.saved(replies, ids.WindowDraft(draft=self._room.new_id(), field=field), told)

    async def _answers(self, told: str | None, field: int) -> View:
        async with self._room.store.read() as tx:
            found = await _ANSWERS.every(tx)
        draft, heard = ids.WindowDraft(draft=self._room.new_id(), field=field), self._desk.setup.webhook
        return window_views.answers(found, draft, told, heard=heard)

    async def save_reply(self, interaction: Interaction) -> None:
        """**Save** under a new saved reply."""
        draft = ids.WindowDraft.unpack(interaction.view.get("private_metadata"))
        body = slack_ids.typed(interaction.view, ids.NEW_REPLY).strip()
        problem = sms.reply_problem(body)
        if problem is not None:
            await interaction.acknowledge(response_action="errors", errors={f"reply:{draft.field}": problem})
            return
        await interaction.acknowledge(response_action="update", view=screens.loading(window_views.SAVED))
        self._then(interaction, lambda: self._keep(body, interaction.actor.user_id), self._saved, draft.field)

    async def _keep(self, body: str, user_id: str) -> str:
        async with self._room.store.write() as tx:
            if len(await installation.replies(tx)) >= SAVED_AT_MOST:
                return f":warning: Not saved. There are {SAVED_AT_MOST} saved replies: remove one first."
            fresh = await installation.save_reply(tx, self._room.new_id(), body, user_id)
            if fresh:
                await record.write(tx, actor=user_id, act="save reply", subject=None, detail={"text": body})
        return ":white_check_mark: Saved." if fresh else ":white_check_mark: This reply is saved already."

    async def forget_reply(self, interaction: Interaction) -> None:
        """**Remove** on a saved reply."""
        of = ids.OfReply.unpack(interaction.value)
        user_id = interaction.actor.user_id
        await interaction.acknowledge()

        async def work() -> str:
            async with self._room.store.write() as tx:
                fresh = await installation.forget_reply(tx, of.reply)
                if fresh:
                    await record.write(tx, actor=user_id, act="remove saved reply", subject=of.reply)
            return ":white_check_mark: Removed." if fresh else ":white_check_mark: It was removed already."

        self._then(interaction, work, self._saved, _field(interaction))

    async def save_answer(self, interaction: Interaction) -> None:
        """**Save** under an answer to a keyword: it is checked, and recorded before it is acknowledged."""
        draft = ids.WindowDraft.unpack(interaction.view.get("private_metadata"))
        typed = [slack_ids.typed(interaction.view, name) for name in (ids.KEYWORD, ids.ANSWER_HEADER, ids.ANSWER_BODY)]
        name = typed[0].strip()
        try:
            answer = checked(name, typed[1], typed[2])
        except Invalid as error:
            errors = {f"{key}:{draft.field}": " ".join(said) for key, said in error.fields.items()}
            await interaction.acknowledge(response_action="errors", errors=errors)
            return
        await self._change(interaction, draft.draft, {setting(name): asdict(answer)})
        await interaction.acknowledge(response_action="update", view=screens.loading(window_views.ANSWERS))
        self._then(interaction, lambda: self._changed(draft.draft, "Saved."), self._answers, draft.field)

    async def remove_answer(self, interaction: Interaction) -> None:
        """**Remove** on an answer to a keyword."""
        of = ids.OfAnswer.unpack(interaction.value)
        draft = ids.WindowDraft.unpack(interaction.view.get("private_metadata"))
        # A window is drawn anew after each change, with another draft: each answer of one drawing is removed once.
        key = f"{draft.draft}:{of.name}"
        await self._change(interaction, key, {setting(of.name): None})
        await interaction.acknowledge()
        self._then(interaction, lambda: self._changed(key, "Removed."), self._answers, draft.field)

    async def _change(self, interaction: Interaction, draft: str, values: Mapping[str, Any]) -> None:
        """Ask for it; whether they may is found out before it is done."""
        async with self._room.store.write() as tx:
            await self._desk.changes.ask(tx, values, interaction.actor.user_id, draft)

    async def _changed(self, draft: str, said: str) -> str:
        """What became of it."""
        operation = await self._room.ended(setup_changes.key(draft))
        if operation is None or operation.state is State.SENT:
            return f":white_check_mark: {said}"
        if operation.state is State.FAILED:
            return f":warning: {operation.reason}"
        return ":hourglass: It is on its way; you are told where it fails."

    def _then(self, interaction: Interaction, work: Callable[[], Awaitable[str]], draw: Draw, field: int) -> None:
        """Do it, where they may, and draw the window anew with what came of it."""

        async def made() -> View:
            await self._room.directory.check(interaction.actor.user_id, Act.SETUP)
            return await draw(await work(), field + 1)

        title, view_id = str(interaction.view["title"]["text"]), str(interaction.view["id"])
        work_on = self._room.boundary.refill(view_id, title, made, "setup.window")
        self._room.boundary.later(interaction, work_on, "setup.window")


def _field(interaction: Interaction) -> int:
    return ids.WindowDraft.unpack(interaction.view.get("private_metadata")).field
