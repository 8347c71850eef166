"""What every test may ask for: databases, a store, a clock, a server."""

import gc
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from bot.store.engine import Store
from tests.clock import WoundClock
from tests.club import Club
from tests.databases import Postgres, migrate_now, postgres_server, sqlite_copy
from tests.drive import Builder, House
from tests.engines import share_compiled
from tests.faults.bots import Nursery
from tests.lines import write_plainly
from tests.quiet import StirringLoop
from tests.secrecy import pytest_runtest_makereport  # noqa: F401 - pytest calls it
from tests.upstream import Upstream

# The same examples each time, at whatever speed the machine has; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

share_compiled()
write_plainly()


def pytest_collection_finish() -> None:
    """What is loaded now stays for good: looking through it for garbage again and again only costs time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], StirringLoop]]:
    """Every asynchronous test runs on the loop that knows when it is quiet."""
    return {"stirring": StirringLoop}


@pytest.fixture
def clock() -> WoundClock:
    """Time, standing still until the test winds it."""
    return WoundClock()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A server that has to be asked exactly what was planned."""
    async with Upstream.serving() as server:
        yield server
        assert not server.unplanned


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process, started by the first test that asks."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    migrate_now(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite file."""
    return sqlite_copy(sqlite_template, tmp_path)


@pytest.fixture
def postgresql_url(postgres: Postgres) -> str:
    """The address of a migrated PostgreSQL database with nothing in it."""
    return postgres.emptied()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database with nothing in it: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgresql_url(postgres: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    with postgres.empty() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with nothing in it: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str, clock: WoundClock) -> AsyncIterator[Store]:
    """A migrated store on each kind of database, on the test's clock."""
    store = Store(database_url, clock)
    yield store
    await store.close()


@pytest.fixture
async def build(clock: WoundClock, tmp_path: Path) -> AsyncIterator[Builder]:
    """Makes houses for the test, which are closed after it."""
    async with Builder(clock, tmp_path) as build:
        yield build


@pytest.fixture
async def house(build: Builder, database_url: str) -> House:
    """The stand-ins, on each kind of database; the test starts the bot."""
    return await build(House, database_url)


@pytest.fixture
async def club(build: Builder, database_url: str) -> Club:
    """The stand-ins with Clarity among them, on each kind of database; the test starts the bot."""
    return await build(Club, database_url)


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
