"""No test passes that told a secret: all that was written while it ran is searched, by the bot and by bots it started.

Logs stand in what a test captured: of a bot in this process on standard output, before anything was hidden in them;
of one in a process of its own on standard error, as they leave it.
"""

import re
import weakref
from collections.abc import Generator, Iterable
from typing import Any, Protocol

import pytest

from bot.logs import hide

_CORE = r"200[ .)-]{0,2}555[ .-]?\d{4}(?!\d)"
NUMBER = re.compile(rf"(?<!\d)(?<!\d\.)(?:\+|%2B)?1?[ .(-]{{0,2}}{_CORE}", re.IGNORECASE)
"""Everybody's in the tests; not the end of a longer number, as which it may come up in how long something took."""

_ANY_NUMBER = re.compile(_CORE)
"""The same in a hundredth of the time, for what holds none: all that stands before its core may be missing."""

_WORD = re.compile(r"[\w.=+/-]{8,}")
"""What secrets are made of, without anything between."""

_words: set[str] = set()
"""The secrets that are one such word."""

_others: set[str] = set()

_holders: "weakref.WeakSet[Holder]" = weakref.WeakSet()


class Holder(Protocol):
    """Somebody who holds secrets, which may become more."""

    def secrets(self) -> Iterable[str]:
        """What must not be told."""


def keep(holder: Holder) -> None:
    """From now on, and for as long as this process runs, nothing may be told of what it holds."""
    _holders.add(holder)


def told(text: str) -> list[str]:
    """The secrets in a text, each by its beginning, and phone numbers."""
    for secret in (secret for holder in _holders for secret in holder.secrets()):
        if secret and secret not in _words:
            (_words if _WORD.fullmatch(secret) else _others).add(secret)
    # The secrets become more with every test. Each is looked for in the words of a text alone, and in each word once.
    written = "\n".join({*_WORD.findall(text)})
    secrets = [secret for known, where in ((_words, written), (_others, text)) for secret in known if secret in where]
    numbers = [f"the number {number[0]}" for number in NUMBER.finditer(text)] if _ANY_NUMBER.search(text) else []
    return [f"the secret {secret[:8]}…" for secret in secrets] + numbers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what passed but told something."""
    report = yield
    if report.passed:
        found = [f"{name}: {what}" for name, text in report.sections for what in told(_as_written(name, text))]
        if found:
            report.outcome = "failed"
            report.longrepr = "This was written where anybody may read it:\n" + "\n".join(dict.fromkeys(found))
    return report


def _as_written(name: str, text: str) -> Any:
    """What a log would have: here numbers, and they alone, are taken out on the way to it."""
    if "stderr" in name or not _ANY_NUMBER.search(text):
        return text
    return NUMBER.sub(lambda number: hide(number[0]), text)
