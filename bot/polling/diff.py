"""What is new in what Clearstream shows, against what is known. Pure: pages and rows in, news out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from bot.clearstream.models import Reply, Thread


@dataclass(frozen=True)
class Baseline:
    """What counts as known from the first start: sent before ``cutoff`` and numbered up to ``newest_id``.

    ``cutoff`` was taken when that sweep began, so what came while it ran is new.
    """

    cutoff: datetime
    newest_id: int

    def covers(self, reply: Reply) -> bool:
        """Whether a text of a conversation never seen before was there at the first start."""
        return reply.sent_at < self.cutoff and reply.id <= self.newest_id


@dataclass(frozen=True)
class Known:
    """What is stored of one conversation: its baseline, the replies seen since, and how it last looked."""

    reply_count: int
    base_id: int | None = None
    base_at: datetime | None = None
    seen: frozenset[int] = frozenset()
    unread: bool = False

    def has(self, reply: Reply) -> bool:
        """Whether this reply is known: seen by its id, or no newer than the baseline in number and time."""
        if reply.id in self.seen:
            return True
        return (
            self.base_id is not None
            and self.base_at is not None
            and reply.id <= self.base_id
            and reply.sent_at <= self.base_at
        )


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


def unseen(replies: Iterable[Reply], known: Known | None, baseline: Baseline) -> tuple[Reply, ...]:
    """The replies not known yet, oldest first."""
    if known is None:
        return in_order(reply for reply in replies if not baseline.covers(reply))
    return in_order(reply for reply in replies if not known.has(reply))


def news_of(thread: Thread, known: Known | None, baseline: Baseline) -> News:
    """What is new in one conversation as a page of conversations shows it."""
    new = unseen(thread.recent_replies, known, baseline)
    shown = len(thread.recent_replies)
    count = thread.reply_count if thread.reply_count is not None else shown
    before = 0 if known is None else known.reply_count
    hidden = count > shown and (
        (shown > 0 and len(new) == shown)  # all it shows is new, so there may be more behind it
        or (known is not None and count - before > len(new))  # more have come than are new here
    )
    return News(
        thread=thread,
        replies=new,
        first_seen=known is None,
        incomplete=hidden,
        newly_unread=bool(thread.unread) and (known is None or not known.unread),
    )


@dataclass
class Reading:
    """Decides page by page whether to read on.

    ``total`` and ``unread`` are what the listing said last time; a rise that what was found does not explain means
    that something new stands further back. A page ends the reading where it brings nothing new, or where it is in
    the order of newest first and ends in conversations without news: behind them is nothing newer.
    """

    total: int | None
    unread: int | None
    found_new: int = 0
    found_unread: int = 0
    _last_replied: datetime | None = field(default=None, repr=False)

    def may_stop(self, news: Sequence[News], total: int | None, unread: int | None) -> bool:
        """Whether the pages after this one need not be read."""
        self.found_new += sum(1 for item in news if item.first_seen)
        self.found_unread += sum(1 for item in news if item.newly_unread)
        ordered = self._in_order(news)
        if not self._explained(total, unread):
            return False
        if not any(item.anything for item in news):
            return True
        return ordered and not news[-1].anything

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
