"""SQLite with one trip a statement: the driver works in a thread of its own, and each trip there and back takes longer
than most statements do. SQLAlchemy's adapter by itself makes four of one: a cursor, the statement, its rows, the end.
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

    def run(self, execute: Callable[..., sqlite3.Cursor], *values: Any) -> Sequence[Any]:
        """In the driver's thread: run it and fetch its rows."""
        cursor = execute(*values)
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
        async with self._adapt_connection._execute_mutex:
            driver = self._connection
            self._rows = deque(await driver._execute(self._cursor.run, getattr(driver._conn, method), *values))


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    _cursor_cls = _Cursor


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What an engine takes as its ``module``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """As the adapter's own, with the other cursor."""
        return _Connection(self, super().connect(*arg, **kw)._connection)
