"""App Homes that are open, and what they show."""

from datetime import timedelta

from bot.store import homes
from bot.store.engine import Store
from tests.clock import WoundClock


async def test_where_two_draw_at_once_it_is_drawn_once_more(store: Store) -> None:
    """Nobody can tell whose view stands, when one that began before another ends after it."""
    async with store.write() as tx:
        first = await homes.opened(tx, "U1")
        second = await homes.redrawing(tx, "U1")
        assert second is not None
        await homes.drawn(tx, "U1", second, "newer")
        row = await homes.home(tx, "U1")
        assert row is not None and row["drawn"] == "newer"
        await homes.drawn(tx, "U1", first, "older")
        row = await homes.home(tx, "U1")
        assert row is not None and row["drawn"] is None


async def test_neither_of_two_that_cross_is_taken_for_what_stands(store: Store) -> None:
    """The older one reached Slack last and ended first: then the newer one does not stand there, either."""
    async with store.write() as tx:
        first = await homes.opened(tx, "U1")
        second = await homes.redrawing(tx, "U1")
        assert second is not None
        await homes.drawn(tx, "U1", first, "older")
        await homes.drawn(tx, "U1", second, "newer")
        row = await homes.home(tx, "U1")
        assert row is not None and row["drawn"] is None


async def test_the_one_that_waited_longest_is_looked_after_first(store: Store, clock: WoundClock) -> None:
    """Those opened long ago are not; one that is looked after goes to the end."""
    async with store.write() as tx:
        await homes.opened(tx, "U0")
    clock.advance(60)
    for user_id in ("U1", "U2"):
        async with store.write() as tx:
            await homes.opened(tx, user_id)
        clock.advance(1)
    async with store.write() as tx:
        await homes.looked(tx, "U1")
        since = tx.now - timedelta(seconds=30)
        assert [row["user_id"] for row in await homes.open_since(tx, since)] == ["U2", "U1"]
        assert await homes.forget(tx, since) == 1
        await homes.closed(tx, "U1")
        assert await homes.redrawing(tx, "U1") is None
