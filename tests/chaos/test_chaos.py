"""A minute of chaos: what ``python -m tests.chaos`` plays for as long as one likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.databases import NewPostgres, NewSqlite
from tests.chaos.play import prove
from tests.databases import Postgres, postgres_server
from tests.faults.bots import Nursery

SECONDS = 20.0
CONTROL = 8.0


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    """Where bots come from."""
    nursery = Nursery(tmp_path)
    yield nursery
    nursery.close()


@pytest.fixture
def durable() -> Iterator[Postgres]:
    """A server of its own, which may be restarted."""
    with postgres_server(durable=True) as server:
        yield server


async def test_one_bot_on_sqlite_keeps_every_promise(nursery: Nursery, tmp_path: Path) -> None:
    """Each text once and in order, each effect at most once; the control, which retries what is left behind, fails."""
    new = NewSqlite(tmp_path)
    proof = await prove(nursery, new.database, replicas=1, seconds=SECONDS, control=CONTROL, seed=7, hurry=2)
    assert proof.good, str(proof)
    assert proof.verdict.sent > 3, str(proof)


async def test_three_bots_on_postgresql_keep_every_promise(nursery: Nursery, durable: Postgres) -> None:
    """The same, with three bots that share the work, and a server that is restarted."""
    new = NewPostgres(durable)
    proof = await prove(
        nursery,
        new.database,
        replicas=3,
        seconds=SECONDS,
        control=CONTROL,
        seed=7,
        hurry=2,
        restart_database=new.restart,
    )
    assert proof.good, str(proof)
    assert proof.verdict.sent > 3, str(proof)
