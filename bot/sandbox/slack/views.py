"""What stands in the fields of a view or message: first values, what survives an update, what the client refuses."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.sandbox.slack.model import Json, State

MULTI_KEYS = {
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
}
SINGLE_KEYS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "radio_buttons": "selected_option",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
STATE_KEYS = {**SINGLE_KEYS, **MULTI_KEYS}
TEXT_FIELDS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")

REQUIRED = "Please complete this required field."


def elements_of(block: Json) -> Iterator[tuple[Json, Json]]:
    """Every element of a block with the block it answers for (a carousel's cards answer for themselves)."""
    if block["type"] == "carousel":
        for card in block["elements"]:
            yield from elements_of(card)
        return
    for key in ("accessory", "element"):
        if key in block:
            yield block, block[key]
    for key in ("elements", "actions"):
        if block["type"] in {"actions", "card"}:
            for element in block.get(key, []):
                yield block, element


def first_state(blocks: Iterable[Json]) -> State:
    """What the fields hold before anybody touches them."""
    state: State = {}
    for block in blocks:
        for owner, element in elements_of(block):
            if element["type"] in STATE_KEYS:
                state.setdefault(owner["block_id"], {})[element["action_id"]] = first_value(element)
    return state


def first_value(element: Json) -> Json:
    """The state value of an untouched element."""
    kind = element["type"]
    key = STATE_KEYS[kind]
    initial = element.get("initial_" + key.removeprefix("selected_"))
    if kind in MULTI_KEYS:
        initial = list(initial or [])
    return {"type": kind, key: initial}


def carried_over(old: State, blocks: Iterable[Json]) -> State:
    """The fields after an update: same block_id and action_id keep what was typed; the rest start anew.

    An option that is no longer offered is not kept.
    """
    state = first_state(blocks)
    offered = _offered(blocks)
    for block_id, fields in state.items():
        for action_id, fresh in fields.items():
            kept = old.get(block_id, {}).get(action_id)
            if kept and kept["type"] == fresh["type"]:
                fields[action_id] = _still_offered(kept, fresh, offered.get((block_id, action_id)))
    return state


def _offered(blocks: Iterable[Json]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for block in blocks:
        for owner, element in elements_of(block):
            if "options" in element or "option_groups" in element:
                grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
                values = {option["value"] for option in [*element.get("options", []), *grouped]}
                found[owner["block_id"], element["action_id"]] = values
    return found


def _still_offered(kept: Json, fresh: Json, values: set[str] | None) -> Json:
    if values is None:
        return kept
    chosen = kept.get("selected_option")
    if chosen is not None:
        return kept if chosen["value"] in values else fresh
    if "selected_options" in kept:
        return {**kept, "selected_options": [each for each in kept["selected_options"] if each["value"] in values]}
    return kept


def client_errors(blocks: Iterable[Json], state: State) -> dict[str, str]:
    """What Slack's own client says beside the fields of a modal before anything is sent, by block id."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = state[block["block_id"]][element["action_id"]][STATE_KEYS[element["type"]]]
        sentence = _wrong(element, value, optional=bool(block.get("optional")))
        if sentence:
            errors[block["block_id"]] = sentence
    return errors


def _wrong(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _wrong_length(element, value)
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            return "Please enter a valid email address."
        case "url_text_input" if not re.fullmatch(r"https?://\S+", value):
            return "Please enter a valid URL."
        case "number_input":
            return _wrong_number(element, value)
        case _:
            return None


def _wrong_length(element: Json, value: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Please enter at least {low} characters."
    return f"Please enter no more than {high} characters." if len(value) > high else None


def _wrong_number(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if float(value) < float(element.get("min_value", "-inf")):
        return f"Please enter a number of at least {element['min_value']}."
    if float(value) > float(element.get("max_value", "inf")):
        return f"Please enter a number of at most {element['max_value']}."
    return None
