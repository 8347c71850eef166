"""The schema: made from nothing, the same as the tables say, once."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import SettingsError
from bot.store.engine import Store
from bot.store.migrate import HEAD, alembic_config, migrate, revision
from bot.store.tables import metadata
from tests.clock import WoundClock


async def test_an_empty_database_is_brought_to_the_newest_schema(empty_database_url: str, clock: WoundClock) -> None:
    """From nothing to HEAD, and then nothing is left to do."""
    store = Store(empty_database_url, clock)
    assert await revision(store) is None
    assert await migrate(store) is True
    assert await revision(store) == HEAD
    assert await migrate(store) is False
    await store.close()


async def test_the_revisions_make_what_the_tables_say(store: Store) -> None:
    """Alembic finds no difference between a migrated database and the tables in the code."""

    def differences(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with store.connection() as connection:
        assert await connection.run_sync(differences) == []


def test_head_is_the_newest_revision() -> None:
    """The constant that spares loading Alembic agrees with Alembic."""
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


async def test_replicas_that_start_at_once_migrate_once(empty_database_url: str, clock: WoundClock) -> None:
    """One does the work, the other waits for it and finds it done."""
    stores = [Store(empty_database_url, clock) for _ in range(3)]
    assert sorted(await asyncio.gather(*(migrate(store) for store in stores))) == [False, False, True]
    for store in stores:
        assert await revision(store) == HEAD
        await store.close()


async def test_a_database_from_a_newer_switchboard_is_left_alone(empty_database_url: str, clock: WoundClock) -> None:
    """An older program says so instead of working on tables it does not know."""
    store = Store(empty_database_url, clock)
    await migrate(store)
    async with store.connection() as connection, connection.begin():
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match=r"DATABASE_URL.*newer Switchboard"):
        await migrate(store)
    assert await revision(store) == "9999"
    await store.close()
