"""The bots, each a process of its own: killed, frozen, and replaced."""

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.faults.bots import Bot, Nursery, until


class Crew:
    """So many replicas of one installation; ``bots`` are those that were started last."""

    def __init__(
        self, nursery: Nursery, settings: dict[str, Any], chance: random.Random, *, lease: float, naive: bool
    ) -> None:
        self._nursery = nursery
        self._settings = settings
        self._chance = chance
        self._naive = naive
        self._later: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None
        self.lease = lease
        self.bots: list[Bot] = []

    async def start(self, replicas: int) -> None:
        """Start them all, and from then on whoever is gone again, as a supervisor does."""
        for _ in range(replicas):
            self.bots.append(await self._new())
        for bot in self.bots:
            await bot.ready()
        self._watching = asyncio.create_task(self._watch())

    async def _new(self) -> Bot:
        wall = self._chance.choice((0.0, 0.0, self._chance.uniform(-8, 8)))
        orders = {"lease": self.lease, "wall": wall, "naive": self._naive, "tick": 0.2, "poll": 0.4}
        return await self._nursery.bot(self._settings, wait=False, **orders)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            for place, bot in enumerate(self.bots):
                if not bot.alive:
                    await asyncio.sleep(self._chance.uniform(0, 1))
                    self.bots[place] = await self._new()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Do this after a while, beside everything else."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            call()

        task = asyncio.create_task(wait())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def all_run(self) -> None:
        """Wait until nobody is frozen, and each one has polled since it was started."""
        if self._later:
            await asyncio.gather(*self._later)
        for place in range(len(self.bots)):
            await until(partial(self._polls, place), lambda: "\n".join(self.tails()))

    def _polls(self, place: int) -> bool:
        bot = self.bots[place]
        return bot.alive and (bot.folder / "ready").exists()

    def tails(self) -> list[str]:
        """The end of what each bot has logged that runs now."""
        return [bot.log() for bot in self.bots]

    async def end(self) -> None:
        """Kill them all."""
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.gather(*(bot.kill() for bot in self.bots))
