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

NUMBER = re.compile(r"(?:\+|%2B)?1?[ .(-]{0,2}200[ .)-]{0,2}555[ .-]?\d{4}(?!\d)", re.IGNORECASE)
"""Everybody's in the tests."""

_known: set[str] = set()
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
    for holder in _holders:
        _known.update(secret for secret in holder.secrets() if secret)
    secrets = [f"the secret {secret[:8]}…" for secret in _known if secret in text]
    return secrets + [f"the number {number[0]}" for number in NUMBER.finditer(text)]


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
    return text if "stderr" in name else NUMBER.sub(lambda number: hide(number[0]), text)
