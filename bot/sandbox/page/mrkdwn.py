"""Slack's ``mrkdwn`` as HTML. Pure: everything is escaped before any tag is made.

Source: docs.slack.dev, Formatting message text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from bot.sandbox.page.dates import formatted
from bot.sandbox.page.emoji import with_emoji


@dataclass(frozen=True)
class Reader:
    """Who reads: ``name_of`` an id, ``channel_url`` of a channel id, ``inside`` from an address to one on this page.

    ``inside`` gives None for an address that leads elsewhere; ``now`` is aware and in the reader's zone.
    """

    user_id: str
    now: datetime
    name_of: Callable[[str], str]
    channel_url: Callable[[str], str]
    inside: Callable[[str], str | None]

    def at(self, seconds: float | str) -> datetime:
        """A moment (seconds since the epoch) in the reader's zone."""
        return datetime.fromtimestamp(float(seconds), self.now.tzinfo)


_MARKS = re.compile("[\ue000\ue001]")
_KEPT = re.compile("\ue000(\\d+)\ue001")
_BLOCK_CODE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_ENTITY = re.compile(r"<([^<>\n]+)>")
_EMPHASIS = [
    (re.compile(rf"(?<![\w{sign}]){sign}(?=\S)([^{sign}\n]+?)(?<=\S){sign}(?![\w{sign}])"), tag)
    for sign, tag in ((r"\*", "strong"), ("_", "em"), ("~", "del"))
]
_SAFE = ("http://", "https://", "mailto:", "tel:")


class _Kept:
    """Finished pieces, each behind a mark that no later step touches."""

    def __init__(self) -> None:
        self._pieces: list[Markup] = []

    def keep(self, piece: Markup) -> str:
        self._pieces.append(piece)
        return f"\ue000{len(self._pieces) - 1}\ue001"

    def restored(self, text: str) -> str:
        return _KEPT.sub(lambda match: str(self._pieces[int(match[1])]), text)


def mrkdwn(text: str, reader: Reader) -> Markup:
    """``text`` with its links, mentions, dates, emphasis, code, quotes and emoji."""
    kept = _Kept()
    text = _MARKS.sub("", text)
    text = _BLOCK_CODE.sub(lambda match: kept.keep(Markup("<pre>{}</pre>").format(_plain(match[1]))), text)
    text = _CODE.sub(lambda match: kept.keep(Markup("<code>{}</code>").format(_plain(match[1]))), text)
    text = _ENTITY.sub(lambda match: kept.keep(_entity(match[1], reader)), text)
    text = str(escape(with_emoji(_plain(text))))
    for pattern, tag in _EMPHASIS:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    html = kept.restored(_lines(text)).replace("<br><pre>", "<pre>").replace("</pre><br>", "</pre>")
    return Markup(html)  # noqa: S704  # nosec B704 # escaped above


def plain_text(text: str, *, emoji: bool) -> Markup:
    """``text`` exactly, with line breaks; shortcodes become characters where ``emoji``."""
    return Markup("<br>").join(escape(with_emoji(line) if emoji else line) for line in text.split("\n"))


_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^()\s|>]+)\)")


def markdown(text: str, reader: Reader) -> Markup:
    """A ``markdown`` block: headings, strong words and links; the rest as in ``mrkdwn``."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    text = _LINK.sub(r"<\2|\1>", _HEADING.sub(r"*\1*", text))
    return mrkdwn(_STRONG.sub(r"*\1*", text), reader)


def _plain(text: str) -> str:
    """Slack's three entities as the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(escaped: str) -> str:
    """Lines that begin with ``>`` gathered into quotes; breaks between the others."""
    out: list[str] = []
    quote: list[str] = []
    for line in [*escaped.split("\n"), None]:
        if line is not None and line.startswith("&gt;"):
            quote.append(line.removeprefix("&gt;").lstrip(" "))
            continue
        if quote:
            out.append(f"<blockquote>{'<br>'.join(quote)}</blockquote>")
            quote = []
        if line is not None:
            out.append(line)
    return "<br>".join(out).replace("</blockquote><br>", "</blockquote>").replace("<br><blockquote>", "<blockquote>")


def _entity(inner: str, reader: Reader) -> Markup:
    target, _, label = inner.partition("|")
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("@"):
        return mention(target[1:], reader)
    if target.startswith("#"):
        return channel(target[1:], reader)
    if target.startswith("!subteam^"):
        return _named("@" + (label.lstrip("@") or reader.name_of(target.removeprefix("!subteam^"))))
    if target.startswith("!"):
        return _named("@" + target[1:], to_me=True)
    return link(_plain(target), _plain(label), reader)


def mention(user_id: str, reader: Reader) -> Markup:
    """A person by name; the reader's own name stands out."""
    return _named("@" + reader.name_of(user_id), to_me=user_id == reader.user_id)


def channel(channel_id: str, reader: Reader) -> Markup:
    """A channel by name, leading there."""
    return Markup('<a class="mention" href="{}">#{}</a>').format(
        reader.channel_url(channel_id), reader.name_of(channel_id)
    )


def link(url: str, label: str, reader: Reader) -> Markup:
    """A link; addresses of messages here lead there, and what is no address stays words."""
    shown = with_emoji(label) or url.removeprefix("mailto:").removeprefix("tel:")
    if (here := reader.inside(url)) is not None:
        return Markup('<a href="{}">{}</a>').format(here, shown)
    if not url.startswith(_SAFE):
        return escape(shown)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer" hx-boost="false">{}</a>').format(url, shown)


def _named(words: str, *, to_me: bool = False) -> Markup:
    return Markup('<span class="mention{}">{}</span>').format(" to-me" if to_me else "", words)


def date(seconds: float, form: str, fallback: str, reader: Reader) -> Markup:
    """A moment in the reader's zone, in a form of ``dates.formatted``; the fallback shows under the pointer."""
    at = reader.at(seconds)
    words = formatted(form, at, reader.now)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), fallback, words)


def _date(target: str, fallback: str, reader: Reader) -> Markup:
    seconds, _, form = target.removeprefix("!date^").partition("^")
    form, _, url = form.partition("^")
    if re.fullmatch("[0-9]{1,11}", seconds) is None:
        return escape(_plain(fallback))
    if url:
        return link(_plain(url), formatted(_plain(form), reader.at(seconds), reader.now), reader)
    return date(float(seconds), _plain(form), _plain(fallback), reader)
