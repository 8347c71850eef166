"""What people type, paste and mean. Pure.

Slack and editors turn what is typed into something else: curly quotes, ``<tel:…|…>``, ``<mailto:…|…>``, links,
``&amp;``.
"""

import difflib
import re
from collections.abc import Mapping, Sequence

_LINK = re.compile(r"<(?P<target>[^<>|]+)(?:\|(?P<words>[^<>]*))?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "\u00a0": " "})
_SPECIAL = ("@", "#", "!")
_SCHEMES = ("tel:", "mailto:")


def typed(text: str | None) -> str:
    """What somebody meant to type after a command, in one line with single spaces; mentions stay as Slack has them."""
    meant = _LINK.sub(lambda link: link[0] if link["target"].startswith(_SPECIAL) else _address(link), text or "")
    return " ".join(unescape(meant).translate(_QUOTES).split())


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """A Slack message's text as it reads, to be sent as a text: links by their address, mentions by their name.

    ``names`` are people's names by user id; Slack does not write them into the message.
    """
    return unescape(_LINK.sub(lambda link: _read(link, names or {}), text)).strip()


def people_in(text: str) -> list[str]:
    """The ids of the people mentioned in a Slack message's text, each once."""
    return list(dict.fromkeys(_USER.findall(text)))


def unescape(text: str) -> str:
    """Slack's three escaped characters as they are."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _read(link: re.Match[str], names: Mapping[str, str]) -> str:
    target, words = link["target"], link["words"]
    if target.startswith("@"):
        return f"@{names.get(target[1:]) or words or 'somebody'}"
    if target.startswith("#"):
        return f"#{words or target[1:]}"
    if target.startswith("!"):
        return words or f"@{target[1:].partition('^')[0]}"
    return _address(link)


def _address(link: re.Match[str]) -> str:
    """What was typed where Slack made a link of it; where the words hide another address, the address."""
    target, words = link["target"], link["words"] or ""
    if target.startswith(_SCHEMES):
        return words or target.partition(":")[2]
    return words if words and target.rstrip("/").endswith(words.rstrip("/")) else target


def command(text: str | None) -> tuple[str, str]:
    """The word after a command, in small letters, and what follows it without quotes around it."""
    word, _, rest = typed(text).partition(" ")
    return word.strip('"').lower(), rest.strip().strip('"').strip()


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word somebody may have meant; None where it is like none of them."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else None
