"""Reading parameters strictly: unknown names, repeated names and wrong values are all refused."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from bot.sandbox.clarity.refusal import Refusal, invalid

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class Params:
    """The parameters of one request, as strings of a form or as values of JSON.

    Unknown and repeated ones are 400, wrong values 422; an empty string counts as not given.
    """

    def __init__(self, pairs: Sequence[tuple[str, Any]], allowed: Collection[str]) -> None:
        for name, times in Counter(name for name, _ in pairs).items():
            if name not in allowed:
                raise Refusal(400, f"The parameter {name} is not known here.")
            if times > 1:
                raise Refusal(400, f"The parameter {name} may be passed only once.")
        self._values = {name: value for name, value in pairs if value is not None and value != ""}

    def given(self) -> list[str]:
        """The names of what was passed and is not empty."""
        return list(self._values)

    def text(self, name: str, *, limit: int | None = None) -> str:
        """A required text that is not blank, of at most ``limit`` characters."""
        value = self._values.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise invalid(f"{name} is required.")
        if not isinstance(value, str):
            raise invalid(f"{name} must be a text.")
        if limit is not None and len(value) > limit:
            raise invalid(f"{name} is too long (maximum is {limit} characters).")
        return value

    def count(self, name: str, *, least: int = 0, most: int = 999_999_999, default: int | None = None) -> int:
        """A whole number from ``least`` to ``most``, required unless there is a ``default``."""
        value = self._values.get(name, default)
        if value is None:
            raise invalid(f"{name} is required.")
        written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not (isinstance(written, str) and _DIGITS.fullmatch(written) and least <= int(written) <= most):
            raise invalid(f"{name} must be a whole number from {least} to {most}.")
        return int(written)

    def flag(self, name: str) -> bool:
        """A required boolean: true or false, 1 or 0."""
        value = self._values.get(name)
        if value is None:
            raise invalid(f"{name} is required.")
        known = {"true": True, "1": True, "false": False, "0": False}
        written = str(value).lower() if isinstance(value, bool | int) else value
        if not isinstance(written, str) or written not in known:
            raise invalid(f"{name} must be true or false.")
        return known[written]
