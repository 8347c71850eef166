"""What a process does now and then for itself and for the store, whatever happens in Slack."""

import asyncio
from datetime import timedelta

import structlog

from bot.logs import new_reference
from bot.services import posts
from bot.services.setup import Setup
from bot.store import upkeep
from bot.store.engine import Store

log = structlog.get_logger(__name__)

_OFTEN_SECONDS = 30
_SELDOM = timedelta(hours=1)


class Upkeep:
    """Sets the clock by the database, and forgets what nobody needs any more; from ``start`` to ``stop``."""

    def __init__(self, store: Store, setup: Setup) -> None:
        self._store = store
        self._setup = setup
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """End at once; what is half done is undone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep_up(self) -> None:
        clock = self._store.clock
        forget_at = clock.now()
        while True:
            await asyncio.sleep(_OFTEN_SECONDS)
            try:
                await self._store.synchronise_clock()
                if clock.now() >= forget_at:
                    await self._forget()
                    forget_at = clock.now() + _SELDOM
            except Exception:
                log.exception("switchboard.upkeep_failed", reference=new_reference())

    async def _forget(self) -> None:
        async with self._store.write() as tx:
            await upkeep.forget_settled(tx, posts.DRAWN_ANEW, tx.now - timedelta(days=1))
            await upkeep.forget_views(tx, tx.now - timedelta(days=1))
            await upkeep.forget_record(tx, tx.now - timedelta(days=await self._setup.record_days(tx)))
