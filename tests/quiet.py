"""Knowing when nothing goes on: no socket or thread has stirred the loop, and no database is at work."""

import asyncio
import selectors
import time
from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import QueuePool

_QUIET = 0.008
"""So many seconds undisturbed is quiet: everybody is in this process, or a database at work."""

_NAP = 0.004
"""At the most: a nap may have ended late, with what it kept waiting not yet done, so it takes two to tell."""

_BLINK = 0.001
"""At the least: each nap costs something."""

_HANGING = 60

_PATIENCE = 1.0
"""A connection kept longer than this, with nothing else stirring, is not at work."""


class StirringSelector(selectors.DefaultSelector):
    """Knows when something last happened outside the loop: a socket, or a thread that called back."""

    stirred = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the selector it is, looking at the time."""
        events = super().select(timeout)
        if events:
            self.stirred = time.monotonic()
        return events


class StirringLoop(asyncio.SelectorEventLoop):
    """The event loop of tests. What hangs on it for a minute is cancelled, so that the test says where."""

    _transports: MutableMapping[int, Any]

    def __init__(self) -> None:
        self.selector = StirringSelector()
        super().__init__(self.selector)
        self._limit = self.call_later(_HANGING, self._cancel_all)

    def allow(self, seconds: float) -> None:
        """This test may take so long, from now on."""
        self._limit.cancel()
        self._limit = self.call_later(seconds, self._cancel_all)

    def close(self) -> None:
        """Close it. A connection that was taken in the moment its server closed has nobody else to end it."""
        if not self.is_closed():
            for transport in tuple(self._transports.values()):
                if transport._server is not None:
                    transport.abort()
            self.run_until_complete(asyncio.sleep(0))
        super().close()

    def _cancel_all(self) -> None:
        for task in asyncio.all_tasks(self):
            task.print_stack()
            task.cancel("this test hangs")


class _Databases:
    """Which connections are out of their pools now, of all engines of this process.

    One that has no pool to go back to is kept to listen. One whose taking was broken off comes back without having been
    out.
    """

    def __init__(self) -> None:
        self._out: set[object] = set()
        event.listen(QueuePool, "checkout", self._taken)
        event.listen(QueuePool, "checkin", self._back)

    @property
    def at_work(self) -> bool:
        """Whether there are any."""
        return bool(self._out)

    def _taken(self, _: Any, record: object, __: Any) -> None:
        self._out.add(record)

    def _back(self, _: Any, record: object) -> None:
        self._out.discard(record)


_databases = _Databases()


def allow(seconds: float) -> None:
    """The test that runs may take so long, from now on."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StirringLoop), "tests run on the loop that conftest makes"
    loop.allow(seconds)


async def quiet(*, wait: bool = True) -> bool:
    """Wait until nothing has gone on for about 8 ms; with ``wait=False`` look for so long only, and say whether."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StirringLoop), "tests run on the loop that conftest makes"
    selector = loop.selector
    since = begun = time.monotonic()
    while (left := since + _QUIET - time.monotonic()) > 0:
        await asyncio.sleep(max(_BLINK, min(_NAP, left)))
        stirred = selector.stirred > since
        if not stirred and not (_databases.at_work and time.monotonic() - begun < _PATIENCE):
            continue
        if not wait:
            return False
        since = time.monotonic()
        if stirred:
            begun = since
    return True
