"""Who of many is a subscriber already, found with as few questions as can be, and what that means for an import."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Subscriber
from bot.errors import NotFound

_PAGE = 100
_AT_ONCE = 8
"""Questions under way at the same time."""

OPTED_OUT = "They have opted out. Only they themselves can come back, by texting a keyword."


@dataclass(frozen=True)
class Verdict:
    """What it means that somebody is known: ``state`` of their row, and the ``reason`` where it stays undone.

    ``reachable``: their name may be written.
    """

    state: str
    reason: str | None
    reachable: bool = True


def judged(subscriber: Subscriber, lists: Sequence[int]) -> Verdict:
    """What it means for a row that its number is a subscriber's: no call adds somebody known to a list."""
    status = (subscriber.status or "unknown").upper().replace(" ", "_")
    if status == "OPTED_OUT":
        return Verdict("known", OPTED_OUT, reachable=False)
    missing = set(lists) - {one.id for one in subscriber.lists}
    if not missing:
        return Verdict("present", None)
    reason = f"A subscriber already ({status}). Clearstream's API puts only new subscribers on a list."
    return Verdict("known", reason)


class Known:
    """Asks Clearstream who is known: page by page through all, or one by one where that is less."""

    def __init__(self, clearstream: Clearstream) -> None:
        self._clearstream = clearstream

    async def one(self, number: str) -> Subscriber | None:
        """The subscriber with this number, if there is one. Raises UpstreamError."""
        try:
            return await self._clearstream.subscriber(number)
        except NotFound:
            return None

    async def among(self, numbers: Collection[str]) -> AsyncIterator[list[Subscriber]]:
        """Those of the ``numbers`` that are subscribers, a few at a time. Raises UpstreamError."""
        if not numbers:
            return
        first = await self._clearstream.subscribers_page(1, _PAGE)
        pages = None if not first.total or not len(first) else -(-first.total // len(first))
        if first.items and (pages is None or pages > max(len(numbers), _AT_ONCE)):
            async for found in self._one_by_one(numbers):
                yield found
            return
        async for page in self._all(first.items):
            yield [one for one in page if one.mobile_number in numbers]

    async def _one_by_one(self, numbers: Collection[str]) -> AsyncIterator[list[Subscriber]]:
        waiting = iter(numbers)
        while some := list(islice(waiting, _AT_ONCE)):
            found = await asyncio.gather(*(self.one(number) for number in some))
            yield [one for one in found if one is not None and one.mobile_number in numbers]

    async def _all(self, before: tuple[Subscriber, ...]) -> AsyncIterator[tuple[Subscriber, ...]]:
        """All pages, to the first empty one or one that repeats the page before."""
        number, together = 2, 1
        yield before
        while before:
            wave = range(number, number + together)
            for page in await asyncio.gather(*(self._clearstream.subscribers_page(each, _PAGE) for each in wave)):
                if not page.items or page.items == before:
                    return
                yield page.items
                before = page.items
            number, together = number + together, min(2 * together, _AT_ONCE)
