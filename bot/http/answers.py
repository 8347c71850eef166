"""Reading what an upstream sent, liberally. Pure functions."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from bot.errors import Fields, Invalid

DEFAULT_RETRY_AFTER = 5.0
"""Seconds to wait after a 429 that does not say how long."""
LONGEST_RETRY_AFTER = 3600.0
"""Seconds after which a service is asked again, whatever it says."""

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


def expand(route: str, **parts: object) -> str:
    """The real path for a route such as ``/threads/{id}``, each part percent-encoded (``+`` becomes ``%2B``).

    Raises Invalid for a part that would change which resource is meant (empty, ``.`` or ``..``).
    """
    for name, part in parts.items():
        if str(part).strip() in ("", ".", ".."):
            raise Invalid("This is not something that can be looked up. Nothing was sent.", {name: ["Enter a value."]})
    return route.format(**{name: quote(str(part), safe="@") for name, part in parts.items()})


def parse_json(content: bytes) -> Any:
    """What the JSON says, with characters no database or Slack message can hold replaced by U+FFFD.

    Those are lone surrogates and NUL, which only a hostile or broken text brings. Raises ValueError for what is not
    JSON, or is nested too deeply to be read.
    """
    try:
        said = json.loads(content.decode("utf-8-sig", errors="replace"))
        return _storable(said) if rb"\u" in content else said  # only as escapes can they get into JSON
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def http_date(text: str | None) -> datetime | None:
    """The time of an HTTP date header in UTC, or None where there is none that can be read."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def retry_after(headers: Mapping[str, str], default: float = DEFAULT_RETRY_AFTER) -> float:
    """Seconds the service asks to wait, from 0 to ``LONGEST_RETRY_AFTER``; ``default`` where it does not say.

    ``Retry-After`` is seconds or an HTTP date (RFC 9110, 10.2.3); a date is measured by the server's own clock.
    ``headers`` has its names in lower case or ignores case.
    """
    asked = headers.get("retry-after", "").strip()
    until, now = http_date(asked), http_date(headers.get("date"))
    try:
        seconds = (until - now).total_seconds() if until and now else float(asked)
    except ValueError:
        return default
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else default


def explanation(content: bytes) -> tuple[str, Fields]:
    """What the body of an error says in words, and of single fields; both may be empty.

    Read are ``{"error": {"message", "fields": {name: [..]}}}``, ``{"error": "text"}`` and plain text.
    """
    try:
        body = parse_json(content)
    except ValueError:
        text = content.decode("utf-8", errors="replace").replace("\x00", "").strip()
        return ("" if text.startswith("<") else text), {}  # a page for a browser explains nothing
    error = body.get("error") if isinstance(body, dict) else body
    if isinstance(error, str):
        return error, {}
    if not isinstance(error, dict):
        return "", {}
    message, fields = error.get("message"), error.get("fields")
    return message if isinstance(message, str) else "", _fields(fields) if isinstance(fields, dict) else {}


def _fields(fields: Mapping[str, Any]) -> Fields:
    said = {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
    return {
        name: [sentence for sentence in sentences if isinstance(sentence, str)]
        for name, sentences in said.items()
        if isinstance(sentences, list)
    }
