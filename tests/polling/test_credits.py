"""Credits that fall below the level: one warning a fall, whichever processes look, and however they stumble."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.clearstream.client import Clearstream
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.account import CREDITS, CreditsPoll
from bot.polling.jobs import Jobs
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.requests import RequestInfo
from bot.services import posts
from bot.services.account import CreditsWatch
from bot.services.broadcast_audience import Audience
from bot.services.setup import Setup
from bot.store.engine import Store
from bot.store.tables import operations
from tests.clock import WoundClock


@pytest.fixture
async def processes(store: Store, line: ClearstreamStandIn) -> AsyncIterator[tuple[Jobs, Jobs]]:
    """Two that share a database."""
    async with Clearstream.with_key(line.api_key, line.url) as clearstream:
        watch = CreditsWatch(Ledger(store), Setup("C1", credits_warning_default=100))
        one, two = (
            Jobs(store, owner, Metrics(), {CREDITS: CreditsPoll(store, Audience(store, clearstream), watch)})
            for owner in ("one", "two")
        )
        await one.prepare()
        yield one, two


async def warned(store: Store) -> list[int]:
    """The credits of each warning that was asked for."""
    async with store.read() as tx:
        rows = await tx.rows(select(operations).where(operations.c.kind == posts.LOW_CREDITS).order_by("seq"))
    return [row["payload"]["credits"] for row in rows]


async def test_processes_that_look_at_once_warn_once(
    processes: tuple[Jobs, Jobs], store: Store, line: ClearstreamStandIn, clock: WoundClock
) -> None:
    """Once a fall, as long as it lasts."""
    one, two = processes
    for credits in (50, 40, 100, 99, 3):
        line.state.account.credits = credits
        clock.advance(3600)
        await asyncio.gather(one.tick(CREDITS), two.tick(CREDITS))
    assert await warned(store) == [50, 99]


async def test_one_that_was_frozen_meanwhile_does_not_warn_again(
    processes: tuple[Jobs, Jobs], store: Store, line: ClearstreamStandIn, clock: WoundClock
) -> None:
    """Its turn has passed to another, which has warned."""
    one, two = processes
    line.state.account.credits = 50
    came, go_on = asyncio.Event(), asyncio.Event()

    async def freeze(request: RequestInfo) -> None:
        came.set()
        await go_on.wait()

    unhook = line.on_request(freeze)
    frozen = asyncio.create_task(one.tick(CREDITS))
    await came.wait()
    unhook()
    clock.advance(31)
    await two.tick(CREDITS)
    go_on.set()
    await frozen
    assert await warned(store) == [50]
