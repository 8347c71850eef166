"""What people type, paste and mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import words

ANYTHING = st.text(max_size=80)
SLACKISH = st.text(alphabet='<>|@#!&;:"“”‘ \nabcU1+-./', max_size=80)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (None, ""),
        ("   ", ""),
        ("inbox  2", "inbox 2"),
        ("find “Jane Doe”", 'find "Jane Doe"'),
        ("find ‘Jane’", "find 'Jane'"),
        ("text <tel:+12005551000|+1 200-555-1000>", "text +1 200-555-1000"),
        ("text <tel:+12005551000>", "text +12005551000"),
        ("find <mailto:jane@example.com|jane@example.com>", "find jane@example.com"),
        ("find <http://example.com|example.com>", "find example.com"),
        ("find <https://evil.example|example.com>", "find https://evil.example"),
        ("find &lt;b&gt; &amp;amp;", "find <b> &amp;"),
        ("find\u00a0Jane", "find Jane"),
        ("find <@U123|jane>", "find <@U123|jane>"),
    ],
)
def test_what_is_typed_after_a_command_is_read_as_it_was_meant(typed: str | None, meant: str) -> None:
    """Quotes, links and spaces that Slack and editors put in by themselves are undone."""
    assert words.typed(typed) == meant


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        (None, "", ""),
        ("HELP", "help", ""),
        (" inbox  2 ", "inbox", "2"),
        ("find “Jane Doe”", "find", "Jane Doe"),
        ('"find" Jane', "find", "Jane"),
        ('find ""', "find", ""),
    ],
)
def test_a_command_is_a_word_and_what_follows(text: str | None, word: str, rest: str) -> None:
    """The word in small letters, the rest without quotes around it."""
    assert words.command(text) == (word, rest)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Hello", "Hello"),
        ("  two\nlines ", "two\nlines"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|our page>", "https://example.com"),
        ("<http://example.com/|example.com>", "example.com"),
        ("<@U1> and <@W2|walter> and <@U3>", "@Jane and @walter and @somebody"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!subteam^S1|@care> <!subteam^S2>", "@here @care @subteam"),
        ("<!date^1^{date}|March 2nd>", "March 2nd"),
        ("&lt;!channel&gt;", "<!channel>"),
    ],
)
def test_a_message_is_read_as_plain_words(message: str, text: str) -> None:
    """Links by their address, mentions by their name, nothing left out."""
    assert words.plain(message, {"U1": "Jane"}) == text


def test_people_in_a_message_are_found_once() -> None:
    """In their order, with or without a label."""
    assert words.people_in("<@U1> <@W2|x> <@U1> <#C1> <!here> @U9") == ["U1", "W2"]


@given(ANYTHING | SLACKISH)
def test_whatever_is_typed_becomes_one_line_without_spaces_around(text: str) -> None:
    """No input breaks the reading, and reading what was read changes nothing but Slack's own escapes."""
    read = words.typed(text)
    assert read == " ".join(read.split())
    word, rest = words.command(text)
    assert word == word.lower()
    assert " " not in word
    assert rest == rest.strip()


@given(st.text(alphabet="abc <>&|\"'xyz", max_size=60))
def test_what_slack_escapes_reads_as_it_was_typed(text: str) -> None:
    """The three characters Slack escapes come back as they were."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert words.plain(escaped) == text.strip()
    assert words.typed(escaped) == " ".join(text.split())


@pytest.mark.parametrize(
    ("typed", "near"), [("inbx", "inbox"), ("texts", "text"), ("hepl", "help"), ("qqq", None), ("", None)]
)
def test_the_nearest_word_is_guessed_where_there_is_one(typed: str, near: str | None) -> None:
    """A slip of the finger is understood, nonsense is not."""
    assert words.nearest(typed, ["inbox", "text", "find", "help"]) == near
