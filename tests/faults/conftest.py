"""A rig on each kind of database, and processes to be killed on copies of each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clock import WoundClock
from tests.faults.bots import Nursery
from tests.faults.copies import Copies, PostgresCopies, SqliteCopies
from tests.faults.rig import Rig


async def _rig(clock: WoundClock, database_url: str, folder: Path) -> AsyncIterator[Rig]:
    rig = Rig(clock, database_url, folder)
    await rig.open()
    yield rig
    await rig.close()
    assert rig.slack.complaints == []
    assert rig.slack.limits.refused == rig.told_to_wait


@pytest.fixture
async def rig(clock: WoundClock, database_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """The stand-ins, on each kind of database; the test starts the bot."""
    async for rig in _rig(clock, database_url, tmp_path):
        yield rig


@pytest.fixture
async def shared_rig(clock: WoundClock, postgresql_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """The same on the database that several processes may share."""
    async for rig in _rig(clock, postgresql_url, tmp_path):
        yield rig


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where bots come from: one for all tests, as it takes its time to get ready."""
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@pytest.fixture
def nursery(founded: Nursery) -> Iterator[Nursery]:
    """The same, whose bots do not outlive the test."""
    yield founded
    founded.kill_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def unopened(request: pytest.FixtureRequest, tmp_path: Path) -> Copies:
    """A migrated database to be copied, of each kind."""
    if request.param == "sqlite":
        return SqliteCopies(request.getfixturevalue("sqlite_template"), tmp_path)
    return PostgresCopies(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def copies(unopened: Copies) -> AsyncIterator[Copies]:
    """A migrated database that can be copied, of each kind."""
    await unopened.open()
    yield unopened
    await unopened.close()
