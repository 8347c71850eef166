"""Stories are played in a house whose Slack has nothing to complain of at the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import WoundClock
from tests.club import Club
from tests.drive import House
from tests.hall import Hall

QUICK = {"inbox_poll_seconds": 1}
"""Stories look every second, as waiting for a look is not what they are about."""

CALLS_ALONE = {"clearstream_api_key": None, "calls_poll_seconds": 10, "live_call_poll_seconds": 3}
"""Stories about experts and calls have no text line beside them."""


async def _house(clock: WoundClock, database_url: str, folder: Path) -> AsyncIterator[House]:
    house = House(clock, database_url, folder)
    house.settings = dict(QUICK)
    await house.open()
    yield house
    await house.close_as_time_goes_by()


@pytest.fixture
async def house(clock: WoundClock, database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The stand-ins, on each kind of database; the test starts the bot."""
    async for house in _house(clock, database_url, tmp_path):
        yield house


@pytest.fixture
async def unopened(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The same on SQLite alone, for stories the database has no part in; the test starts the bot."""
    async for house in _house(clock, sqlite_url, tmp_path):
        yield house


@pytest.fixture
async def office(unopened: House) -> House:
    """The same, with the bot started."""
    await unopened.start()
    return unopened


async def _hall(clock: WoundClock, database_url: str, folder: Path) -> AsyncIterator[Hall]:
    hall = Hall(clock, database_url, folder)
    hall.settings = dict(QUICK)
    await hall.open()
    yield hall
    await hall.close_as_time_goes_by()


@pytest.fixture
async def halls(clock: WoundClock, database_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    """A house for broadcasts, on each kind of database; the test starts the bot."""
    async for hall in _hall(clock, database_url, tmp_path):
        yield hall


@pytest.fixture
async def hall(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Hall]:
    """The same on SQLite alone, with the bot started."""
    async for hall in _hall(clock, sqlite_url, tmp_path):
        await hall.start()
        yield hall


async def _club(clock: WoundClock, database_url: str, folder: Path) -> AsyncIterator[Club]:
    club = Club(clock, database_url, folder)
    club.settings = dict(CALLS_ALONE)
    for part, seconds in {"seeker_rings": 3, "announcement": 1, "expert_rings": 3, "talk": 16, "patience": 6}.items():
        setattr(club.clarity.pace, part, timedelta(seconds=seconds))
    await club.open()
    yield club
    await club.close_as_time_goes_by()


@pytest.fixture
async def club(clock: WoundClock, database_url: str, tmp_path: Path) -> AsyncIterator[Club]:
    """The stand-ins with Clarity among them, on each kind of database; the test starts the bot."""
    async for club in _club(clock, database_url, tmp_path):
        yield club


@pytest.fixture
async def closed(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Club]:
    """The same on SQLite alone, for stories the database has no part in; the test starts the bot."""
    async for club in _club(clock, sqlite_url, tmp_path):
        yield club


@pytest.fixture
async def lounge(closed: Club) -> Club:
    """The same, with the bot started."""
    await closed.start()
    return closed
