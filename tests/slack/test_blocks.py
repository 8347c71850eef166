"""Small pieces of Block Kit, within Slack's limits whatever strangers write."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack import blockkit
from bot.slack import blocks as b

WILD = st.text(max_size=400) | st.text(alphabet="<>&!@#*_~`:|\u202e\u200b\n x", max_size=400)


@given(WILD)
def test_escaped_text_has_no_markup_of_slack(text: str) -> None:
    """No angle bracket is left that Slack could read, and the characters come back as they were but for tricks."""
    escaped = b.escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == b.tame(text)


@given(WILD, st.integers(min_value=1, max_value=300))
def test_plain_text_is_within_its_limit_and_never_empty(text: str, limit: int) -> None:
    """Slack refuses an empty text object and one that is too long."""
    shown = b.plain(text, limit)
    assert 1 <= len(shown["text"]) <= limit
    assert shown["emoji"] is False


@given(st.text(min_size=1, max_size=9000))
def test_a_long_text_is_shown_whole_in_several_sections(text: str) -> None:
    """Cut at 3,000 characters, nothing lost between the pieces."""
    sections = b.quoted(text)
    assert all(len(section["text"]["text"]) <= 3000 for section in sections)
    shown = "".join(section["text"]["text"] for section in sections)
    assert shown.strip() == b.tame(text).strip()


def test_tricks_are_left_out_and_joiners_stay() -> None:
    """Bidirectional overrides and invisible characters deceive the eye; scripts and emoji need joiners."""
    assert b.tame("a\u202eb\u2066c\u200bd\ufeffe\u0000f") == "abcdef"
    assert b.tame("👩\u200d👧 نمی\u200cخواهم\n") == "👩\u200d👧 نمی\u200cخواهم\n"


def test_a_reason_may_name_a_channel_and_people_but_ping_no_channel() -> None:
    """Who can is said by name; <!channel> in somebody's words stays as it is written."""
    reason = b.reason("<#C1> <@U1> <!subteam^S1> <!channel> <!here> <https://evil.example|x> *x*")
    assert reason.startswith("<#C1> <@U1> <!subteam^S1> &lt;!channel&gt; &lt;!here&gt; &lt;https")


def test_a_time_is_shown_in_each_readers_zone() -> None:
    """With a fallback; one that could not be read is said to be unknown."""
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert b.when(moment) == "<!date^1772442000^{date_short_pretty} at {time}|2026-03-02 09:00 UTC>"
    assert b.when(datetime(1970, 1, 1, tzinfo=UTC)) == "at an unknown time"


def test_every_piece_is_what_slack_takes() -> None:
    """Checked by the rules of Block Kit the stand-in has."""
    pieces = [
        b.header("x" * 500),
        b.section("y" * 5000, b.button("z" * 200, "a", "v", style="danger", confirm=b.confirm("t", "q", "yes"))),
        b.section_of("w" * 5000),
        *b.quoted("v" * 7000),
        b.context(b.plain("u" * 5000), b.mrkdwn("t" * 5000)),
        b.divider(),
        b.actions(
            [b.link_button("Open", "open", "https://example.com"), b.overflow("menu", [b.option("s" * 200, "1")])]
        ),
    ]
    assert blockkit.message_complaints(_identified(pieces)) == []


def _identified(pieces: list[b.Block]) -> list[b.Block]:
    return [{**piece, "block_id": str(number)} for number, piece in enumerate(pieces)]


def test_a_permalink_opens_the_thread() -> None:
    """In the workspace, at the message, with its thread."""
    link = b.permalink("https://team.slack.com/", "C1", "1772442000.000100")
    assert link == "https://team.slack.com/archives/C1/p1772442000000100?thread_ts=1772442000.000100&cid=C1"
