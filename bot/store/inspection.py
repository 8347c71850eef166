"""A look at a database that changes nothing, also beside a running bot: no lock, no pragma, no file of SQLite's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.clock import Clock
from bot.errors import SwitchboardError
from bot.store.engine import Tx, readable_url
from bot.store.migrate import alembic_config, revision_of
from bot.store.tables import accounts, metadata

_CONNECT_SECONDS = 5
_WHY_LENGTH = 200


class Unseen(SwitchboardError):
    """The database cannot be looked at; the sentence is its own word for why, without a password."""


def sqlite_file(url: str) -> Path | None:
    """The file a SQLite URL names; None for another database."""
    parsed = readable_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


@dataclass(frozen=True)
class Look:
    """What can be asked; ``tx`` is a transaction that only reads."""

    tx: Tx
    connection: AsyncConnection

    async def revision(self) -> str | None:
        """The revision of the schema; None where nothing was made yet."""
        return await revision_of(self.connection)

    async def time(self) -> datetime | None:
        """What time the database has; None where it has none of its own."""
        if self.tx.on_sqlite:
            return None
        seconds = await self.tx.value(select(func.extract("epoch", text("clock_timestamp()"))))
        return datetime.fromtimestamp(float(seconds), UTC)

    async def refused(self) -> list[str]:
        """Why a PostgreSQL would not let us write, as far as it says; nothing for SQLite, whose file tells."""
        if self.tx.on_sqlite:
            return []
        if await self.tx.value(select(text("pg_is_in_recovery()"))):
            return ["it is a copy that only reads"]
        if await self.tx.value(select(func.current_setting("default_transaction_read_only"))) == "on":
            return ["it is set to read only"]
        if await self.revision() is None:
            may = await self.tx.value(select(text("has_schema_privilege(current_schema(), 'CREATE')")))
            return [] if may else ["its user may not make tables"]
        names = [table.name for table in metadata.sorted_tables]
        lacking = [name for name in names if not await self._may_write(name)]
        return [f"its user may not write {', '.join(lacking)}"] if lacking else []

    async def _may_write(self, table: str) -> bool:
        """True for a table that is not there yet, too: that is told by the revision."""
        asked = [f"has_table_privilege(to_regclass(:name), '{what}')" for what in ("INSERT", "UPDATE", "DELETE")]
        said = await self.tx.value(text(f"SELECT {' AND '.join(asked)}"), name=table)
        return said is not False

    async def keys_in_use(self) -> dict[str, int]:
        """How many tokens each encryption key has sealed, by the key's name."""
        query = select(accounts.c.key, func.count().label("many")).where(accounts.c.sealed.is_not(None))
        return {row["key"]: row["many"] for row in await self.tx.rows(query.group_by(accounts.c.key))}


@asynccontextmanager
async def looking(url: str, clock: Clock) -> AsyncIterator[Look]:
    """Look at a database; on SQLite its file has to be there. Raises Unseen."""
    parsed = readable_url(url)
    on_sqlite = parsed.get_backend_name() == "sqlite"
    arguments = {} if on_sqlite else {"timeout": _CONNECT_SECONDS}
    engine = create_async_engine(
        _read_only(parsed) if on_sqlite else parsed, poolclass=NullPool, connect_args=arguments
    )
    try:
        async with engine.connect() as connection:
            if not on_sqlite:
                await connection.execution_options(postgresql_readonly=True)
            async with connection.begin():
                yield Look(Tx(connection.execute, clock, on_sqlite=on_sqlite), connection)
    except (SQLAlchemyError, OSError) as error:
        raise Unseen(_why(error)) from error
    finally:
        await engine.dispose()


def is_known(revision: str) -> bool:
    """Whether a revision is one of ours: an older one, or the newest."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - needed only where the schema is not the newest

    known = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return revision in {each.revision for each in known}


def _read_only(url: URL) -> URL:
    """The file as it lies there.

    Reading one that nobody has open, SQLite would leave files of its own beside it; taken as immutable, it does not.
    """
    path = Path(str(url.database)).resolve()
    still = {} if path.with_name(path.name + "-wal").exists() else {"immutable": "1"}
    return url.set(database=path.as_uri(), query={"mode": "ro", **still, "uri": "true"})


def _why(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error) or type(error).__name__
    return " ".join(said.rpartition(">: ")[2].split())[:_WHY_LENGTH]
