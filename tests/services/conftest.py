"""A line, and a process that sends broadcasts on it."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.services.office import Desk, opened


@pytest.fixture
async def line(clock: WoundClock) -> AsyncIterator[ClearstreamStandIn]:
    """A Clearstream line on the test's clock."""
    async with ClearstreamStandIn(now=clock.now, tick_seconds=None) as line:
        yield line


@pytest.fixture
async def desk(sqlite_url: str, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Desk]:
    """One process; the line has no lists yet."""
    store = Store(sqlite_url, clock)
    async with opened(Desk(store, clock, line)) as desk:
        yield desk
    await store.close()


@pytest.fixture
async def desks(store: Store, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Desk]:
    """The same, on each kind of database in turn."""
    async with opened(Desk(store, clock, line)) as desk:
        yield desk
