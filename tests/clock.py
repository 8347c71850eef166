"""Time under a test's control: one clock for the bot and for the stand-ins around it."""

import asyncio
import heapq
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.clock import Clock
from tests.quiet import quiet

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every test begins: a Monday morning."""


class WoundClock(Clock):
    """A clock that stands still until it is wound; who waits on it is woken by winding."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__()
        self._now = start
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        """The time it was wound to."""
        return self._now

    def seconds(self) -> float:
        """The same as seconds since 1970, for those who count so."""
        return self._now.timestamp()

    def synchronise(self, true_now: datetime) -> None:
        """Leave the time as it is: every process of a test shares this clock already."""

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait until ``event`` is set or the clock is wound by ``seconds``; True where it was set."""
        if seconds <= 0 or event.is_set():
            return event.is_set()
        bell = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now + timedelta(seconds=seconds), next(self._order), bell))
        waiting = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait((bell, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
            waiting.cancel()
        return event.is_set()

    @property
    def next_deadline(self) -> datetime | None:
        """When the first of those who wait now would wake; None where nobody waits."""
        while self._waiting and self._waiting[0][2].done():
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None

    def advance(self, seconds: float) -> None:
        """Wind forward at one go; everybody whose time has come wakes when the loop runs next."""
        self._to(self._now + timedelta(seconds=seconds))

    def advance_to_next(self) -> bool:
        """Wind to the next deadline; False where there is none."""
        deadline = self.next_deadline
        if deadline is None:
            return False
        self._to(deadline)
        return True

    def _to(self, moment: datetime) -> None:
        self._now = max(self._now, moment)
        while (deadline := self.next_deadline) is not None and deadline <= self._now:
            heapq.heappop(self._waiting)[2].set_result(None)

    async def wind(self, seconds: float) -> None:
        """Let ``seconds`` go by as they would: from deadline to deadline, with time for what each sets going."""
        end = self._now + timedelta(seconds=seconds)
        await quiet()
        while (deadline := self.next_deadline) is not None and deadline <= end:
            self._to(deadline)
            await quiet()
        self._to(end)
        await quiet()


Predicate = Callable[[], bool | Awaitable[bool]]


async def settle_until(
    predicate: Predicate,
    clock: WoundClock,
    *,
    what: str = "what was awaited",
    within: float = 3600.0,
    limit: float = 30.0,
) -> None:
    """Let real work run until ``predicate`` (it may be async) holds, winding the clock whenever nothing goes on.

    Raises AssertionError when more than ``within`` seconds would have to be wound, or after ``limit`` real ones.
    """
    begun = clock.now()
    real_end = time.monotonic() + limit
    while not await _holds(predicate):
        wound = (clock.now() - begun).total_seconds()
        assert time.monotonic() < real_end, f"{what}: not after {limit} s, with {wound} s wound"
        if not await quiet(wait=False):
            continue
        if await _holds(predicate):
            return
        deadline = clock.next_deadline
        if deadline is None:
            continue
        assert (deadline - begun).total_seconds() <= within, f"{what}: not within {within} s of the clock"
        clock.advance_to_next()


async def _holds(predicate: Predicate) -> bool:
    answer = predicate()
    return await answer if inspect.isawaitable(answer) else answer
