"""GSM 03.38 as the text-message line counts it: which characters pass and what each costs."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")

REPLY_LIMIT = 160
"""Septets of one reply (document: Inbox, "Send a Reply")."""

HEADED_LIMIT = 158
"""Septets of header and body together; ``": "`` between them makes 160 (document: Messages, "Send/Schedule")."""


def septets(text: str) -> int:
    """How many of a text's 160 places ``text`` takes; a character of the extension table takes two."""
    return sum(2 if char in _ESCAPED else 1 for char in text)


def strangers(text: str) -> str:
    """The characters of ``text`` that GSM 03.38 cannot carry, each once, in the order they first appear."""
    return "".join(dict.fromkeys(char for char in text if char not in _BASIC and char not in _ESCAPED))
