"""One database in a certain state, and any number of copies of it: for tests that end the same story many times."""

import shutil
import sqlite3
from itertools import count
from pathlib import Path

import asyncpg

from bot.store.engine import readable_url

_NUMBERS = count(1)
_UNDER_WAY = "SELECT count(*) FROM operations WHERE state IN ('held', 'ready', 'sending', 'unknown')"


class SqliteCopies:
    """Copies of a SQLite file; ``base`` is the address of the one to work on first."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._path = folder / "base.db"
        self._folder = folder
        shutil.copyfile(migrated, self._path)
        self.base = f"sqlite:///{self._path}"

    async def open(self) -> None:
        """Nothing is to be done before."""

    async def keep(self) -> None:
        """The base is as it is to be; nobody works on it any more."""
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    async def copy(self) -> str:
        """The address of a copy of the base as it was kept."""
        path = self._folder / f"copy-{next(_NUMBERS)}.db"
        shutil.copyfile(self._path, path)
        return f"sqlite:///{path}"

    async def under_way(self, url: str) -> int:
        """How many operations of a copy have not come to rest."""
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return int(connection.execute(_UNDER_WAY).fetchone()[0])
        finally:
            connection.close()

    async def close(self) -> None:
        """The folder is the test's."""


class PostgresCopies:
    """Copies of a PostgreSQL database, made by the server itself."""

    def __init__(self, migrated: str) -> None:
        self._migrated = readable_url(migrated).set(drivername="postgresql")
        self._made: list[str] = []
        self.base = ""

    async def open(self) -> None:
        """Make the base."""
        self.base = await self._copied(str(self._migrated.database))

    async def keep(self) -> None:
        """The base is as it is to be; nobody works on it any more."""
        await self._do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._made[0]}'")

    async def copy(self) -> str:
        """The address of a copy of the base as it was kept."""
        return await self._copied(self._made[0])

    async def under_way(self, url: str) -> int:
        """How many operations of a copy have not come to rest."""
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(_UNDER_WAY))
        finally:
            await connection.close()

    async def close(self) -> None:
        """Drop them all."""
        for name in self._made:
            await self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _copied(self, template: str) -> str:
        name = f"copy_{next(_NUMBERS)}"
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        self._made.append(name)
        return self._migrated.set(database=name).render_as_string(hide_password=False)

    async def _do(self, statement: str) -> None:
        url = self._migrated.set(database="postgres").render_as_string(hide_password=False)
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


Copies = SqliteCopies | PostgresCopies
