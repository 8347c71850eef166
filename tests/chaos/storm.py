"""What goes wrong: bots killed, frozen, with a wrong clock; the database restarted, connections cut, answers lost."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.faults import Fault
from tests.chaos.crew import Crew
from tests.chaos.town import Town

_UPSTREAM = (
    Fault.LOSE_BEFORE,
    Fault.LOSE_AFTER,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.UNAVAILABLE,
    Fault.RATE_LIMITED,
    Fault.PLAIN_TEXT,
    Fault.GARBAGE,
    Fault.DRIP,
)
_POSTS = ("chat.postMessage", "chat.update")


@dataclass
class Storm:
    """Trouble of every kind, one after another at random, until ``blow`` ends; ``counted`` says what there was."""

    town: Town
    crew: Crew
    chance: random.Random
    restart_database: Callable[[], Awaitable[None]] | None = None
    only_deaths: bool = False
    """For the control: bots die with requests in hand that have had their effect, and that is all."""

    def __post_init__(self) -> None:
        self.counted: Counter[str] = Counter()

    async def blow(self, seconds: float, pause: float = 0.8) -> None:
        """Make trouble for so long; at the end every bot runs, and everything works."""
        end = asyncio.get_running_loop().time() + seconds
        kinds = {
            self._kill: 5,
            self._freeze: 3,
            self._lose: 8,
            self._slack: 6,
            self._slow: 6,
            self._cut: 2,
            self._clock: 2,
        }
        if self.restart_database is not None:
            kinds[self._database] = 1
        if self.only_deaths:
            kinds, pause = {self._kill: 1, self._slow: 2}, 0.3
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self.chance.uniform(0.2, 1.8) * pause)
            [kind] = self.chance.choices([*kinds], [*kinds.values()])
            self.counted[kind.__name__.strip("_")] += 1
            await kind()
        await self.calm()

    async def calm(self) -> None:
        """Everything works again."""
        self.town.line.faults.clear()
        self.town.clarity.faults.clear()
        self.town.slack.faults.clear()
        await self.crew.all_run()

    async def _kill(self) -> None:
        self.chance.choice(self.crew.bots).signal(signal.SIGKILL)

    async def _freeze(self) -> None:
        """Stop one past its lease, beside everything else."""
        bot = self.chance.choice(self.crew.bots)
        bot.signal(signal.SIGSTOP)
        self.crew.later(self.chance.uniform(0.5, 2.5) * self.crew.lease, bot.wake)

    async def _lose(self) -> None:
        faults = self.chance.choice((self.town.line, self.town.line, self.town.clarity)).faults
        method = self.chance.choice(("POST", "*"))
        faults.add(self.chance.choice(_UPSTREAM), method=method, count=self.chance.randint(1, 3), seconds=0.5)

    async def _slack(self) -> None:
        method, faults = self.chance.choice(_POSTS), self.town.slack.faults
        how = self.chance.randrange(5)
        if how == 0:
            faults.drop_before(method)
        elif how == 1:
            faults.drop_after(method)
        elif how == 2:
            faults.refuse(method)
        elif how == 3:
            faults.fail_after(method)
        else:
            faults.rate_limit(method)

    async def _slow(self) -> None:
        """Answers that take their time: whoever dies now dies with a request that has had its effect."""
        self.town.line.faults.add(Fault.STALL_AFTER, method="POST", count=2, seconds=self.chance.uniform(0.2, 1.2))
        self.town.clarity.faults.add(Fault.STALL_AFTER, method="POST", count=1, seconds=0.5)

    async def _cut(self) -> None:
        self.town.slack.sockets.cut()

    async def _clock(self) -> None:
        self.chance.choice(self.crew.bots).signal(signal.SIGUSR2)

    async def _database(self) -> None:
        assert self.restart_database is not None
        await self.restart_database()
