"""Closing the books: what was promised, held against what Slack, Clearstream and Clarity have."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from bot.clock import Clock
from bot.store.engine import Store
from bot.store.tables import operations
from tests.chaos.people import Books
from tests.chaos.town import Town

_OURS = ("Unconfirmed", "not sent", "went out", "claimed", "released", "Sent again")
"""Words in what the bot says of a text; such a message is no text."""


_MOVING = ("ready", "sending", "unknown")


@dataclass
class Verdict:
    """What was found. ``twice`` are effects at more than once; ``wrong`` is everything that breaks a promise."""

    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sent: int = 0
    unconfirmed: int = 0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def moving(self) -> int:
        """How many operations have not come to rest."""
        return sum(self.states[state] for state in _MOVING)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not self.twice and not self.wrong

    def __str__(self) -> str:
        lines = [f"{self.sent} sent, {self.unconfirmed} unconfirmed, {len(self.twice)} twice, {len(self.wrong)} wrong"]
        return "\n".join([*lines, *(f"  twice: {each}" for each in self.twice), *(f"  {each}" for each in self.wrong)])


async def under_way(database_url: str) -> Counter[tuple[str, str]]:
    """How many operations there are by kind and state."""
    store = Store(database_url, Clock())
    async with store.read() as tx:
        rows = await tx.rows(select(operations.c.kind, operations.c.state))
    await store.close()
    return Counter((row["kind"], row["state"]) for row in rows)


async def judge(town: Town, books: Books, database_url: str) -> Verdict:
    """Everything that was promised."""
    verdict = Verdict()
    for (kind, state), number in (await under_way(database_url)).items():
        verdict.states[state] += number
        if state in _MOVING:
            verdict.wrong.append(f"{number} of {kind} are {state} for good")
    _texts(town, books, verdict)
    untold: dict[str, list[str]] = defaultdict(list)
    _replies(town, books, verdict, untold)
    _broadcasts(town, books, verdict, untold)
    for name, missing in untold.items():
        person = town.person(name)
        told = [message for message in [*person.ephemerals(), *person.dm()] if "not done" in message.text()]
        if len(missing) > len(told):
            verdict.wrong.append(f"{missing} were taken, and {name} is told {len(told)} times that it was not done")
    _calls(town, books, verdict)
    return verdict


def _texts(town: Town, books: Books, verdict: Verdict) -> None:
    """Every text that came in stands in Slack once, in order."""
    for number, name in town.customers.items():
        stands = [found[0] for m in town.threads(name) if not _said(m.text()) for found in _words("Question", m.text())]
        if stands != books.texted[number]:
            missing = [words for words in books.texted[number] if words not in stands]
            again = [words for words, times in Counter(stands).items() if times > 1]
            order = [words for words in stands if stands.count(words) == 1] == [
                words for words in books.texted[number] if stands.count(words) == 1
            ]
            verdict.wrong.append(f"{name}'s texts: missing {missing}, more than once {again}, in order {order}")


def _replies(town: Town, books: Books, verdict: Verdict, untold: dict[str, list[str]]) -> None:
    """Each answer is on the phone at most once, and what became of it is told."""
    phones = Counter(text.text for number in town.customers for text in town.line.phone(number))
    shown = [message.text() for name in town.customers.values() for message in town.threads(name)]
    for words in sorted(books.replies):
        there = sum(times for text, times in phones.items() if words in text)
        told = [text for text in shown if words in text]
        texts = [text for text in told if not _said(text)]
        verdict.sent += there == 1
        verdict.unconfirmed += any("Unconfirmed" in text for text in told)
        if there > 1:
            verdict.twice.append(f"{words}: {there} times on the phone")
        if there and len(texts) != 1 and not any("Unconfirmed" in text for text in told):
            verdict.wrong.append(f"{words} is on the phone and {len(texts)} times in Slack: {told}")
        if words in books.taken and not there and not told:
            untold[books.taken[words]].append(words)


def _broadcasts(town: Town, books: Books, verdict: Verdict, untold: dict[str, list[str]]) -> None:
    """Each broadcast is in Clearstream at most once, and its message says how it ended."""
    sent = Counter(message.text.body for message in town.line.state.messages.values())
    shown = [message.text() for message in town.person("alice").messages(town.broadcasts)]
    for words in sorted(books.broadcasts):
        told = [text for text in shown if words in text]
        verdict.sent += sent[words] == 1
        verdict.unconfirmed += any("Unconfirmed" in text for text in told)
        if sent[words] > 1:
            verdict.twice.append(f"{words}: {sent[words]} broadcasts")
        if words in books.taken and not sent[words] and not told:
            untold[books.taken[words]].append(words)
        elif (words in books.taken or sent[words]) and len(told) != 1:
            verdict.wrong.append(f"{words} was taken, sent {sent[words]} times, and stands {len(told)} times in Slack")
        if told and not sent[words] and not any(end in told[0] for end in ("Unconfirmed", "Not sent", "Undone")):
            verdict.wrong.append(f"{words} is not in Clearstream, and Slack says {told[0]}")


def _calls(town: Town, books: Books, verdict: Verdict) -> None:
    """Each call was dialled at most once, and told once."""
    verdict.twice.extend(f"{path}: {times} times" for path, times in town.dialled.items() if times > 1)
    verdict.sent += len(town.dialled)
    shown = [message.text() for message in town.person("alice").messages(town.calls)]
    for words in sorted(books.calls):
        told = [text for text in shown if words in text]
        if len(told) != 1:
            verdict.wrong.append(f"{words} stands {len(told)} times in #calls")


def _said(text: str) -> bool:
    return any(words in text for words in _OURS)


def _words(kind: str, text: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"{kind} \d{{4}}", text))[-1:]
