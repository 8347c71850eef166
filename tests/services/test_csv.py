"""Files as people make them: whatever their encoding and delimiter they are read; nothing written computes anything."""

import csv
import io
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.services import csv_columns, csv_reading, csv_writing
from bot.services.csv_columns import Columns, Person, Problem
from bot.services.csv_reading import Row

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
WORDS = st.text("abcäß 'Ж,;=+-@\t\"\n", max_size=12)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")

FORMULAS = "=+-@\t\r\n＝＋－＠"


def read(content: bytes) -> list[tuple[str, ...]]:
    """The rows of a file."""
    file = io.BytesIO(content)
    layout = csv_reading.layout(file)
    return [row.cells for row in csv_reading.rows(file, layout.encoding, layout.delimiter)]


@given(TEXT)
@example("=1+1")
@example(" =cmd|' /C calc'!A0")
@example("'=1")
@example("+12005551000")
def test_no_cell_computes_and_all_come_back(cell: str) -> None:
    """What is written does not begin like a formula, unless it is a plain number; read again it is what it was."""
    written = csv_writing.neutral(cell)
    assert csv_writing.meant(written) == cell
    plain_number = written[:1] == "+" and written[1:].isdecimal()
    assert plain_number or written.strip(" \u00a0")[:1] not in [*FORMULAS] or not written.strip(" \u00a0")


@given(
    st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=5), st.sampled_from(ENCODINGS), st.sampled_from(",;\t")
)
def test_a_file_is_read_whatever_it_is_written_in(rows: list[list[str]], encoding: str, delimiter: str) -> None:
    """UTF-8 and UTF-16 with and without a mark, commas, semicolons and tabs: the same cells."""
    header = ["mobile number", "first name", "last name"]
    known = [["+12005551000", "Ann", "Archer"], ["+12005551001", "Ben", "Brook"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *known * 5, *rows])
    found = read(text.getvalue().encode(encoding))
    filled = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert found == [tuple(header), *[tuple(row) for row in known * 5], *filled]


@given(st.binary(max_size=200))
@example(b"PK\x03\x04rest of a workbook")
@example(b"%PDF-1.7")
@example(b'a,b\n"never closed')
@example("\ufeff".encode("utf-16-le") + b"a")
@example(b"\x00" * 20)
def test_whatever_is_no_csv_is_refused_in_a_sentence(content: bytes) -> None:
    """Anything at all is either read, or refused beside the file; nothing breaks."""
    try:
        rows = read(content)
    except Invalid as error:
        assert error.fields[csv_reading.FIELD]
    else:
        assert all("\x00" not in cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "nothing in this file"),
        (b"PK\x03\x04" + b"\x00" * 50, "a spreadsheet, not a CSV"),
        (b"\x89PNG\r\n\x1a\n", "not a CSV"),
        (b"<!doctype html><title>Sign in</title>", "only the names of columns"),
        (b"<html>\n<body>\nSign in\n", "No column of this file holds phone numbers"),
        (b"name,phone\n", "only the names of columns"),
        (b"name,town\nAnn,Rome\n", "No column of this file holds phone numbers"),
        (",".join("c" * 120).encode() + b"\n", "120 columns"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(content: bytes, says: str) -> None:
    """In words that help."""
    with pytest.raises(Invalid, match=says):
        layout = csv_reading.layout(io.BytesIO(content))
        csv_columns.recognise(layout.samples, layout.width)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([("First", "Last", "Mobile Number", "E-Mail")], Columns(2, 0, 1, None, 3)),
        ([("Name", "Cell Phone", "Home phone")], Columns(1, None, None, 0, None)),
        ([("Vorname", "Nachname", "Handynummer")], Columns(2, 0, 1, None, None)),
        ([("who", "where to reach", "x")], Columns(1)),
        ([], Columns(1)),
        ([("mobile_number", "first", "last", "email", "status")], Columns(0, 1, 2, None, 3)),
    ],
)
def test_columns_are_recognised(rows: list[tuple[str, ...]], columns: Columns) -> None:
    """By their names in any spelling; without names, by what stands in them."""
    cells = ["x"] * 5
    cells[columns.number or 0] = "(200) 555-1000"
    samples = [Row(line, row) for line, row in enumerate([*rows, tuple(cells[: len(rows[0]) if rows else 3])], 1)]
    assert csv_columns.recognise(samples, len(samples[0].cells)) == columns


@pytest.mark.parametrize(
    ("number", "country", "found"),
    [
        ("(200) 555-1000", "US", "+12005551000"),
        ("'+12005551000", "US", "+12005551000"),
        ("12005551000.0", "US", "+12005551000"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+49 151 23456789", "US", "+4915123456789"),
        ("2.00556E+09", "US", None),
        ("call me", "US", None),
        ("", "US", None),
    ],
)
def test_numbers_are_brought_into_one_form(number: str, country: str, found: str | None) -> None:
    """With a country for those that name none; what a spreadsheet has cut off is none."""
    read = csv_columns.person((number, "  Ann   Archer "), Columns(number=0, name=1), country)
    assert read == Person(found, "Ann", "Archer") if found else isinstance(read, Problem)


@given(st.lists(TEXT, max_size=6), st.sampled_from(["US", "DE"]))
def test_any_row_is_a_person_or_a_problem(cells: list[str], country: str) -> None:
    """Whatever stands in it."""
    found = csv_columns.person(tuple(cells), Columns(0, 1, 2, None, 3), country)
    assert isinstance(found, Person | Problem)


@pytest.mark.parametrize("cell", ["a@" + "." * 100_000 + "@", "1" * 100_000, "(" + " " * 100_000, "'" * 100_000])
def test_an_endless_cell_holds_nobody_up(cell: str) -> None:
    """What was made to take long is refused as quickly as anything: others wait for the same process."""
    begun = time.process_time()
    read = csv_columns.person((cell, cell), Columns(number=0, email=1), "US")
    also = csv_columns.person(("+12005551000", cell), Columns(number=0, email=1), "US")
    assert isinstance(read, Problem) and isinstance(also, Problem)
    assert len(read.reason) < 200 and len(also.reason) < 200
    assert time.process_time() - begun < 0.5


def test_a_country_is_two_letters() -> None:
    """As people may write them."""
    assert [csv_columns.region(typed) for typed in ("us", " De", "uk")] == ["US", "DE", "GB"]
    with pytest.raises(Invalid, match="two letters"):
        csv_columns.region("Germany")
