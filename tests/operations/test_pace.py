"""Places in a bucket: never two in one interval, and none lost to the time that claiming takes."""

from datetime import datetime, timedelta

from bot.store.claims import reserve
from bot.store.engine import Store
from tests.clock import START, WoundClock

SECOND = timedelta(seconds=1)
AHEAD = timedelta(milliseconds=60)


async def place(store: Store, ahead: timedelta = AHEAD) -> datetime | None:
    """Ask for the next place of a bucket."""
    async with store.write() as tx:
        return await reserve(tx, "slack.post:C1", SECOND, ahead)


async def test_a_place_is_taken_once_an_interval(store: Store, clock: WoundClock) -> None:
    """The first is at once; a second one there is not before the interval is over."""
    assert await place(store, timedelta()) == START
    assert await place(store, timedelta()) is None
    clock.advance(0.999)
    assert await place(store, timedelta()) is None
    clock.advance(0.001)
    assert await place(store, timedelta()) == START + SECOND


async def test_a_place_taken_a_little_ahead_is_where_it_would_have_been(store: Store, clock: WoundClock) -> None:
    """Asked for shortly before its time it is that time, so that many of them are exactly an interval apart."""
    assert await place(store) == START
    clock.advance(0.5)
    assert await place(store) is None
    clock.advance(0.45)
    assert await place(store) == START + SECOND
    clock.advance(1)
    assert await place(store) == START + 2 * SECOND
    clock.advance(0.01)
    assert await place(store) is None


async def test_after_a_silence_the_next_place_is_now(store: Store, clock: WoundClock) -> None:
    """Places nobody took do not add up."""
    assert await place(store) == START
    clock.advance(60)
    assert await place(store) == START + 60 * SECOND
    assert await place(store) is None
