"""The modals **New keyword** and **Edit keyword**, and what stands in them when they come back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.clearstream import sms
from bot.services.broadcast_fields import ListChoice
from bot.services.keywords import SETTINGS, Fields
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack import list_picker
from bot.slack.account import ids
from bot.slack.blocks import Block
from bot.slack.inbox.views import counter

NEW, EDIT = "New keyword", "Edit keyword"

_MOST_NAME = 25
_MOST_HEADER = 150
_MOST_BODY = 3000
_WHEN = {
    "ALWAYS": "ALWAYS: every time",
    "FIRST": "FIRST: a person's first time",
    "NEW": "NEW: new people only",
}


@dataclass(frozen=True)
class Form:
    """What the modal is drawn from: ``lists`` are the chosen ones.

    ``told`` stands above everything, in mrkdwn; ``wrong`` beside the fields it is about.
    """

    draft: ids.KeywordDraft
    fields: Fields
    lists: Sequence[ListChoice] = ()
    told: str | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the modal is called."""
        return NEW if self.draft.name is None else EDIT


def form(shown: Form) -> Block:
    """The modal."""
    fields = shown.fields
    blocks: list[Block] = []
    if shown.told:
        blocks.append({**b.section(shown.told), "block_id": "told"})
    if shown.draft.name is None:
        hint = "What people text: 4 to 25 letters and digits."
        blocks += _with(shown, "name", _line(ids.NAME, "Keyword", fields.name, _MOST_NAME, hint))
    else:
        blocks.append(b.section_of(shown.draft.name))
    blocks += _with(shown, "lists", _lists(shown.lists))
    blocks += _with(shown, "reply", _reply(fields.reply))
    header = _line(ids.HEADER, "Header", fields.header, _MOST_HEADER, "Stands before the message.")
    blocks += _with(shown, "header", {**_counted(header), "optional": True})
    blocks += _with(shown, "body", {**_counted(_message(fields.body)), "optional": True})
    room = counter(fields.body, sms.MESSAGE_LIMIT, sms.septets(fields.header))
    blocks.append({**b.context(room), "block_id": "counter"})
    return b.modal(
        title=shown.title,
        callback_id=ids.VIEW_FORM,
        submit="Create" if shown.draft.name is None else "Save",
        close="Cancel",
        blocks=blocks,
        metadata=shown.draft.metadata(),
    )


def block(name: str, draft: ids.KeywordDraft) -> str:
    """The name of the block with a field."""
    return f"{name}:{draft.turn}"


def filled(seen: Mapping[str, Any], draft: ids.KeywordDraft) -> Fields:
    """What stands in the modal."""
    view = dict(seen)
    lists = all_ids.ticked(view, ids.LISTS)
    reply = (all_ids.chosen_option(view, ids.REPLY) or {}).get("value")
    return Fields(
        name=draft.name or all_ids.typed(view, ids.NAME).strip(),
        lists=tuple(int(one) for one in lists if one.isdigit()),
        reply=next((one for one in SETTINGS if one == reply), None),
        header=all_ids.typed(view, ids.HEADER).strip(),
        body=all_ids.typed(view, ids.MESSAGE).strip(),
    )


def _with(shown: Form, name: str, field_: Block) -> list[Block]:
    """A field, and below it what was said against it."""
    said = shown.wrong.get(name)
    named = {**field_, "block_id": block(name, shown.draft)}
    return [named] if said is None else [named, b.context(b.plain(f"\N{WARNING SIGN} {said}", 500))]


def _line(action_id: str, words: str, typed: str, most: int, hint: str) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": action_id, "max_length": most}
    if typed:
        element["initial_value"] = typed[:most]
    label, help_ = b.label(words, 2000), b.label(hint, 2000)
    return {"type": "input", "label": label, "hint": help_, "element": element}


def _message(typed: str) -> Block:
    line = _line(ids.MESSAGE, "Message", typed, _MOST_BODY, "What the auto-reply says.")
    return {**line, "element": {**line["element"], "multiline": True}}


def _counted(line: Block) -> Block:
    """The field, telling every character typed."""
    told = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    return {**line, "dispatch_action": True, "element": {**line["element"], **told}}


def _lists(chosen: Sequence[ListChoice]) -> Block:
    return {
        "type": "input",
        "optional": True,
        "label": b.label("Opt-in lists", 2000),
        "hint": b.label("Whoever texts the keyword joins these. Left empty, nobody joins anything.", 2000),
        "element": list_picker.element(ids.LISTS, chosen),
    }


def _reply(reply: str | None) -> Block:
    options: dict[str, Block] = {ids.OFF: b.option("No auto-reply", ids.OFF)}
    options |= {one: b.option(_WHEN[one], one) for one in SETTINGS}
    element: Block = {
        "type": "static_select",
        "action_id": ids.REPLY,
        "options": list(options.values()),
        "initial_option": options[reply or ids.OFF],
    }
    return {"type": "input", "label": b.label("Auto-reply", 2000), "element": element}
