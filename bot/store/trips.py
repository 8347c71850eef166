"""SQLite with one trip a statement: the driver works in a thread of its own, and each trip there and back takes longer
than most statements do. SQLAlchemy's adapter by itself makes four of one: a cursor, the statement, its rows, the end.
And three of a transaction: its beginning, which here goes with the first statement; its end, which nobody waits for
where it was only read; and that once more, for what may be left of it, when the connection is given back.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


class _Answer:
    """What a cursor says of a statement that was run; the cursor itself is closed by then."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1
    begun = False
    """Whether the transaction was begun with it."""

    def run(self, driver: sqlite3.Connection, begin: str | None, method: str, *values: Any) -> Sequence[Any]:
        """In the driver's thread: begin the transaction where that is still to be done, run it and fetch its rows."""
        if begin is not None:
            driver.execute(begin)
            self.begun = True
        cursor: sqlite3.Cursor = getattr(driver, method)(*values)
        try:
            rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()
        return rows

    def close(self) -> None:
        """As a cursor's: there is nothing to close."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()

    _awaitable_cursor_close = False
    _adapt_connection: "_Connection"
    _connection: Any
    _cursor: Any

    def _make_new_cursor(self, connection: Any) -> Any:
        return _Answer()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        return await self._at_one_go("execute", operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        return await self._at_one_go("executemany", operation, seq_of_parameters)

    async def _at_one_go(self, method: str, *values: Any) -> None:
        connection, driver = self._adapt_connection, self._connection
        async with connection._execute_mutex:
            connection.touched = True
            try:
                rows = await driver._execute(self._cursor.run, driver._conn, connection.to_begin, method, *values)
            finally:
                if self._cursor.begun:
                    connection.to_begin = None
            self._rows = deque(rows)


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("only_reads", "to_begin", "touched")

    _cursor_cls = _Cursor
    _connection: Any

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.to_begin: str | None = None
        """What begins the transaction, until a statement has done so."""
        self.only_reads = False
        """Whether there is nothing in it to be kept, or to be lost."""
        self.touched = False
        """Whether anything was asked of the database since a transaction last ended."""

    def begin(self, words: str, *, only_reads: bool) -> None:
        """Begin a transaction with the first statement that comes."""
        self.to_begin, self.only_reads = words, only_reads

    def commit(self) -> None:
        """End the transaction, where there is one."""
        self._end(super().commit)

    def rollback(self) -> None:
        """Undo it, where there is one."""
        self._end(super().rollback)

    def _end(self, end: Callable[[], None]) -> None:
        self.to_begin = None
        if not self.touched:
            return
        if self.only_reads:
            # Whoever is given this connection next comes after it in the driver's thread.
            driver = self._connection
            driver._tx.put_nowait((None, driver._conn.rollback))
        else:
            end()
        self.touched = False


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What an engine takes as its ``module``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """As the adapter's own, with the other cursor."""
        return _Connection(self, super().connect(*arg, **kw)._connection)
