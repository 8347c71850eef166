"""What fits into one text message: the GSM 03.38 alphabet and Clearstream's limits. Pure functions.

The alphabet is 3GPP TS 23.038, 6.2.1 (default table and its extension); the limits are the document's, "Send a Reply"
and "Send/Schedule A Message".
"""

import unicodedata
from collections.abc import Mapping

REPLY_LIMIT = 160
"""Septets in a reply."""
MESSAGE_LIMIT = 158
"""Septets in header and body together: the text goes out as ``Header: Body``, and ``: `` takes the other two."""

_DEFAULT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

suggestions: Mapping[str, str] = {
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "′": "'", "´": "'", "`": "'", "‹": "<", "›": ">",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "*", "·": ".", "×": "x", "÷": "/", "ç": "Ç", "™": "(TM)", "®": "(R)", "©": "(C)",
    "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u3000": " ", "\t": " ",
    "\u2028": " ", "\u2029": " ", "\u00ad": "", "\u200b": "", "\u200d": "", "\u2060": "", "\ufe0f": "", "\ufeff": "",
}  # fmt: skip
"""What to write instead of characters that editors and phones put in by themselves."""


def septets(text: str) -> int:
    """How much of a text's room ``text`` takes: one for each character, two for those of the extension table.

    Characters that cannot be sent at all (see ``not_gsm``) count as one.
    """
    return len(text) + sum(character in _EXTENSION for character in text)


def not_gsm(text: str) -> list[str]:
    """The characters that cannot go into a text, in their order, each once."""
    return [character for character in dict.fromkeys(text) if character not in _DEFAULT | _EXTENSION]


def to_gsm(text: str) -> str:
    """``text`` with everything replaced that has a stand-in in ``suggestions``; the rest stays as it is."""
    return "".join(suggestions.get(character, character) for character in unicodedata.normalize("NFC", text))


def reply_problem(text: str) -> str | None:
    """Why ``text`` cannot be sent as a reply, as a sentence, or None when it can."""
    if not text.strip():
        return "Write something: an empty text cannot be sent."
    return alphabet_problem(text) or _length_problem(septets(text), REPLY_LIMIT, "The text is")


def message_problem(header: str, body: str) -> str | None:
    """Why ``Header: Body`` cannot be sent, as a sentence, or None when it can."""
    problems = message_problems(header, body)
    return problems.get("header") or problems.get("body")


def message_problems(header: str, body: str) -> dict[str, str]:
    """What is wrong with ``header`` and with ``body``, as a sentence for each; empty when both can be sent."""
    problems = {
        "header": alphabet_problem(header) if header.strip() else "Write a header: it says who the text is from.",
        "body": alphabet_problem(body) if body.strip() else "Write something: an empty text cannot be sent.",
    }
    found = {name: problem for name, problem in problems.items() if problem}
    if not found and (
        problem := _length_problem(septets(header) + septets(body), MESSAGE_LIMIT, "Header and message are together")
    ):
        found["body"] = problem
    return found


def alphabet_problem(text: str) -> str | None:
    """Which characters of ``text`` cannot be sent, and what to write instead, or None when all can."""
    strangers = not_gsm(text)
    if not strangers:
        return None
    return f"These characters cannot be sent in a text: {', '.join(map(_named, strangers))}."


def _named(character: str) -> str:
    """The character as a person can recognise it, with its stand-in where there is one."""
    hidden = not character.isprintable() or character.isspace() or unicodedata.category(character) in ("Mn", "Me")
    name = unicodedata.name(character, "").lower()
    shown = f"U+{ord(character):04X} {name}".strip() if hidden else character
    instead = suggestions.get(character)
    if instead is None:
        return shown
    advice = "leave it out" if not instead else f"write {instead}" if instead.strip() else "write a plain space"
    return f"{shown} ({advice})"


def _length_problem(used: int, limit: int, what: str) -> str | None:
    if used <= limit:
        return None
    over = "1 character" if used - limit == 1 else f"{used - limit} characters"
    return f"{what} {over} too long: {used} of {limit}. ({' '.join(sorted(_EXTENSION - {chr(12)}))} count twice.)"
