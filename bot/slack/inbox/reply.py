"""Answering a conversation: the modal **Reply**, from opening it to **Send**."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.clearstream import sms
from bot.errors import Gone, UpstreamError
from bot.services.conversation_model import Conversation, Text
from bot.services.policy import Act
from bot.services.texts import Typed
from bot.slack import ids, screens
from bot.slack.desk import Desk
from bot.slack.inbox import views
from bot.slack.inbox.text_views import doubt_about
from bot.slack.interaction import Interaction
from bot.store import installation
from bot.store.engine import Row, Tx

_SHOWN = 5
_TITLE = "Reply"


class ReplyModals:
    """Opens, refreshes and submits the modal **Reply**."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pressed(self, interaction: Interaction) -> None:
        """**Reply** on a conversation."""
        conversation_id = ids.OfConversation.unpack(interaction.value).conversation
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.open(interaction, conversation_id), "reply.open")

    async def open(
        self, interaction: Interaction, conversation_id: int, prefill: str = "", told: str | None = None
    ) -> None:
        """Open the modal from what is stored; what Clearstream has besides comes a moment later.

        ``told`` is a line, in mrkdwn, that stands in it from the beginning.
        """
        desk = self._desk
        await desk.directory.check(interaction.actor.user_id, Act.REPLY)
        async with desk.store.read() as tx:
            modal = await self._first(tx, conversation_id, interaction, prefill, told)
        view_id = await interaction.open(views.reply(modal))
        await self._remember(view_id, interaction.actor.user_id, modal, told)
        if len(modal.texts) < min(_SHOWN, modal.conversation.reply_count):
            await self._fill(view_id, modal)

    async def _first(
        self, tx: Tx, conversation_id: int, interaction: Interaction, prefill: str, told: str | None
    ) -> views.ReplyModal:
        conversation = await self._desk.conversations.get(tx, conversation_id)
        if conversation.gone:
            raise Gone("This conversation was deleted in Clearstream, so it cannot be answered. Nothing was sent.")
        draft = ids.Draft(
            draft=self._desk.new_id(),
            conversation=conversation_id,
            opened=tx.now.timestamp(),
            seen=conversation.newest_id,
            claimed_by=conversation.claimed_by,
            channel=interaction.channel_id,
        )
        texts = await self._desk.conversations.last_texts(tx, conversation_id, _SHOWN)
        doubt = doubt_about(conversation.subscriber_status, answering=True)
        said = lines(claimed_by_another(conversation, interaction.actor.user_id), doubt and f":warning: {doubt}", told)
        return views.ReplyModal(draft, conversation, texts, await saved_replies(tx), prefill=prefill, said=said)

    async def _fill(self, view_id: str, modal: views.ReplyModal) -> None:
        """Add the last texts from Clearstream to a modal that was opened with too few."""
        try:
            thread = await self._desk.clearstream.thread(modal.conversation.id)
        except UpstreamError:
            return  # it can be answered without them
        shown = [Text.from_reply(reply) for reply in reversed(thread.recent_replies)]
        if len(shown) > len(modal.texts):
            await self.redraw(view_id, earlier=views.text_rows(shown))

    async def _remember(self, view_id: str, user_id: str, modal: views.ReplyModal, told: str | None) -> None:
        """Note that the view is open; what came between drawing it and now is drawn at once."""
        conversation_id = modal.conversation.id
        state = {"draft": modal.draft.model_dump(), "prefill": modal.prefill, "told": told}
        values = {"view_id": view_id, "conversation_id": conversation_id, "user_id": user_id, "state": state}
        async with self._desk.store.write() as tx:
            await installation.view_opened(tx, values)
            # Locked, so that whoever changes it in this moment either is seen here or sees the view.
            now = await self._desk.conversations.get(tx, conversation_id, lock=True)
        if (now.newest_id, now.claimed_by) != (modal.draft.seen, modal.draft.claimed_by):
            await self.redraw(view_id)

    async def redraw(self, view_id: str, **changes: Any) -> None:
        """Draw an open modal anew from what is stored then, keeping what was typed; says who or what came between.

        ``changes`` go into what is remembered of it.
        """
        if not await self._desk.boundary.drawing.draw(view_id, lambda: self._made(view_id, changes)):
            await self.forget(view_id)

    async def _made(self, view_id: str, changes: Mapping[str, Any]) -> dict[str, Any] | None:
        async with self._desk.store.write() as tx:
            row = await installation.view(tx, view_id)
            if row is None:
                return None
            modal, state = await self._now(tx, row, {**row["state"], **changes})
            await installation.change_view(tx, view_id, state)
        return views.reply(modal)

    async def _now(self, tx: Tx, row: Row, state: dict[str, Any]) -> tuple[views.ReplyModal, dict[str, Any]]:
        """The modal as it should stand now, and the state it was drawn from."""
        conversation = await self._desk.conversations.get(tx, row["conversation_id"])
        draft = ids.Draft.model_validate(state["draft"])
        texts = await self._texts(tx, conversation.id, state)
        came = texts_between(texts, draft, row["user_id"]) or state.get("came")
        draft = draft.model_copy(update={"seen": conversation.newest_id, "claimed_by": conversation.claimed_by})
        state = {**state, "draft": draft.model_dump(), "came": came}
        modal = views.ReplyModal(
            draft,
            conversation,
            texts,
            await saved_replies(tx),
            prefill=state.get("prefill", ""),
            typed=state.get("typed"),
            said=lines(claimed_by_another(conversation, row["user_id"]), came, state.get("told")),
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
        self._desk.boundary.count(view_id, interaction, lambda: self._made(view_id, {"typed": typed}), "reply.count")

    async def closed(self, interaction: Interaction) -> None:
        """The modal was closed without sending."""
        view_id = str(interaction.view["id"])
        await interaction.acknowledge()
        self._desk.boundary.later(interaction, self.forget(view_id), "reply.closed")

    async def forget(self, view_id: str) -> None:
        """A modal is not open any more."""
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
            await interaction.acknowledge(response_action="update", view=screens.failed(_TITLE, refused))
            return
        instead = await self._record(str(view["id"]), draft, text, interaction.actor.user_id)
        if instead is not None:
            await interaction.acknowledge(response_action="update", view=instead)
        else:
            await interaction.acknowledge()

    async def _record(self, view_id: str, draft: ids.Draft, text: str, user_id: str) -> dict[str, Any] | None:
        """Write it into the ledger; or the view to show instead, where the person should know something first."""
        desk = self._desk
        async with desk.store.write() as tx:
            if await desk.texts.sent_already(tx, draft.draft):
                return screens.already(_TITLE, "This reply was sent already. It was not sent again.")
            conversation = await desk.conversations.get(tx, draft.conversation, lock=True)
            row = await installation.view(tx, view_id)
            state = row["state"] if row else {}
            texts = await self._texts(tx, conversation.id, state)
            came = texts_between(texts, draft, user_id)
            leaving = await self._leaving(tx, conversation, draft, user_id)
            taken = conversation.claimed_by != draft.claimed_by and claimed_by_another(conversation, user_id)
            if not came and not taken and leaving is None:
                await desk.texts.reply(tx, draft.conversation, Typed(draft.draft, text, user_id))
                await installation.view_closed(tx, view_id)
                return None
            now = {"seen": conversation.newest_id, "claimed_by": conversation.claimed_by}
            fresh = draft.model_copy(update={**now, "leaving": leaving or draft.leaving})
            known = {"draft": fresh.model_dump(), "prefill": text, "typed": text, "came": came}
            await installation.change_view(tx, view_id, {**state, **known})
            saved = await saved_replies(tx)
        said = lines(_NOT_SENT, claimed_by_another(conversation, user_id), came or (leaving and _LEAVING))
        return views.reply(views.ReplyModal(fresh, conversation, texts, saved, prefill=text, said=said))

    async def _leaving(self, tx: Tx, conversation: Conversation, draft: ids.Draft, user_id: str) -> str | None:
        """A text of somebody else's that is on its way since this modal was opened, and was not told of in it yet."""
        for operation in await self._desk.texts.under_way(tx, conversation.number):
            others = operation.asked_by != user_id and operation.created_at.timestamp() >= draft.opened
            if others and operation.id != draft.leaving:
                return operation.id
        return None


_NOT_SENT = ":warning: *Not sent yet.* Press *Send* once more to send it all the same."
_LEAVING = ":incoming_envelope: *Somebody else's text* to them is on its way."


async def saved_replies(tx: Tx) -> list[views.Saved]:
    """The saved replies, in the order of the alphabet."""
    return [views.Saved(row["id"], row["body"]) for row in await installation.replies(tx)]


def lines(*said: str | None) -> list[str]:
    """What there is to say, without what there is not."""
    return [line for line in said if line]


def texts_between(texts: Sequence[Text], draft: ids.Draft, user_id: str) -> str | None:
    """What came or went between the drawing of a modal and now, as a line in mrkdwn; None where nothing did.

    ``texts`` are the last ones; those the person sent themselves are no news to them.
    """
    came = arrived_between(texts, draft.seen, user_id)
    return came and f":incoming_envelope: *{came}* while you were writing: read it first, below."


def arrived_between(texts: Sequence[Text], seen: int, user_id: str) -> str | None:
    """What is newer than the reply ``seen`` and not by this person, in a few words; None where nothing is."""
    others = [text for text in texts if text.reply_id > seen and text.author != f"<@{user_id}>"]
    if not others:
        return None
    return "A new text came in" if any(text.incoming for text in others) else "Somebody else's text went out"


def claimed_by_another(conversation: Conversation, user_id: str) -> str | None:
    """A line in mrkdwn where somebody else has claimed the conversation."""
    if conversation.claimed_by in (None, user_id):
        return None
    return f":raised_hand: <@{conversation.claimed_by}> has *claimed* this conversation."
