"""Writing a CSV that no spreadsheet takes for a program. Pure.

A cell that begins like a formula is written with an apostrophe before it, which spreadsheets and our own import take
for "this is text"; a plain phone number stays as it is, for ``+12005551000`` computes nothing.
"""

import csv
import io
import re
from collections.abc import Sequence

BOM = "\ufeff"
"""Without it Excel does not see that a file is UTF-8."""

_FORMULA = re.compile("'*[ \u00a0]*[=+\\-@\t\r\n＝＋－＠|%]")
_NUMBER = re.compile(r"\+[0-9]{6,15}")


def neutral(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet might compute it."""
    if _NUMBER.fullmatch(cell) or not _FORMULA.match(cell):
        return cell
    return f"'{cell}"


def meant(cell: str) -> str:
    """What a cell says: without the apostrophe that keeps it from being computed."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def line(cells: Sequence[str | None]) -> bytes:
    """One row, in UTF-8, with its line's end; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text).writerow([neutral(cell or "") for cell in cells])
    return text.getvalue().encode("utf-8", errors="replace")


def head(names: Sequence[str]) -> bytes:
    """The beginning of a file: the mark of UTF-8, and the names of its columns."""
    return BOM.encode() + line(names)
