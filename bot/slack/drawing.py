"""Drawing open modals anew, at the pace Slack takes it: one at a time for each view, at most one a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.slack.api import SlackApi

EVERY = timedelta(seconds=1)
"""Between two changes of one view."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Make = Callable[[], Awaitable[dict[str, Any] | None]]
"""Makes the view when its turn has come, so that it shows how things stand then; None where there is none to draw."""


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: datetime = _LONG_AGO
    waiting: int = 0
    newest: Make | None = None


class Drawing:
    """The open modals of one process; what other processes draw is not counted."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._turns: dict[str, _Turn] = {}

    async def draw(self, view_id: str, make: Make) -> bool:
        """Draw a modal anew when its turn comes; False where nobody has it open. Raises as ``SlackApi.call`` does."""
        turn = self._turn(view_id)
        turn.waiting += 1
        try:
            async with turn.lock:
                await self._clock.sleep((turn.free_at - self._clock.now()).total_seconds())
                turn.free_at = self._clock.now() + EVERY
                view = await make()
                return view is not None and await self._api.update_view(view_id, view)
        finally:
            turn.waiting -= 1

    async def draw_newest(self, view_id: str, make: Make) -> None:
        """As ``draw``, for what comes faster than it can be shown: of those that wait only the newest is drawn."""
        turn = self._turn(view_id)
        waits_already, turn.newest = turn.newest is not None, make
        if waits_already:
            return
        its_turn = False

        async def newest() -> dict[str, Any] | None:
            nonlocal its_turn
            its_turn, latest, turn.newest = True, turn.newest, None
            return None if latest is None else await latest()

        try:
            await self.draw(view_id, newest)
        finally:
            if not its_turn:
                turn.newest = None

    def _turn(self, view_id: str) -> _Turn:
        now = self._clock.now()
        idle = [key for key, turn in self._turns.items() if not turn.waiting and turn.free_at <= now]
        for other in idle:
            if other != view_id:
                del self._turns[other]
        return self._turns.setdefault(view_id, _Turn())
