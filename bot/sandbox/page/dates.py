"""Times as Slack's client shows them. Pure; every moment is aware and already in the reader's zone."""

import re
from datetime import datetime, timedelta

_TOKEN = re.compile(r"\{(\w+)\}")


def clock(at: datetime) -> str:
    """``2:34 PM``."""
    return at.strftime("%I:%M %p").lstrip("0")


def ordinal(day: int) -> str:
    """``22nd``."""
    ending = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def day_name(at: datetime, now: datetime) -> str:
    """What stands on the line between two days: ``Today``, ``Yesterday``, ``Friday, November 20th``."""
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    year = "" if at.year == now.year else f", {at.year}"
    return f"{at:%A, %B} {ordinal(at.day)}{year}"


def full(at: datetime, now: datetime) -> str:
    """``Today at 2:34:05 PM``, as shown when the pointer rests on a time."""
    return f"{day_name(at, now)} at {clock_seconds(at)}"


def ago(at: datetime, now: datetime) -> str:
    """``3 minutes ago``, ``in 2 hours``."""
    gap = now - at
    size = abs(gap)
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if size >= length:
            many = size // length
            words = f"{many} {unit}{'' if many == 1 else 's'}"
            return f"{words} ago" if gap > timedelta() else f"in {words}"
    return "just now"


def formatted(form: str, at: datetime, now: datetime) -> str:
    """``form`` of a ``<!date^…>`` with its tokens filled in; unknown tokens stay.

    Source: docs.slack.dev, Formatting message text, Date formatting.
    """
    words = _TOKEN.sub(lambda match: _token(match[1], at, now) or match[0], form)
    return words[:1].upper() + words[1:] if form.startswith("{") else words


def _token(name: str, at: datetime, now: datetime) -> str | None:
    if name.endswith("_pretty"):
        days = (now.date() - at.date()).days
        near = {-1: "tomorrow", 0: "today", 1: "yesterday"}.get(days)
        return near or _token(name.removesuffix("_pretty"), at, now)
    forms = {
        "date_num": f"{at:%Y-%m-%d}",
        "date_slash": f"{at:%m/%d/%Y}",
        "date": f"{at:%B} {ordinal(at.day)}, {at.year}",
        "date_short": f"{at:%b} {at.day}, {at.year}",
        "date_long": f"{at:%A, %B} {ordinal(at.day)}, {at.year}",
        "time": clock(at),
        "time_secs": clock_seconds(at),
        "ago": ago(at, now),
    }
    return forms.get(name)


def clock_seconds(at: datetime) -> str:
    """``2:34:05 PM``."""
    return at.strftime("%I:%M:%S %p").lstrip("0")
