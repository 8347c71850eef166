"""Compiling each statement once a process: every test has engines of its own, and each would compile it anew."""

from collections import defaultdict
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine


class _Compiled(dict[Any, Any]):
    """What was compiled for one kind of database: all engines have the same settings, so whose it was is left out."""

    def get(self, key: Any, default: Any = None) -> Any:
        """As a dictionary does."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_compiled: dict[str, _Compiled] = defaultdict(_Compiled)


def share_compiled() -> None:
    """Have all engines that are made from now on share what they compile."""
    for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        dialect.engine_created = classmethod(_share)  # type: ignore[assignment,method-assign]


def _share(_: type[Any], engine: Engine) -> None:
    engine.update_execution_options(compiled_cache=_compiled[engine.dialect.name])
