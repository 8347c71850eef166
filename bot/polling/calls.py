"""Polling Clarity: the lists of every connected account, spread out over people, and calls that move, by their id."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.clarity.lists import Lists
from bot.clarity.models import Call, Conversation, Need
from bot.errors import NotFound, Unauthorized, UpstreamError
from bot.operations.ledger import Ledger
from bot.polling.jobs import Run
from bot.services import posts
from bot.services.accounts import Account, Accounts
from bot.services.calls import Calls, turning
from bot.services.followed import visible
from bot.store import clarity as rows
from bot.store.engine import Row, Store, Tx

log = structlog.get_logger(__name__)

LISTS = "calls"
LIVE = "live-calls"

_AT_ONCE = 10
_DUE = 200
_BREATH = timedelta(milliseconds=50)
_JITTER = 0.1
_WHOLE_EVERY = timedelta(minutes=10)
"""How long lists that do not change are taken as written, whatever may have been written beside them."""


Key = tuple[str, int]
"""A call as one account sees it: whose account, and its id."""


@dataclass
class Watch:
    """What both jobs work with. ``interval``: between two polls of one account's lists, in seconds."""

    store: Store
    ledger: Ledger
    accounts: Accounts
    calls: Calls
    interval: float
    spread: Callable[[], float] = random.random
    failing: set[tuple[str, str]] = field(default_factory=set)

    async def troubled(self, job: str, owner: str, error: UpstreamError) -> None:
        """An account could not be polled: said once, and again only after it recovered."""
        if isinstance(error, Unauthorized):
            await self.accounts.refused(owner)
        if (job, owner) not in self.failing:
            self.failing.add((job, owner))
            log.warning("clarity.poll_failed", job=job, owner=owner, error=str(error))

    def recovered(self, job: str, owner: str) -> None:
        """An account was polled."""
        if (job, owner) in self.failing:
            self.failing.discard((job, owner))
            log.info("clarity.poll_recovered", job=job, owner=owner)


async def _each(run: Run, rows_due: Iterable[Row], work: Callable[[Row], Awaitable[None]]) -> None:
    """Do it for all, a few at once, while the job is ours: raises LostJob where it is not any more.

    What one of them raises is raised when all have had their turn.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(row: Row) -> None:
        async with gate:
            await run.beat()
            await work(row)

    for ended in await asyncio.gather(*(one(row) for row in rows_due), return_exceptions=True):
        if ended is not None:
            raise ended


class ListsPoll:
    """The job ``calls``: each account's lists, once in its interval.

    Most lists say what they said before, whichever process asked then: nothing is read of them and nothing written.
    """

    name = LISTS

    def __init__(self, watch: Watch) -> None:
        self.every = timedelta(seconds=max(0.2, min(3.0, watch.interval / 5)))
        self._watch = watch

    async def run(self, run: Run) -> None:
        """Poll the accounts that are due."""
        store = self._watch.store
        async with store.read() as tx:
            due = await rows.due_accounts(tx, tx.now, _DUE)
        if due:
            async with store.write() as tx:
                await rows.plan_polls(tx, {row["owner"]: self._next(row, tx.now) for row in due})
        await _each(run, due, self._poll)

    def _next(self, row: Row, now: datetime) -> datetime:
        """A whole interval later at the earliest; people who came due together, after a standstill, are spread out."""
        interval = timedelta(seconds=self._watch.interval)
        apart = 1.0 if now - row["next_poll"] > interval else _JITTER
        return now + interval * (1 + apart * self._watch.spread())

    async def _poll(self, row: Row) -> None:
        watch, owner = self._watch, row["owner"]
        account = await watch.accounts.still_accepted(row)
        if account is None:
            return
        fresh = row["listened"] and row["lists_until"] is not None and watch.store.clock.now() < row["lists_until"]
        try:
            account = await watch.accounts.learn(account)
            lists = await account.client.lists(row["lists"] if fresh else None)
        except UpstreamError as error:
            await watch.troubled(self.name, owner, error)
            return
        watch.recovered(self.name, owner)
        if lists is None:
            return
        async with watch.store.write() as tx:
            await self._write(tx, account, lists, first=not row["listened"])

    async def _write(self, tx: Tx, account: Account, lists: Lists, *, first: bool) -> None:
        """Write what is new, and tell it; and until when the same lists say nothing more."""
        owner, me = account.owner, account.member_id
        stored = {row["id"]: row for row in await rows.open_calls(tx, owner)}
        moved = False
        for call in (*lists.callback, *lists.requested):
            ours = call.expert_id == me if me is not None else call in lists.callback
            tell = ours and not call.expired(tx.now)
            if not _still_waits(stored.get(call.id), call, tell=tell):
                moved = True
                await self._met(tx, owner, call, tell=tell, waits_for_us=ours)
        listed = {call.id for call in (*lists.callback, *lists.requested)}
        for row in await rows.open_calls(tx, owner) if moved else stored.values():
            await self._unlisted_or_waiting(tx, row, listed)
        await self._words(tx, account, lists, first=first)
        turns = [turn for call in (*lists.callback, *lists.requested) for turn in turning(call) if turn > tx.now]
        until = min([tx.now + _WHOLE_EVERY, *turns])
        await rows.change_account(tx, owner, listened=True, lists=lists.digest, lists_until=until)

    async def _met(self, tx: Tx, owner: str, call: Call, *, tell: bool, waits_for_us: bool) -> None:
        calls = self._watch.calls
        if not await calls.appeared(tx, owner, call, tell=tell, waits_for_us=waits_for_us):
            await calls.observed(tx, owner, call)

    async def _unlisted_or_waiting(self, tx: Tx, row: Row, listed: set[int]) -> None:
        """A call that waits may have to be reminded of; one that left the lists moves, and is followed by its id.

        So is one that nobody could follow for a while, as its account was not accepted.
        """
        calls = self._watch.calls
        if row["id"] in listed or Call.model_validate(row["data"]).expired(tx.now):
            await calls.remind(tx, row)
        elif row["follow_until"] is None and row["told"]:
            await calls.follow(tx, row["owner"], row["id"])

    async def _words(self, tx: Tx, account: Account, lists: Lists, *, first: bool) -> None:
        """New messages and needs, told once; what was there at first is known."""
        place = await self._watch.calls.place(tx, account.owner)
        messages = {_message_key(talk): talk for talk in lists.conversations if _is_news(talk)}
        needs = {_need_key(need): need for need in lists.needs if need.requester_id != account.member_id}
        for key in await rows.hear(tx, account.owner, "message", list(messages)):
            if not first and place is not None:
                talk = messages[key]
                payload = {"owner": account.owner, "talk": talk.model_dump(mode="json", by_alias=True)}
                await self._watch.ledger.ask(tx, posts.word(place, "message", f"{account.owner}:{key}", payload))
        for key in await rows.hear(tx, account.owner, "need", list(needs)):
            if not first and place is not None:
                payload = {"owner": account.owner, "need": needs[key].model_dump(mode="json", by_alias=True)}
                await self._watch.ledger.ask(tx, posts.word(place, "need", f"{account.owner}:{key}", payload))


class LivePoll:
    """The job ``live-calls``: calls that move, by their id.

    A call that rings or is spoken on is looked at every ``seconds``, for as long as that lasts: its next state is known
    so much later at most. One whose state nobody knows, or that cannot be looked at, is looked at ever more seldom.
    """

    name = LIVE

    def __init__(self, watch: Watch, seconds: float) -> None:
        # Half of this is how often whoever ticks asks whether the job is due; it is due when the next call is.
        self.every = timedelta(seconds=min(0.5, seconds / 6))
        self._watch = watch
        self._notice = timedelta(seconds=seconds / 2)
        """How soon a call is noticed that somebody has begun to follow."""

    async def run(self, run: Run) -> None:
        """Look at the calls that are due; while an answer is long in coming, go on with what becomes due meanwhile.

        What one of them raises is raised when those under way have ended.
        """
        due = await self._due()
        first = set(due)
        looking: dict[Key, asyncio.Task[None]] = {}
        failed: list[BaseException] = []
        try:
            while due or looking:
                await run.beat()
                for key in [key for key in due if key not in looking][: _AT_ONCE - len(looking)]:
                    looking[key] = asyncio.create_task(self._look(due[key]))
                await self._while_none_ends(looking.values())
                ended = {key: one for key, one in looking.items() if one.done()}
                failed += [error for one in ended.values() if (error := one.exception())]
                looking = {key: one for key, one in looking.items() if key not in ended}
                first -= ended.keys()
                due = await self._due() if first and not failed else {}
                first &= due.keys() | looking.keys()
        finally:
            for one in looking.values():
                one.cancel()
        if failed:
            raise failed[0]
        async with self._watch.store.read() as tx:
            upcoming = await rows.next_look(tx)
        self.every = self._notice if upcoming is None else min(self._notice, max(_BREATH, upcoming - tx.now))

    async def _due(self) -> dict[Key, Row]:
        async with self._watch.store.read() as tx:
            return {(row["owner"], row["id"]): row for row in await rows.due_calls(tx, tx.now, _DUE)}

    async def _while_none_ends(self, looking: Iterable[asyncio.Task[None]]) -> None:
        """Wait until one has ended, or another call may have become due."""
        pause = asyncio.ensure_future(self._watch.store.clock.sleep(self._notice.total_seconds() / 3))
        await asyncio.wait((pause, *looking), return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()

    async def _look(self, row: Row) -> None:
        watch, owner = self._watch, row["owner"]
        account = await watch.accounts.by_owner(owner)
        if account is None:
            async with watch.store.write() as tx:
                await watch.calls.unfollow(tx, owner, row["id"])
            return
        try:
            call = await account.client.call(row["id"])
        except UpstreamError as error:
            await watch.troubled(self.name, owner, error)
            async with watch.store.write() as tx:
                await watch.calls.not_seen(tx, row, gone=isinstance(error, NotFound))
            return
        watch.recovered(self.name, owner)
        async with watch.store.write() as tx:
            await watch.calls.observed(tx, owner, call)


def _still_waits(row: Row | None, call: Call, *, tell: bool) -> bool:
    """Whether a call is stored just as the list has it, with nothing left to tell of it and nothing to follow."""
    if row is None or row["follow_until"] is not None or (tell and not row["told"]):
        return False
    return call.pending and visible(Call.model_validate(row["data"])) == visible(call)


def _is_news(talk: Conversation) -> bool:
    """Whether the last message of a conversation is theirs and unread."""
    last, other = talk.last_message, talk.other_member
    return bool(talk.unread_message_count and last and last.member_id == other.id)


def _message_key(talk: Conversation) -> str:
    """A message has no id: who, when, and the words; where it has no time, how many are unread."""
    last = talk.last_message
    count = "" if last and last.created_at else talk.unread_message_count
    words = f"{last.member_id}|{last.created_at}|{last.text}|{count}" if last else ""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _need_key(need: Need) -> str:
    words = f"{need.id or ''}|{need.requester_id}|{need.created_at}|{need.description}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
