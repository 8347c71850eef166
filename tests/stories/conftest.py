"""Stories are played in a house whose Slack has nothing to complain of at the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import WoundClock
from tests.club import Club
from tests.drive import Builder, House
from tests.hall import Hall

QUICK = {"inbox_poll_seconds": 1}
"""Stories look every second, as waiting for a look is not what they are about."""

CALLS_ALONE = {"clearstream_api_key": None, "calls_poll_seconds": 10, "live_call_poll_seconds": 3}
"""Stories about experts and calls have no text line beside them."""

PACE = {"seeker_rings": 3, "announcement": 1, "expert_rings": 3, "talk": 16, "patience": 6}
"""In seconds: how long each part of a call takes."""


@pytest.fixture
async def build(clock: WoundClock, tmp_path: Path) -> AsyncIterator[Builder]:
    """Makes houses for the story, which are closed after it as time goes by."""
    async with Builder(clock, tmp_path, House.close_as_time_goes_by) as build:
        yield build


@pytest.fixture
async def house(build: Builder, database_url: str) -> House:
    """The stand-ins, on each kind of database; the test starts the bot."""
    return await build(House, database_url, **QUICK)


@pytest.fixture
async def unopened(build: Builder, sqlite_url: str) -> House:
    """The same on SQLite alone, for stories the database has no part in; the test starts the bot."""
    return await build(House, sqlite_url, **QUICK)


@pytest.fixture
async def office(unopened: House) -> House:
    """The same, with the bot started."""
    await unopened.start()
    return unopened


@pytest.fixture
async def halls(build: Builder, database_url: str) -> Hall:
    """A house for broadcasts, on each kind of database; the test starts the bot."""
    return await build(Hall, database_url, **QUICK)


@pytest.fixture
async def hall(build: Builder, sqlite_url: str) -> Hall:
    """The same on SQLite alone, with the bot started."""
    hall = await build(Hall, sqlite_url, **QUICK)
    await hall.start()
    return hall


async def _club(build: Builder, database_url: str) -> Club:
    club = await build(Club, database_url, **CALLS_ALONE)
    for part, seconds in PACE.items():
        setattr(club.clarity.pace, part, timedelta(seconds=seconds))
    return club


@pytest.fixture
async def club(build: Builder, database_url: str) -> Club:
    """The stand-ins with Clarity among them, on each kind of database; the test starts the bot."""
    return await _club(build, database_url)


@pytest.fixture
async def closed(build: Builder, sqlite_url: str) -> Club:
    """The same on SQLite alone, for stories the database has no part in; the test starts the bot."""
    return await _club(build, sqlite_url)


@pytest.fixture
async def lounge(closed: Club) -> Club:
    """The same, with the bot started."""
    await closed.start()
    return closed
