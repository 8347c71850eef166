"""Keeping the App Homes that people have open true: looked after when something has changed, and now and then."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.polling.jobs import Run
from bot.services.home import JOB
from bot.store import homes as rows
from bot.store.engine import Store

Refresh = Callable[[str], Awaitable[bool]]
"""Draws somebody's Home anew where it would show something else; whether it was drawn."""

_OFTEN = timedelta(seconds=2)
_SELDOM = timedelta(seconds=30)
"""Between two looks at what has changed; an opening wakes the job."""

_OPEN_FOR = timedelta(hours=1)
"""Slack does not say when somebody leaves Home for a channel, and says so when they come back."""

_ANYWAY = timedelta(seconds=30)
"""After so long a Home is looked after though nothing seems to have changed."""

_AT_ONCE = 3
"""Homes drawn in one run: Slack takes about a hundred a minute of a workspace."""


class HomePoll:
    """The job ``home``."""

    name = JOB

    def __init__(self, store: Store, refresh: Refresh) -> None:
        self.every = _SELDOM
        self._store = store
        self._refresh = refresh

    async def run(self, run: Run) -> None:
        """Look after the open Homes, with the one that waited longest first."""
        async with self._store.read() as tx:
            now, stamp = tx.now, await rows.stamp(tx)
            homes = await rows.open_since(tx, now - _OPEN_FOR)
        self.every = _OFTEN if homes else _SELDOM
        changed = stamp != run.state.get("stamp")
        due = [row["user_id"] for row in homes if changed or now - row["looked_at"] >= _ANYWAY]
        drawn = 0
        for place, user_id in enumerate(due):
            if drawn >= _AT_ONCE:
                break
            if place % 10 == 9:
                await run.beat()
            drawn += await self._refresh(user_id)
        complete = drawn < _AT_ONCE
        async with self._store.write() as tx:
            await rows.forget(tx, now - _OPEN_FOR)
            await run.write(tx, {"stamp": stamp} if complete else {})
