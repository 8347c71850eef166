"""Polls between a store and a Clarity stand-in, without Slack: what they ask to be told is what they found."""

from random import Random
from typing import Any

from sqlalchemy import func, select

from bot.clarity.client import Clarity, open_api
from bot.clarity.models import Call
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.calls import LISTS, LIVE, ListsPoll, LivePoll, Watch
from bot.polling.jobs import Jobs
from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.requests import RequestInfo
from bot.services.accounts import Accounts
from bot.services.calls import Calls
from bot.services.setup import Setup
from bot.store import clarity as rows
from bot.store.crypto import Box
from bot.store.engine import Row, Store
from bot.store.tables import calls, operations
from tests.clock import WoundClock
from tests.club import KEY

INTERVAL = 30.0
LIVELY = 3.0


class Ear:
    """One process that polls Clarity: lists every ``INTERVAL`` seconds, calls that move every ``LIVELY``.

    People's Slack ids are the screen names of their members. ``close`` it afterwards.
    """

    def __init__(self, store: Store, clock: WoundClock, clarity: ClarityStandIn) -> None:
        self.store = store
        self.clock = clock
        self.clarity = clarity
        self._box = Box([KEY])
        self._api = open_api(clarity.api_url, timeout=5)
        ledger, setup = Ledger(store), Setup()
        self.calls = Calls(ledger, LIVELY, setup)
        self.accounts = Accounts(
            store, ledger, self._box, lambda token: Clarity.of(token, self._api), None, None, setup
        )
        watch = Watch(store, ledger, self.accounts, self.calls, INTERVAL, Random(1).random)
        self.jobs = Jobs(store, "one", Metrics(), {LISTS: ListsPoll(watch), LIVE: LivePoll(watch, LIVELY)})

    async def open(self) -> "Ear":
        """Make the jobs' rows."""
        await self.jobs.prepare()
        return self

    async def close(self) -> None:
        """Close the connections to Clarity."""
        await self._api.aclose()

    async def connect(self, *names: str) -> None:
        """Connect the accounts of these members, as logging in does."""
        async with self.store.write() as tx:
            for name in names:
                member = self.clarity.member(name)
                key, sealed = self._box.seal(self.clarity.token(name), name)
                values: dict[str, Any] = {"key": key, "sealed": sealed, "member_id": member.id, "name": member.name}
                values |= {"connected_at": tx.now, "next_poll": tx.now, "refused_at": None, "listened": False}
                await rows.keep_account(tx, name, values)

    async def follow(self, owner: str, call_id: int) -> None:
        """Follow a call from now on, as connecting it does; its message is believed to stand."""
        async with self.store.write() as tx:
            call = Call.model_validate({"id": call_id, "status": "pending"})
            await self.calls.appeared(tx, owner, call, tell=True)
            await self.calls.follow(tx, owner, call_id)

    async def tick(self, *names: str, advance: float = 0) -> list[RequestInfo]:
        """Let so much time go by, and look whether these jobs (both, where none is named) are due; what was asked."""
        self.clock.advance(advance)
        mark = self.clarity.log.mark()
        for name in names or self.jobs.jobs:
            await self.jobs.tick(name)
        return self.clarity.requests_since(mark)

    async def row(self, owner: str, call_id: int) -> Row:
        """What is stored of a call."""
        async with self.store.read() as tx:
            row = await rows.call(tx, owner, call_id)
        assert row is not None
        return row

    async def has_been_looked_at(self, owner: str, call_id: int, times: int) -> None:
        """Have a followed call be as after so many looks that found nothing new."""
        async with self.store.write() as tx:
            await rows.change_call(tx, owner, call_id, quiet=times)

    async def until_next_look(self) -> float:
        """Seconds until a followed call is to be looked at; LookupError where none is followed."""
        async with self.store.read() as tx:
            due = await tx.value(select(func.min(calls.c.next_look)))
        if due is None:
            raise LookupError
        return float((due - self.clock.now()).total_seconds())

    async def told(self, what: str) -> list[Row]:
        """What was asked to be told under this name, oldest first."""
        async with self.store.read() as tx:
            found = await tx.rows(select(operations).order_by(operations.c.seq))
        return [row for row in found if row["payload"].get("what") == what]
