"""Reading what people call a CSV: whatever its encoding and delimiter, or a sentence on why it is none. Pure.

Works on a file that can be read from its beginning as often as needed, a row at a time, so that a large one costs no
more memory than a small one.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bot.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
"""A larger file is not read."""

MOST_ROWS = 50_000
"""Of one file."""

MOST_COLUMNS = 99
"""As many as a menu in Slack can offer, beside none of them."""

FIELD = "file"
"""The field what is wrong with a file is said beside."""

Cells = tuple[str, ...]

_HEAD = 64 * 1024
_CHUNK = 256 * 1024
_SAMPLES = 50
_DELIMITERS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does, so it is looked for before
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"{\\rtf")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NUL = "\x00"


@dataclass(frozen=True)
class Row:
    """One row: ``line`` is where it begins in the file, counted from 1."""

    line: int
    cells: Cells


@dataclass(frozen=True)
class Layout:
    """How a file is to be read. ``samples`` are its first rows, ``width`` the most cells one of them has."""

    encoding: str
    delimiter: str
    samples: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max(len(row.cells) for row in self.samples)


def layout(file: BinaryIO) -> Layout:
    """How this file is to be read. Raises Invalid, about ``file``, where it is no CSV."""
    encoding = _encoding(file)
    delimiter = _delimiter(_first_lines(file, encoding))
    samples = []
    for row in rows(file, encoding, delimiter):
        samples.append(row)
        if len(samples) == _SAMPLES:
            break
    if not samples:
        raise wrong("There is nothing in this file.")
    found = Layout(encoding, delimiter, tuple(samples))
    if found.width > MOST_COLUMNS:
        raise wrong(f"This file has {found.width} columns; {MOST_COLUMNS} is the most. Leave out what is not needed.")
    return found


def rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """The rows of a file that have something in them, from its beginning. Raises Invalid about ``file``."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from _rows(text, delimiter)
    except UnicodeError:
        raise wrong("Some of this file cannot be read as text. Save it once more, as “CSV UTF-8”.") from None
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            sentence = f"The row that begins in line {begins} has no end: a quotation mark is missing or one too many."
            raise wrong(sentence) from None
        if cells is None:
            return
        line, begins = begins, reader.line_num + 1
        if any(cell.strip() for cell in cells) and not (line == 1 and _SEPARATOR.fullmatch(delimiter.join(cells))):
            # No database holds a NUL.
            yield Row(line, tuple(cell.replace(_NUL, "") for cell in cells))


def wrong(sentence: str) -> Invalid:
    """What is wrong with a file."""
    return Invalid(f"{sentence} Nothing was imported.", {FIELD: [sentence]})


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(_HEAD)
    if not head.strip():
        raise wrong("There is nothing in this file.")
    if head.startswith(_WORKBOOKS):
        raise wrong("This is a spreadsheet, not a CSV. In it, choose to save or download as CSV, and take that file.")
    if head.startswith(_OTHERS):
        raise wrong("This is not a CSV file.")
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    wide = _wide(head)
    if wide is not None:
        return wide
    return _narrow(file, head)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ordinary text in it is NUL."""
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > half * 0.4 > head[0::2].count(0):
        return "utf-16-le"
    if head[0::2].count(0) > half * 0.4 > head[1::2].count(0):
        return "utf-16-be"
    return None


def _narrow(file: BinaryIO, head: bytes) -> str:
    """UTF-8 where all of it is; else what Excel on Windows writes."""
    for encoding in ("utf-8", "cp1252"):
        if _decodes(file, encoding):
            text = head.decode(encoding, errors="ignore")
            if len(_CONTROLS.findall(text)) * 100 > len(text):
                break
            return encoding
    raise wrong("This is not a CSV file: there is more in it than text.")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_lines(file: BinaryIO, encoding: str) -> list[str]:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    lines = decoder.decode(file.read(_HEAD)).splitlines(keepends=True)
    return lines[:_SAMPLES]


def _delimiter(lines: Sequence[str]) -> str:
    """The one that makes the most rows alike, and of those the one that makes more columns."""
    named = _SEPARATOR.fullmatch(lines[0].strip("\ufeff")) if lines else None
    if named is not None:
        return named[1]
    return max(_DELIMITERS, key=lambda delimiter: _order(lines, delimiter))


def _order(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells))
    except csv.Error:
        return 0, 0
    width, count = max(widths.items(), key=lambda each: (each[0] > 1, each[1], each[0]), default=(0, 0))
    return (count, width) if width > 1 else (0, 0)
