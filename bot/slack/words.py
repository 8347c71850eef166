"""What people type, paste and mean. Pure.

Slack and editors turn what is typed into something else: curly quotes, ``<tel:…|…>``, ``<mailto:…|…>``, links,
``&amp;``.
"""

import difflib
import re
from collections.abc import Sequence

_LINK = re.compile(r"<(?P<target>[^<>|]+)(?:\|(?P<words>[^<>]*))?>")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "\u00a0": " "})


def typed(text: str | None) -> str:
    """What somebody meant to type after a command."""
    plain = unescape(_LINK.sub(_meant, text or "")).translate(_QUOTES)
    return " ".join(plain.split())


def plain(text: str) -> str:
    """A Slack message's text as it reads, to be sent as a text: links by their address, mentions by their name."""
    return unescape(_LINK.sub(_read, text)).strip()


def unescape(text: str) -> str:
    """Slack's three escaped characters as they are."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _meant(match: re.Match[str]) -> str:
    target, words = match["target"], match["words"]
    if target.startswith(("@", "#", "!")):
        return match[0]
    return words or target.partition(":")[2] if target.startswith(("tel:", "mailto:")) else target


def _read(match: re.Match[str]) -> str:
    target, words = match["target"], match["words"]
    if target.startswith(("@", "#", "!")):
        return words or ""
    if target.startswith(("tel:", "mailto:")):
        return words or target.partition(":")[2]
    return target


def command(text: str | None) -> tuple[str, str]:
    """The word after a command, in small letters, and what follows it."""
    word, _, rest = typed(text).partition(" ")
    return word.lower(), rest.strip().strip('"')


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word somebody may have meant."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else None
