"""One run: a town, a crew, people and a storm; then calm, and the verdict."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.chaos.crew import Crew
from tests.chaos.people import Books, People
from tests.chaos.storm import Storm
from tests.chaos.town import Town
from tests.chaos.verdict import Verdict, judge
from tests.faults.bots import Nursery

LEASE = 2.0
"""Seconds: short, that many end; long enough that a busy machine does not end them by itself."""

_PATIENCE = 60.0
"""Seconds for everything to come to rest after the storm."""

_LOOK = 0.5
"""Seconds between two looks at how things stand."""

_RESTS = 3
"""So many looks in a row find nothing under way and every promise kept."""


@dataclass
class Play:
    """What is to be played. ``naive`` is the control, which must end in something sent twice."""

    database_url: str
    replicas: int
    seconds: float
    seed: int
    naive: bool = False
    hurry: float = 1.0
    restart_database: Callable[[], Awaitable[None]] | None = None

    async def run(self, nursery: Nursery) -> tuple[Verdict, str]:
        """Play it; the verdict, and a line on what went on."""
        chance, books = random.Random(self.seed), Books()
        async with Town() as town:
            crew = Crew(nursery, town.settings(self.database_url), chance, lease=LEASE, naive=self.naive)
            await crew.start(self.replicas)
            storm = Storm(town, crew, chance, self.restart_database, only_deaths=self.naive)
            people = People(town, books, random.Random(self.seed + 1), hurry=self.hurry)
            try:
                await self._storm(asyncio.gather(people.work(self.seconds), storm.blow(self.seconds)), town, books)
                verdict = await self._rest(town, books)
            finally:
                await crew.end()
        texts = sum(map(len, books.texted.values()))
        done = (
            f"{texts} texts, {len(books.replies)} replies, {len(books.broadcasts)} broadcasts, {len(books.calls)} calls"
        )
        trouble = ", ".join(f"{kind} {number}" for kind, number in sorted(storm.counted.items()))
        return verdict, f"{done}; {trouble}"

    async def _storm(self, storm: asyncio.Future[Any], town: Town, books: Books) -> None:
        """Let it pass; the control is over as soon as something was sent twice."""
        while self.naive and not storm.done():
            await asyncio.wait([storm], timeout=_LOOK)
            if (await judge(town, books, self.database_url)).twice:
                storm.cancel()
                await asyncio.gather(storm, return_exceptions=True)
                return
        await storm

    async def _rest(self, town: Town, books: Books) -> Verdict:
        """What is found when nothing is under way and everything stands, or when patience ends."""
        end = time.monotonic() + _PATIENCE
        rests = 0
        while True:
            await asyncio.sleep(_LOOK)
            verdict = await judge(town, books, self.database_url)
            if self.naive and (verdict.twice or not verdict.moving):
                return verdict
            rests = rests + 1 if verdict.good else 0
            if rests == _RESTS or time.monotonic() > end:
                return verdict


_CONTROLS = 5
"""So many tries the control has to send something twice."""


@dataclass
class Proof:
    """A play, and its control. ``twice`` is how much the control sent twice; with nothing, the proof is void."""

    twice: int
    verdict: Verdict
    told: str

    @property
    def good(self) -> bool:
        """Whether it proves that every promise is kept."""
        return self.twice > 0 and self.verdict.good

    def __str__(self) -> str:
        control = f"{self.twice} sent twice" if self.twice else "nothing sent twice, so this proves nothing"
        return f"naive control: {control}\n{self.told}\n{self.verdict}"


async def control_fails(
    nursery: Nursery, database: Callable[[], Awaitable[str]], *, replicas: int, seconds: float, seed: int
) -> int:
    """Play the naive control, a few times if need be; how much it sent twice."""
    for number in range(_CONTROLS):
        play = Play(await database(), replicas, seconds, seed + number, naive=True, hurry=2)
        verdict, _ = await play.run(nursery)
        if verdict.twice:
            return len(verdict.twice)
    return 0


async def prove(
    nursery: Nursery,
    database: Callable[[], Awaitable[str]],
    *,
    replicas: int,
    seconds: float,
    control: float,
    seed: int,
    restart_database: Callable[[], Awaitable[None]] | None = None,
) -> Proof:
    """Play the control, for at most ``control`` seconds at a time, until it fails; then the real one, for ``seconds``.

    ``database`` makes a new, migrated database.
    """
    twice = await control_fails(nursery, database, replicas=replicas, seconds=control, seed=seed)
    play = Play(await database(), replicas, seconds, seed, restart_database=restart_database)
    return Proof(twice, *await play.run(nursery))
