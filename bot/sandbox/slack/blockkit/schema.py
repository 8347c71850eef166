"""Small checks that compose: each looks at a value and reports what Slack would say, with a JSON pointer.

A check is a function of the value, its pointer and the list of complaints it adds to.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Complaints = list[str]
Check = Callable[[Any, str, Complaints], None]


def complain(found: Complaints, words: str, at: str) -> None:
    """Add one complaint as Slack words it."""
    found.append(f"{words} [json-pointer:{at}]")


def string(low: int = 0, high: int | None = None, pattern: str | None = None, words: str = "invalid format") -> Check:
    """A string of ``low`` to ``high`` characters, wholly of ``pattern`` where given."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, at: str, found: Complaints) -> None:
        if not isinstance(value, str):
            complain(found, "must be a valid string", at)
        elif len(value) < low:
            complain(found, f"must be more than {low - 1} characters", at)
        elif high is not None and len(value) > high:
            complain(found, f"must be less than {high + 1} characters", at)
        elif compiled and not compiled.fullmatch(value):
            complain(found, words, at)

    return check


def boolean(value: Any, at: str, found: Complaints) -> None:
    """True or false."""
    if not isinstance(value, bool):
        complain(found, "must be a valid boolean", at)


def integer(low: int, high: int) -> Check:
    """A whole number from ``low`` to ``high``."""

    def check(value: Any, at: str, found: Complaints) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            complain(found, "must be a valid number", at)
        elif not low <= value <= high:
            complain(found, f"must be between {low} and {high}", at)

    return check


def number(value: Any, at: str, found: Complaints) -> None:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        complain(found, "must be a valid number", at)


def positive(value: Any, at: str, found: Complaints) -> None:
    """A number above zero."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        complain(found, "must be a number greater than 0", at)


def choice(*allowed: Any) -> Check:
    """One of these values."""

    def check(value: Any, at: str, found: Complaints) -> None:
        if value not in allowed:
            complain(found, f"must be one of {', '.join(map(str, allowed))}", at)

    return check


def items(each: Check, low: int = 0, high: int | None = None) -> Check:
    """A list of ``low`` to ``high`` things, each passing ``each``."""

    def check(value: Any, at: str, found: Complaints) -> None:
        if not isinstance(value, list):
            complain(found, "must be an array", at)
            return
        if len(value) < low:
            complain(found, f"no fewer than {low} items allowed", at)
        if high is not None and len(value) > high:
            complain(found, f"no more than {high} items allowed", at)
        for number_, item in enumerate(value):
            each(item, f"{at}/{number_}", found)

    return check


def record(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *also: Check,
) -> Check:
    """An object with these keys and no others; ``also`` are checks on the whole once its keys are right."""
    must, may = dict(required or {}), dict(optional or {})

    def check(value: Any, at: str, found: Complaints) -> None:
        if not isinstance(value, dict):
            complain(found, "must be an object", at)
            return
        before = len(found)
        for key in must.keys() - value.keys():
            complain(found, f"missing required field: {key}", at)
        for key, content in value.items():
            rule = must.get(key) or may.get(key)
            if rule is None:
                complain(found, f"invalid additional property: {key}", at)
            else:
                rule(content, f"{at}/{key}", found)
        if len(found) == before:
            for rule in also:
                rule(value, at, found)

    return check


def by_type(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose ``type`` names which of ``kinds`` it must pass."""

    def check(value: Any, at: str, found: Complaints) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            complain(found, f"unsupported type: {kind} ({what})", f"{at}/type")
        else:
            rule(value, at, found)

    return check


def any_of(*keys: str) -> Check:
    """At least one of these keys."""

    def check(value: Any, at: str, found: Complaints) -> None:
        if not value.keys() & set(keys):
            complain(found, f"must define at least one of {', '.join(keys)}", at)

    return check


def one_of(*keys: str) -> Check:
    """Exactly one of these keys."""

    def check(value: Any, at: str, found: Complaints) -> None:
        if len(value.keys() & set(keys)) != 1:
            complain(found, f"must define exactly one of {', '.join(keys)}", at)

    return check


def distinct(value: Collection[Any], words: str, at: str, found: Complaints) -> None:
    """Complain of each thing that occurs more than once."""
    seen: set[Any] = set()
    for each in value:
        if each in seen:
            complain(found, f"{words}: {each}", at)
        seen.add(each)
