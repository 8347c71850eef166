"""Answering a conversation: the modal **Reply**, from opening it to **Send**."""

from collections.abc import Sequence
from typing import Any

from bot.clearstream import sms
from bot.errors import Gone, Invalid, UpstreamError
from bot.services.conversations import Conversation, Text
from bot.services.policy import Act
from bot.services.texts import Typed
from bot.slack import ids
from bot.slack.desk import Desk
from bot.slack.inbox import views
from bot.slack.interaction import Interaction
from bot.store import installation
from bot.store.engine import Row, Tx

_SHOWN = 5


class ReplyModals:
    """Opens, refreshes and submits the modal **Reply**."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pressed(self, interaction: Interaction) -> None:
        """**Reply** on a conversation."""
        conversation_id = ids.OfConversation.unpack(interaction.value).conversation
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.open(interaction, conversation_id), "reply.open")

    async def open(self, interaction: Interaction, conversation_id: int, prefill: str = "") -> None:
        """Open the modal from what is stored; what Clearstream has besides comes a moment later."""
        desk = self._desk
        await desk.directory.check(interaction.actor.user_id, Act.REPLY)
        async with desk.store.read() as tx:
            modal = await self._drawn(tx, conversation_id, interaction, prefill)
        opened = await interaction.open(views.reply(modal))
        await self._remember(str(opened["id"]), interaction.actor.user_id, modal)
        if len(modal.texts) < min(_SHOWN, modal.conversation.reply_count):
            await self._fill(str(opened["id"]), modal)

    async def _drawn(self, tx: Tx, conversation_id: int, interaction: Interaction, prefill: str) -> views.ReplyModal:
        conversation = await self._desk.conversations.get(tx, conversation_id)
        if conversation.gone:
            raise Gone("This conversation was deleted in Clearstream, so it cannot be answered. Nothing was sent.")
        draft = ids.Draft(
            draft=self._desk.new_id(),
            conversation=conversation_id,
            seen=conversation.newest_id,
            claimed_by=conversation.claimed_by,
            channel=interaction.channel_id,
        )
        texts = await self._desk.conversations.last_texts(tx, conversation_id, _SHOWN)
        said = _claimed_by_another(conversation, interaction.actor.user_id)
        return views.ReplyModal(draft, conversation, texts, await saved_replies(tx), prefill=prefill, said=said)

    async def _fill(self, view_id: str, modal: views.ReplyModal) -> None:
        """Add the last texts from Clearstream to a modal that was opened with too few."""
        try:
            thread = await self._desk.clearstream.thread(modal.conversation.id)
        except UpstreamError:
            return
        shown = [
            Text(reply.id, reply.incoming, reply.text, reply.sent_at, reply.user.name if reply.user else None)
            for reply in reversed(thread.recent_replies)
        ]
        if len(shown) > len(modal.texts):
            await self.redraw(view_id, earlier=shown)

    async def _remember(self, view_id: str, user_id: str, modal: views.ReplyModal) -> None:
        state = {"draft": modal.draft.model_dump(), "prefill": modal.prefill, "said": modal.said}
        async with self._desk.store.write() as tx:
            values = {
                "view_id": view_id,
                "conversation_id": modal.conversation.id,
                "user_id": user_id,
                "state": state,
            }
            await installation.view_opened(tx, values)

    async def redraw(self, view_id: str, earlier: list[Text] | None = None, **changes: Any) -> None:
        """Draw an open modal anew from what is stored now, keeping what was typed; says who or what came between."""
        async with self._desk.store.write() as tx:
            row = await installation.view(tx, view_id)
            if row is None:
                return
            state = {**row["state"], **changes}
            if earlier is not None:
                state["earlier"] = views.text_rows(earlier)
            modal, state = await self._now(tx, row, state)
            await installation.change_view(tx, view_id, state)
        if not await self._desk.api.update_view(view_id, views.reply(modal)):
            await self._forget_view(view_id)

    async def _now(self, tx: Tx, row: Row, state: dict[str, Any]) -> tuple[views.ReplyModal, dict[str, Any]]:
        """The modal as it should stand now, and the state it was drawn from."""
        conversation = await self._desk.conversations.get(tx, row["conversation_id"])
        draft = ids.Draft.model_validate(state["draft"])
        texts = await self._texts(tx, conversation.id, state)
        said = difference(conversation, texts, draft, row["user_id"]) or state.get("said")
        draft = draft.model_copy(update={"seen": conversation.newest_id, "claimed_by": conversation.claimed_by})
        state = {**state, "draft": draft.model_dump(), "said": said}
        modal = views.ReplyModal(
            draft,
            conversation,
            texts,
            await saved_replies(tx),
            prefill=state.get("prefill", ""),
            typed=state.get("typed"),
            said=said,
        )
        return modal, state

    async def _texts(self, tx: Tx, conversation_id: int, state: dict[str, Any]) -> list[Text]:
        stored = await self._desk.conversations.last_texts(tx, conversation_id, _SHOWN)
        both = {text.reply_id: text for text in [*views.texts_of(state.get("earlier") or ()), *stored]}
        return sorted(both.values(), key=lambda text: (text.sent_at, text.reply_id))[-_SHOWN:]

    async def typing(self, interaction: Interaction) -> None:
        """A character was typed: count, at most once a second, and what stands at the end for certain."""
        view_id, typed = str(interaction.view["id"]), ids.typed(interaction.view, ids.MESSAGE)
        await interaction.acknowledge()
        self._desk.boundary.count(view_id, interaction, lambda: self.redraw(view_id, typed=typed), "reply.count")

    async def start_from(self, interaction: Interaction) -> None:
        """A saved reply was chosen: it replaces what stands in the field."""
        chosen = interaction.value
        view = interaction.view
        await interaction.acknowledge()

        async def work() -> None:
            async with self._desk.store.read() as tx:
                bodies = {one.id: one.body for one in await saved_replies(tx)}
            draft = ids.Draft.unpack(view["private_metadata"])
            fresh = draft.model_copy(update={"field": draft.field + 1})
            body = bodies.get(chosen or "", "")
            await self.redraw(str(view["id"]), draft=fresh.model_dump(), prefill=body, typed=body)

        self._desk.boundary.later(interaction, work(), "reply.start_from")

    async def saved_menu(self, interaction: Interaction) -> None:
        """Save what is typed, or open the list of saved replies."""
        view, choice = interaction.view, interaction.value
        body = ids.typed(view, ids.MESSAGE).strip()
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.SAVE_REPLY)
            if choice == "remove":
                async with self._desk.store.read() as tx:
                    await interaction.open(views.saved_list(await saved_replies(tx)))
                return
            await self.redraw(str(view["id"]), said=await self._save(body, interaction.actor.user_id))

        self._desk.boundary.later(interaction, work(), "reply.saved_menu")

    async def _save(self, body: str, user_id: str) -> str:
        problem = sms.reply_problem(body)
        if problem:
            return f"Not saved. {problem}"
        async with self._desk.store.write() as tx:
            fresh = await installation.save_reply(tx, self._desk.new_id(), body, user_id)
        return "Saved: it stands under Saved replies from now on." if fresh else "This reply is saved already."

    async def forget(self, interaction: Interaction) -> None:
        """**Remove** on a saved reply."""
        reply_id = ids.OfSaved.unpack(interaction.value).reply
        view = interaction.view
        await interaction.acknowledge()

        async def work() -> None:
            await self._desk.directory.check(interaction.actor.user_id, Act.SAVE_REPLY)
            async with self._desk.store.write() as tx:
                await installation.forget_reply(tx, reply_id)
                left = await saved_replies(tx)
            await interaction.update(str(view["id"]), views.saved_list(left))
            if view.get("root_view_id") not in (None, view["id"]):
                await self.redraw(str(view["root_view_id"]))

        self._desk.boundary.later(interaction, work(), "reply.forget")

    async def closed(self, interaction: Interaction) -> None:
        """The modal was closed without sending."""
        view_id = str(interaction.view["id"])
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self._forget_view(view_id), "reply.closed")

    async def _forget_view(self, view_id: str) -> None:
        async with self._desk.store.write() as tx:
            await installation.view_closed(tx, view_id)

    async def submitted(self, interaction: Interaction) -> None:
        """**Send**: checked and recorded before it is acknowledged; sent by the ledger."""
        view = interaction.view
        draft = ids.Draft.unpack(view.get("private_metadata"))
        text = ids.typed(view, ids.MESSAGE)
        problem = sms.reply_problem(text)
        if problem:
            block = views.message_block(draft.field)
            await interaction.acknowledge(response_action="errors", errors={block: problem})
            return
        refused = await self._desk.refusal(interaction.actor.user_id, Act.REPLY)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=views.already(refused))
            return
        try:
            changed = await self._record(str(view["id"]), draft, text, interaction.actor.user_id)
        except (Gone, Invalid) as error:
            await interaction.acknowledge(response_action="update", view=views.already(f":warning: {error}"))
            return
        if changed is not None:
            await interaction.acknowledge(response_action="update", view=changed)
        else:
            await interaction.acknowledge()

    async def _record(self, view_id: str, draft: ids.Draft, text: str, user_id: str) -> dict[str, Any] | None:
        """Write it into the ledger; or the view to show instead, where the person should know something first."""
        desk = self._desk
        async with desk.store.write() as tx:
            if await desk.texts.sent_already(tx, draft.draft):
                return views.already(":white_check_mark: This reply was sent already. It was not sent again.")
            conversation = await desk.conversations.get(tx, draft.conversation)
            row = await installation.view(tx, view_id)
            state = row["state"] if row else {}
            texts = await self._texts(tx, conversation.id, state)
            said = difference(conversation, texts, draft, user_id)
            if said is None:
                await desk.texts.reply(tx, draft.conversation, Typed(draft.draft, text, user_id))
                await installation.view_closed(tx, view_id)
                return None
            fresh = draft.model_copy(update={"seen": conversation.newest_id, "claimed_by": conversation.claimed_by})
            state = {**state, "draft": fresh.model_dump(), "prefill": text, "typed": text, "said": said}
            await installation.change_view(tx, view_id, state)
            saved = await saved_replies(tx)
        said = f"{said} *Send* sends it all the same."
        modal = views.ReplyModal(fresh, conversation, texts, saved, prefill=text, said=said)
        return views.reply(modal)


async def saved_replies(tx: Tx) -> list[views.Saved]:
    """The saved replies, in the order of the alphabet."""
    return [views.Saved(row["id"], row["body"]) for row in await installation.replies(tx)]


def difference(conversation: Conversation, texts: Sequence[Text], draft: ids.Draft, user_id: str) -> str | None:
    """What came between the drawing of a modal and now, as a sentence in mrkdwn; None where nothing did.

    ``texts`` are the last ones; those the person sent themselves are no news to them.
    """
    others = [text for text in texts if text.reply_id > draft.seen and text.author != f"<@{user_id}>"]
    if others:
        came = "A new text came in" if any(text.incoming for text in others) else "Somebody else's text went out"
        return f"*{came}* while you were writing: read it first, above."
    if conversation.claimed_by != draft.claimed_by:
        return _claimed_by_another(conversation, user_id)
    return None


def _claimed_by_another(conversation: Conversation, user_id: str) -> str | None:
    if conversation.claimed_by in (None, user_id):
        return None
    return f"<@{conversation.claimed_by}> has *claimed* this conversation."
