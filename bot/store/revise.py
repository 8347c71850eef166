"""For developers: writes a revision that brings the last one to what ``tables`` says. ``make migration`` runs it."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from bot.clock import Clock
from bot.store.engine import Store
from bot.store.migrate import alembic_config, migrate


def _write(connection: Connection, revision: str, name: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.revision(config, name, autogenerate=True, rev_id=revision)


async def revise(revision: str, name: str) -> None:
    """Compare a database at the newest revision with the tables, and write down the difference."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'revise.db'}", Clock())
        await migrate(store)
        async with store.connection() as connection, connection.begin():
            await connection.run_sync(_write, revision, name)
        await store.close()


if __name__ == "__main__":
    asyncio.run(revise(sys.argv[1], sys.argv[2]))
