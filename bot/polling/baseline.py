"""The first start: everything that is in Clearstream then is taken as known, and nothing is posted but a summary."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Page, Reply, Thread
from bot.operations.ledger import Ledger
from bot.polling.diff import Baseline, News, in_order
from bot.polling.jobs import Run
from bot.services import posts
from bot.services.arrivals import conversation_row, text_row
from bot.services.known import Known, known_of
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store.engine import Store


def baseline_of(state: dict[str, Any]) -> Baseline | None:
    """The baseline a job's state holds; None where the first start has not been completed."""
    stored = state.get("baseline")
    if not stored or not stored.get("complete"):
        return None
    return _read(stored)


def _read(stored: dict[str, Any]) -> Baseline:
    shown = frozenset((conversation_id, reply_id) for conversation_id, reply_id in stored["shown"])
    return Baseline(datetime.fromisoformat(stored["cutoff"]), shown, stored["newest_id"])


def _written(baseline: Baseline, *, complete: bool) -> dict[str, Any]:
    return {
        "cutoff": baseline.cutoff.isoformat(),
        "shown": sorted(baseline.shown),
        "newest_id": baseline.newest_id,
        "complete": complete,
    }


class FirstStart:
    """Reads the whole list once. Killed in the middle it begins anew, with the cut-off it first took."""

    def __init__(self, store: Store, clearstream: Clearstream, ledger: Ledger, setup: Setup) -> None:
        self._store = store
        self._clearstream = clearstream
        self._ledger = ledger
        self._setup = setup

    async def run(self, run: Run) -> tuple[list[News], Baseline]:
        """Store every conversation as known; what came since the cut-off, which is new."""
        await self._second_begun(run)
        page = await self._clearstream.threads_page(1)
        figures = {"total": page.total, "unread": page.unread}
        baseline = await self._begun(run, page)
        news, met, unread, number = list[News](), set[int](), 0, 1
        while unmet := [thread for thread in page if thread.id not in met]:
            await run.beat()
            parts = [_parted(thread, baseline) for thread in unmet]
            news.extend(await self._stored(unmet, parts))
            met.update(thread.id for thread in unmet)
            unread += sum(1 for thread in unmet if thread.unread)
            newest = [reply.id for stood, _ in parts for reply in stood]
            baseline = replace(baseline, newest_id=max([baseline.newest_id, *newest]))
            number += 1
            page = await self._clearstream.threads_page(number)
        async with self._store.write() as tx:
            await run.write(tx, {**run.state, **figures, "baseline": _written(baseline, complete=True)})
            channel = await self._setup.inbox_channel(tx)
            await self._ledger.ask(tx, posts.summary(len(met), unread, channel))
        return news, baseline

    async def _second_begun(self, run: Run) -> None:
        """Wait for the next second: on the wire times are whole ones, and the cut must be between two of them."""
        if not run.state.get("baseline"):
            clock = self._store.clock
            await clock.sleep(1 - clock.now().microsecond / 1_000_000)

    async def _begun(self, run: Run, page: Page[Thread]) -> Baseline:
        """The cut-off, taken once."""
        stored = run.state.get("baseline")
        if stored:
            return _read(stored)
        now = self._store.clock.now()
        # A clock that is ahead would take for known what comes meanwhile; one that is behind shows a text too many.
        cutoff = min(now, page.date or now).replace(microsecond=0)
        shown = [(thread.id, reply) for thread in page for reply in thread.recent_replies]
        baseline = Baseline(cutoff, frozenset((thread, reply.id) for thread, reply in shown if reply.sent_at >= cutoff))
        async with self._store.write() as tx:
            await run.write(tx, {**run.state, "baseline": _written(baseline, complete=False)})
        return baseline

    async def _stored(
        self, threads: list[Thread], parts: list[tuple[tuple[Reply, ...], tuple[Reply, ...]]]
    ) -> list[News]:
        """Store conversations with what stood there before; what came since, and is not known from an earlier try."""
        conversations = [conversation_row(thread, stood) for thread, (stood, _) in zip(threads, parts, strict=True)]
        texts = [
            text_row(thread.id, reply)
            for thread, (stood, _) in zip(threads, parts, strict=True)
            if thread.unread
            for reply in _last_incoming(stood)
        ]
        async with self._store.write() as tx:
            await rows.add(tx, conversations)
            await rows.add_texts(tx, texts)
            known = await rows.by_ids(tx, [thread.id for thread in threads])
        return [
            news
            for thread, (_, since) in zip(threads, parts, strict=True)
            if (news := _since(thread, since, known_of(known[thread.id], ()))).replies
        ]


def _parted(thread: Thread, baseline: Baseline) -> tuple[tuple[Reply, ...], tuple[Reply, ...]]:
    """What stood there before, and what came since; each oldest first."""
    shown = in_order(thread.recent_replies)
    stood = tuple(reply for reply in shown if baseline.stood(thread.id, reply))
    return stood, tuple(reply for reply in shown if reply not in stood)


def _since(thread: Thread, replies: tuple[Reply, ...], known: Known) -> News:
    new = tuple(reply for reply in replies if not known.has(reply))
    hidden = len(new) == len(thread.recent_replies) < (thread.reply_count or 0)
    return News(thread, new, first_seen=False, incomplete=hidden, newly_unread=False)


def _last_incoming(replies: tuple[Reply, ...]) -> list[Reply]:
    """The texts nobody has answered: the run of incoming ones at the end."""
    last: list[Reply] = []
    for reply in reversed(replies):
        if not reply.incoming:
            break
        last.insert(0, reply)
    return last
