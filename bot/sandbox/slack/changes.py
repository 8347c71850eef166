"""Telling whoever watches that something changed, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Changes:
    """A revision that only rises, listeners that hear of each rise, and a way to wait for a condition."""

    def __init__(self) -> None:
        self.revision = 0
        self._listeners: list[Callable[[], None]] = []
        self._changed = asyncio.Event()

    def note(self) -> None:
        """Something a person could see, or the bot could have done, is different now."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()
        for listener in tuple(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def wait_for(
        self, predicate: Callable[[], Found | None], timeout: float, describe: Callable[[], str]
    ) -> Found:
        """The first truthy value of ``predicate``, asked now and after each change.

        A ``LookupError`` of the predicate (no such message yet) counts as "not yet".
        Raises ``TimeoutError`` after ``timeout`` seconds of real time, with the last reason and ``describe()``.
        """
        reason = ""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    changed = self._changed
                    try:
                        if found := predicate():
                            return found
                    except LookupError as error:
                        reason = f"{type(error).__name__}: {error}\n"
                    await changed.wait()
        except TimeoutError:
            raise TimeoutError(f"not so within {timeout} s\n{reason}{describe()}") from None
