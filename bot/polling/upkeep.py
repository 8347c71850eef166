"""Forgetting what nobody needs any more, so that the tables do not grow for ever: by whichever process lives then."""

from datetime import timedelta

from bot.polling.jobs import Run
from bot.services import posts
from bot.services.setup import Setup
from bot.store import upkeep
from bot.store.engine import Store

NAME = "upkeep"

_A_DAY = timedelta(days=1)


class UpkeepJob:
    """The job ``upkeep``."""

    name = NAME
    every = timedelta(hours=1)

    def __init__(self, store: Store, setup: Setup) -> None:
        self._store = store
        self._setup = setup

    async def run(self, run: Run) -> None:
        """Forget, in one transaction: cut off in the middle nothing is forgotten, and the next run forgets it."""
        async with self._store.write() as tx:
            await run.write(tx)
            await upkeep.forget_settled(tx, posts.DRAWN_ANEW, tx.now - _A_DAY)
            await upkeep.forget_views(tx, tx.now - _A_DAY)
            await upkeep.forget_record(tx, tx.now - timedelta(days=await self._setup.record_days(tx)))
