"""Which column of a file is what, and what a row says of a person. Pure."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import phonenumbers

from bot.clearstream.checks import Checks
from bot.clearstream.numbers import e164
from bot.errors import Invalid
from bot.services.csv_reading import Cells, Row, wrong
from bot.services.csv_writing import meant

_LONGEST = 200
"""Characters of a name."""

_SHOWN = 40

_NAMES = {
    "number": (
        "mobilenumber", "mobile", "mobilephone", "mobilephonenumber", "cell", "cellphone", "cellnumber",
        "cellphonenumber", "phonenumber", "phone", "number", "telephone", "telephonenumber", "tel", "msisdn",
        "handy", "handynummer", "mobil", "telefon", "telefonnummer", "rufnummer",
    ),
    "first": ("first", "firstname", "givenname", "forename", "fname", "vorname"),
    "last": ("last", "lastname", "surname", "familyname", "lname", "nachname"),
    "name": ("name", "fullname", "displayname", "contact", "contactname"),
    "email": ("email", "emailaddress", "mail", "mailaddress"),
}  # fmt: skip
"""What columns are called, in small letters without anything between; the likeliest first."""

_PARTS = {"number": ("mobile", "cell", "phone"), "email": ("email",)}
"""Words a column's name may have among others."""

_PHONE = re.compile(r"[(+\s]*\d[\d\s().+/\u00a0-]{5,}(?:\.0)?")
_CUT_OFF = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Columns:
    """Which column (from 0) holds what; ``name`` is first and last name in one."""

    number: int | None = None
    first: int | None = None
    last: int | None = None
    name: int | None = None
    email: int | None = None

    def chosen(self) -> list[int]:
        """Those that hold something."""
        return [column for column in asdict(self).values() if column is not None]

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Person:
    """Whom a row is about; ``number`` in E.164."""

    number: str
    first: str | None = None
    last: str | None = None
    email: str | None = None

    def filled(self, other: "Person") -> "Person":
        """With what another row of the same number says besides; what is here already stays."""
        return replace(
            self,
            first=self.first or other.first,
            last=self.last or other.last,
            email=self.email or other.email,
        )


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported: a sentence for whoever sent the file."""

    reason: str


def has_header(first: Row) -> bool:
    """Whether the first row names the columns: nothing in it is a phone number or an e-mail address."""
    return not any(_is_phone(cell) or "@" in cell for cell in first.cells)


def titles(samples: Sequence[Row], width: int) -> tuple[str, ...]:
    """What the columns are called: by the first row, and those without a name by their place."""
    named = samples[0].cells if has_header(samples[0]) else ()
    padded = [*named, *[""] * (width - len(named))]
    return tuple(meant(title).strip() or f"Column {place}" for place, title in enumerate(padded, 1))


def recognise(samples: Sequence[Row], width: int) -> Columns:
    """Which column is what, by its name or else by what stands in it. Raises Invalid where none holds numbers."""
    named = has_header(samples[0])
    rows = samples[1:] if named else samples
    if not rows:
        raise wrong("There are no rows in this file, only the names of columns.")
    found = _by_name(samples[0].cells) if named else {}
    for field, looks_right in (("number", _is_phone), ("email", lambda cell: "@" in cell)):
        if field not in found:
            column = _by_contents(rows, width, looks_right, taken=found.values())
            found |= {} if column is None else {field: column}
    if not any(_is_phone(meant(cell)) or _CUT_OFF.fullmatch(cell.strip()) for row in rows for cell in row.cells):
        raise wrong("No column of this file holds phone numbers, as far as its first rows show.")
    if "first" in found and "last" in found:
        found.pop("name", None)
    return Columns(**found)


def _by_name(header: Cells) -> dict[str, int]:
    plain = [_BETWEEN.sub("", title.casefold()) for title in header]
    found: dict[str, int] = {}
    for field, names in _NAMES.items():
        column = next((plain.index(name) for name in names if name in plain), None)
        if column is None:
            parts = _PARTS.get(field, ())
            likely = (place for part in parts for place, title in enumerate(plain) if part in title)
            column = next((place for place in likely if place not in found.values()), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def _by_contents(rows: Sequence[Row], width: int, looks_right: Any, taken: Any) -> int | None:
    """The column where most cells look right, if that is at least half of those with something in them."""
    best, most = None, 0
    for column in range(width):
        cells = [cell for row in rows if (cell := _cell(row.cells, column))]
        right = sum(1 for cell in cells if looks_right(cell))
        if column not in taken and right > most and right * 2 >= len(cells):
            best, most = column, right
    return best


def _is_phone(cell: str) -> bool:
    return bool(_PHONE.fullmatch(meant(cell).strip())) and 7 <= sum(each.isdigit() for each in cell) <= 16


def region(typed: str) -> str:
    """The country somebody means, as its two letters. Raises Invalid about ``country``."""
    code = typed.strip().upper()
    code = {"UK": "GB"}.get(code, code)
    if code not in phonenumbers.SUPPORTED_REGIONS:
        sentence = "Write the two letters of a country, like US, CA, GB or DE."
        raise Invalid(f"{sentence} Nothing was imported.", {"country": [sentence]})
    return code


def person(cells: Cells, columns: Columns, country: str) -> Person | Problem:
    """Whom a row is about; a number without a country's code is of ``country`` (see ``region``)."""
    written = _cell(cells, columns.number)
    if not written:
        return Problem("There is no phone number in this row.")
    if _CUT_OFF.fullmatch(written):
        return Problem(f"A spreadsheet has cut this number off ({written[:_SHOWN]}). Format the column as text first.")
    number = e164(written.removesuffix(".0"), country)
    if number is None:
        return Problem(f"“{written[:_SHOWN]}” is not a phone number, neither of {country} nor with a country's code.")
    email = _cell(cells, columns.email) or None
    if not _is_email(email):
        return Problem(f"“{(email or '')[:_SHOWN]}” is not an e-mail address.")
    whole = _cell(cells, columns.name).partition(" ")
    first, last = _cell(cells, columns.first) or whole[0], _cell(cells, columns.last) or whole[2]
    return Person(number, first[:_LONGEST] or None, last[:_LONGEST] or None, email)


def _is_email(email: str | None) -> bool:
    checks = Checks()
    checks.email(email)
    try:
        checks.done()
    except Invalid:
        return False
    return True


def _cell(cells: Cells, column: int | None) -> str:
    """What stands in a column, in one line with single spaces; nothing where the row is shorter."""
    return "" if column is None or column >= len(cells) else " ".join(meant(cells[column]).split())
