"""A house for faults: polls are made by hand, so that a test says what is found when."""

from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.app import Application
from bot.polling.inbox import NAME
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.person import Person
from bot.store.tables import operations
from tests.clock import settle_until
from tests.drive import JANE, House

KINDS = ("sqlite", "postgresql")

_ASKED = 4
"""So often a modal may ask once more, because something came or went meanwhile."""

REPLIES = "threads/*/replies"


def each_somewhere(names: str, *cases: Any) -> pytest.MarkDecorator:
    """Cases that no database can tell apart, on SQLite and on PostgreSQL by turns.

    For stories of what another service did to us; what the ledger makes of it is held on both kinds by its own tests.
    """
    rows = [
        (kind, *(case if isinstance(case, tuple) else (case,))) for kind, case in zip(cycle(KINDS), cases, strict=False)
    ]
    return pytest.mark.parametrize(["database_url", *names.split(", ")], rows, indirect=["database_url"])


class Rig(House):
    """A ``House`` whose bot polls when the test says so.

    ``told_to_wait`` is how many of Slack's 429 the test itself brought about; there are to be no others.
    """

    told_to_wait = 0

    async def end(self) -> None:
        """Stop everything; Slack had nothing to complain of, and told nobody to wait but whom the test had it tell."""
        await self.close()
        assert self.slack.complaints == []
        assert self.slack.limits.refused == self.told_to_wait

    async def start(self, **settings: Any) -> Application:
        """Start the bot; it has polled when this returns."""
        bot = await super().start(**settings)
        await self.until(lambda: self._ticking is None or self._ticking.done(), "the first poll")
        return bot

    async def _tick(self) -> None:
        assert self.bot is not None and self.bot.jobs is not None
        await self.bot.jobs.tick(NAME)
        self._looked += 1

    async def poll(self) -> list[RequestInfo]:
        """Let the bot poll now; what it asked of Clearstream."""
        assert self.bot is not None and self.bot.jobs is not None
        mark = self.clearstream.log.mark()
        await self.bot.jobs.wake(NAME)
        await self.bot.jobs.tick(NAME)
        return self.clearstream.requests_since(mark, method="GET")

    async def rest(self, within: float = 3600) -> None:
        """Let time go by until nothing is under way."""
        await settle_until(self._rests, self.clock, what="rest", within=within, limit=30)

    async def _rests(self) -> bool:
        assert self.bot is not None
        async with self.bot.store.read() as tx:
            busy = await tx.value(select(func.count()).where(operations.c.state.in_(("ready", "sending", "unknown"))))
        return not busy and not self.bot.busy

    async def opened(self, words: str = "Anybody there?", **settings: Any) -> Application:
        """A bot, and Jane's first text under its header."""
        bot = await self.start(**settings)
        await self.texted(words)
        return bot

    async def texted(self, words: str, number: str = JANE) -> None:
        """Somebody texts, and it is found and shown."""
        self.clearstream.receive(number, words)
        await self.poll()
        await self.rest()

    async def answer(self, words: str, person: Person | None = None, name: str = "Jane Doe") -> None:
        """Somebody presses **Reply**, types and presses **Send**; what follows is not waited for."""
        person = person or self.bob
        await person.click("Reply", self.header(name))
        await self.until(lambda: person.modal, "the modal")
        await person.type("Message", words)
        for _ in range(_ASKED):
            if person.modal is not None:
                await person.submit()
        assert person.modal is None, person.modal.text()

    def under(self, name: str = "Jane Doe") -> list[Message]:
        """What stands under somebody's header."""
        return [message for message in self.alice.thread(self.header(name)) if message.is_reply]

    def bodies(self, name: str = "Jane Doe") -> list[str]:
        """The texts under somebody's header, as their last lines; notices and notes are left out."""
        return [text.splitlines()[-1] for text in self.thread(name) if not _ours(text)]

    def notice(self, words: str, name: str = "Jane Doe") -> Message:
        """The message under somebody's header that says this; raises LookupError."""
        found = [message for message in self.under(name) if words in message.text()]
        if not found:
            raise LookupError(words)
        return found[-1]

    def strays(self) -> list[str]:
        """What stands in the channel itself and is neither a header nor the summary nor shown there on purpose."""
        there = self.alice.messages(self.texts)
        return [m.text() for m in there if not m.is_reply and "Reply" not in self.alice.buttons(m) and not _summary(m)]


def _summary(message: Message) -> bool:
    return "Switchboard is watching" in message.text()


def _ours(text: str) -> bool:
    return any(words in text for words in ("your text", "claimed this", "released this", "@Bob Baker claimed"))
