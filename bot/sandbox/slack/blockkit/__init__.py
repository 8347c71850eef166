"""Whether Slack would take these blocks or this view, and what it would say if not.

Block Kit as documented at docs.slack.dev (Reference, Block Kit). Unknown keys are refused, as are duplicate
``block_id`` values in one message or view.
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blockkit.blocks import HOME_BLOCK, MESSAGE_BLOCK, MODAL_BLOCK
from bot.sandbox.slack.blockkit.objects import OPTION_GROUP, SELECT_OPTION, plain
from bot.sandbox.slack.blockkit.schema import (
    Check,
    Complaints,
    boolean,
    choice,
    complain,
    distinct,
    items,
    one_of,
    record,
    string,
)

Json = dict[str, Any]

MOST_MESSAGE_BLOCKS, MOST_VIEW_BLOCKS = 50, 100
MOST_MESSAGE_CHARACTERS = 13_297
"""Measured: the most one ``markdown`` block may hold together; each further block takes about 125 of it."""
BLOCK_OVERHEAD = 125
LARGEST_VIEW = 250 * 1024
"""Bytes of JSON."""


def message_complaints(blocks: Any) -> list[str]:
    """What is wrong with the blocks of a message; empty when Slack takes them."""
    found: Complaints = []
    items(MESSAGE_BLOCK, 0, MOST_MESSAGE_BLOCKS)(blocks, "/blocks", found)
    if not found:
        _unique_blocks(blocks, "/blocks", found)
        for kind, most in (("data_visualization", 2), ("table", 1)):
            if sum(block["type"] == kind for block in blocks) > most:
                complain(found, f"no more than {most} {kind} blocks allowed", "/blocks")
    return found


def message_too_long(blocks: list[Json]) -> bool:
    """Whether the blocks together hold more text than one message may."""
    return sum(map(len, _texts(blocks))) + BLOCK_OVERHEAD * (len(blocks) - 1) > MOST_MESSAGE_CHARACTERS


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def _unique_blocks(blocks: list[Json], at: str, found: Complaints) -> None:
    named = [block["block_id"] for block in blocks if "block_id" in block]
    distinct(named, "block_id already exists", at, found)


def _sound(view: Any, at: str, found: Complaints) -> None:
    _unique_blocks(view["blocks"], f"{at}/blocks", found)
    if view["type"] == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        complain(found, "missing required field: submit (a modal with input blocks)", at)


_SHARED: dict[str, Check] = {
    "private_metadata": string(0, 3000), "callback_id": string(0, 255), "external_id": string(0, 255)
}  # fmt: skip
_MODAL = record(
    {"type": choice("modal"), "title": plain(24), "blocks": items(MODAL_BLOCK, 1, MOST_VIEW_BLOCKS)},
    {
        **_SHARED, "submit": plain(24), "close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    _sound,
)  # fmt: skip
_HOME = record({"type": choice("home"), "blocks": items(HOME_BLOCK, 1, MOST_VIEW_BLOCKS)}, _SHARED, _sound)


def view_complaints(view: Any, kind: str) -> list[str]:
    """What is wrong with a view of this kind (``modal`` or ``home``); empty when Slack takes it."""
    found: Complaints = []
    (_MODAL if kind == "modal" else _HOME)(view, "/view", found)
    return found


def view_too_large(view: Json) -> bool:
    """Whether the view is over 250 KB of JSON."""
    return len(json.dumps(view).encode()) > LARGEST_VIEW


_SUGGESTIONS = record(
    {}, {"options": items(SELECT_OPTION, 0, 100), "option_groups": items(OPTION_GROUP, 0, 100)},
    one_of("options", "option_groups"),
)  # fmt: skip


def suggestion_complaints(answer: Any) -> list[str]:
    """What is wrong with the answer to a ``block_suggestion``."""
    found: Complaints = []
    _SUGGESTIONS(answer, "", found)
    return found
