"""A rolling restart while people press: nothing is lost, nothing is done twice, and nobody sees an error."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.person import Person
from bot.sandbox.slack.transport import Delivery
from tests.chaos.town import STAFF, Town
from tests.club import free_port
from tests.faults.bots import Bot, Nursery, until
from tests.quiet import allow
from tests.replicas.proxy import Proxy

REPLICAS = 2
PAUSE = 0.05
PATIENCE = 10.0
TROUBLE = ("not sent", "Unconfirmed", "went wrong", ":warning:", "reference")


class Staff:
    """Everybody who texts customers, one after another, until told to stop.

    ``words`` are those they sent, by the number; ``in_vain`` are the presses that nobody answered.
    """

    def __init__(self, town: Town) -> None:
        self.words: dict[str, str] = {}
        self.in_vain: list[Delivery] = []
        self._town = town
        self._numbers = count(1000)
        self._stopped = False
        self._at_work: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """All of them."""
        self._at_work = [asyncio.create_task(self._work(self._town.person(name))) for name in STAFF]

    async def end(self) -> None:
        """Let everybody end what they have begun."""
        self._stopped = True
        await asyncio.gather(*self._at_work)

    async def _work(self, person: Person) -> None:
        while not self._stopped:
            await self._texts(person, f"+1200557{next(self._numbers)}")
            await asyncio.sleep(PAUSE)

    async def _texts(self, person: Person, number: str) -> None:
        """``/sms text``, and **Send** in the modal it opens; whom Slack tells that nobody answered does it again."""
        words = f"About your order {number[-4:]}"
        self._town.line.add_subscriber(number, "Jo", number[-4:])
        await self._insists(lambda: person.command("/sms", f"text {number}", self._town.texts))
        await self._town.slack.wait_for(lambda: person.modal and "Message" in person.modal.text())
        await self._insists(lambda: person.type("Header", "Blue Sushi"))
        await self._insists(lambda: person.type("Message", words))
        self.words[number] = words
        await self._insists(person.submit)
        assert person.modal is None, person.modal.text()

    async def _insists(self, press: Callable[[], Awaitable[Delivery | None]]) -> None:
        while (delivery := await press()) is not None and not delivery.acked:
            self.in_vain.append(delivery)
            await asyncio.sleep(PAUSE)


class Fleet:
    """The replicas, each with a port of its own."""

    def __init__(self, town: Town, nursery: Nursery, database_url: str, proxy: Proxy | None) -> None:
        self._town = town
        self._nursery = nursery
        self._proxy = proxy
        own: dict[str, Any] = {"slack_app_token": None, "slack_signing_secret": town.slack.signing_secret}
        self._settings = town.settings(database_url) | (own if proxy is not None else {})
        self.bots: dict[int, Bot] = {}

    async def start(self) -> None:
        """One more."""
        port = free_port()
        bot = await self._nursery.bot(self._settings | {"port": port}, wait=False, serve=True, lease=30.0)
        self.bots[port] = bot
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

            async def ready() -> bool:
                try:
                    return (await session.get("/readyz")).status == 200
                except aiohttp.ClientError:
                    return False

            await until(ready, bot.log)
        if self._proxy is not None:
            self._proxy.replicas.append(port)
            await self._proxy.ready(port)

    async def replace(self, port: int) -> int:
        """Tell one to stop, and start another when it has ended; how much was delivered meanwhile."""
        log, bot = self._town.slack.deliveries.log, self.bots.pop(port)
        before = len(log)
        bot.signal(signal.SIGTERM)
        await until(lambda: not bot.alive, bot.log, patience=12)
        if self._proxy is not None:
            self._proxy.replicas.remove(port)
        await self.start()
        return len(log) - before


def unanswered(town: Town) -> list[Delivery]:
    """What was delivered and is not acknowledged."""
    return [delivery for delivery in town.slack.deliveries.log if not delivery.acked]


@pytest.mark.parametrize("way", ["http", "socket"])
async def test_a_rolling_restart_under_load_loses_nothing(nursery: Nursery, postgresql_url: str, way: str) -> None:
    """Each of two replicas is told to stop and replaced while four people press all the time.

    In Socket Mode a press may cross with the goodbye: Slack tells that person, who presses again, and it counts once.
    """
    allow(150)
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(Town())
        # How fast it answers is measured elsewhere; here a busy machine may take its time.
        town.slack.patience = town.slack.deliveries.ack_seconds = PATIENCE
        proxy = None
        if way == "http":
            proxy = await stack.enter_async_context(Proxy())
            town.slack.deliver_to(f"http://127.0.0.1:{proxy.port}/slack/events")
        fleet = Fleet(town, nursery, postgresql_url, proxy)
        for _ in range(REPLICAS):
            await fleet.start()
        staff = Staff(town)
        staff.begin()
        meanwhile = [await fleet.replace(port) for port in tuple(fleet.bots)]
        await staff.end()
        await until(lambda: all(town.line.phone(number) for number in staff.words), town.slack.text)
        assert all(delivered > 4 for delivered in meanwhile), "people were to press while replicas were replaced"
        phones = Counter(text.text for number in staff.words for text in town.line.phone(number))
        assert all(sum(n for text, n in phones.items() if words in text) == 1 for words in staff.words.values())
        # An event that nobody waited for, such as a bot's own message, may still be on its way.
        await until(lambda: len(unanswered(town)) == len(staff.in_vain), lambda: repr(unanswered(town)))
        assert len(staff.in_vain) <= (0 if proxy is not None else REPLICAS * len(STAFF))
        assert town.slack.complaints == []
        told = town.slack.text().splitlines()
        assert [line for line in told if any(words in line for words in TROUBLE)] == []
        for bot in fleet.bots.values():
            await bot.kill()
