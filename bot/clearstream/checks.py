"""What is checked here before Clearstream is asked, so that a mistake costs no request and is shown beside its field.

``Checks`` collects what is wrong under the names the document gives its parameters, then raises all of it at once.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clearstream import numbers, sms
from bot.errors import Invalid

_KEYWORD = re.compile(r"[A-Za-z0-9]{4,25}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_EMAIL = 254
"""Characters (RFC 5321); also what keeps the pattern from taking minutes over an endless one."""


class Checks:
    """Collects problems by parameter name; ``done`` raises them together."""

    def __init__(self) -> None:
        self._fields: dict[str, list[str]] = {}

    def that(self, right: object, field: str, problem: str | None) -> None:
        """Note ``problem`` about ``field`` unless ``right``."""
        if not right and problem:
            self._fields.setdefault(field, []).append(problem)

    def done(self) -> None:
        """Raise Invalid when anything was noted."""
        if self._fields:
            sentences = dict.fromkeys(sentence for problems in self._fields.values() for sentence in problems)
            raise Invalid(f"{' '.join(sentences)} Nothing was sent.", self._fields)

    def required(self, value: str | None, field: str, what: str) -> None:
        """``value`` has something in it; ``what`` names it for the person."""
        self.that(value and value.strip(), field, f"Enter {what}.")

    def number(self, number: str, field: str = "mobile_number") -> None:
        """``number`` is E.164 already (``numbers.normalise`` makes it so)."""
        self.that(numbers.e164(number) == number, field, "Enter a phone number in full, like +12005551000.")

    def email(self, email: str | None, field: str = "email") -> None:
        """``email`` looks like an address; empty or None leaves it alone."""
        right = not email or (len(email) <= _LONGEST_EMAIL and _EMAIL.fullmatch(email))
        self.that(right, field, "Enter an e-mail address like jane@example.com.")

    def keyword(self, name: str, field: str = "name") -> None:
        """``name`` is 4-25 letters and digits ("Create a Keyword")."""
        self.that(_KEYWORD.fullmatch(name), field, "A keyword has 4 to 25 letters or digits, and no spaces.")

    def words(self, header: str, body: str, prefix: str) -> None:
        """``Header: Body`` fits into one text; the parameters are ``<prefix>header`` and ``<prefix>body``."""
        for name, problem in sms.message_problems(header, body).items():
            self.that(False, prefix + name, problem)

    def paging(self, page: int, limit: int | None) -> None:
        """Pages and their size count from 1."""
        self.that(page >= 1, "page", "Pages are counted from 1.")
        self.that(limit is None or limit >= 1, "limit", "A page holds at least 1.")


def zone(name: str, checks: Checks, field: str = "timezone") -> ZoneInfo | None:
    """The IANA time zone called ``name``; an unknown one is noted."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        checks.that(False, field, "Enter a time zone like America/New_York.")
        return None


def schedule_form(when: datetime | None, timezone: str | None, checks: Checks) -> Mapping[str, str]:
    """The parameters for sending at ``when``, empty for now; both or neither must be given.

    A naive ``when`` is the clock on the wall in ``timezone``; an aware one is taken over into it. An hour that the
    zone leaves out in spring is refused, for nobody can tell which one is meant.
    """
    if when is None and timezone is None:
        return {}
    checks.that(when, "datetime", "Choose the date and time to send it at.")
    checks.that(timezone, "timezone", "Choose the time zone the time is in.")
    place = zone(timezone, checks) if timezone else None
    if when is None or place is None:
        return {}
    local = when.astimezone(place) if when.tzinfo else when.replace(tzinfo=place)
    exists = local.astimezone(UTC).astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None)
    checks.that(exists, "datetime", "The clocks go forward then: this time does not exist in that time zone.")
    return {"schedule": "1", "datetime": f"{local:%Y-%m-%d %H:%M:%S}", "timezone": str(timezone)}


def ids(values: Sequence[int]) -> str:
    """List ids as the document wants them: a comma-separated string."""
    return ",".join(str(value) for value in values)


def flag(value: bool | None) -> str | None:
    """A boolean as ``1`` or ``0``; None stays None."""
    return None if value is None else str(int(value))


def given(**values: str | None) -> dict[str, str]:
    """The parameters that were given, leaving out each that is None."""
    return {name: value for name, value in values.items() if value is not None}


def changed(form: dict[str, str]) -> dict[str, str]:
    """``form`` of an update, which has to change something; raises Invalid when it is empty."""
    if not form:
        raise Invalid("There is nothing to change. Nothing was sent.")
    return form
