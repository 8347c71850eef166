"""One store over SQLite or PostgreSQL: reads beside writes, and writes that tell when they are committed.

On SQLite there is one writing connection, taken in the order of asking, each transaction ``BEGIN IMMEDIATE``;
reads are deferred transactions on other connections, so they never wait for a write.
On PostgreSQL a pool serves both.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import CursorResult, Executable, String, Table, bindparam, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import await_only

from bot.clock import Clock
from bot.errors import SettingsError
from bot.store.transaction import Transaction, Values
from bot.store.trips import Driver

CHANNEL = select(text("'switchboard_' || md5(current_schema())"))
"""The channel of PostgreSQL on which the processes of one installation wake each other."""

_RING = select(func.pg_notify(CHANNEL.scalar_subquery(), bindparam("subject", type_=String())))

Insert = sqlite.Insert | postgresql.Insert

Row = dict[str, Any]
"""One row, by the names of its columns."""

_NOT_REACHED = "DATABASE_URL: the database cannot be reached. Is it running, and is the URL right?"

_BUSY_MILLISECONDS = 5000

_AGAIN_SECONDS = 0.01
"""Between two tries where SQLite does not wait by itself."""

_READERS = 3
"""Connections that only read a SQLite file."""

_READING, _WRITING = 7, 8
"""Connections to PostgreSQL, at the most: whoever wants one more waits until one is given back. Who reads never waits
for who writes, nor the other way round."""

_STILL_MILLISECONDS = 10_000
"""PostgreSQL ends a transaction that stands still for so long: a process that is frozen in the middle of one would keep
the others waiting for the rows it has locked, for as long as it is frozen."""


def insert_into(table: Table, *, on_sqlite: bool) -> Insert:
    """An INSERT that knows ON CONFLICT, in the words of one database."""
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


Run = Callable[[Executable, Values], Awaitable[CursorResult[Any]]]
"""Runs one statement."""


class Tx:
    """One transaction. What is given to ``after_commit`` is called once it is committed, never if it is not."""

    def __init__(self, run: Run, clock: Clock, *, on_sqlite: bool) -> None:
        self._run = run
        self._clock = clock
        self.on_sqlite = on_sqlite
        """Whether this is the database of one process."""
        self._after: list[Callable[[], None]] = []
        self.rings: set[str] = set()
        """What is rung for when this is committed."""

    @property
    def now(self) -> datetime:
        """The time, as the store's clock has it."""
        return self._clock.now()

    async def execute(self, statement: Executable, values: Values = None) -> CursorResult[Any]:
        """Run one statement; with several ``values`` once for each of them."""
        return await self._run(statement, values or None)

    async def row(self, statement: Executable, **values: Any) -> Row | None:
        """The first row, or None. ``values`` are those of the statement's parameters, here as below."""
        row = (await self.execute(statement, values)).mappings().first()
        return None if row is None else dict(row)

    async def rows(self, statement: Executable, **values: Any) -> list[Row]:
        """All rows."""
        return [dict(row) for row in (await self.execute(statement, values)).mappings()]

    async def value(self, statement: Executable, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, values)).scalar()

    async def changed(self, statement: Executable, **values: Any) -> int:
        """Run a change; how many rows it touched."""
        return (await self.execute(statement, values)).rowcount

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT, in this database's words."""
        return insert_into(table, on_sqlite=self.on_sqlite)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call ``call`` once this transaction is committed."""
        self._after.append(call)

    def ring(self, subject: str) -> None:
        """Wake who listens for ``subject``, here and in the other processes, once this transaction is committed."""
        self.rings.add(subject)

    async def ring_out(self) -> None:
        """What the transaction says last: PostgreSQL passes it on with the commit."""
        if not self.on_sqlite:
            for subject in self.rings:
                await self.execute(_RING, {"subject": subject})

    def committed(self) -> None:
        """The transaction is committed: call what waited for it."""
        for call in self._after:
            call()


class Store:
    """The database of one installation, given by a URL: ``sqlite:///path`` or ``postgresql://…``."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = readable_url(url)
        self.clock = clock
        self.on_sqlite = self.url.get_backend_name() == "sqlite"
        self.unreachable: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)
        self.backends: set[int] = set()
        """PostgreSQL's processes that serve this one."""
        self.on_ring: Callable[[str], None] = lambda subject: None
        """Called with what was rung for here, once that is committed."""
        # The pools alone would be unfair: where many wait, a newcomer takes what was given back for who waits longest.
        self._reading = asyncio.Semaphore(_READERS if self.on_sqlite else _READING)
        self._writing = asyncio.Semaphore(1 if self.on_sqlite else _WRITING)
        self._alone: TextIO | None = None
        if self.on_sqlite:
            self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", size=1)
            self._reader = _sqlite_engine(self.url, "BEGIN", size=_READERS, only_reads=True)
        else:
            self._writer = _postgresql_engine(self.url, self.backends)
            # On the same connections, each question by itself: to begin and to end would be two trips more.
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that may write: committed when the block ends, rolled back when it raises."""
        async with self._writing:
            async with self._transaction(self._writer, keep=True) as tx:
                yield tx
                await tx.ring_out()
            tx.committed()
            for subject in tx.rings:
                self.on_ring(subject)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads, and waits for no writer.

        On SQLite it sees one state of the database, on PostgreSQL each of its questions what is committed then.
        """
        async with self._reading, self._transaction(self._reader, keep=False) as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, *, keep: bool) -> AsyncIterator[Tx]:
        transaction = Transaction(engine.sync_engine)
        ended_well = False
        try:
            yield Tx(transaction.run, self.clock, on_sqlite=self.on_sqlite)
            ended_well = True
        finally:
            await transaction.end(keep=keep and ended_well)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare writing connection, for migrations."""
        async with self._writer.connect() as connection:
            yield connection

    async def synchronise_clock(self) -> None:
        """Set the clock by the database's where several processes share it; on SQLite there is nothing to agree on.

        Raises SettingsError where the database cannot be reached.
        """
        if self.on_sqlite:
            return
        try:
            async with self.read() as tx:
                seconds = await tx.value(select(func.extract("epoch", text("clock_timestamp()"))))
        except self.unreachable as error:
            raise SettingsError(_NOT_REACHED) from error
        self.clock.synchronise(datetime.fromtimestamp(float(seconds), UTC))

    async def answers(self) -> bool:
        """Whether the database answers at all."""
        try:
            async with self.read() as tx:
                return bool(await tx.value(select(1)) == 1)
        except self.unreachable:
            return False

    async def reach(self) -> None:
        """Raise SettingsError where the database does not answer."""
        if not await self.answers():
            raise SettingsError(_NOT_REACHED)

    def hold_alone(self) -> None:
        """On SQLite: make sure no other process works on this file, for as long as this one lives.

        Raises SettingsError where another one does, or where there can be no such file.
        """
        if not self.on_sqlite:
            return
        path = Path(f"{self.url.database}.lock")
        try:
            self._alone = path.open("w")
        except OSError as error:
            raise SettingsError(
                f"DATABASE_URL: {self.url.database} cannot be opened ({error.strerror}). "
                "Name a file in a folder that is there and may be written."
            ) from error
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._alone.close()
            raise SettingsError(
                "DATABASE_URL: another Switchboard already runs on this SQLite file. "
                "Stop it first, or use PostgreSQL (postgresql://…) for more than one process."
            ) from error

    async def close(self) -> None:
        """Give every connection back."""
        await self._writer.dispose()
        if self.on_sqlite:
            await self._reader.dispose()
        if self._alone is not None:
            self._alone.close()


def readable_url(url: str) -> URL:
    """``DATABASE_URL`` with the driver we use; SettingsError where it names no database we know."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            "DATABASE_URL is not a database URL. Write sqlite:///path/to/file.db or postgresql://user@host/name."
        ) from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    backend = parsed.drivername.partition("+")[0]
    if backend not in drivers:
        raise SettingsError(
            f"DATABASE_URL names {backend!r}, which Switchboard does not use. Write sqlite:///… or postgresql://…."
        )
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise SettingsError("DATABASE_URL names no file to keep things in. Write sqlite:///path/to/file.db.")
    return parsed.set(drivername=drivers[backend])


def _postgresql_engine(url: URL, backends: set[int]) -> AsyncEngine:
    # All are kept: one that came and went with each burst would be made, and learn every statement, again and again.
    engine = create_async_engine(url, pool_size=_READING + _WRITING, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: PoolProxiedConnection) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = {_STILL_MILLISECONDS}")
        cursor.close()
        connection.commit()
        backends.add(connection.driver_connection.get_server_pid())

    @event.listens_for(engine.sync_engine, "close")
    def closed(connection: Any, _: object) -> None:
        backends.discard(connection.driver_connection.get_server_pid())

    return engine


def _log_ahead(cursor: Any) -> None:
    """Have a SQLite file log what is written before it is in its place: it keeps that in mind for all that come after.

    Who opens a new file in the same moment as another is turned away at once, however long it is willing to wait.
    """
    clock = asyncio.get_running_loop()
    end = clock.time() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if clock.time() >= end or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await_only(asyncio.sleep(_AGAIN_SECONDS))


def _sqlite_engine(url: URL, begin: str, *, size: int, only_reads: bool = False) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=size, max_overflow=0, module=Driver())

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _: PoolProxiedConnection) -> None:
        # The driver's own BEGIN would start before a SELECT only when a write follows; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={_BUSY_MILLISECONDS}", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        _log_ahead(cursor)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.connection.dbapi_connection.begin(begin, only_reads=only_reads)

    @event.listens_for(engine.sync_engine, "invalidate")
    def given_up(connection: Any, *_: object) -> None:
        # A task was cut off in the middle of a statement. While anything still holds that statement's cursor, closing
        # leaves SQLite's own connection open, and its lock with it: others would wait for as long as they are willing.
        # Where the file itself fails, that was raised already.
        with suppress(sqlite3.Error):
            connection.rollback()

    return engine
