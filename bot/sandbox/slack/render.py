"""Blocks and mrkdwn as the plain words a person reads. Pure functions."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
Names = Callable[[str], str]
"""From an id (user, channel, user group) to the name people know it by."""

_ENTITY = re.compile(r"<([^<>]+)>")


def known_by_id(identifier: str) -> str:
    """The name of last resort: the id itself."""
    return identifier


def render_mrkdwn(text: str, names: Names = known_by_id) -> str:
    """Slack's ``mrkdwn`` as read: links by their label, mentions by name, entities unescaped.

    Emphasis marks are left as they are: what matters to a reader here is the words.
    """
    return html.unescape(_ENTITY.sub(lambda match: _entity(match[1], names), text))


def _entity(inner: str, names: Names) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("!date^"):
        return label
    if target.startswith("!subteam^"):
        return "@" + (label.lstrip("@") or names(target.removeprefix("!subteam^")))
    if target.startswith(("@", "#", "!")):
        sign = "#" if target[0] == "#" else "@"
        return sign + (names(target[1:]) if target[0] != "!" else target[1:])
    return label or target.removeprefix("mailto:").removeprefix("tel:")


def render_text(part: Json | None, names: Names) -> str:
    """A text object (``plain_text`` or ``mrkdwn``) as read; "" for none."""
    if part is None:
        return ""
    words = str(part.get("text", ""))
    return render_mrkdwn(words, names) if part.get("type") == "mrkdwn" else words


def render_blocks(
    blocks: Iterable[Json],
    names: Names = known_by_id,
    state: Mapping[str, Mapping[str, Json]] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """All blocks, one or more lines each, with what is typed in them and the errors beside them."""
    lines: list[str] = []
    for block in blocks:
        typed = (state or {}).get(str(block.get("block_id")), {})
        lines.append(_BLOCKS.get(str(block.get("type")), _nothing)(block, names, typed))
        if block.get("block_id") in (errors or {}):
            lines.append(f"! {(errors or {})[block['block_id']]}")
    return "\n".join(line for line in lines if line)


Typed = Mapping[str, Json]


def _nothing(_block: Json, _names: Names, _typed: Typed) -> str:
    return ""


def _text_block(block: Json, names: Names, _typed: Typed) -> str:
    return render_text(block.get("text"), names)


def _section(block: Json, names: Names, typed: Typed) -> str:
    parts = [render_text(block.get("text"), names)]
    parts += [render_text(each, names) for each in block.get("fields", [])]
    if accessory := block.get("accessory"):
        parts.append(render_element(accessory, names, typed))
    return "\n".join(part for part in parts if part)


def _context(block: Json, names: Names, _typed: Typed) -> str:
    return " ".join(
        str(each.get("alt_text", "")) if each.get("type") == "image" else render_text(each, names)
        for each in block["elements"]
    )


def _actions(block: Json, names: Names, typed: Typed) -> str:
    return " ".join(render_element(each, names, typed) for each in block["elements"])


def _input(block: Json, names: Names, typed: Typed) -> str:
    label = f"{render_text(block['label'], names)}: {render_element(block['element'], names, typed)}"
    return "\n".join(part for part in (label, render_text(block.get("hint"), names)) if part)


def _image(block: Json, names: Names, _typed: Typed) -> str:
    return " ".join(part for part in (render_text(block.get("title"), names), str(block.get("alt_text", ""))) if part)


def _markdown(block: Json, _names: Names, _typed: Typed) -> str:
    return str(block["text"])


def _card(block: Json, names: Names, typed: Typed) -> str:
    lines = [render_text(block.get(key), names) for key in ("title", "subtitle", "body")]
    lines.append(" ".join(render_element(each, names, typed) for each in block.get("actions", [])))
    return "\n".join(line for line in lines if line)


def _carousel(block: Json, names: Names, typed: Typed) -> str:
    return "\n".join(_card(each, names, typed) for each in block["elements"])


def _rich_text(block: Json, names: Names, _typed: Typed) -> str:
    return "\n".join(_rich(each, names) for each in block["elements"])


def _rich(part: Json, names: Names) -> str:
    if part["type"] == "rich_text_list":
        return "\n".join(f"• {_rich(each, names)}" for each in part["elements"])
    return "".join(_leaf(each, names) for each in part["elements"])


_LEAVES: dict[str, Callable[[Json, Names], str]] = {
    "user": lambda leaf, names: f"@{names(leaf['user_id'])}",
    "usergroup": lambda leaf, names: f"@{names(leaf['usergroup_id'])}",
    "channel": lambda leaf, names: f"#{names(leaf['channel_id'])}",
    "broadcast": lambda leaf, _names: f"@{leaf['range']}",
    "emoji": lambda leaf, _names: f":{leaf['name']}:",
    "link": lambda leaf, _names: str(leaf.get("text") or leaf["url"]),
    "date": lambda leaf, _names: str(leaf.get("fallback", "")),
}


def _leaf(leaf: Json, names: Names) -> str:
    if special := _LEAVES.get(leaf["type"]):
        return special(leaf, names)
    return str(leaf.get("text", leaf.get("value", "")))


def _table(block: Json, names: Names, _typed: Typed) -> str:
    return "\n".join(" | ".join(_cell(cell, names) for cell in row) for row in block["rows"])


def _cell(cell: Json, names: Names) -> str:
    return _rich_text(cell, names, {}) if cell["type"] == "rich_text" else str(cell.get("text", cell.get("value", "")))


def _chart(block: Json, _names: Names, _typed: Typed) -> str:
    chart = block["chart"]
    points = [(p["label"], p["value"]) for p in chart.get("segments", [])]
    points += [(f"{s['name']} {p['label']}", p["value"]) for s in chart.get("series", []) for p in s["data"]]
    return "\n".join([str(block["title"]), *(f"{label}: {value}" for label, value in points)])


_BLOCKS: dict[str, Callable[[Json, Names, Typed], str]] = {
    "header": _text_block, "alert": _text_block, "section": _section, "context": _context, "actions": _actions,
    "input": _input, "image": _image, "markdown": _markdown, "card": _card, "carousel": _carousel,
    "rich_text": _rich_text, "table": _table, "data_visualization": _chart,
}  # fmt: skip


def render_element(element: Json, names: Names, typed: Typed) -> str:
    """One element as ``[Button]``, ``[… Option / Option]``, or what stands in the field."""
    kind = element["type"]
    if kind in {"button", "workflow_button", "icon_button"}:
        return f"[{render_text(element['text'], names)}]"
    if kind == "image":
        return str(element.get("alt_text", ""))
    if kind == "overflow":
        return f"[… {' / '.join(_labels(element['options'], names))}]"
    if kind in {"radio_buttons", "checkboxes"}:
        return _ticked(element, names, typed)
    words = state_words(typed.get(str(element.get("action_id"))), names)
    return words or f"[{render_text(element.get('placeholder'), names)}]"


def _labels(options: Iterable[Json], names: Names) -> list[str]:
    return [render_text(option["text"], names) for option in options]


def _ticked(element: Json, names: Names, typed: Typed) -> str:
    value = typed.get(str(element.get("action_id"))) or {}
    chosen = [value["selected_option"]] if value.get("selected_option") else value.get("selected_options") or []
    values = {option["value"] for option in chosen}
    return " ".join(
        f"({'x' if option['value'] in values else ' '}) {render_text(option['text'], names)}"
        for option in element["options"]
    )


def state_words(value: Json | None, names: Names) -> str:
    """What stands in a field, from its state value; "" while it is empty."""
    for key, content in (value or {}).items():
        if key in {"type", "timezone"} or content in (None, [], ""):
            continue
        if key == "selected_date_time":
            return datetime.fromtimestamp(content, UTC).strftime("%Y-%m-%d %H:%M UTC")
        if key == "rich_text_value":
            return _rich_text(content, names, {})
        return ", ".join(_word(each, names) for each in (content if isinstance(content, list) else [content]))
    return ""


def _word(content: Any, names: Names) -> str:
    if isinstance(content, dict):
        return render_text(content["text"], names) if "text" in content else str(content.get("name", ""))
    return names(str(content))
