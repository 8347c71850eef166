"""Everybody at work: customers who text, staff who answer, send broadcasts and connect calls.

Who finds Slack not answering shrugs and tries something else, as people do. What each one did, and what they were led
to believe became of it, is written in ``Books``.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bot.sandbox.clarity import cast
from bot.sandbox.slack.errors import NotOnScreen
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.transport import Delivery
from tests.chaos.town import CUSTOMERS, SENDERS, STAFF, Town

_MEMBERS = ("ninapark", "diegoflores", "elenarusso")
_PATIENCE = 3.0
"""Seconds somebody waits for a modal."""

_ASKED = 4
"""So often **Reply** may ask once more, because something came or went meanwhile."""


@dataclass
class Books:
    """What was done. ``taken`` are those of ``replies`` and ``broadcasts`` whose modal closed, with whose they are."""

    texted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    replies: set[str] = field(default_factory=set)
    broadcasts: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    taken: dict[str, str] = field(default_factory=dict)


class People:
    """Sets everybody to work until told to stop."""

    def __init__(self, town: Town, books: Books, chance: random.Random, *, hurry: float = 1.0) -> None:
        self._town = town
        self._books = books
        self._chance = chance
        self._hurry = hurry
        self._count = 0

    async def work(self, seconds: float) -> None:
        """Everybody, for so long; who is in the middle of something ends it."""
        end = asyncio.get_running_loop().time() + seconds
        answering = [self._again(end, partial(self._answers, name), 0.3, name) for name in STAFF[2:]]
        sending = [self._again(end, partial(self._broadcasts, name), 3, name) for name in SENDERS]
        customers = [self._again(end, partial(self._texts, number), 4) for number in self._town.customers]
        calling = [self._again(end, self._asks_for_a_call, 4), self._again(end, self._connects, 1)]
        looking = self._again(end, self._checks_again, 3)
        await asyncio.gather(*answering, *sending, *customers, *calling, looking)

    async def _again(
        self, end: float, does: Callable[[], Awaitable[None]], pause: float, who: str | None = None
    ) -> None:
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self._chance.uniform(0.3, 1.7) * pause / self._hurry)
            try:
                await does()
            except (NotOnScreen, TimeoutError):
                if who is not None:
                    await self._leaves(self._town.person(who))

    def _next(self, words: str) -> str:
        self._count += 1
        return f"{words} {self._count:04d}"

    async def _texts(self, number: str) -> None:
        for _ in range(self._chance.choice((1, 1, 1, 3))):
            words = self._next("Question")
            self._books.texted[number].append(words)
            self._town.line.receive(number, words)

    async def _answers(self, name: str) -> None:
        """**Reply** on one of the headers."""
        headers = self._town.headers()
        if not headers:
            return
        person, words = self._town.person(name), self._next("Answer")
        await self._opens(person, person.click("Reply", self._chance.choice(headers)), "Message")
        await person.type("Message", words)
        self._books.replies.add(words)
        for _ in range(_ASKED):
            if await self._submitted(person) and person.modal is None:
                self._books.taken[words] = name
                return
        await self._leaves(person)

    async def _broadcasts(self, name: str) -> None:
        """**New broadcast** to everybody, through its preview."""
        person, words = self._town.person(name), self._next("News")
        await self._opens(person, person.command("/sms", "broadcast", self._town.broadcasts), "Message")
        await person.type("To", "Every")
        await person.choose(f"Everybody ({CUSTOMERS})", "To")
        await person.type("Message", words)
        await self._opens(person, person.submit(), "On the phone")
        self._books.broadcasts.add(words)
        if await self._submitted(person) and (person.modal is None or person.modal.title != "Preview"):
            self._books.taken[words] = name
        await self._leaves(person)

    async def _asks_for_a_call(self) -> None:
        words = self._next("Advice")
        self._books.calls.add(words)
        self._town.clarity.someone_requests(cast.SHARED, self._chance.choice(_MEMBERS), words)

    async def _checks_again(self) -> None:
        """**Check again** under a text whose fate nobody can tell."""
        alice = self._town.person("alice")
        told = [message for name in self._town.customers.values() for message in self._town.threads(name)]
        unclear = [message for message in told if "Check again" in alice.buttons(message)]
        if unclear:
            await alice.click("Check again", self._chance.choice(unclear))

    async def _connects(self) -> None:
        """**Connect** on a call that waits."""
        alice = self._town.person("dana")
        waiting = [m for m in alice.messages(self._town.calls) if "Connect" in alice.buttons(m)]
        if waiting:
            await alice.click("Connect", self._chance.choice(waiting))

    async def _opens(self, person: Person, act: Awaitable[Delivery | None], words: str) -> None:
        """Wait for the modal this opens; raises TimeoutError where Slack says at once that the app does not answer."""
        delivery = await act
        patience = _PATIENCE if delivery is not None and delivery.acked else 0
        await self._town.slack.wait_for(lambda: person.modal and words in person.modal.text(), patience)

    async def _submitted(self, person: Person) -> bool:
        """Press the modal's button; whether the bot took it."""
        delivery = await person.submit()
        return delivery is not None and delivery.acked

    async def _leaves(self, person: Person) -> None:
        if person.modal is not None:
            await person.close(everything=True)
