"""What is new in what Clearstream shows, against what is known. Pure: pages and rows in, news out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from bot.clearstream.models import Page, Reply, Thread
from bot.services.known import Known


@dataclass(frozen=True)
class Baseline:
    """What counts as known from the first start.

    ``cutoff`` is the whole second at which that sweep began; ``shown`` are the texts (conversation, reply) from then on
    that its first page showed already, and ``newest_id`` is the highest reply id of all that stood there.
    """

    cutoff: datetime
    shown: frozenset[tuple[int, int]] = frozenset()
    newest_id: int = 0

    def stood(self, conversation_id: int, reply: Reply) -> bool:
        """Whether a text the sweep met was there before it began; what came while it ran is new."""
        return reply.sent_at < self.cutoff or (conversation_id, reply.id) in self.shown

    def covers(self, conversation_id: int, reply: Reply) -> bool:
        """Whether a text of a conversation the sweep never met was there at the first start."""
        return self.stood(conversation_id, reply) and reply.id <= self.newest_id


@dataclass(frozen=True)
class News:
    """What one conversation brings: its new replies, oldest first, and whether more than it shows must be read."""

    thread: Thread
    replies: tuple[Reply, ...]
    first_seen: bool
    incomplete: bool
    newly_unread: bool

    @property
    def anything(self) -> bool:
        """Whether there is something new."""
        return bool(self.replies) or self.first_seen or self.incomplete


def in_order(replies: Iterable[Reply]) -> tuple[Reply, ...]:
    """Replies from the oldest to the newest, each once; those of one second in the order of their ids."""
    return tuple(sorted({reply.id: reply for reply in replies}.values(), key=lambda reply: (reply.sent_at, reply.id)))


def unseen(thread: Thread, replies: Iterable[Reply], known: Known | None, baseline: Baseline) -> tuple[Reply, ...]:
    """Those of a conversation's replies that are not known yet, oldest first.

    Where it has no baseline of its own, the common one counts.
    """
    new = (reply for reply in replies if known is None or not known.has(reply))
    if known is None or known.base_id is None:
        new = (reply for reply in new if not baseline.covers(thread.id, reply))
    return in_order(new)


def news_of(thread: Thread, known: Known | None, baseline: Baseline) -> News:
    """What is new in one conversation as a page of conversations shows it."""
    new = unseen(thread, thread.recent_replies, known, baseline)
    shown = len(thread.recent_replies)
    all_new = len(new) == shown and (shown > 0 or known is None)  # so there may be more behind what it shows
    hidden = (thread.reply_count or 0) > shown and (all_new or came(thread, known) > len(new))
    return News(
        thread=thread,
        replies=new,
        first_seen=known is None,
        incomplete=hidden,
        newly_unread=_newly_unread(thread, new, known),
    )


def came(thread: Thread, known: Known | None) -> int:
    """How many texts must have come to a known conversation, by its count of them; 0 where nothing can be told."""
    return 0 if known is None else max((thread.reply_count or 0) - known.reply_count, 0)


def _newly_unread(thread: Thread, new: Sequence[Reply], known: Known | None) -> bool:
    """Whether it may have become unread: one known as unread can have been read meanwhile, and written to again."""
    return bool(thread.unread) and (known is None or not known.unread or any(reply.incoming for reply in new))


@dataclass
class Reading:
    """Decides page by page whether to read on.

    ``total`` and ``unread`` are what the listing said last time; a rise that what was found does not explain means
    that something new stands further back. A page ends the reading where it brings nothing new, where it is in the
    order of newest first and ends in conversations without news (behind them is nothing newer), or where it is the
    last by its length and by ``total``.
    """

    total: int | None
    unread: int | None
    found_new: int = 0
    found_unread: int = 0
    _met: int = 0
    _last_replied: datetime | None = field(default=None, repr=False)

    def may_stop(self, news: Sequence[News], page: Page[Thread]) -> bool:
        """Whether the pages after ``page`` need not be read; ``news`` is of those on it that were not met before."""
        self.found_new += sum(1 for item in news if item.first_seen)
        self.found_unread += sum(1 for item in news if item.newly_unread)
        self._met += len(news)
        ordered = self._in_order(news)
        if not self._explained(page.total, page.unread):
            return False
        if not any(item.anything for item in news) or self._is_last(page):
            return True
        return ordered and not news[-1].anything

    def _is_last(self, page: Page[Thread]) -> bool:
        short = page.limit is not None and len(page) < page.limit
        return short and page.total is not None and page.total <= self._met

    def _in_order(self, news: Sequence[News]) -> bool:
        times = [item.thread.replied_at for item in news]
        if any(time is None for time in times):
            return False
        known = [time for time in [self._last_replied, *times] if time is not None]
        self._last_replied = known[-1] if known else None
        return all(newer >= older for newer, older in pairwise(known))

    def _explained(self, total: int | None, unread: int | None) -> bool:
        more = (total or 0) - (self.total or 0) if self.total is not None else 0
        more_unread = (unread or 0) - (self.unread or 0) if self.unread is not None else 0
        return more <= self.found_new and more_unread <= self.found_unread
