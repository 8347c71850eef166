"""The report, for people and for machines."""

import json
import textwrap
from collections.abc import Iterator
from itertools import groupby

import click

from bot import __version__
from bot.doctor.findings import Finding, Report, Status, counted

_HEADINGS = {
    "settings": "Settings",
    "database": "Database",
    "encryption": "Database",
    "slack": "Slack",
    "clearstream": "Clearstream",
    "clarity": "Clarity",
    "public_url": "The way in",
    "webhook": "The way in",
    "clock": "Time",
}
"""Where a finding is told, by the first part of its name."""

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.SKIPPED: "bright_black"}
_WORDS = {Status.OK: "ok", Status.WARNING: "warning", Status.FAILED: "FAILED", Status.SKIPPED: "-"}
_TITLE = 24
_STATUS = 9


def settings_refused(message: str) -> Report:
    """The report where the settings are wrong, so that nothing could be looked at."""
    problem = Finding("settings", "Settings", Status.FAILED, message, "Mend the settings, and run it again.")
    return Report([problem])


def as_json(report: Report) -> str:
    """One object: ``ok``, ``version``, ``counts`` by status, and ``checks``, each with all its keys."""
    checks = [
        {"name": each.name, "title": each.title, "status": each.status, "message": each.message, "mend": each.mend}
        for each in report.findings
    ]
    told = {"ok": report.ok, "version": __version__, "counts": report.counts, "checks": checks}
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_text(report: Report, width: int | None) -> str:
    """For people: in colour and no wider than ``width`` on a terminal; plain, a finding a line, where it is None."""
    lines = [f"Switchboard {__version__}: how this installation is"]
    for heading, findings in groupby(report.findings, lambda each: _HEADINGS[each.name.partition(".")[0]]):
        lines += ["", heading]
        for finding in findings:
            lines += _lines(finding, width)
    return "\n".join([*lines, "", _last(report)])


def _lines(finding: Finding, width: int | None) -> Iterator[str]:
    word = _WORDS[finding.status].ljust(_STATUS)
    if width is not None:
        word = click.style(word, fg=_COLOURS[finding.status], bold=finding.status is Status.FAILED)
    first, indent = f"  {word}{finding.title.ljust(_TITLE)}", " " * (2 + _STATUS + _TITLE)
    messages = [finding.message] if finding.mend is None else [finding.message, f"-> {finding.mend}"]
    for message in messages:
        for line in _wrapped(message, width):
            yield f"{first}{line}"
            first = indent


def _wrapped(message: str, width: int | None) -> list[str]:
    if width is None:
        return [" ".join(message.split())]
    room = max(width - 2 - _STATUS - _TITLE, 30)
    return textwrap.wrap(message, room, break_long_words=False, break_on_hyphens=False) or [""]


def _last(report: Report) -> str:
    counts = report.counts
    well, warned, failed = counts[Status.OK], counts[Status.WARNING], counts[Status.FAILED]
    if not failed:
        return f"All well, with {counted(warned, 'warning')}." if warned else "All well."
    return f"{failed} failed, {counted(warned, 'warning')}, {well} well."
