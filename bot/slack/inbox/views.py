"""The modals of the inbox. Pure: data in, views out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clearstream import sms
from bot.services.conversation_model import Conversation, Text
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.inbox import blocks as inbox

_FIELD = 3000
"""The field takes more than a text may have, so that a person is told by how much it is too long."""

_SHOWN = 5
SAVED_AT_MOST = 100
"""Options of a select."""


@dataclass(frozen=True)
class Saved:
    """A saved reply."""

    id: str
    body: str


@dataclass(frozen=True)
class ReplyModal:
    """What the modal **Reply** is drawn from.

    ``prefill`` stands in the field at first; ``said`` are lines, in mrkdwn, on what the person should know first.
    """

    draft: ids.Draft
    conversation: Conversation
    texts: Sequence[Text]
    saved: Sequence[Saved]
    prefill: str = ""
    typed: str | None = None
    said: Sequence[str] = ()


def message_block(field: int) -> str:
    """The name of the block with the message: another one makes Slack replace what was typed."""
    return f"message:{field}"


def reply(modal: ReplyModal) -> Block:
    """The modal **Reply**."""
    typed = modal.prefill if modal.typed is None else modal.typed
    blocks: list[Block] = [b.context(b.plain(f"To {modal.conversation.title}", 300))]
    if modal.said:
        blocks.append({**b.section("\n".join(modal.said)), "block_id": "said"})
    blocks += _last_texts(modal.texts, modal.conversation)
    blocks.append(message_input(message_block(modal.draft.field), ids.MESSAGE, modal.prefill))
    blocks.append({**b.context(counter(typed, sms.REPLY_LIMIT)), "block_id": "counter"})
    blocks += _saved_replies(modal.saved, modal.draft.field)
    return b.modal(
        title="Reply",
        callback_id=ids.VIEW_REPLY,
        submit="Send",
        close="Cancel",
        blocks=blocks,
        metadata=modal.draft.metadata(),
        notify_on_close=True,
    )


def message_input(block_id: str, action_id: str, prefill: str, *, focus: bool = True) -> Block:
    """The field **Message**, which tells every character typed; without ``focus`` one begins at the modal's top."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": _FIELD,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    if focus:
        element["focus_on_load"] = True
    if prefill:
        element["initial_value"] = prefill[:_FIELD]
    return {
        "type": "input",
        "block_id": block_id,
        "dispatch_action": True,
        "label": b.label("Message", 2000),
        "element": element,
    }


def counter(typed: str, limit: int, used_already: int = 0) -> Block:
    """How much of a text's room is used, and which characters cannot go into one; as one line of small print."""
    used = sms.septets(typed) + used_already
    wrong = sms.not_gsm(typed)
    line = f"*{used}* of {limit} characters"
    if used > limit:
        line = f":no_entry: *{used}* of {limit} characters: {used - limit} too many"
    if wrong:
        shown = " ".join(f"`{b.escape(_visible(character))}`" for character in wrong[:10])
        line += f" · cannot be texted: {shown}" + (" …" if len(wrong) > 10 else "")
        if sms.not_gsm(sms.to_gsm(typed)) != wrong:
            line += f" (write {_stand_ins(wrong)})"
    return b.mrkdwn(line)


def _stand_ins(wrong: Sequence[str]) -> str:
    pairs = [(character, sms.suggestions[character]) for character in wrong if character in sms.suggestions]
    return ", ".join(f"{_instead(instead)} for `{b.escape(_visible(one))}`" for one, instead in pairs[:5])


def _instead(words: str) -> str:
    if not words:
        return "nothing"
    return f"`{b.escape(words)}`" if words.strip() else "a space"


def _visible(character: str) -> str:
    return character if character.isprintable() and character != "`" else f"U+{ord(character):04X}"


def _last_texts(texts: Sequence[Text], conversation: Conversation) -> list[Block]:
    drawn = [block for text in texts[-_SHOWN:] for block in inbox.text(text, conversation)]
    return drawn or [b.context(b.mrkdwn("No texts are stored of this conversation yet."))]


def _saved_replies(saved: Sequence[Saved], field: int) -> list[Block]:
    """The select under a name of its own each time, so that the same one can be chosen again."""
    menu = b.overflow(
        ids.SAVED_MENU, [b.option("Save this text as a reply", "save"), b.option("Remove a saved reply", "remove")]
    )
    title = (
        "*Saved replies* to start from" if saved else "*Saved replies*: none yet. Type one and save it from this menu."
    )
    blocks: list[Block] = [{**b.section(title, menu), "block_id": "saved_menu"}]
    if saved:
        select: Block = {
            "type": "static_select",
            "action_id": ids.SAVED,
            "placeholder": b.label("Saved replies", 150),
            "options": [b.option(one.body, one.id) for one in saved[:SAVED_AT_MOST]],
        }
        blocks.append(b.actions([select], block_id=f"saved:{field}"))
    return blocks


def saved_list(saved: Sequence[Saved]) -> Block:
    """The saved replies, each with **Remove**."""
    blocks = [
        {
            "type": "section",
            "block_id": f"saved:{one.id}",
            "text": b.plain(one.body),
            "accessory": b.button("Remove", ids.FORGET, ids.OfSaved(reply=one.id).pack(), style="danger"),
        }
        for one in saved[:SAVED_AT_MOST]
    ]
    return b.modal(
        title="Saved replies",
        callback_id=ids.VIEW_SAVED,
        close="Back",
        blocks=blocks or [b.section("There are no saved replies.")],
    )


def history(conversation: Conversation, texts: Sequence[Text], page: int, *, more: bool) -> Block:
    """The modal **History**: a conversation's texts, a page at a time, oldest of the page first."""
    blocks: list[Block] = [b.context(b.plain(conversation.title, 300))]
    for text in texts:
        blocks += inbox.text(text, conversation)
    if not texts:
        blocks.append(b.section("There is nothing more."))
    turns = [b.button("Older", f"{ids.HISTORY_PAGE}.older", _turn(conversation.id, page + 1))] if more else []
    if page > 1:
        turns.append(b.button("Newer", f"{ids.HISTORY_PAGE}.newer", _turn(conversation.id, page - 1)))
    if turns:
        blocks.append(b.actions(turns))
    return b.modal(title="History", callback_id=ids.VIEW_HISTORY, blocks=blocks)


def _turn(conversation_id: int, page: int) -> str:
    return ids.OfHistory(conversation=conversation_id, page=page).pack()


def delete(conversation: Conversation, draft: str, channel: str | None) -> Block:
    """The question before a conversation is deleted."""
    words = (
        "This deletes the conversation with all its texts *in Clearstream*, for everyone, and cannot be undone. "
        "What stands in Slack stays."
    )
    return b.modal(
        title="Delete conversation",
        callback_id=ids.VIEW_DELETE,
        submit="Delete",
        close="Keep",
        blocks=[b.section_of(conversation.title), b.section(words)],
        metadata=ids.DeleteDraft(draft=draft, conversation=conversation.id, channel=channel).metadata(),
    )


def text_rows(texts: Sequence[Text]) -> list[dict[str, Any]]:
    """Texts as JSON, for the state of an open view."""
    return [
        {"id": one.reply_id, "in": one.incoming, "body": one.body, "at": one.sent_at.isoformat(), "by": one.author}
        for one in texts
    ]


def texts_of(stored: Sequence[Mapping[str, Any]]) -> list[Text]:
    """What ``text_rows`` made, as texts again."""
    return [Text(one["id"], one["in"], one["body"], datetime.fromisoformat(one["at"]), one["by"]) for one in stored]
