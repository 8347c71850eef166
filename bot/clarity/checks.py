"""What is checked here before Clarity is asked, so that a mistake costs no request and is shown beside its field.

Each ``…_problem`` is a sentence for the person, or None; ``refuse`` raises all there are at once.
"""

import re

from bot.errors import Invalid

REASON_LIMIT = 140
"""Characters in the reason for a call ("POST /v1/calls")."""
EXPIRY_LIMIT = 720
"""Hours after which a request expires at the latest: 30 days. The document names no limit; its samples go up to 72."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HANDLE = re.compile(r"@?\w+")


def refuse(**problems: str | None) -> None:
    """Raise Invalid about the parameters that have a problem, by the document's names; without any do nothing."""
    found = {name: problem for name, problem in problems.items() if problem}
    if found:
        sentences = " ".join(dict.fromkeys(found.values()))
        raise Invalid(f"{sentences} Nothing was sent.", {name: [problem] for name, problem in found.items()})


def reason_problem(reason: str) -> str | None:
    """Why ``reason`` cannot be the reason for a call."""
    if not reason.strip():
        return "Say what the call is about."
    over = len(reason) - REASON_LIMIT
    if over <= 0:
        return None
    return f"The reason is {over} character{'s' * (over > 1)} too long: {len(reason)} of {REASON_LIMIT}."


def expiry_problem(hours: int) -> str | None:
    """Why a request cannot expire in ``hours``."""
    if 1 <= hours <= EXPIRY_LIMIT:
        return None
    return f"Enter a whole number of hours, from 1 to {EXPIRY_LIMIT}."


def message_problem(message: str) -> str | None:
    """Why ``message`` cannot be sent to a member."""
    return None if message.strip() else "Write something: an empty message cannot be sent."


def description_problem(description: str) -> str | None:
    """Why ``description`` cannot be that of a need."""
    return None if description.strip() else "Describe what you need."


def words_problem(words: str) -> str | None:
    """Why ``words`` cannot be searched for."""
    return None if words.strip() else "Enter what to search for."


def email_problem(email: str) -> str | None:
    """Why ``email`` cannot be a member's address."""
    return None if _EMAIL.fullmatch(email) else "Enter an e-mail address like jane@example.com."


def twitter_problem(handle: str) -> str | None:
    """Why ``handle`` cannot be a member's on Twitter."""
    return None if _HANDLE.fullmatch(handle) else "Enter a Twitter handle like @jane."
