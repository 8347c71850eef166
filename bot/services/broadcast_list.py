"""All broadcasts, also those sent elsewhere, a page at a time: as Clearstream lists them, with what is known here."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message
from bot.services.broadcast_model import WITHOUT_MESSAGE, Broadcast, State, state_of
from bot.store import broadcasts as rows
from bot.store.engine import Store

PAGE = 8
"""Broadcasts on one page of ``/sms broadcasts``, besides those under way that stand before the first."""

_UNDER_WAY = 10


@dataclass(frozen=True)
class Listing:
    """One page, newest first; on the first those come first that Clearstream does not list yet."""

    items: tuple[Broadcast, ...]
    page: int
    more: bool


class BroadcastList:
    """Reads Clearstream's list and puts it together with ours."""

    def __init__(self, store: Store, clearstream: Clearstream) -> None:
        self._store = store
        self._clearstream = clearstream

    async def page(self, number: int = 1) -> Listing:
        """One page, counted from 1. Raises UpstreamError."""
        found = await self._clearstream.messages_page(number, PAGE)
        async with self._store.read() as tx:
            known = await rows.by_message(tx, [message.id for message in found])
            ours = await rows.without_message(tx, WITHOUT_MESSAGE, _UNDER_WAY) if number == 1 else []
            now = tx.now
        under_way = [Broadcast.of(row) for row in ours]
        listed = [
            _brought_up(Broadcast.of(known[one.id]), one, now) if one.id in known else Broadcast.elsewhere(one, now)
            for one in found
        ]
        return Listing((*under_way, *listed), number, found.more_after(number, PAGE))

    async def scheduled(self, limit: int = 20) -> tuple[Broadcast, ...]:
        """Those of ours that wait for their time, from what is stored alone."""
        async with self._store.read() as tx:
            return tuple(Broadcast.of(row) for row in await rows.scheduled(tx, limit))


def _brought_up(broadcast: Broadcast, message: Message, now: datetime) -> Broadcast:
    """What is stored of one, with the newest figures."""
    if broadcast.state is State.CANCELLED:
        return broadcast
    when = broadcast.ready.when if broadcast.ready else None
    return replace(broadcast, message=message, state=state_of(message, when, now))
