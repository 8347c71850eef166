"""What stands form-encoded in a query string or a body."""

from urllib.parse import parse_qsl

FORM_TYPE = "application/x-www-form-urlencoded"


def pairs(encoded: str) -> list[tuple[str, str]]:
    """The names and values, in order and with the empty ones; raises ``ValueError`` for what is not form-encoded."""
    if not encoded:
        return []
    return parse_qsl(encoded, keep_blank_values=True, strict_parsing=True, errors="strict")
