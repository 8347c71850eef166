"""The fields of **Setup**: what each holds, how it is read, and what is wrong with it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clearstream.numbers import e164
from bot.services import account_change as account
from bot.services import setup
from bot.slack.setup import ids

View = dict[str, Any]


@dataclass(frozen=True)
class Number:
    """A setting that is a number, with what it may be."""

    key: str
    label: str
    hint: str
    least: int
    most: int


CHANNELS = {
    setup.INBOX_CHANNEL: ("Inbox channel", "Where texts are shown and answered."),
    setup.BROADCASTS_CHANNEL: (
        "Broadcasts channel",
        "Where broadcasts are approved and followed: the inbox channel where none is named.",
    ),
    setup.CALLS_CHANNEL: ("Calls channel", "Where calls of the shared Clarity account are told."),
}
"""Settings that are a channel: their label and what they are for."""

DIRECT = (
    "Direct mode",
    "Channels in which what is written in a conversation's thread goes out as a text, unless it begins with “note:”.",
)
SENDERS = (
    "Senders",
    "Who may broadcast, import, export, opt out, delete, change lists and keywords, and spend on the shared account.",
)
GROUPS = ("User groups of senders", "Everybody in them is a sender too.")

NUMBERS = (
    Number(
        setup.APPROVAL_ABOVE,
        "Approval above",
        "A broadcast to more people than this is approved by somebody else first.",
        0,
        100_000_000,
    ),
    Number(setup.UNDO_SECONDS, "Undo seconds", "For how long a broadcast waits for Undo.", 0, 600),
    Number(
        setup.BUMP_MINUTES,
        "Bump minutes",
        "A text that follows so long a silence also shows in the channel itself.",
        0,
        10_080,
    ),
    Number(
        setup.CREDITS_WARNING,
        "Credits warning",
        "With fewer credits than this the broadcasts channel is warned; 0 for never.",
        0,
        100_000_000,
    ),
    Number(setup.RECORD_DAYS, "Keep the record", "For so many days; /sms audit shows it.", 1, 3650),
)

EVERY = {"never": "Never", "daily": "Daily", "weekly": "Weekly"}
"""How often a digest is told: the choices, by their value."""

DIGEST = (
    "Digest",
    "What the day came to, the next morning at nine; or the week, on Mondays: texts, broadcasts, calls.",
)
DIGEST_CHANNEL = ("Digest channel", "Where it is posted.")
TIMEZONE = ("Time zone", "In which the digest's days are counted, like Europe/Berlin or America/New_York.")

LABELS = {
    **{key: label for key, (label, _) in CHANNELS.items()},
    setup.DIRECT_CHANNELS: DIRECT[0],
    setup.SENDERS: SENDERS[0],
    **{number.key: number.label for number in NUMBERS},
    setup.DIGEST: DIGEST[0],
    setup.DIGEST_CHANNEL: DIGEST_CHANNEL[0],
    setup.TIMEZONE: TIMEZONE[0],
    account.BUSINESS: "Account name",
    account.PHONE: "Account phone",
    account.COLLECT: "Collect e-mails",
}
"""What each setting is called on screen."""

ACCOUNT = (account.BUSINESS, account.PHONE, account.COLLECT)
"""What Clearstream keeps, not we."""


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as their fields show them: numbers as text, channels and people as lists, nothing as None."""
    return {key: _shown(value) for key, value in values.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value) if float(value).is_integer() else value)
    if isinstance(value, list | tuple | dict):
        return list(value) or None
    return value


def digest(shown: Any) -> str:
    """What tells one value from another, in a few characters; the order of several is none."""
    plain = sorted(shown) if isinstance(shown, list) else shown
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:8]


def read(view: View) -> dict[str, Any]:
    """What stands in each field that is there: None for an emptied one. Numbers are as typed."""
    values: dict[str, Any] = {}
    states = _states(view)
    for key in (*CHANNELS, setup.DIGEST_CHANNEL):
        _take(values, key, states, "selected_conversation")
    _take(values, setup.DIGEST, states, "selected_option")
    if values.get(setup.DIGEST) is not None:
        values[setup.DIGEST] = values[setup.DIGEST]["value"]
    _take(values, setup.DIRECT_CHANNELS, states, "selected_conversations")
    if ids.PEOPLE in states:
        people = states[ids.PEOPLE].get("selected_users") or []
        groups = [option["value"] for option in states.get(ids.GROUPS, {}).get("selected_options") or []]
        values[setup.SENDERS] = [*people, *groups] or None
    for key in (*(number.key for number in NUMBERS), setup.TIMEZONE, account.BUSINESS, account.PHONE):
        _take(values, key, states, "value")
    if ids.field(account.COLLECT) in states:
        values[account.COLLECT] = bool(states[ids.field(account.COLLECT)].get("selected_options"))
    return values


def _take(values: dict[str, Any], key: str, states: Mapping[str, Any], name: str) -> None:
    if ids.field(key) in states:
        found = states[ids.field(key)].get(name)
        values[key] = (found.strip() if isinstance(found, str) else found) or None


def _states(view: View) -> dict[str, Any]:
    """What stands in a view's fields, by action id."""
    blocks = view.get("state", {}).get("values", {}).values()
    return {action_id: state for block in blocks for action_id, state in block.items()}


def checked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values as they are stored, and what is wrong with those that cannot be, as sentences by key."""
    right, wrong = dict(values), dict[str, str]()
    for number in NUMBERS:
        typed = values.get(number.key)
        if typed is None:
            continue
        found = _number(str(typed))
        if found is None or not number.least <= found <= number.most:
            wrong[number.key] = f"Write a number from {number.least:,} to {number.most:,}."
        else:
            right[number.key] = found
    zone = values.get(setup.TIMEZONE)
    if zone is not None and not _is_zone(zone):
        wrong[setup.TIMEZONE] = "There is no such time zone. Write one like Europe/Berlin or America/New_York."
    phone = values.get(account.PHONE)
    if account.PHONE in values and phone is None:
        wrong[account.PHONE] = "The number cannot be taken away here. Write another one, or put it back."
    if phone is not None:
        right[account.PHONE] = e164(phone)
        if right[account.PHONE] is None:
            wrong[account.PHONE] = "Write a phone number in full, like +1 200-555-1000."
    if account.BUSINESS in values and values[account.BUSINESS] is None:
        wrong[account.BUSINESS] = "Write the name of the business: it is the header of texts."
    return right, wrong


def digest_problem(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a digest: it needs a channel. ``values`` are all that stand in the fields."""
    if values.get(setup.DIGEST) in (None, "never") or values.get(setup.DIGEST_CHANNEL):
        return {}
    return {setup.DIGEST_CHANNEL: "Choose the channel the digest is posted to."}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _number(typed: str) -> int | None:
    try:
        return int(typed)
    except ValueError:
        return None


def touched(values: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Those that are not what was shown."""
    return {key: value for key, value in values.items() if key in seen and digest(value) != seen[key]}
