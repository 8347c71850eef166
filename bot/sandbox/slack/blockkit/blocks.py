"""Layout blocks by surface (docs.slack.dev, Block Kit, Blocks; which surface takes which: each block's page)."""

from typing import Any

from bot.sandbox.slack.blockkit.elements import (
    BUTTON,
    CHOICES,
    DATETIME,
    IMAGE,
    MODAL_INPUTS,
    OVERFLOW,
    PICKERS,
    PLAIN_INPUT,
)
from bot.sandbox.slack.blockkit.objects import BLOCK_ID, SLACK_FILE, URL, plain, text
from bot.sandbox.slack.blockkit.richtext import PARTS
from bot.sandbox.slack.blockkit.schema import (
    Check,
    Complaints,
    any_of,
    boolean,
    by_type,
    choice,
    complain,
    distinct,
    integer,
    items,
    number,
    one_of,
    positive,
    record,
    string,
)


def _b(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, *also: Check) -> Check:
    return record({"type": choice(kind), **required}, {"block_id": BLOCK_ID, **(optional or {})}, *also)


def _unique_actions(block: Any, at: str, found: Complaints) -> None:
    named = [each["action_id"] for each in block["elements"] if "action_id" in each]
    distinct(named, "duplicate action_id", f"{at}/elements", found)


def _no_dispatch_of_files(block: Any, at: str, found: Complaints) -> None:
    if block["element"]["type"] == "file_input" and block.get("dispatch_action"):
        complain(found, "file_input cannot dispatch actions", f"{at}/dispatch_action")


def _same_width(block: Any, at: str, found: Complaints) -> None:
    if sum(len(str(cell)) for row in block["rows"] for cell in row) > 10_000 + 60 * sum(map(len, block["rows"])):
        complain(found, "table exceeds 10000 characters", at)
    if len({len(row) for row in block["rows"]}) > 1:
        complain(found, "all rows must have the same number of cells", f"{at}/rows")


def _labels_are_categories(chart: Any, at: str, found: Complaints) -> None:
    categories = chart["axis_config"]["categories"]
    distinct([series["name"] for series in chart["series"]], "duplicate series name", f"{at}/series", found)
    for place, series in enumerate(chart["series"]):
        if [point["label"] for point in series["data"]] != categories:
            complain(found, "labels must equal the categories", f"{at}/series/{place}/data")


_POINT = record({"label": string(1, 20), "value": number})
_SERIES = record({"name": string(1, 20), "data": items(_POINT, 1, 20)})
_AXES = record({"categories": items(string(1, 20), 1, 20)}, {"x_label": string(0, 50), "y_label": string(0, 50)})
_SEGMENT = record({"label": string(1, 20), "value": positive})
_PLOT = {
    kind: record(
        {"type": choice(kind), "series": items(_SERIES, 1, 6), "axis_config": _AXES}, {}, _labels_are_categories
    )
    for kind in ("line", "bar", "area")
}
_CHART = by_type({**_PLOT, "pie": record({"type": choice("pie"), "segments": items(_SEGMENT, 1, 6)})}, "chart")

_CELL = by_type(
    {
        "raw_text": record({"type": choice("raw_text"), "text": string(1)}),
        "rich_text": record({"type": choice("rich_text"), "elements": items(PARTS)}),
    },
    "table cell",
)
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, at: str, found: Complaints) -> None:
    if value is not None:
        _COLUMN(value, at, found)


_CONTEXT = by_type({"image": IMAGE, "plain_text": text(), "mrkdwn": text()}, "context element")
_CARD = _b(
    "card",
    {},
    {
        "hero_image": IMAGE, "icon": IMAGE, "title": text(150), "subtitle": text(150), "body": text(200),
        "actions": items(by_type({"button": BUTTON}, "card action"), 1, 2),
    },
    any_of("hero_image", "title", "actions", "body"),
)  # fmt: skip

_EVERYWHERE: dict[str, Check] = {
    "header": _b("header", {"text": plain(150)}, {"level": integer(1, 4)}),
    "divider": _b("divider", {}),
    "context": _b("context", {"elements": items(_CONTEXT, 1, 10)}),
    "image": _b(
        "image", {"alt_text": string(1, 2000)}, {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        one_of("image_url", "slack_file"),
    ),
    "rich_text": _b("rich_text", {"elements": items(PARTS, 1)}),
    "card": _CARD,
}  # fmt: skip

_SECTION_ELEMENTS: dict[str, Check] = {"button": BUTTON, "image": IMAGE, **OVERFLOW, **CHOICES, **PICKERS}


def _surface(own: dict[str, Check], actions: dict[str, Check], inputs: dict[str, Check]) -> Check:
    kinds: dict[str, Check] = {
        **_EVERYWHERE,
        "section": _b(
            "section", {},
            {
                "text": text(3000), "fields": items(text(2000), 1, 10), "expand": boolean,
                "accessory": by_type(_SECTION_ELEMENTS, "section accessory"),
            },
            any_of("text", "fields"),
        ),
        "actions": _b("actions", {"elements": items(by_type(actions, "action element"), 1, 25)}, {}, _unique_actions),
        "input": _b(
            "input", {"label": plain(2000), "element": by_type(inputs, "input element")},
            {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean}, _no_dispatch_of_files,
        ),
        **own,
    }  # fmt: skip
    return by_type(kinds, "block on this surface")


_CAROUSEL = _b("carousel", {"elements": items(by_type({"card": _CARD}, "carousel element"), 1, 10)})
_ACTIONS: dict[str, Check] = {"button": BUTTON, **OVERFLOW, **CHOICES, **PICKERS}
_INPUTS: dict[str, Check] = {**PLAIN_INPUT, **CHOICES, **PICKERS}

MESSAGE_BLOCK = _surface(
    {
        "carousel": _CAROUSEL,
        "markdown": _b("markdown", {"text": string(1, 12_000)}),
        "table": _b(
            "table", {"rows": items(items(_CELL, 1, 20), 1, 100)}, {"column_settings": items(_column, 0, 20)},
            _same_width,
        ),
        "data_visualization": _b("data_visualization", {"title": string(1, 50), "chart": _CHART}),
    },
    {**_ACTIONS, **DATETIME},
    {**_INPUTS, **DATETIME},
)  # fmt: skip
MODAL_BLOCK = _surface(
    {"alert": _b("alert", {"text": text(200)}, {"level": choice("default", "info", "warning", "error", "success")})},
    {**_ACTIONS, **DATETIME},
    {**_INPUTS, **DATETIME, **MODAL_INPUTS},
)
HOME_BLOCK = _surface({"carousel": _CAROUSEL}, _ACTIONS, _INPUTS)
