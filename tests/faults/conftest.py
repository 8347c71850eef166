"""A rig on each kind of database, and processes to be killed on copies of each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drive import Builder
from tests.faults.copies import Copies, PostgresCopies, SqliteCopies
from tests.faults.rig import Rig


@pytest.fixture
async def rig(build: Builder, database_url: str) -> Rig:
    """The stand-ins, on each kind of database; the test starts the bot."""
    return await build(Rig, database_url)


@pytest.fixture
async def shared_rig(build: Builder, postgresql_url: str) -> Rig:
    """The same on the database that several processes may share."""
    return await build(Rig, postgresql_url)


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
