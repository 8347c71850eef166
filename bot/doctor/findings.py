"""What a check comes to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Unreachable, UpstreamError


class Status(StrEnum):
    """How it stands. Only ``FAILED`` makes the whole fail."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What one check found. ``mend`` is the one thing to do about a warning or a failure.

    ``name`` stays the same from version to version; ``title`` is for people.
    """

    name: str
    title: str
    status: Status
    message: str
    mend: str | None = None


@dataclass(frozen=True)
class Check:
    """One thing that is looked at; its methods make what was found."""

    name: str
    title: str

    def well(self, message: str) -> Finding:
        """It is as it has to be."""
        return Finding(self.name, self.title, Status.OK, message)

    def doubtful(self, message: str, mend: str) -> Finding:
        """It works, but somebody should look at it."""
        return Finding(self.name, self.title, Status.WARNING, message, mend)

    def failed(self, message: str, mend: str) -> Finding:
        """It does not work."""
        return Finding(self.name, self.title, Status.FAILED, message, mend)

    def skipped(self, message: str) -> Finding:
        """It was not looked at, and why."""
        return Finding(self.name, self.title, Status.SKIPPED, message)


@dataclass(frozen=True)
class Report:
    """Everything that was found, in the order it is told."""

    findings: Sequence[Finding]

    @property
    def counts(self) -> dict[Status, int]:
        """How many there are of each status."""
        counted = Counter(finding.status for finding in self.findings)
        return {status: counted[status] for status in Status}

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.counts[Status.FAILED] == 0


def said(error: UpstreamError) -> str:
    """What went wrong with a service, and why; without what a person at a button would be told to do."""
    what = str(error)
    for advice in (" Try again in a moment.", " Nothing was sent or changed.", "; nothing was sent."):
        what = what.removesuffix(advice)
    what = what.rstrip(".")
    why = str(error.__cause__ or "") if isinstance(error, Unreachable) else ""
    return f"{what} ({why})." if why else f"{what}."


def mended(error: UpstreamError, setting: str) -> str:
    """What to do about a service that does not answer as it should; ``setting`` is what names its address."""
    if error.status is None:
        return f"See that this machine can reach {error.service} over HTTPS, and that {setting} is right."
    return f"See what {error.service} says of its state, and run this again later."


def several(things: Sequence[str]) -> str:
    """``a, b and c``."""
    *rest, last = things
    return f"{', '.join(rest)} and {last}" if rest else last


def counted(number: int, thing: str) -> str:
    """``1 account``, ``2 accounts``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
