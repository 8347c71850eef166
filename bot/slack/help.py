"""The help of a command, drawn from its table of words. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.slack import blocks as b
from bot.slack import words
from bot.slack.blocks import Block

_SHOWN = 40


@dataclass(frozen=True)
class Help:
    """What one can type after ``command``: each word, how it is written, and what it does.

    ``about`` says what the command is for, ``tip`` what else there is, both in mrkdwn; ``presses`` are the buttons for
    the common things.
    """

    command: str
    about: str
    words: Mapping[str, tuple[str, str]]
    presses: tuple[Block, ...]
    tip: str | None = None

    @property
    def title(self) -> str:
        """The help where no blocks are shown."""
        return f"What {self.command} can do"

    def unknown(self, word: str) -> str:
        """That there is no such word, where no blocks are shown."""
        return f"There is no {self.command} {self._named(word)}."

    def blocks(self, unknown: str | None = None, meant: str | None = None) -> list[Block]:
        """The help; after an ``unknown`` word with the nearest one, which is ``meant`` where that is known."""
        head = self.about if unknown is None else self._head(unknown, meant)
        return [b.section(head), *self._rest]

    @cached_property
    def answer(self) -> str:
        """The help as JSON, as Slack is answered with it: written once, as everybody is shown the same."""
        return json.dumps({"text": self.title, "blocks": self.blocks()})

    @cached_property
    def _rest(self) -> tuple[Block, ...]:
        """What stands under its head, whatever was typed: drawn once, and not to be changed."""
        lines = [f"• `{self.command} {b.escape(written)}`: {what}" for written, what in self.words.values()]
        tip = [] if self.tip is None else [b.context(b.mrkdwn(self.tip))]
        return (b.section("\n".join(lines)), *tip, b.actions(self.presses))

    def _head(self, unknown: str, meant: str | None) -> str:
        near = meant or words.nearest(unknown, list(self.words))
        hint = f" Did you mean `{self.command} {near}`?" if near else ""
        return f"There is no `{self.command} {self._named(unknown)}`.{hint}"

    def _named(self, word: str) -> str:
        return b.escape(b.cut(word, _SHOWN))
