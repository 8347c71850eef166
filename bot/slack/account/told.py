"""How what is told of the account by itself looks: few credits, used keywords. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.clearstream.numbers import readable
from bot.slack import blocks as b
from bot.slack.blocks import Block


def low_credits(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """The warning that credits run low: its text, and its blocks."""
    left = payload["credits"]
    credits = f"{left:,} {'credit' if left == 1 else 'credits'}"
    said = f":warning: *Only {credits} left.* A broadcast to more people than that is refused by Clearstream."
    hint = f"This is said once each time they fall below {payload['level']:,}; `/sms setup` changes that."
    return said, [b.section(said), b.context(b.mrkdwn(hint))]


def keyword_used(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """That people texted keywords: its text, and its blocks."""
    uses, more = payload["uses"], payload["more"]
    blocks = [block for use in uses for block in _use(use)] if len(uses) == 1 else [_several(uses)]
    lines = [_line(use) for use in uses]
    if more:
        lines.append(f"And {more:,} more.")
        blocks.append(b.context(b.mrkdwn(lines[-1])))
    return b.escape("\n".join(lines)), blocks


def _use(use: Mapping[str, Any]) -> list[Block]:
    answer = use["answer"]
    said = f"Answered: {answer['header']}: {answer['body']}" if answer else None
    return [b.named(f":key: {_line(use)}"), *([b.context(b.plain(said, 500))] if said else [])]


def _several(uses: list[Mapping[str, Any]]) -> Block:
    lines = [f":key: {_line(use)}{' · answered' if use['answer'] else ''}" for use in uses]
    return b.named("\n".join(b.cut(line, 140) for line in lines))


def _line(use: Mapping[str, Any]) -> str:
    number = readable(use["number"]) if use["number"] else "a number nobody named"
    who = f"{b.cut(use['name'], 80)} · {number}" if use["name"] else number
    said = f": {' '.join(use['text'].split())}" if use["text"] else ""
    return f"{who} texted the keyword {use['keyword']}{b.cut(said, 300)}"
