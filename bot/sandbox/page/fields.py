"""How the page names what can be pressed and filled in. Pure."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.sandbox.slack.model import Json

_STRANGE = re.compile(r"[^\w-]")


def field_name(block: str, action: str) -> str:
    """The name of a field in the form of its modal."""
    return f"{quote(block, safe='')}/{quote(action, safe='')}"


def element_id(*parts: str) -> str:
    """An id for the element that stays the same while the thing stays the same."""
    return "-".join(_STRANGE.sub("_", part) for part in parts)


def chosen_values(value: Json) -> list[str]:
    """The values (or ids) chosen in a menu, from its state value."""
    return [option["value"] if isinstance(option, dict) else str(option) for option in _chosen(value)]


def chosen_options(value: Json) -> list[Json]:
    """The options chosen in a menu of options, from its state value."""
    return [option for option in _chosen(value) if isinstance(option, dict)]


def _chosen(value: Json) -> list[Any]:
    for key, content in value.items():
        if key.startswith("selected_") and content:
            return content if isinstance(content, list) else [content]
    return []


def local_moment(seconds: int | None, zone: str) -> str:
    """A moment as a ``datetime-local`` field holds it; "" for none."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if seconds else ""
