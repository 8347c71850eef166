"""Knowing when nothing goes on: no socket or thread has stirred the loop, and no database is at work."""

import asyncio
import selectors
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import QueuePool

_NAP = 0.002
_NAPS = 4
"""So many naps in a row undisturbed, about 8 ms, is quiet: everybody is in this process, or a database at work."""

_HANGING = 60

_PATIENCE = 1.0
"""A connection kept longer than this, with nothing else stirring, is not at work."""


class StirringSelector(selectors.DefaultSelector):
    """Counts how often something happened outside the loop: a socket, or a thread that called back."""

    stirs = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the selector it is, counting."""
        events = super().select(timeout)
        self.stirs += bool(events)
        return events


class StirringLoop(asyncio.SelectorEventLoop):
    """The event loop of tests. What hangs on it for a minute is cancelled, so that the test says where."""

    def __init__(self) -> None:
        self.selector = StirringSelector()
        super().__init__(self.selector)
        self.call_later(_HANGING, self._cancel_all)

    def _cancel_all(self) -> None:
        for task in asyncio.all_tasks(self):
            task.print_stack()
            task.cancel("this test hangs")


class _Databases:
    """How many connections are out of their pools now, of all engines of this process.

    One that has no pool to go back to is kept to listen.
    """

    def __init__(self) -> None:
        self.at_work = 0
        event.listen(QueuePool, "checkout", self._out)
        event.listen(QueuePool, "checkin", self._back)

    def _out(self, *_: Any) -> None:
        self.at_work += 1

    def _back(self, *_: Any) -> None:
        self.at_work -= 1


_databases = _Databases()


async def quiet(*, wait: bool = True) -> bool:
    """Wait until nothing has gone on for about 8 ms; with ``wait=False`` look for so long only, and say whether."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StirringLoop), "tests run on the loop that conftest makes"
    naps = 0
    since = time.monotonic()
    while naps < _NAPS:
        before = loop.selector.stirs
        await asyncio.sleep(_NAP)
        working = _databases.at_work > 0 and time.monotonic() - since < _PATIENCE
        if loop.selector.stirs == before and not working:
            naps += 1
            continue
        if not wait:
            return False
        if loop.selector.stirs != before:
            since = time.monotonic()
        naps = 0
    return True
