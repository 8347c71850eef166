"""Following broadcasts to the last reply that is counted, and keeping lists and credits fresh."""

from datetime import timedelta

import structlog

from bot.clearstream.client import Clearstream
from bot.errors import NotFound, UpstreamError
from bot.polling.jobs import Run
from bot.services.broadcast_audience import GOOD, Audience
from bot.services.broadcast_following import JOB, Following
from bot.services.broadcast_leads import Leads
from bot.services.broadcasts import KEPT
from bot.store import broadcasts as rows
from bot.store.engine import Row, Store

log = structlog.get_logger(__name__)

AUDIENCE = "audience"

_AT_ONCE = 20
_OFTEN = timedelta(seconds=0.5)
_SELDOM = timedelta(seconds=5)
_SOON = timedelta(seconds=10)


class FollowPoll:
    """The job ``broadcasts``: looks at the messages that are due, and at what new texts answer.

    Often while one is being sent; else only so that one is noticed. A send wakes it.
    """

    name = JOB

    def __init__(self, store: Store, clearstream: Clearstream, following: Following, leads: Leads) -> None:
        self.every = _SELDOM
        self._store = store
        self._clearstream = clearstream
        self._following = following
        self._leads = leads

    async def run(self, run: Run) -> None:
        """Look once."""
        async with self._store.read() as tx:
            due = await rows.due(tx, tx.now, _AT_ONCE)
        trouble: UpstreamError | None = None
        for row in due:
            await run.beat()
            trouble = await self._look(row) or trouble
        async with self._store.read() as tx:
            soon = await rows.due(tx, tx.now + _SOON, 1)
        self.every = _OFTEN if soon else _SELDOM
        if trouble is not None:
            raise trouble
        await self._leads.lead_back()

    async def _look(self, row: Row) -> UpstreamError | None:
        try:
            message = await self._clearstream.message(row["message_id"])
        except NotFound:
            async with self._store.write() as tx:
                await self._following.not_there(tx, row)
        except UpstreamError as error:
            async with self._store.write() as tx:
                await self._following.not_seen(tx, row)
            return error
        else:
            async with self._store.write() as tx:
                await self._following.observed(tx, row["id"], message)
        return None


class AudiencePoll:
    """The job ``audience``: lists and credits, so that they are there when somebody begins to write."""

    name = AUDIENCE
    every = GOOD

    def __init__(self, store: Store, audience: Audience) -> None:
        self._store = store
        self._audience = audience

    async def run(self, run: Run) -> None:
        """Fetch what is old, and forget drafts nobody goes on writing."""
        await self._audience.refresh(older_than=GOOD / 2)
        async with self._store.write() as tx:
            await rows.forget_drafts(tx, tx.now - KEPT)
