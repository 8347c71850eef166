"""What the page makes of Slack's markup: pure functions, and nothing a stranger writes becomes a tag."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.slack
from bot.sandbox.page.dates import ago, clock, day_name, formatted, ordinal
from bot.sandbox.page.emoji import EMOJI, with_emoji
from bot.sandbox.page.mrkdwn import Reader, markdown, mrkdwn, plain_text
from bot.sandbox.page.where import Where

NOW = datetime(2026, 11, 22, 14, 34, 5, tzinfo=UTC)
NAMES = {"U1": "Ada Lovelace", "U2": "<b>Mallory</b>", "C1": "texts", "S1": "crew"}
READER = Reader(
    user_id="U1",
    now=NOW,
    name_of=lambda identifier: NAMES.get(identifier, identifier),
    channel_url=lambda channel: f"/?channel={channel}",
    inside=lambda url: "/?thread=1.2" if url == "https://here.example.test/archives/C1/p1" else None,
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <del>gone</del>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* no bold *", "* no bold *"),
        ("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>"),
        ("```x\n*y*```", "<pre>x\n*y*</pre>"),
        ("a\n```b```\nc", "a<pre>b</pre>c"),
        ("a\nb", "a<br>b"),
        ("&gt; said\n&gt; so\nthen", "<blockquote>said<br>so</blockquote>then"),
        ("hello <@U1>", 'hello <span class="mention to-me">@Ada Lovelace</span>'),
        ("*<@U2>*", '<strong><span class="mention">@&lt;b&gt;Mallory&lt;/b&gt;</span></strong>'),
        ("<#C1>", '<a class="mention" href="/?channel=C1">#texts</a>'),
        ("<!here> <!subteam^S1>", '<span class="mention to-me">@here</span> <span class="mention">@crew</span>'),
        ("<https://here.example.test/archives/C1/p1|Open>", '<a href="/?thread=1.2">Open</a>'),
        ("<javascript:alert(1)|click>", "click"),
        (":wave: :no_such:", "👋 :no_such:"),
        ("a &amp; b &lt;i&gt;", "a &amp; b &lt;i&gt;"),
        ("<script>alert(1)</script>", "scriptalert(1)/script"),
        ("<!date^nonsense^{date}|then>", "then"),
    ],
)  # fmt: skip
def test_markup_becomes_html(text: str, html: str) -> None:
    """Emphasis, code, quotes, mentions, links, dates and emoji, each as Slack's client shows it."""
    assert mrkdwn(text, READER) == html


def test_a_link_out_opens_beside_the_page() -> None:
    """It is escaped like everything else and tells nothing of where it came from."""
    html = mrkdwn('<https://example.test/?a=1&amp;b="2"|look>', READER)
    assert 'href="https://example.test/?a=1&amp;b=&#34;2&#34;"' in html
    assert 'target="_blank"' in html
    assert "noopener" in html


def test_a_date_is_in_the_readers_words_and_zone() -> None:
    """The fallback is what shows where the pointer rests."""
    moment = int((NOW - timedelta(days=1)).timestamp())
    html = mrkdwn(f"<!date^{moment}^{{date_short_pretty}} at {{time}}|then>", READER)
    assert "Yesterday at 2:34 PM" in html
    assert 'title="then"' in html


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("{date_num}", "2026-11-20"), ("{date_slash}", "11/20/2026"), ("{date}", "November 20th, 2026"),
        ("{date_short}", "Nov 20, 2026"), ("{date_long}", "Friday, November 20th, 2026"), ("{time}", "9:05 AM"),
        ("{time_secs}", "9:05:07 AM"), ("on {date_pretty}", "on November 20th, 2026"), ("{ago}", "2 days ago"),
        ("{unknown}", "{unknown}"),
    ],
)  # fmt: skip
def test_every_date_token(form: str, words: str) -> None:
    """The tokens of Slack's date formatting."""
    assert formatted(form, datetime(2026, 11, 20, 9, 5, 7, tzinfo=UTC), NOW) == words


def test_times_as_slack_says_them() -> None:
    """Clock, ordinals, days and distances."""
    assert clock(NOW) == "2:34 PM"
    assert [ordinal(day) for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th",
    ]  # fmt: skip
    assert [day_name(NOW - timedelta(days=days), NOW) for days in (0, 1, 2)] == [
        "Today", "Yesterday", "Friday, November 20th",
    ]  # fmt: skip
    assert day_name(NOW - timedelta(days=365), NOW) == "Saturday, November 22nd, 2025"
    assert ago(NOW, NOW) == "just now"
    assert ago(NOW - timedelta(minutes=1), NOW) == "1 minute ago"
    assert ago(NOW + timedelta(hours=3), NOW) == "in 3 hours"


def test_plain_text_stays_as_it_is() -> None:
    """Markup is shown as typed; emoji only where they are wanted."""
    assert plain_text("*a* <b>\n:wave:", emoji=False) == "*a* &lt;b&gt;<br>:wave:"
    assert plain_text(":wave:", emoji=True) == "👋"


def test_markdown_blocks_show_headings_strong_words_and_links() -> None:
    """The common part of Markdown."""
    html = markdown("# Title\n**strong** [site](https://example.test/x) <i>", READER)
    assert html.startswith("<strong>Title</strong><br><strong>strong</strong> <a href=")
    assert html.endswith("&lt;i&gt;")


def test_every_emoji_the_bot_uses_is_known() -> None:
    """No shortcode of the bot's shows as ``:words:``."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(*bot.slack.__path__).rglob("*.py"))
    used = set(re.findall(r"(?<![\w}])(:[a-z][a-z0-9_]+:)(?![\w=])", source))
    assert ":warning:" in used
    assert {each for each in used if with_emoji(each) == each} == set()
    assert len(EMOJI) > 50


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


_PIECES = st.sampled_from(
    ["<", ">", "&", '"', "'", "*", "_", "~", "`", "```", "|", "\n", "^", "!date^1^", "@U2", "#C1", "<script>", "&lt;",
     "javascript:", "https://a.test/", "onclick=", "{time}", ":wave:", "\ue000", "0", "\ue001"]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=4)).map("".join))
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    """Whatever it holds, only the tags of Slack's markup come out, and links lead nowhere but to the web."""
    for html in (mrkdwn(text, READER), markdown(text, READER), plain_text(text, emoji=True)):
        tags = _Tags()
        tags.feed(html)
        for tag, attributes in tags.seen:
            assert tag in {"strong", "em", "del", "code", "pre", "br", "blockquote", "span", "a", "time"}
            assert attributes.keys() <= {"class", "href", "target", "rel", "datetime", "title", "hx-boost"}
            href = attributes.get("href") or "/"
            assert href.startswith(("/?", "/", "http://", "https://", "mailto:", "tel:"))


@given(st.text(), st.text(), st.text())
def test_a_place_survives_its_address(channel: str, thread: str, phone: str) -> None:
    """What is written into an address is read out of it again."""
    where = Where(person="U1", channel=channel, thread=thread, phone=phone)
    assert Where.of(dict(parse_qsl(urlsplit(where.url()).query))) == where
