"""Counts what is under way, so that somebody can wait until nothing is."""

import asyncio
from types import TracebackType


class UnderWay:
    """Something is under way between ``with`` and the end of its block, any number at once."""

    def __init__(self) -> None:
        self._number = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._number += 1
        self._none.clear()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._number -= 1
        if not self._number:
            self._none.set()

    @property
    def number(self) -> int:
        """How many there are now."""
        return self._number

    async def none(self) -> None:
        """Wait until there are none, which may be now."""
        await self._none.wait()
