"""How lines of the record look in Slack, and in a CSV. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.clearstream.numbers import e164, readable
from bot.services.audit import Line
from bot.slack import blocks as b
from bot.slack.audit import ids
from bot.slack.blocks import Block
from bot.slack.setup import fields

COLUMNS = ("when", "who", "name", "what", "on whom", "outcome", "reference", "detail")
"""The columns of the CSV."""

_SETUP = "setup"
_OWN_ID = re.compile(r"\b[0-9a-f]{32}\b")
_SECTION = 2900
_ALL = 11_000
"""Characters of a message: Slack takes about 13,000 in its blocks."""
_WORDS = 80
"""Characters of what was written that are shown."""
_SIGNS = {
    "done": ":white_check_mark:",
    "failed": ":x:",
    "cancelled": ":no_entry_sign:",
    "unconfirmed": ":grey_question:",
}


def answer(lines: Sequence[Line], words: str, days: int) -> list[Block]:
    """What ``/sms audit`` answers: the newest first."""
    about = f" for “{b.escape(b.cut(words, _WORDS))}”" if words else ""
    if not lines:
        return [b.section(f"Nothing is recorded{about}.")]
    shown = [line(one) for one in lines]
    kept = _fitting(shown)
    head = f"*The record*{about}: the newest {len(kept)}, newest first. It is kept for {days:,} days."
    button = b.button("Export CSV", ids.EXPORT, ids.OfAudit(words=b.cut(words, 200)).pack())
    return [b.section(head), *(b.section(text) for text in _packed(kept)), b.actions([button])]


def line(one: Line) -> str:
    """One line, in mrkdwn."""
    sign = _SIGNS.get(one.outcome, ":hourglass_flowing_sand:")
    parts = [b.when(one.at), _who(one.actor), f"*{b.escape(one.act)}*"]
    on = subject(one)
    if on:
        parts.append(b.escape(b.cut(on, _WORDS)))
    if isinstance(one.detail.get("text"), str):
        parts.append(f"“{b.escape(b.cut(' '.join(one.detail['text'].split()), _WORDS))}”")
    parts.append(b.escape(one.outcome) + (f" (reference `{b.escape(one.reference)}`)" if one.reference else ""))
    return f"{sign} " + " · ".join(parts)


def _who(actor: str) -> str:
    return f"<@{actor}>" if actor[:1] in ("U", "W") and actor.isalnum() else b.escape(actor)


def subject(one: Line) -> str:
    """On whom or what, as people write it: numbers to read, settings by their names on screen, without our own ids."""
    words = one.subject or ""
    if one.act == _SETUP:
        return ", ".join(fields.LABELS.get(key, key) for key in words.split(", "))
    return readable(words) if e164(words) == words else _OWN_ID.sub("", words).strip()


def cells(one: Line, names: Mapping[str, str]) -> tuple[str | None, ...]:
    """One line for the CSV, in the order of ``COLUMNS``; times in UTC."""
    detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True) if one.detail else None
    when = one.at.isoformat(timespec="seconds")
    return when, one.actor, names.get(one.actor), one.act, one.subject, one.outcome, one.reference, detail


def _fitting(lines: Sequence[str]) -> list[str]:
    """As many of the first lines as one message takes."""
    kept, total = [], 0
    for text in lines:
        total += len(text) + 1
        if total > _ALL:
            break
        kept.append(text)
    return kept


def _packed(lines: Sequence[str]) -> Iterator[str]:
    """The lines in as few sections as they take."""
    packed: list[str] = []
    for text in lines:
        if packed and sum(len(one) + 1 for one in packed) + len(text) > _SECTION:
            yield "\n".join(packed)
            packed = []
        packed.append(text)
    yield "\n".join(packed)
