"""The first start: everything that is in Clearstream then is taken as known, and nothing is posted but a summary."""

from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Page, Reply, Thread
from bot.operations.ledger import Ledger
from bot.polling.diff import Baseline, Known, News, in_order
from bot.polling.jobs import Run
from bot.services import posts
from bot.services.arrivals import conversation_row, text_row
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store.engine import Row, Store


def baseline_of(state: dict[str, Any]) -> Baseline | None:
    """The baseline a job's state holds; None where the first start has not been completed."""
    stored = state.get("baseline")
    if not stored or not stored.get("complete"):
        return None
    return Baseline(datetime.fromisoformat(stored["cutoff"]), stored["newest_id"])


def known_of(row: Row, seen: set[int]) -> Known:
    """What the diff needs of a stored conversation."""
    return Known(
        reply_count=row["reply_count"],
        base_id=row["base_id"],
        base_at=row["base_at"],
        seen=frozenset(seen),
        unread=row["unread"],
    )


class FirstStart:
    """Reads the whole list once. Killed in the middle it begins anew, with the cut-off it first took."""

    def __init__(self, store: Store, clearstream: Clearstream, ledger: Ledger, setup: Setup) -> None:
        self._store = store
        self._clearstream = clearstream
        self._ledger = ledger
        self._setup = setup

    async def run(self, run: Run) -> tuple[list[News], Baseline]:
        """Store every conversation as known; what came since the cut-off, which is new."""
        page = await self._clearstream.threads_page(1)
        cutoff = await self._cutoff(run, page)
        newest_id, news, total, unread, number = 0, list[News](), page.total, page.unread, 1
        while len(page):
            await run.beat()
            known = [_before(thread, cutoff) for thread in page]
            newest_id = max([newest_id, *(reply.id for replies in known for reply in replies)])
            news.extend(_since(thread, cutoff) for thread in page if _newer(thread, cutoff))
            await self._store_page(page, known)
            number += 1
            page = await self._clearstream.threads_page(number)
        baseline = Baseline(cutoff, newest_id)
        await self._complete(run, baseline, total, unread)
        return news, baseline

    async def _cutoff(self, run: Run, page: Page[Thread]) -> datetime:
        """Taken once: the service's clock as the reading begins, and after everything it shows then."""
        stored = (run.state.get("baseline") or {}).get("cutoff")
        if stored:
            return datetime.fromisoformat(stored)
        shown = [reply.sent_at for thread in page for reply in thread.recent_replies]
        just_after = [moment + timedelta(microseconds=1) for moment in shown]
        cutoff = max([page.date or self._store.clock.now(), *just_after])
        async with self._store.write() as tx:
            await run.write(tx, {**run.state, "baseline": {"cutoff": cutoff.isoformat(), "complete": False}})
        return cutoff

    async def _store_page(self, page: Page[Thread], known: list[tuple[Reply, ...]]) -> None:
        stored = [
            conversation_row(thread, replies[-1] if replies else None, baseline=True)
            for thread, replies in zip(page, known, strict=True)
        ]
        texts = [
            text_row(thread.id, reply)
            for thread, replies in zip(page, known, strict=True)
            if thread.unread
            for reply in _last_incoming(replies)
        ]
        async with self._store.write() as tx:
            await rows.add(tx, stored)
            await rows.add_texts(tx, texts)

    async def _complete(self, run: Run, baseline: Baseline, total: int | None, unread: int | None) -> None:
        async with self._store.write() as tx:
            mark = {"cutoff": baseline.cutoff.isoformat(), "newest_id": baseline.newest_id, "complete": True}
            await run.write(tx, {**run.state, "baseline": mark, "total": total, "unread": unread})
            conversations, unread_here = await rows.counts(tx)
            channel = await self._setup.inbox_channel(tx)
            await self._ledger.ask(tx, posts.summary(conversations, unread_here, channel))


def _before(thread: Thread, cutoff: datetime) -> tuple[Reply, ...]:
    return in_order(reply for reply in thread.recent_replies if reply.sent_at < cutoff)


def _newer(thread: Thread, cutoff: datetime) -> bool:
    return any(reply.sent_at >= cutoff for reply in thread.recent_replies)


def _since(thread: Thread, cutoff: datetime) -> News:
    replies = in_order(reply for reply in thread.recent_replies if reply.sent_at >= cutoff)
    hidden = len(replies) == len(thread.recent_replies) < (thread.reply_count or 0)
    return News(thread, replies, first_seen=False, incomplete=hidden, newly_unread=False)


def _last_incoming(replies: tuple[Reply, ...]) -> list[Reply]:
    """The texts nobody has answered: the run of incoming ones at the end."""
    last: list[Reply] = []
    for reply in reversed(replies):
        if not reply.incoming:
            break
        last.insert(0, reply)
    return last
