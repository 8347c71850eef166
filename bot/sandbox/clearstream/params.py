"""Reading parameters strictly: unknown names, repeated names and wrong values are all refused."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.clearstream.gsm import HEADED_LIMIT, septets, strangers
from bot.sandbox.clearstream.model import Headed
from bot.sandbox.clearstream.refusal import invalid

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


class Params:
    """The parameters of one request.

    Each reading method notes what is wrong and goes on; :meth:`check` refuses with everything noted (422).
    An empty value counts as null, as in any HTML form.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], allowed: Collection[str]) -> None:
        self._values = {name: value or None for name, value in pairs}
        self._wrong: dict[str, list[str]] = {}
        for name, times in Counter(name for name, _ in pairs).items():
            if name not in allowed:
                self.wrong(name, f"The {name} parameter is not known here.")
            elif times > 1:
                self.wrong(name, f"The {name} parameter may be passed only once.")

    def wrong(self, name: str, sentence: str) -> None:
        """Note that something is wrong with ``name``."""
        self._wrong.setdefault(name, []).append(sentence)

    def check(self) -> None:
        """Refuse (422) if anything was wrong so far."""
        if self._wrong:
            raise invalid(self._wrong)

    def given(self, name: str) -> bool:
        """Whether ``name`` was passed at all, be it empty."""
        return name in self._values

    def text(self, name: str, *, required: bool = False) -> str | None:
        """The value, or None; white space alone does not fill a required field."""
        value = self._values.get(name)
        if required and (value is None or not value.strip()):
            self.wrong(name, f"The {name} field is required.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, which must be 1 or 0."""
        value = self._values.get(name)
        if value not in (None, "0", "1"):
            self.wrong(name, f"The {name} field must be 1 or 0.")
        return default if value is None else value == "1"

    def count(self, name: str, default: int) -> int:
        """A whole number of at least 1."""
        value = self._values.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or int(value) < 1:
            self.wrong(name, f"The {name} field must be a whole number of at least 1.")
            return default
        return int(value)

    def choice(self, name: str, options: Sequence[str], *, required: bool = False) -> str | None:
        """One of ``options``, or None."""
        value = self.text(name, required=required)
        if value is not None and value not in options:
            self.wrong(name, f"The {name} field must be one of: {', '.join(options)}.")
        return value

    def number(self, name: str, *, required: bool = False) -> str | None:
        """A phone number in E.164."""
        value = self.text(name, required=required)
        if value is not None and not is_e164(value):
            self.wrong(name, f"The {name} field must be a number in E.164 format.")
        return value

    def email(self, name: str) -> str | None:
        """An e-mail address."""
        value = self.text(name)
        if value is not None and not _EMAIL.fullmatch(value):
            self.wrong(name, f"The {name} field must be a valid e-mail address.")
        return value

    def parts(self, name: str, *, required: bool = False) -> list[str]:
        """A comma-separated string's parts, each once, in order."""
        value = self.text(name, required=required)
        if value is None:
            return []
        parts = list(dict.fromkeys(part.strip() for part in value.split(",")))
        if "" in parts:
            self.wrong(name, f"The {name} field must be a comma-separated string without empty parts.")
        return parts

    def timezone(self, name: str, *, required: bool = False) -> tzinfo | None:
        """A time zone by its name in the IANA database."""
        value = self.text(name, required=required)
        if value is None:
            return None
        if value == "UTC":
            return UTC
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(name, f"The {name} field must be a valid, supported timezone.")
            return None

    def gsm(self, name: str, *, limit: int | None = None, required: bool = False) -> str | None:
        """A text of GSM 7-bit characters that takes at most ``limit`` of them."""
        value = self.text(name, required=required)
        if value is None:
            return None
        if unknown := strangers(value):
            self.wrong(name, f"The {name} field can contain only GSM 7-bit characters, not: {unknown}")
        elif limit is not None and septets(value) > limit:
            self.wrong(name, f"The {name} field cannot exceed {limit} characters.")
        return value

    def headed(self, header_name: str, body_name: str, *, required: bool) -> Headed | None:
        """A header and a body that belong together: both or, unless ``required``, neither; 158 characters in all."""
        both = required or bool(self._values.get(header_name)) or bool(self._values.get(body_name))
        header = self.gsm(header_name, required=both)
        body = self.gsm(body_name, required=both)
        if header is None or body is None:
            return None
        if septets(header) + septets(body) > HEADED_LIMIT:
            together = f"Together, the {header_name} and {body_name} cannot exceed {HEADED_LIMIT} characters."
            self.wrong(body_name, together)
        return Headed(header, body)


def is_e164(value: str) -> bool:
    """Whether ``value`` is written as E.164 wants: ``+``, country code, no spaces."""
    return _E164.fullmatch(value) is not None
