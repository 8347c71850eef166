"""What comes from Slack, looked at before anything is done with it: its parts are what they have to be.

Slack sends nothing else; whoever has its secret might. Pure.
"""

import re
from collections.abc import Mapping
from typing import Any

_MAPPINGS = ("user", "team", "channel", "container", "message", "view")
_WORDS = ("type", "callback_id", "action_id", "command", "user_id", "team_id", "channel_id", "trigger_id", "text")
_OF_EVENTS = ("type", "user", "channel", "tab", "text", "ts", "thread_ts", "channel_type", "subtype")
_OF_VIEWS = ("id", "type", "callback_id", "private_metadata", "hash")
_OF_ACTIONS = ("type", "action_id", "block_id", "value")

_WORD = (str, type(None))
_MAPPING = (dict, type(None))

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
"""What no database takes, and nobody can type."""


def sound(body: Any) -> dict[str, Any] | None:
    """A payload whose parts are of their kinds, with what people typed in it storable; None for any other."""
    if not isinstance(body, dict) or not _well_formed(body):
        return None
    checked: dict[str, Any] = {
        name: _storable(value) if isinstance(value, str) else value for name, value in body.items()
    }
    for part in ("actions", "event"):
        if part in checked:
            checked[part] = _storable(checked[part])
    for part, field in (("view", "state"), ("message", "text")):
        if checked.get(part):
            checked[part] = {**checked[part], field: _storable(checked[part].get(field))}
    return checked


def _well_formed(body: Mapping[str, Any]) -> bool:
    event = body.get("event")
    if event is not None and not (isinstance(event, dict) and _words(event, _OF_EVENTS)):
        return False
    if not _words(body, _WORDS) or not all(isinstance(body.get(name), _MAPPING) for name in _MAPPINGS):
        return False
    return _actions(body.get("actions")) and _view(body.get("view") or {})


def _actions(actions: Any) -> bool:
    if actions is None:
        return True
    return isinstance(actions, list) and all(isinstance(one, dict) and _action(one) for one in actions)


def _action(action: Mapping[str, Any]) -> bool:
    option = action.get("selected_option")
    return _words(action, _OF_ACTIONS) and (option is None or _option(option))


def _option(option: Any) -> bool:
    return isinstance(option, dict) and isinstance(option.get("value"), str)


def _view(view: Mapping[str, Any]) -> bool:
    blocks = view.get("blocks")
    if not _words(view, _OF_VIEWS) or not isinstance(blocks, list | None):
        return False
    return all(isinstance(block, dict) for block in blocks or ()) and _state(view.get("state"))


def _state(state: Any) -> bool:
    if state is None:
        return True
    values = state.get("values") if isinstance(state, dict) else None
    if not isinstance(values, dict) or not all(isinstance(block, dict) for block in values.values()):
        return False
    return all(_field(field) for block in values.values() for field in block.values())


def _field(field: Any) -> bool:
    if not isinstance(field, dict) or not isinstance(field.get("value"), str | None):
        return False
    options, option = field.get("selected_options"), field.get("selected_option")
    if not isinstance(options, list | None) or not all(_option(one) for one in options or ()):
        return False
    return option is None or _option(option)


def _words(mapping: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    # Asked for every press, a dozen times: a loop takes half as long as all() of them.
    for name in names:  # noqa: SIM110
        if not isinstance(mapping.get(name), _WORD):
            return False
    return True


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {name: _storable(item) for name, item in value.items()}
    return value
