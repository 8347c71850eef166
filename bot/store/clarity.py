"""Rows of Clarity: whose accounts are connected, the calls they see, members by id, and what was heard of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select, update

from bot.store.columns import Instant
from bot.store.engine import Row, Tx
from bot.store.tables import accounts, calls, heard, members, oauth_states

SHARED = "shared"

# What each poll and each press asks is put together once.
_NOW = bindparam("now", type_=Instant())
_MOST: BindParameter[Any] = bindparam("most")
_ACCOUNT = select(accounts).where(accounts.c.owner == bindparam("whose"))
_DUE_ACCOUNTS = (
    select(accounts)
    .where(accounts.c.refused_at.is_(None), accounts.c.next_poll <= _NOW)
    .order_by(accounts.c.next_poll)
    .limit(_MOST)
)
_CALL = select(calls).where(calls.c.owner == bindparam("whose"), calls.c.id == bindparam("which"))
_CALL_LOCKED = _CALL.with_for_update()
_DUE_CALLS = select(calls).where(~calls.c.ended, calls.c.next_look <= _NOW).order_by(calls.c.next_look).limit(_MOST)
_NEXT_LOOK = (
    select(calls.c.next_look).where(~calls.c.ended, calls.c.next_look.is_not(None)).order_by(calls.c.next_look).limit(1)
)
_KNOWN_MEMBERS = select(members).where(
    members.c.id.in_(bindparam("ids", expanding=True)), members.c.fetched_at >= bindparam("since", type_=Instant())
)


async def account(tx: Tx, owner: str) -> Row | None:
    """One account."""
    return await tx.row(_ACCOUNT, whose=owner)


async def accounts_of(tx: Tx, owners: Sequence[str]) -> dict[str, Row]:
    """The accounts of these owners, of those who have one, by owner."""
    rows = await tx.rows(select(accounts).where(accounts.c.owner.in_(owners)))
    return {row["owner"]: row for row in rows}


async def keep_account(tx: Tx, owner: str, values: Row) -> None:
    """Connect an account, in place of an earlier one of the same owner."""
    statement = tx.insert(accounts).values(owner=owner, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[accounts.c.owner], set_=values))


async def change_account(tx: Tx, owner: str, **values: Any) -> Row | None:
    """Change an account; the row as it is now."""
    return await tx.row(update(accounts).where(accounts.c.owner == owner).values(**values).returning(accounts))


async def refuse_account(tx: Tx, owner: str) -> bool:
    """Note that Clarity does not accept an account's token any more; False where that was noted before."""
    statement = update(accounts).where(accounts.c.owner == owner, accounts.c.refused_at.is_(None))
    return await tx.changed(statement.values(refused_at=tx.now)) == 1


async def forget_account(tx: Tx, owner: str) -> bool:
    """Forget an account and its token; False where there is none."""
    return await tx.changed(delete(accounts).where(accounts.c.owner == owner)) == 1


async def forget_calls(tx: Tx, owner: str) -> None:
    """Forget what an account saw and heard: it is somebody else's from now on."""
    await tx.execute(delete(calls).where(calls.c.owner == owner))
    await tx.execute(delete(heard).where(heard.c.owner == owner))


async def plan_polls(tx: Tx, times: Mapping[str, datetime]) -> None:
    """When each of these accounts is to be polled next."""
    if times:
        each = update(accounts).where(accounts.c.owner == bindparam("whose")).values(next_poll=bindparam("moment"))
        await tx.execute(each, [{"whose": owner, "moment": moment} for owner, moment in times.items()])


async def next_look(tx: Tx) -> datetime | None:
    """When the next of the calls that are followed by their id is to be looked at; None where none is."""
    moment: datetime | None = await tx.value(_NEXT_LOOK)
    return moment


async def due_accounts(tx: Tx, now: datetime, limit: int) -> list[Row]:
    """Accounts to be polled now, the longest overdue first."""
    return await tx.rows(_DUE_ACCOUNTS, now=now, most=limit)


async def other_keys(tx: Tx, newest: str) -> list[Row]:
    """Accounts whose token was sealed with a key that is not the newest."""
    return await tx.rows(select(accounts).where(accounts.c.sealed.is_not(None), accounts.c.key != newest))


async def add_state(tx: Tx, state: str, user_id: str) -> None:
    """Remember that somebody set out to connect their account."""
    await tx.execute(tx.insert(oauth_states).values(state=state, user_id=user_id, created_at=tx.now))


async def state(tx: Tx, state: str) -> Row | None:
    """One such setting out."""
    return await tx.row(select(oauth_states).where(oauth_states.c.state == state))


async def use_state(tx: Tx, state: str, since: datetime) -> Row | None:
    """Use it up, once, if it is not older than ``since``; None where that cannot be."""
    statement = update(oauth_states).where(
        oauth_states.c.state == state, oauth_states.c.used_at.is_(None), oauth_states.c.created_at >= since
    )
    return await tx.row(statement.values(used_at=tx.now).returning(oauth_states))


async def forget_states(tx: Tx, before: datetime) -> None:
    """Forget those that can no longer be used."""
    await tx.execute(delete(oauth_states).where(oauth_states.c.created_at < before))


async def known_members(tx: Tx, ids: Iterable[int], since: datetime) -> dict[int, Row]:
    """Members fetched since a time, by their ids."""
    return {row["id"]: row for row in await tx.rows(_KNOWN_MEMBERS, ids=[*ids], since=since)}


async def keep_member(tx: Tx, member_id: int, data: dict[str, Any]) -> None:
    """Remember what Clarity said of a member."""
    values = {"data": data, "fetched_at": tx.now}
    statement = tx.insert(members).values(id=member_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[members.c.id], set_=values))


async def call(tx: Tx, owner: str, call_id: int, *, lock: bool = False) -> Row | None:
    """One call as an account sees it; with ``lock`` it is kept from other writers until the transaction ends."""
    return await tx.row(_CALL_LOCKED if lock else _CALL, whose=owner, which=call_id)


async def add_call(tx: Tx, values: Row) -> bool:
    """Add a call; False where it is there already (it is left as it is)."""
    return await tx.changed(tx.insert(calls).values(changed_at=tx.now, **values).on_conflict_do_nothing()) == 1


async def change_call(tx: Tx, owner: str, call_id: int, **values: Any) -> Row | None:
    """Change a call; the row as it is now."""
    statement = update(calls).where(calls.c.owner == owner, calls.c.id == call_id).values(**values)
    return await tx.row(statement.returning(calls))


async def open_calls(tx: Tx, owner: str) -> list[Row]:
    """The calls of an account that have not ended."""
    return await tx.rows(select(calls).where(calls.c.owner == owner, ~calls.c.ended))


async def due_calls(tx: Tx, now: datetime, limit: int) -> list[Row]:
    """Calls that are followed by their id and are to be looked at now, with the longest overdue first."""
    return await tx.rows(_DUE_CALLS, now=now, most=limit)


async def hear(tx: Tx, owner: str, kind: str, keys: Sequence[str]) -> set[str]:
    """Remember that these were heard of; which of them are new."""
    if not keys:
        return set()
    values = [{"owner": owner, "kind": kind, "key": key, "at": tx.now} for key in dict.fromkeys(keys)]
    statement = tx.insert(heard).values(values).on_conflict_do_nothing().returning(heard.c.key)
    return {row["key"] for row in await tx.rows(statement)}


async def was_heard(tx: Tx, owner: str, kind: str, key: str) -> bool:
    """Whether this was heard of before."""
    query = select(heard.c.at).where(heard.c.owner == owner, heard.c.kind == kind, heard.c.key == key)
    return await tx.value(query) is not None


async def unhear(tx: Tx, owner: str, kind: str, key: str) -> None:
    """Forget that this was heard of."""
    await tx.execute(delete(heard).where(heard.c.owner == owner, heard.c.kind == kind, heard.c.key == key))
