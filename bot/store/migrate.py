"""Brings the database to the newest schema, under a lock, so that several replicas may start at once."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SettingsError
from bot.store.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
"""The newest revision under ``migrations/versions``; a test holds it against Alembic's own reading."""

_LOCK = 0x5357_4244
"""PostgreSQL's advisory lock for migrating ("SWBD")."""


async def migrate(store: Store) -> bool:
    """Apply what is missing; True where something was. Alembic is loaded only where there is something to do.

    Raises SettingsError where the database was made by a newer Switchboard.
    """
    async with store.connection() as connection, connection.begin():
        if not store.on_sqlite:
            await connection.execute(select(text(f"pg_advisory_xact_lock({_LOCK})")))
        if await revision_of(connection) == HEAD:
            return False
        await connection.run_sync(_upgrade)
        return True


async def revision(store: Store) -> str | None:
    """The revision the database is at; None where it is empty."""
    async with store.connection() as connection:
        return await revision_of(connection)


async def revision_of(connection: AsyncConnection) -> str | None:
    """The same, over a connection that is there already; nothing but a question."""

    def read(sync: Connection) -> str | None:
        if not inspect(sync).has_table("alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(read)


def alembic_config() -> "Config":
    """Alembic's configuration, made here so that the package needs no file beside it."""
    from alembic.config import Config  # noqa: PLC0415 - costs start-up time that a database up to date need not pay

    config = Config()
    config.set_main_option("script_location", "bot:store/migrations")
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SettingsError(
            "DATABASE_URL: this database was made by a newer Switchboard, or by something else. "
            f"Start that one, or name another database. ({error})"
        ) from error
