"""A minute of chaos: what ``python -m tests.chaos`` plays for as long as one likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.databases import NewPostgres, NewSqlite
from tests.chaos.play import Play, control_fails
from tests.databases import Postgres, postgres_server
from tests.faults.bots import Nursery
from tests.quiet import allow

SECONDS = 26.0
CONTROL = 8.0


@pytest.fixture(autouse=True)
async def patience() -> None:
    """A machine that has other things to do takes its time until everything has come to rest."""
    allow(180)


@pytest.fixture
def durable() -> Iterator[Postgres]:
    """A server of its own, which may be restarted."""
    with postgres_server(durable=True) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> NewSqlite | NewPostgres:
    """New databases of each kind."""
    if request.param == "sqlite":
        return NewSqlite(tmp_path)
    return NewPostgres(request.getfixturevalue("durable"))


async def test_every_promise_is_kept(nursery: Nursery, new: NewSqlite | NewPostgres) -> None:
    """Each text once and in order, each effect at most once: one bot on SQLite, three that share PostgreSQL."""
    replicas = 3 if new.restart else 1
    play = Play(await new.database(), replicas, SECONDS, seed=7, restart_database=new.restart)
    verdict, told = await play.run(nursery)
    assert verdict.good, f"{told}\n{verdict}"
    assert verdict.sent > 3, told


async def test_the_control_breaks_them(nursery: Nursery, tmp_path: Path) -> None:
    """A bot that does again what an ended lease left behind sends twice here: else the test above proves nothing.

    On one kind of database, as it is the storm that is tried; ``make chaos`` tries it on both.
    """
    assert await control_fails(nursery, NewSqlite(tmp_path).database, replicas=1, seconds=CONTROL, seed=1)
