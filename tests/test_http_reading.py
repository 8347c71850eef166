"""The HTTP client's pure parts: waits, paths, JSON, and settings that cannot be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.http import ApiClient, expand, parse_json
from bot.http.answers import LONGEST_RETRY_AFTER, retry_after

DATE = "Sun, 12 Jun 2016 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 5), ({"retry-after": "7"}, 7), ({"retry-after": "1.5"}, 1.5), ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, 5), ({"retry-after": "nan"}, 5), ({"retry-after": "9" * 500}, 5),
        ({"retry-after": "99999"}, LONGEST_RETRY_AFTER),
        ({"retry-after": "Sun, 12 Jun 2016 10:00:09 GMT", "date": DATE}, 9),
        ({"retry-after": "Sun, 12 Jun 2016 09:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Sun, 12 Jun 2016 10:00:09 GMT"}, 5),
    ],
)  # fmt: skip
def test_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    """Seconds or a date by the server's clock; five where it does not say; never absurd."""
    assert retry_after(headers) == seconds


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_can_break_the_wait(asked: str, date: str) -> None:
    """Whatever the headers say, the wait is a sensible number of seconds."""
    assert 0 <= retry_after({"retry-after": asked, "date": date}) <= LONGEST_RETRY_AFTER


@pytest.mark.parametrize("key", ["", "with space", "line\nbreak", "schlüssel", "nul\x00"])
def test_a_key_that_cannot_be_one_is_not_quoted(key: str) -> None:
    """A key no header can carry is said at once, without showing it."""
    with pytest.raises(errors.SettingsError) as caught:
        ApiClient(service="Acme", base_url="http://x/", headers={"X-Api-Key": key})
    assert not key or key not in str(caught.value)


def test_an_address_without_a_scheme_is_refused() -> None:
    """The address must be one of the web."""
    with pytest.raises(errors.SettingsError, match="https://"):
        ApiClient(service="Acme", base_url="acme.example/v1")


def test_paths_are_encoded_part_by_part() -> None:
    """``+`` and ``/`` cannot change which resource is meant; an e-mail address stays readable."""
    assert expand("/s/{n}", n="+12005551000") == "/s/%2B12005551000"
    assert expand("/users/{e}/x", e="a/b?c#d@x.y") == "/users/a%2Fb%3Fc%23d@x.y/x"
    for part in ("", " ", ".", ".."):
        with pytest.raises(errors.Invalid):
            expand("/lists/{id}", id=part)


def test_what_cannot_be_stored_is_replaced() -> None:
    """Lone surrogates and NUL of a hostile text become U+FFFD wherever they stand; emoji stay."""
    content = rb'{"a\u0000": ["\ud83d\ude00", "x\ud800y", {"b": "\u0000"}]}'
    assert parse_json(content) == {"a\ufffd": ["😀", "x\ufffdy", {"b": "\ufffd"}]}


@given(st.binary(max_size=200))
def test_reading_never_breaks(content: bytes) -> None:
    """Any bytes are JSON that can be written down again, or a ValueError."""
    try:
        value = parse_json(content)
    except ValueError:
        return
    repr(value).encode()
