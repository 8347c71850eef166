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
async def desk(store: Store, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Desk]:
    """One process, on each kind of database; the line has no lists yet."""
    async with opened(Desk(store, clock, line)) as desk:
        yield desk
