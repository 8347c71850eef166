"""Time, handed to everything that needs it, so that tests can wind it."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Says what time it is and waits; steps of the machine's own clock do not disturb it.

    Where several processes must agree, ``synchronise`` sets it by the database's time.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._base = wall() - monotonic()

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.fromtimestamp(self._base + self._monotonic(), UTC)

    def synchronise(self, true_now: datetime) -> None:
        """Take ``true_now`` as the time from this moment on."""
        self._base = true_now.timestamp() - self._monotonic()

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until ``event`` is set, at most ``seconds``; True where it was set."""
        if seconds <= 0:
            return event.is_set()
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        await self.wait(asyncio.Event(), seconds)
