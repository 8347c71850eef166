"""The windows behind **Setup**: **Saved replies** and **Keyword answers**. Pure."""

from collections.abc import Mapping, Sequence

from bot.services.keyword_answers import Answer
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.inbox.views import SAVED_AT_MOST, Saved
from bot.slack.setup import ids

SAVED = "Saved replies"
ANSWERS = "Keyword answers"

_SHOWN = 40
"""Answers that are shown: a modal takes a hundred blocks."""

_ABOUT = (
    "When somebody texts a keyword, Clearstream's webhook tells Switchboard, which answers with this text. It comes on "
    "top of the keyword's own auto-reply."
)

_UNHEARD = (
    ":warning: No webhook is set up, so nothing is answered yet. Whoever runs Switchboard sets "
    "`CLEARSTREAM_WEBHOOK_KEY` and gives Clearstream its address."
)


def saved(replies: Sequence[Saved], draft: ids.WindowDraft, told: str | None = None) -> Block:
    """The saved replies, each with **Remove**, and a field for one more."""
    blocks: list[Block] = [b.section(told)] if told else []
    for one in replies[:SAVED_AT_MOST]:
        remove = b.button("Remove", ids.FORGET, ids.OfReply(reply=one.id).pack(), style="danger")
        blocks.append(
            {"type": "section", "block_id": f"saved:{one.id}", "text": b.plain(one.body), "accessory": remove}
        )
    if not replies:
        blocks.append(b.section("There are no saved replies yet."))
    field = _field(f"reply:{draft.field}", ids.NEW_REPLY, "New saved reply", "At most 160 characters.", most=1000)
    return _window(SAVED, ids.VIEW_SAVED, [*blocks, field], draft)


def answers(found: Mapping[str, Answer], draft: ids.WindowDraft, told: str | None = None, *, heard: bool) -> Block:
    """What is answered to each keyword, each with **Remove**, and fields for another.

    ``heard``: whether there is a webhook, without which nothing is answered.
    """
    blocks: list[Block] = [b.section(told)] if told else []
    blocks += [b.section(_ABOUT)] if heard else [b.section(_ABOUT), b.section(_UNHEARD)]
    for name, answer in sorted(found.items())[:_SHOWN]:
        remove = b.button("Remove", ids.REMOVE_ANSWER, ids.OfAnswer(name=name).pack(), style="danger")
        said = b.plain(f"{name.upper()} → {answer.header}: {answer.body}")
        blocks.append({"type": "section", "block_id": f"answer:{name}", "text": said, "accessory": remove})
    fields = (
        _field(f"{ids.NAME}:{draft.field}", ids.KEYWORD, "Keyword", "4 to 25 letters and digits.", most=25),
        _field(f"{ids.HEADER}:{draft.field}", ids.ANSWER_HEADER, "Header", "Who it is from.", most=150),
        _field(f"{ids.BODY}:{draft.field}", ids.ANSWER_BODY, "Message", "Together at most 158 characters.", most=1000),
    )
    return _window(ANSWERS, ids.VIEW_ANSWERS, [*blocks, *fields], draft)


def _window(title: str, callback_id: str, blocks: Sequence[Block], draft: ids.WindowDraft) -> Block:
    return b.modal(
        title=title, callback_id=callback_id, submit="Save", close="Back", blocks=blocks, metadata=draft.metadata()
    )


def _field(block_id: str, action_id: str, label: str, hint: str, *, most: int) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": b.label(label, 2000),
        "hint": b.label(hint, 2000),
        "element": {"type": "plain_text_input", "action_id": action_id, "max_length": most, "multiline": most > 150},
    }
