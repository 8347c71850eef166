"""What somebody types into **New broadcast**: counted, checked and told, for whatever it is."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream import sms
from bot.clearstream.numbers import e164, readable
from bot.errors import Invalid
from bot.services.broadcast_fields import (
    Fields,
    ListChoice,
    Ready,
    checked,
    counted,
    credits_needed,
    parse_numbers,
    reached,
    search,
    segments,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LISTS = (ListChoice(1, "Customers", 2000), ListChoice(2, "Staff", 12), ListChoice(3, "Old", 0), ListChoice(4, "Odd"))
GOOD = Fields(lists=(1,), header="Us", body="Hungry?")

numbers = st.integers(200_000_0000, 989_999_9999).map(lambda n: f"+1{n}")
some_fields = st.builds(
    Fields,
    lists=st.lists(st.integers(1, 5), max_size=3).map(tuple),
    numbers=st.text("+12005551 ,;\n-x", max_size=40),
    header=st.text(max_size=20),
    body=st.text(max_size=200),
    when=st.none()
    | st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    timezone=st.sampled_from([None, "America/New_York", "Europe/Berlin", "Nowhere/At_all", "US"]),
)


def problems(fields: Fields) -> dict[str, list[str]]:
    """What is said beside each field."""
    with pytest.raises(Invalid) as caught:
        checked(fields, LISTS, NOW)
    return {name: list(sentences) for name, sentences in caught.value.fields.items()}


@given(some_fields)
def test_what_passes_fits_and_survives_being_stored(fields: Fields) -> None:
    """Whatever is typed: either a sentence beside a field, or something Clearstream takes."""
    assert Fields.of(fields.stored()) == fields
    counted(fields, LISTS[:1])
    try:
        ready = checked(fields, LISTS, NOW)
    except Invalid as error:
        assert set(error.fields) <= {"lists", "numbers", "header", "body", "when"}
        assert all(error.fields.values())
        return
    assert Ready.of(ready.stored()) == ready
    assert bool(ready.lists) != bool(ready.numbers)
    assert not sms.message_problems(ready.header, ready.body)
    assert segments(ready.header, ready.body) == 1
    assert ready.when is None or (ready.when > NOW and ready.timezone)


@given(
    st.lists(numbers.filter(lambda number: e164(number) == number), max_size=8),
    st.sampled_from([", ", "\n", "; ", " "]),
)
def test_numbers_are_read_as_people_write_them(written: list[str], between: str) -> None:
    """In E.164 or with spaces and hyphens, divided by nearly anything; each once."""
    for form in (str, readable):
        parsed = parse_numbers(between.join(form(number) for number in written))
        assert (parsed.right, parsed.wrong) == (tuple(dict.fromkeys(written)), ())


def test_each_wrong_number_is_named() -> None:
    """One sentence for each; after ten it is enough."""
    assert problems(Fields(numbers="+1 200-555-1000, Jane, 12", header="Us", body="Hi"))["numbers"] == [
        "“Jane” is not a phone number. Write it like +1 200-555-1000.",
        "“12” is not a phone number. Write it like +1 200-555-1000.",
    ]
    many = problems(Fields(numbers="\n".join(f"x{n}" for n in range(14)), header="Us", body="Hi"))["numbers"]
    assert (len(many), many[-1]) == (11, "4 more are no phone numbers either.")


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"numbers": "+12005551000"}, "numbers", "not both"),
        ({"lists": ()}, "lists", "Choose at least one list"),
        ({"lists": (3,)}, "lists", "Nobody is on this list."),
        ({"header": " "}, "header", "Write a header"),
        ({"body": "“Hi”"}, "body", 'write "'),
        ({"body": "x" * 157}, "body", "1 character too long: 159 of 158"),
        ({"when": NOW, "timezone": "Europe/Berlin"}, "when", "has passed"),
        ({"when": NOW + timedelta(1)}, "when", "which time zone"),
        ({"when": datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "timezone": "Europe/Berlin"}, "when", "comes twice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(more: dict[str, object], field: str, words: str) -> None:
    """And nothing else is said."""
    found = problems(Fields(**{**vars(GOOD), **more}))
    assert list(found) == [field]
    assert words in found[field][0]


def test_the_counter_tells_all_there_is_to_know() -> None:
    """Septets of both fields, what cannot be sent and what could stand there, recipients and credits."""
    figures = counted(Fields(lists=(1, 2), header="Us", body="“Sushi” for 5€ 🍣"), LISTS[:2])
    assert (figures.used, figures.limit, figures.over) == (2 + len("“Sushi” for 5€ 🍣") + 1, 158, 0)
    assert figures.strangers == (("“", '"'), ("”", '"'), ("🍣", None))
    assert (figures.audience.recipients, figures.audience.overlapping, figures.credits) == (2012, True, 2012)


def test_what_nobody_knows_is_not_counted() -> None:
    """A list whose count was not told makes the sum unknown, and so the credits."""
    audience = reached((LISTS[0], LISTS[3]), ())
    assert audience.recipients is None
    assert credits_needed("Us", "Hi", None) is None
    assert (segments("H" * 10, "x" * 148), segments("H" * 10, "x" * 149)) == (1, 2)


def test_a_thousand_lists_are_searched_at_once() -> None:
    """All words anywhere, in any case; those that begin so come first; far below half a second."""
    lists = [ListChoice(n, f"{'Customers' if n % 2 else 'Friends of'} {n:04} Süd") for n in range(1000)]
    began = time.perf_counter()
    found = search(lists, "SÜD custo")
    assert time.perf_counter() - began < 0.1
    assert len(found) == 100
    assert all("Customers" in one.name for one in found)
    assert search([*lists, ListChoice(9999, "Süd")], "süd")[0].name == "Süd"
    assert len(search(lists, "")) == 100
    assert search(lists, "nobody") == []
