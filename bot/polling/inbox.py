"""The inbox poll: finds texts that are not known yet and writes them down, with the intention to show them.

A quiet poll is one request. News is written oldest first, so that a process killed in the middle leaves the newest
for the next poll, which begins there.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Page, Reply, Thread
from bot.errors import NotFound
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.baseline import FirstStart, baseline_of
from bot.polling.diff import Baseline, News, Reading, came, in_order, news_of, unseen
from bot.polling.jobs import Run
from bot.services.arrivals import Arrivals
from bot.services.conversations import Conversations
from bot.services.known import Known, known_of
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store.engine import Store

log = structlog.get_logger(__name__)

NAME = "inbox"

_SWEEP_EVERY = timedelta(hours=1)
_TEXTS_AT_ONCE = 100
_GONE_AT_ONCE = 20
"""Conversations that are looked for by their id after a sweep that did not meet them."""


@dataclass
class Found:
    """What one reading of the list of conversations brought."""

    news: list[News]
    met: set[int]
    total: int | None = None
    unread: int | None = None


class InboxPoll:
    """The job ``inbox``.

    The whole list is read once an hour, and once after each start; which process did it last, all of them know.
    """

    name = NAME

    def __init__(
        self, store: Store, clearstream: Clearstream, ledger: Ledger, setup: Setup, metrics: Metrics, every: timedelta
    ) -> None:
        self.every = every
        self._store = store
        self._clearstream = clearstream
        self._arrivals = Arrivals(ledger, Conversations(ledger, setup), setup)
        self._first_start = FirstStart(store, clearstream, ledger, setup)
        self._metrics = metrics
        self._began = store.clock.now()

    async def run(self, run: Run) -> None:
        """Read what is new and write it down."""
        baseline = baseline_of(run.state)
        if baseline is None:
            came_meanwhile, baseline = await self._first_start.run(run)
            now = self._store.clock.now()
            complete = [await self._completed(run, item, baseline) for item in came_meanwhile]
            await self._write(run, complete, _swept(run.state, now))
            return
        now = self._store.clock.now()
        sweep = self._sweep_due(run.state, now)
        found = await self._read(run, baseline, sweep)
        complete = [await self._completed(run, item, baseline) for item in found.news]
        await self._write(run, complete, {**run.state, "total": found.total, "unread": found.unread})
        if sweep:
            await self._look_for_gone(run, found.met)
            async with self._store.write() as tx:
                await run.write(tx, _swept(run.state, now))

    def _sweep_due(self, state: dict[str, Any], now: datetime) -> bool:
        """Whether nobody has read the whole list for an hour, or since this process began."""
        swept = state.get("swept")
        return swept is None or datetime.fromisoformat(swept) <= max(self._began, now - _SWEEP_EVERY)

    async def _read(self, run: Run, baseline: Baseline, sweep: bool) -> Found:
        reading = Reading(run.state.get("total"), run.state.get("unread"))
        found = Found([], set())
        async for page in pages(run, self._clearstream):
            if found.total is None:
                found.total, found.unread = page.total, page.unread
            news = [item for item in await self._news(page, baseline) if item.thread.id not in found.met]
            found.news.extend(item for item in news if item.anything or item.newly_unread)
            found.met.update(item.thread.id for item in news)
            if reading.may_stop(news, page) and not sweep:
                break
        return found

    async def _news(self, page: Page[Thread], baseline: Baseline) -> list[News]:
        shown = [reply.id for thread in page for reply in thread.recent_replies]
        known = await self._known([thread.id for thread in page], shown)
        return [news_of(thread, known.get(thread.id), baseline) for thread in page]

    async def _known(self, ids: list[int], reply_ids: list[int]) -> dict[int, Known]:
        """What is known of conversations, as far as these replies go."""
        async with self._store.read() as tx:
            stored = await rows.by_ids(tx, ids)
            seen = await rows.known_replies(tx, stored, reply_ids)
        return {identity: known_of(row, seen[identity]) for identity, row in stored.items()}

    async def _completed(self, run: Run, news: News, baseline: Baseline) -> News:
        """The news of a conversation with what its row in the list did not show.

        Read as far back as new texts stand, and on where its count says that there are more of them.
        """
        if not news.incomplete:
            return news
        new = {reply.id: reply for reply in news.replies}
        number = 0
        while True:
            number += 1
            await run.beat()
            try:
                page = await self._clearstream.replies_page(news.thread.id, number)
            except NotFound:
                break
            known = (await self._known([news.thread.id], [reply.id for reply in page])).get(news.thread.id)
            fresh = unseen(news.thread, page, known, baseline)
            new.update((reply.id, reply) for reply in fresh)
            last = page.limit is not None and len(page) < page.limit
            if not len(page) or ((last or len(fresh) < len(page)) and len(new) >= came(news.thread, known)):
                break
        return replace(news, replies=in_order(new.values()), incomplete=False)

    async def _write(self, run: Run, news: list[News], state: dict[str, Any]) -> None:
        """Write the texts down, oldest first, in short transactions; the state with the last."""
        batches = in_batches(news, _TEXTS_AT_ONCE)
        for number, batch in enumerate(batches, start=1):
            async with self._store.write() as tx:
                await run.write(tx, state if number == len(batches) else None)
                for thread, replies in batch:
                    await self._arrivals.arrived(tx, thread, replies)
            for _, replies in batch:
                for reply in replies:
                    self._metrics.texts.labels("in" if reply.incoming else "out").inc()
        if not batches and state != run.state:
            async with self._store.write() as tx:
                await run.write(tx, state)

    async def _look_for_gone(self, run: Run, met: set[int]) -> None:
        """Conversations in Slack that the sweep did not meet: deleted, or moved from page to page meanwhile."""
        async with self._store.read() as tx:
            missing = [identity for identity in await rows.rooted(tx) if identity not in met]
        for identity in missing[:_GONE_AT_ONCE]:
            await run.beat()
            try:
                await self._clearstream.thread(identity)
            except NotFound:
                async with self._store.write() as tx:
                    await run.write(tx)
                    await self._arrivals.gone(tx, identity)


def _swept(state: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**state, "swept": now.isoformat()}


async def pages(run: Run, clearstream: Clearstream) -> AsyncIterator[Page[Thread]]:
    """The pages of the list of conversations, until one brings none that was not on those before.

    The first comes in any case. The job is held on to meanwhile.
    """
    number, met = 1, set[int]()
    while True:
        await run.beat()
        page = await clearstream.threads_page(number)
        unmet = {thread.id for thread in page} - met
        if number == 1 or unmet:
            yield page
        if not unmet:
            return
        met |= unmet
        number += 1


def in_batches(news: list[News], size: int) -> list[list[tuple[Thread, tuple[Reply, ...]]]]:
    """News in the order in which it happened, cut into pieces of at most ``size`` texts.

    A piece holds each conversation once; a conversation without texts comes with the first piece.
    """
    in_order = sorted(
        ((reply.sent_at, reply.id, item.thread, reply) for item in news for reply in item.replies),
        key=lambda one: one[:2],
    )
    silent = [(item.thread, ()) for item in news if not item.replies]
    batches: list[list[tuple[Thread, tuple[Reply, ...]]]] = []
    for start in range(0, len(in_order), size):
        by_thread: dict[int, tuple[Thread, list[Reply]]] = {}
        for _, _, thread, reply in in_order[start : start + size]:
            by_thread.setdefault(thread.id, (thread, []))[1].append(reply)
        batches.append([(thread, tuple(replies)) for thread, replies in by_thread.values()])
    if silent:
        batches[:1] = [[*(batches[0] if batches else []), *silent]]
    return batches
