"""What Switchboard itself answers to a keyword when Clearstream tells that it was texted: set per keyword.

This comes on top of the keyword's own auto-reply. Set with Setup's other values; an answer is sent by answering
Clearstream's request, so it can only be given once.
"""

from dataclasses import dataclass

from bot.clearstream.checks import Checks
from bot.store import installation
from bot.store.engine import Tx

_KEY = "keyword_answer:"


@dataclass(frozen=True)
class Answer:
    """The text ``Header: Body``."""

    header: str
    body: str


def setting(name: str) -> str:
    """The setting that holds what is answered to a keyword."""
    return _KEY + name.casefold()


def checked(name: str, header: str, body: str) -> Answer:
    """The answer as it is kept; raises Invalid with ``fields`` (name, header, body)."""
    answer = Answer(header.strip(), body.strip())
    checks = Checks()
    checks.keyword(name)
    checks.words(answer.header, answer.body, "")
    checks.done()
    return answer


class KeywordAnswers:
    """The answers, by the name of their keyword; capital and small letters are the same."""

    async def of(self, tx: Tx, name: str) -> Answer | None:
        """What is answered to a keyword; None where nothing is."""
        value = await installation.setting(tx, setting(name))
        return Answer(**value) if value else None

    async def every(self, tx: Tx) -> dict[str, Answer]:
        """All of them, by the keyword's name in small letters."""
        found = await installation.settings_under(tx, _KEY)
        return {key.removeprefix(_KEY): Answer(**value) for key, value in found.items() if value}
