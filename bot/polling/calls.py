"""Polling Clarity: the lists of every connected account, spread out over people, and calls that move, by their id."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.clarity.models import Call, Conversation, Need
from bot.errors import Unauthorized, UpstreamError
from bot.operations.ledger import Ledger
from bot.polling.jobs import Run
from bot.services import posts
from bot.services.accounts import Account, Accounts
from bot.services.calls import Calls
from bot.store import clarity as rows
from bot.store.engine import Row, Store, Tx

log = structlog.get_logger(__name__)

LISTS = "calls"
LIVE = "live-calls"

_AT_ONCE = 10
_DUE = 200


@dataclass(frozen=True)
class Heard:
    """What an account's lists say."""

    callback: list[Call]
    requested: list[Call]
    conversations: list[Conversation]
    needs: list[Need]


@dataclass
class Watch:
    """What both jobs work with. ``interval``: between two polls of one account's lists, in seconds."""

    store: Store
    ledger: Ledger
    accounts: Accounts
    calls: Calls
    interval: float
    spread: Callable[[], float] = random.random
    failing: set[str] = field(default_factory=set)

    async def troubled(self, owner: str, error: UpstreamError) -> None:
        """An account could not be polled: said once, and again only after it recovered."""
        if isinstance(error, Unauthorized):
            await self.accounts.refused(owner)
        if owner not in self.failing:
            self.failing.add(owner)
            log.warning("clarity.poll_failed", owner=owner, error=str(error))

    def recovered(self, owner: str) -> None:
        """An account was polled."""
        if owner in self.failing:
            self.failing.discard(owner)
            log.info("clarity.poll_recovered", owner=owner)


async def _each(rows_due: Iterable[Row], work: Callable[[Row], Awaitable[None]]) -> None:
    """Do it for all, a few at once."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(row: Row) -> None:
        async with gate:
            await work(row)

    await asyncio.gather(*(one(row) for row in rows_due))


class ListsPoll:
    """The job ``calls``: each account's lists, once in its interval."""

    name = LISTS

    def __init__(self, watch: Watch) -> None:
        self.every = timedelta(seconds=max(0.2, min(3.0, watch.interval / 5)))
        self._watch = watch

    async def run(self, run: Run) -> None:
        """Poll the accounts that are due."""
        store = self._watch.store
        async with store.read() as tx:
            due = await rows.due_accounts(tx, tx.now, _DUE)
        await _each(due, self._poll)
        await run.beat()

    async def _poll(self, row: Row) -> None:
        watch, owner = self._watch, row["owner"]
        wait = timedelta(seconds=watch.interval * (1 + 0.1 * watch.spread()))
        async with watch.store.write() as tx:
            await rows.change_account(tx, owner, next_poll=tx.now + wait)
        account = await watch.accounts.by_owner(owner)
        if account is None:
            return
        try:
            account = await watch.accounts.learn(account)
            heard = await self._heard(account)
        except UpstreamError as error:
            await watch.troubled(owner, error)
            return
        watch.recovered(owner)
        async with watch.store.write() as tx:
            await self._write(tx, account, heard, first=not row["listened"])

    async def _heard(self, account: Account) -> Heard:
        client = account.client
        return Heard(
            list(await client.callback_calls()),
            list(await client.requested_calls()),
            list(await client.conversations()),
            list(await client.needs()),
        )

    async def _write(self, tx: Tx, account: Account, heard: Heard, *, first: bool) -> None:
        owner = account.owner
        for call in heard.callback:
            await self._met(tx, owner, call, tell=not call.expired(tx.now), waits_for_us=True)
        for call in heard.requested:
            await self._met(tx, owner, call, tell=False, waits_for_us=False)
        listed = {call.id for call in (*heard.callback, *heard.requested)}
        for row in await rows.open_calls(tx, owner):
            await self._unlisted_or_waiting(tx, row, listed)
        await self._words(tx, account, heard, first=first)
        if first:
            await rows.change_account(tx, owner, listened=True)

    async def _met(self, tx: Tx, owner: str, call: Call, *, tell: bool, waits_for_us: bool) -> None:
        calls = self._watch.calls
        if not await calls.appeared(tx, owner, call, tell=tell, waits_for_us=waits_for_us):
            await calls.observed(tx, owner, call)

    async def _unlisted_or_waiting(self, tx: Tx, row: Row, listed: set[int]) -> None:
        """A call that waits may have to be reminded of; one that left the lists moves, and is followed by its id."""
        calls = self._watch.calls
        if row["id"] in listed:
            await calls.remind(tx, row)
        elif row["follow_until"] is None and row["told"] and not row["expiry_told"]:
            await calls.follow(tx, row["owner"], row["id"])

    async def _words(self, tx: Tx, account: Account, heard: Heard, *, first: bool) -> None:
        """New messages and needs, told once; what was there at first is known."""
        place = self._watch.calls.place(account.owner)
        messages = {_message_key(talk): talk for talk in heard.conversations if _is_news(talk)}
        needs = {_need_key(need): need for need in heard.needs if need.requester_id != account.member_id}
        for key in await rows.hear(tx, account.owner, "message", list(messages)):
            if not first:
                talk = messages[key]
                payload = {"owner": account.owner, "talk": talk.model_dump(mode="json", by_alias=True)}
                await self._watch.ledger.ask(tx, posts.word(place, "message", f"{account.owner}:{key}", payload))
        for key in await rows.hear(tx, account.owner, "need", list(needs)):
            if not first:
                payload = {"owner": account.owner, "need": needs[key].model_dump(mode="json", by_alias=True)}
                await self._watch.ledger.ask(tx, posts.word(place, "need", f"{account.owner}:{key}", payload))


class LivePoll:
    """The job ``live-calls``: calls that move, by their id."""

    name = LIVE

    def __init__(self, watch: Watch, seconds: float) -> None:
        self.every = timedelta(seconds=seconds / 2)
        self._watch = watch

    async def run(self, run: Run) -> None:
        """Look at the calls that are due."""
        async with self._watch.store.read() as tx:
            due = await rows.due_calls(tx, tx.now, _DUE)
        await _each(due, self._look)
        await run.beat()

    async def _look(self, row: Row) -> None:
        watch, owner = self._watch, row["owner"]
        account = await watch.accounts.by_owner(owner)
        if account is None:
            async with watch.store.write() as tx:
                await rows.change_call(tx, owner, row["id"], next_look=None, follow_until=None)
            return
        try:
            call = await account.client.call(row["id"])
        except UpstreamError as error:
            await watch.troubled(owner, error)
            async with watch.store.write() as tx:
                later = tx.now + timedelta(seconds=watch.interval / 2)
                await rows.change_call(tx, owner, row["id"], next_look=later)
            return
        watch.recovered(owner)
        async with watch.store.write() as tx:
            await watch.calls.observed(tx, owner, call)


def _is_news(talk: Conversation) -> bool:
    """Whether the last message of a conversation is theirs and unread."""
    last, other = talk.last_message, talk.other_member
    return bool(talk.unread_message_count and last and last.member_id == other.id)


def _message_key(talk: Conversation) -> str:
    """A message has no id: who, when, and the words; and how many are unread, for equal ones of one second."""
    last = talk.last_message
    words = f"{last.member_id}|{last.created_at}|{last.text}|{talk.unread_message_count}" if last else ""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _need_key(need: Need) -> str:
    words = f"{need.id or ''}|{need.requester_id}|{need.created_at}|{need.description}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
