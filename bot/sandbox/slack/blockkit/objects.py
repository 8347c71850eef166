"""Composition objects: texts, options, confirmations (docs.slack.dev, Block Kit, Composition objects)."""

from typing import Any

from bot.sandbox.slack.blockkit.schema import (
    Check,
    Complaints,
    any_of,
    boolean,
    by_type,
    choice,
    complain,
    distinct,
    items,
    one_of,
    record,
    string,
)

URL = string(1, 3000, r"((https?|slack)://|mailto:|tel:)\S+", "invalid url")
BLOCK_ID = string(1, 255)
ACTION_ID = string(1, 255)
USER_ID = string(1, pattern=r"[UW][A-Z0-9]+", words="invalid user id")
CHANNEL_ID = string(1, pattern=r"[CGD][A-Z0-9]+", words="invalid channel id")


def plain(high: int = 3000) -> Check:
    """``plain_text`` of 1 to ``high`` characters."""
    return by_type({"plain_text": _plain(high)}, "plain_text only")


def text(high: int = 3000) -> Check:
    """``plain_text`` or ``mrkdwn`` of 1 to ``high`` characters."""
    mrkdwn = record({"type": choice("mrkdwn"), "text": string(1, high)}, {"verbatim": boolean})
    return by_type({"plain_text": _plain(high), "mrkdwn": mrkdwn}, "text object")


def _plain(high: int) -> Check:
    return record({"type": choice("plain_text"), "text": string(1, high)}, {"emoji": boolean})


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
"""A dialog that asks once more."""

DISPATCH = record(
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
)
"""When typing is told to the app."""

FILTER = record(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
"""Which conversations a menu offers."""

SLACK_FILE = record({}, {"url": string(1), "id": string(1)}, one_of("url", "id"))

PLACEHOLDER = plain(150)

SELECT_VALUE, TICK_VALUE = 75, 150
"""Longest ``value`` of an option: documented as 150; menus were seen to refuse more than 75."""

SELECT_OPTION = record({"text": plain(75), "value": string(1, SELECT_VALUE)}, {"description": plain(75)})
OVERFLOW_OPTION = record({"text": plain(75), "value": string(1, TICK_VALUE)}, {"description": plain(75), "url": URL})
TICK_OPTION = record({"text": text(75), "value": string(1, TICK_VALUE)}, {"description": text(75)})
OPTION_GROUP = record({"label": plain(75), "options": items(SELECT_OPTION, 1, 100)})


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """All options an element lists, also those in groups."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def unique_values(element: Any, at: str, found: Complaints) -> None:
    """No two options of one element carry the same value."""
    distinct([option["value"] for option in options_of(element)], "duplicate option value", f"{at}/options", found)


def initial_among_options(element: Any, at: str, found: Complaints) -> None:
    """What is chosen at first must be one of the options, exactly."""
    offered = [_core(option) for option in options_of(element)]
    for key in ("initial_option", "initial_options"):
        chosen = element.get(key, [])
        for option in [chosen] if isinstance(chosen, dict) else chosen:
            if _core(option) not in offered:
                complain(found, "initial option was not found in the options", f"{at}/{key}")


def _core(option: dict[str, Any]) -> tuple[str, str]:
    return option["text"]["text"], option["value"]
