"""Alembic's way in: runs the revisions on the connection it is handed."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.store.columns import Instant
from bot.store.tables import metadata


def render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """A revision holds plain column types: it must read the same when ours have changed."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
