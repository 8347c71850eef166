"""A line, and a poll that watches it."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.polling.watch import Watch


@pytest.fixture
async def line(clock: WoundClock) -> AsyncIterator[ClearstreamStandIn]:
    """A Clearstream line on the test's clock."""
    async with ClearstreamStandIn(now=clock.now, tick_seconds=None) as line:
        yield line


@pytest.fixture
async def watch(store: Store, clock: WoundClock, line: ClearstreamStandIn) -> AsyncIterator[Watch]:
    """A process that polls the line; it has not begun."""
    watch = await Watch(store, clock, line).open()
    yield watch
    await watch.close()
