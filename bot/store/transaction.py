"""A transaction in few steps."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.util import greenlet_spawn

Values = Sequence[dict[str, Any]] | dict[str, Any] | None
"""What a statement's parameters are: once, or several times."""


class Transaction:
    """Takes a connection, begins and runs the first statement in one step; ends, and gives it back, in another.

    SQLAlchemy's own asynchronous connection takes a step for each of those and a task for its end: most of what a short
    question costs. Whoever is cut off in the middle of a step leaves a connection that is thrown away.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    async def run(self, statement: Executable, values: Values) -> CursorResult[Any]:
        """Run one statement."""
        return await greenlet_spawn(self._run, statement, values)

    async def end(self, *, keep: bool) -> None:
        """Commit what was done, or undo it."""
        if self._connection is not None:
            await greenlet_spawn(self._end, self._connection, keep)

    def _run(self, statement: Executable, values: Values) -> CursorResult[Any]:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.begin()
        return self._connection.execute(statement, values)

    def _end(self, connection: Connection, keep: bool) -> None:
        with connection:
            if keep:
                connection.commit()
