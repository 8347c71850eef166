"""What fits into a text, held against an alphabet and a way of counting of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream.sms import (
    MESSAGE_LIMIT,
    REPLY_LIMIT,
    message_problem,
    message_problems,
    not_gsm,
    reply_problem,
    septets,
    suggestions,
    to_gsm,
)

# The default table of 3GPP TS 23.038 by code, 0x00 to 0x7F; 0x1B is the escape and no character.
_ASCII_ALIKE = {
    code: chr(code) for code in range(0x20, 0x7B) if code not in (0x24, 0x40, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60)
}
_OTHERS = {
    0x00: 0x40, 0x01: 0xA3, 0x02: 0x24, 0x03: 0xA5, 0x04: 0xE8, 0x05: 0xE9, 0x06: 0xF9, 0x07: 0xEC, 0x08: 0xF2,
    0x09: 0xC7, 0x0A: 0x0A, 0x0B: 0xD8, 0x0C: 0xF8, 0x0D: 0x0D, 0x0E: 0xC5, 0x0F: 0xE5, 0x10: 0x394, 0x11: 0x5F,
    0x12: 0x3A6, 0x13: 0x393, 0x14: 0x39B, 0x15: 0x3A9, 0x16: 0x3A0, 0x17: 0x3A8, 0x18: 0x3A3, 0x19: 0x398,
    0x1A: 0x39E, 0x1C: 0xC6, 0x1D: 0xE6, 0x1E: 0xDF, 0x1F: 0xC9, 0x24: 0xA4, 0x40: 0xA1, 0x5B: 0xC4, 0x5C: 0xD6,
    0x5D: 0xD1, 0x5E: 0xDC, 0x5F: 0xA7, 0x60: 0xBF, 0x7B: 0xE4, 0x7C: 0xF6, 0x7D: 0xF1, 0x7E: 0xFC, 0x7F: 0xE0,
}  # fmt: skip
TABLE = _ASCII_ALIKE | {code: chr(point) for code, point in _OTHERS.items()}
ESCAPED = {
    0x0A: 0x0C, 0x14: 0x5E, 0x28: 0x7B, 0x29: 0x7D, 0x2F: 0x5C, 0x3C: 0x5B, 0x3D: 0x7E, 0x3E: 0x5D, 0x40: 0x7C,
    0x65: 0x20AC,
}  # fmt: skip
CODES = {char: bytes([code]) for code, char in TABLE.items()}
CODES |= {chr(point): bytes([0x1B, code]) for code, point in ESCAPED.items()}

SENDABLE = st.text(st.sampled_from(sorted(CODES)), max_size=200)
ANYTHING = st.text(st.one_of(st.sampled_from(sorted(CODES)), st.characters(exclude_categories=["Cs"])), max_size=200)


def test_the_oracle_holds_the_whole_table() -> None:
    """128 codes less the escape, and ten more behind it."""
    assert sorted(TABLE) == [code for code in range(0x80) if code != 0x1B]
    assert len(CODES) == 137


@given(SENDABLE)
def test_septets_are_what_goes_over_the_air(text: str) -> None:
    """The count is the length of the encoded text."""
    assert not not_gsm(text)
    assert septets(text) == len(b"".join(CODES[character] for character in text))


@given(ANYTHING)
def test_strangers_are_named_once_in_order(text: str) -> None:
    """Exactly the characters that have no code."""
    assert not_gsm(text) == sorted({c for c in text if c not in CODES}, key=text.index)


@given(ANYTHING)
def test_a_reply_has_a_problem_exactly_when_it_cannot_be_sent(text: str) -> None:
    """Empty, not GSM, or longer than 160."""
    sendable = bool(text.strip()) and all(c in CODES for c in text)
    assert (reply_problem(text) is None) is (sendable and sum(len(CODES[c]) for c in text) <= REPLY_LIMIT)


@given(ANYTHING, ANYTHING)
def test_a_message_has_a_problem_exactly_when_it_cannot_be_sent(header: str, body: str) -> None:
    """``Header: Body`` within 160, both there, both GSM."""
    both = header.strip() and body.strip() and all(c in CODES for c in header + body)
    fits = both and sum(len(CODES[c]) for c in f"{header}: {body}") <= 160
    assert (message_problem(header, body) is None) is bool(fits)


@given(ANYTHING)
def test_stand_ins_leave_only_what_has_none(text: str) -> None:
    """What is replaced can be sent, what can be sent stays, and a second time changes nothing."""
    replaced = to_gsm(text)
    assert not set(replaced) & set(suggestions)
    assert to_gsm(replaced) == replaced
    assert set(not_gsm(replaced)) <= set(not_gsm(text)) | {c for c in replaced if c not in text}


def test_every_stand_in_can_be_sent() -> None:
    """No suggestion leads to the next refusal, and none is for what needs none."""
    assert all(stranger not in CODES and not not_gsm(instead) for stranger, instead in suggestions.items())


def test_a_decomposed_letter_is_put_together() -> None:
    """An e with an accent beside it becomes the é of the alphabet."""
    assert to_gsm("cafe\u0301 – “ok”…") == 'café - "ok"...'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x" * 160, None),
        ("x" * 161, r"The text is 1 character too long: 161 of 160"),
        ("€" * 90, r"20 characters too long: 180 of 160. \(.*€.*count twice"),
        (" \n", "Write something"),
        ("“Hi” 👍 “", r"^These characters cannot be sent in a text: “ \(write \"\), ” \(write \"\), 👍\.$"),
        ("a\u00a0b\u200bc\u0301\t\x00", r"U\+00A0 no-break space \(write a plain space\), U\+200B .*\(leave it out\)"),
        ("\x1b", r"U\+001B\.$"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_reply_is_said(text: str, problem: str | None) -> None:
    """The sentence names the characters, or by how much it is too long."""
    said = reply_problem(text)
    if problem is None:
        assert said is None
    else:
        with pytest.raises(ValueError, match=problem):
            raise ValueError(said)


def test_what_is_wrong_with_a_message_is_said_by_part() -> None:
    """Header and body each have their own sentence; the length is the body's to mend."""
    assert message_problems("Blue", "Hi") == {}
    assert set(message_problems("", "☺")) == {"header", "body"}
    long = message_problems("Blue", "x" * (MESSAGE_LIMIT - 3))
    assert long.keys() == {"body"} and "1 character too long: 159 of 158" in long["body"]
