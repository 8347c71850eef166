"""The bot as a process whose clock goes faster than the machine's, for days and backlogs that nobody waits for."""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from bot import logs
from bot.app import AHEAD, INTERVALS, Application, Parts
from bot.clock import Clock
from bot.operations.limits import Limits
from bot.polling import jobs
from bot.settings import read_settings

_TICK_SECONDS = 0.02


@dataclass(frozen=True)
class Pace:
    """Which time it was when the machine's monotonic clock stood at ``zero``, and how much faster it goes since."""

    began: float
    zero: float
    factor: float

    @classmethod
    def from_now(cls, factor: float) -> Self:
        """Go so much faster from this moment on."""
        return cls(time.time(), time.monotonic(), factor)

    @classmethod
    def from_environment(cls) -> Self:
        """As the process that started this one has it: the machine's monotonic clock is the same for both."""
        return cls(*(float(part) for part in os.environ["FAST_CLOCK"].split()))

    def environment(self) -> dict[str, str]:
        """For a process that goes at the same pace."""
        return {"FAST_CLOCK": f"{self.began!r} {self.zero!r} {self.factor!r}"}

    def seconds(self) -> float:
        """The time, in seconds since 1970."""
        return self.began + (time.monotonic() - self.zero) * self.factor

    def now(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(self.seconds(), UTC)


class FastClock(Clock):
    """A clock at that pace."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def now(self) -> datetime:
        """The time."""
        return self._pace.now()

    def synchronise(self, true_now: datetime) -> None:
        """Every process has the same time already."""

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait as long by this clock."""
        return await super().wait(event, seconds / self._pace.factor)


async def run() -> None:
    """Serve until killed."""
    settings = read_settings()
    logs.configure(level=settings.log_level, log_format="json", secrets_known=settings.secrets())
    pace = Pace.from_environment()
    # A lease is there for who dies; here it holds as long by the machine's clock as it does elsewhere.
    limits = Limits(lease=timedelta(seconds=25 * pace.factor), intervals=INTERVALS, ahead=AHEAD)
    jobs._LEASE = timedelta(seconds=30 * pace.factor)
    application = Application(settings, Parts(FastClock(pace), tick_seconds=None, limits=limits))
    await application.start()
    assert application.ticks is not None
    while True:
        await application.ticks.look()
        await asyncio.sleep(_TICK_SECONDS)


if __name__ == "__main__":
    asyncio.run(run())
