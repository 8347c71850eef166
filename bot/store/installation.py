"""Rows of what an installation is set to, its saved replies, its record, and the views people have open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.store.engine import Row, Tx
from bot.store.tables import open_views, record, saved_replies, settings

# Asked with nearly everything that is shown, so it is put together once.
_SETTINGS_OF = select(settings.c.key, settings.c.value).where(settings.c.key.in_(bindparam("keys", expanding=True)))


async def setting(tx: Tx, key: str) -> Any:
    """What a setting was set to in Slack; None where it was not."""
    return await tx.value(select(settings.c.value).where(settings.c.key == key))


async def settings_under(tx: Tx, prefix: str) -> dict[str, Any]:
    """The settings whose keys begin so, by key."""
    query = select(settings.c.key, settings.c.value).where(settings.c.key.startswith(prefix, autoescape=True))
    return {row["key"]: row["value"] for row in await tx.rows(query)}


async def set_setting(tx: Tx, key: str, value: Any, by: str) -> None:
    """Set a setting."""
    values = {"value": value, "updated_by": by, "updated_at": tx.now}
    statement = tx.insert(settings).values(key=key, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[settings.c.key], set_=values))


async def settings_of(tx: Tx, keys: Sequence[str]) -> dict[str, Any]:
    """What these settings were set to in Slack, of those that were."""
    rows = await tx.rows(_SETTINGS_OF, keys=[*keys])
    return {row["key"]: row["value"] for row in rows}


async def forget_setting(tx: Tx, key: str) -> None:
    """Leave a setting to the environment again."""
    await tx.execute(delete(settings).where(settings.c.key == key))


async def replies(tx: Tx) -> list[Row]:
    """The saved replies, in the order of the alphabet."""
    return await tx.rows(select(saved_replies).order_by(func.lower(saved_replies.c.body)))


async def save_reply(tx: Tx, reply_id: str, body: str, by: str) -> bool:
    """Save a reply; False where it is saved already."""
    values = {"id": reply_id, "body": body, "created_by": by, "created_at": tx.now}
    return await tx.changed(tx.insert(saved_replies).values(values).on_conflict_do_nothing()) == 1


async def forget_reply(tx: Tx, reply_id: str) -> bool:
    """Remove a saved reply; False where there is none (any more)."""
    return await tx.changed(delete(saved_replies).where(saved_replies.c.id == reply_id)) == 1


async def write_record(tx: Tx, values: Row) -> None:
    """Add one line to the record."""
    await tx.execute(tx.insert(record).values(at=tx.now, **values))


async def settle_record(tx: Tx, operation_id: str, outcome: str, reference: str | None) -> None:
    """Write how an act ended beside it."""
    statement = update(record).where(record.c.operation_id == operation_id)
    await tx.execute(statement.values(outcome=outcome, reference=reference))


async def last_records(tx: Tx, limit: int) -> list[Row]:
    """The newest lines of the record, newest first."""
    return await tx.rows(select(record).order_by(record.c.id.desc()).limit(limit))


async def view_opened(tx: Tx, values: Row) -> None:
    """Note that somebody has a view of a conversation open."""
    statement = tx.insert(open_views).values(opened_at=tx.now, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[open_views.c.view_id], set_=values))


async def view(tx: Tx, view_id: str) -> Row | None:
    """One open view."""
    return await tx.row(select(open_views).where(open_views.c.view_id == view_id))


async def change_view(tx: Tx, view_id: str, state: dict[str, Any]) -> None:
    """Note what a view was drawn from now."""
    await tx.execute(update(open_views).where(open_views.c.view_id == view_id).values(state=state))


async def view_closed(tx: Tx, view_id: str) -> None:
    """A view is not open any more."""
    await tx.execute(delete(open_views).where(open_views.c.view_id == view_id))


async def views_of(tx: Tx, conversation_id: int) -> list[Row]:
    """The views of a conversation that are open."""
    return await tx.rows(select(open_views).where(open_views.c.conversation_id == conversation_id))
