"""Phone numbers as people write them, and as Clearstream wants them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream.numbers import e164, normalise, readable
from bot.errors import Invalid


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+12005551000", "+12005551000"),
        ("(200) 555-1000", "+12005551000"),
        ("1 200.555.1000", "+12005551000"),
        ("+44 20 7946 0958", "+442079460958"),
        ("٢٠٠٥٥٥١٠٠٠", "+12005551000"),
        ("555-1000", None),
        ("911", None),
        ("+1200555100000", None),
        ("2005551000,2005551001", None),
        ("Jane", None),
        ("", None),
        ("..", None),
    ],
)
def test_numbers_people_write(written: str, number: str | None) -> None:
    """In full or national (US), and nothing that could not be dialled from everywhere."""
    assert e164(written) == number


def test_a_number_is_normalised_or_refused_beside_its_field() -> None:
    """The field at fault is named."""
    assert normalise("200 555 1000") == "+12005551000"
    with pytest.raises(Invalid) as caught:
        normalise("Jane", "phone")
    assert set(caught.value.fields) == {"phone"}


@given(st.integers(2_000_000_000, 9_999_999_999), st.sampled_from(["{0}{1}{2}", "({0}) {1}-{2}", "+1 {0}.{1}.{2}"]))
def test_writing_and_reading_agree(digits: int, style: str) -> None:
    """However a number is punctuated, it is the same number, and what is shown leads back to it."""
    text = str(digits)
    number = e164(style.format(text[:3], text[3:6], text[6:]))
    assert number == f"+1{digits}"
    assert e164(readable(number)) == number


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    """Anything is a number in E.164 or none; a number found once is found again."""
    number = e164(text)
    assert number is None or (number[0] == "+" and number[1:].isdigit() and e164(number) == number)
    readable(text)


def test_a_number_is_shown_as_people_write_it() -> None:
    """With country code and groups; what is no number as it is."""
    assert readable("+12005551000") == "+1 200-555-1000"
    assert readable("Blue Sushi") == "Blue Sushi"
