"""Block elements: buttons, menus, pickers, inputs (docs.slack.dev, Block Kit, Block elements)."""

from typing import Any

from bot.sandbox.slack.blockkit.objects import (
    ACTION_ID,
    CHANNEL_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLACEHOLDER,
    SELECT_OPTION,
    SLACK_FILE,
    TICK_OPTION,
    URL,
    USER_ID,
    initial_among_options,
    plain,
    unique_values,
)
from bot.sandbox.slack.blockkit.schema import (
    Check,
    Complaints,
    boolean,
    choice,
    complain,
    integer,
    items,
    one_of,
    record,
    string,
)

_NUMBER = string(1, pattern=r"-?\d+(\.\d+)?", words="must be a number written as a string")
_MENU: dict[str, Check] = {
    "action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean, "placeholder": PLACEHOLDER
}  # fmt: skip
_MULTI: dict[str, Check] = {**_MENU, "max_selected_items": integer(1, 1000)}
_FIELD: dict[str, Check] = {
    "action_id": ACTION_ID, "dispatch_action_config": DISPATCH, "focus_on_load": boolean, "placeholder": PLACEHOLDER
}  # fmt: skip


def _a(kind: str, required: dict[str, Check], optional: dict[str, Check], *also: Check) -> Check:
    return record({"type": choice(kind), **required}, optional, *also)


def _lengths_agree(element: Any, at: str, found: Complaints) -> None:
    if element.get("min_length", 0) > element.get("max_length", 3000):
        complain(found, "min_length must not exceed max_length", at)
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if (initial := element.get("initial_value")) is not None and not low <= len(initial) <= high:
        complain(found, "initial_value must fit min_length and max_length", f"{at}/initial_value")


BUTTON = _a(
    "button",
    {"text": plain(75)},
    {
        "action_id": ACTION_ID, "url": URL, "value": string(1, 2000), "style": choice("primary", "danger"),
        "confirm": CONFIRM, "accessibility_label": string(1, 75),
    },
)  # fmt: skip

IMAGE = _a(
    "image", {"alt_text": string(1, 2000)}, {"image_url": URL, "slack_file": SLACK_FILE},
    one_of("image_url", "slack_file"),
)  # fmt: skip

_STATIC: tuple[Check, ...] = (one_of("options", "option_groups"), unique_values, initial_among_options)
_OPTIONS: dict[str, Check] = {"options": items(SELECT_OPTION, 1, 100), "option_groups": items(OPTION_GROUP, 1, 100)}
_TICKS: dict[str, Check] = {"options": items(TICK_OPTION, 1, 10)}
_TICK_REST: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}

CHOICES: dict[str, Check] = {
    "checkboxes": _a(
        "checkboxes", _TICKS, {**_TICK_REST, "initial_options": items(TICK_OPTION, 1)},
        unique_values, initial_among_options,
    ),
    "radio_buttons": _a(
        "radio_buttons", _TICKS, {**_TICK_REST, "initial_option": TICK_OPTION}, unique_values, initial_among_options,
    ),
    "static_select": _a("static_select", {}, {**_MENU, **_OPTIONS, "initial_option": SELECT_OPTION}, *_STATIC),
    "multi_static_select": _a(
        "multi_static_select", {}, {**_MULTI, **_OPTIONS, "initial_options": items(SELECT_OPTION, 1)}, *_STATIC
    ),
    "external_select": _a(
        "external_select", {}, {**_MENU, "initial_option": SELECT_OPTION, "min_query_length": integer(0, 1000)}
    ),
    "multi_external_select": _a(
        "multi_external_select", {},
        {**_MULTI, "initial_options": items(SELECT_OPTION, 1), "min_query_length": integer(0, 1000)},
    ),
    "users_select": _a("users_select", {}, {**_MENU, "initial_user": USER_ID}),
    "multi_users_select": _a("multi_users_select", {}, {**_MULTI, "initial_users": items(USER_ID, 1)}),
    "conversations_select": _a(
        "conversations_select", {},
        {
            **_MENU, "initial_conversation": string(1), "default_to_current_conversation": boolean,
            "response_url_enabled": boolean, "filter": FILTER,
        },
    ),
    "multi_conversations_select": _a(
        "multi_conversations_select", {},
        {
            **_MULTI, "initial_conversations": items(string(1), 1), "default_to_current_conversation": boolean,
            "filter": FILTER,
        },
    ),
    "channels_select": _a(
        "channels_select", {}, {**_MENU, "initial_channel": CHANNEL_ID, "response_url_enabled": boolean}
    ),
    "multi_channels_select": _a("multi_channels_select", {}, {**_MULTI, "initial_channels": items(CHANNEL_ID, 1)}),
}  # fmt: skip
"""Elements in which one chooses from a list."""

PICKERS: dict[str, Check] = {
    "datepicker": _a(
        "datepicker", {}, {**_MENU, "initial_date": string(1, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")}
    ),
    "timepicker": _a(
        "timepicker", {},
        {**_MENU, "initial_time": string(1, pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(1)},
    ),
}  # fmt: skip

DATETIME: dict[str, Check] = {
    "datetimepicker": _a(
        "datetimepicker", {},
        {
            "action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean,
            "initial_date_time": integer(1_000_000_000, 9_999_999_999),
        },
    )
}  # fmt: skip
"""Not in sections, and not on Home tabs."""

OVERFLOW: dict[str, Check] = {
    "overflow": _a(
        "overflow", {"options": items(OVERFLOW_OPTION, 1, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM},
        unique_values,
    )
}  # fmt: skip

PLAIN_INPUT: dict[str, Check] = {
    "plain_text_input": _a(
        "plain_text_input", {},
        {
            **_FIELD, "initial_value": string(), "multiline": boolean,
            "min_length": integer(0, 3000), "max_length": integer(1, 3000),
        },
        _lengths_agree,
    )
}  # fmt: skip

MODAL_INPUTS: dict[str, Check] = {
    "email_text_input": _a("email_text_input", {}, {**_FIELD, "initial_value": string()}),
    "url_text_input": _a("url_text_input", {}, {**_FIELD, "initial_value": string()}),
    "number_input": _a(
        "number_input", {"is_decimal_allowed": boolean},
        {**_FIELD, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "file_input": _a(
        "file_input", {}, {"action_id": ACTION_ID, "filetypes": items(string(1), 1), "max_files": integer(1, 10)}
    ),
}  # fmt: skip
"""Fields that only modals may hold."""
