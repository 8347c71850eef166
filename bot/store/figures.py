"""What the database says of the installation as a whole, for whoever watches it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, distinct, func, or_, select

from bot.store.claims import IN_LANE
from bot.store.columns import Instant
from bot.store.engine import Row, Tx
from bot.store.tables import accounts, broadcasts, calls, jobs, kept, operations

_NOW = bindparam("now", type_=Instant())

# One that is to leave later is not late; one that was tried is, though it waits before it is tried again.
_LATE = or_(operations.c.state != "ready", operations.c.attempts > 0, operations.c.not_before <= _NOW)

_LEDGER = (
    select(
        operations.c.kind,
        operations.c.state,
        func.count().label("number"),
        func.min(case((_LATE, operations.c.created_at))).label("oldest"),
    )
    .where(operations.c.state.in_((*IN_LANE, "unconfirmed")))
    .group_by(operations.c.kind, operations.c.state)
)
_JOBS = select(jobs.c.name, jobs.c.next_due, jobs.c.owner, jobs.c.lease_until, jobs.c.succeeded_at, jobs.c.failures)
_BROADCASTS = (
    select(broadcasts.c.state, func.count().label("number"))
    .where(broadcasts.c.state.in_(bindparam("states", expanding=True)))
    .group_by(broadcasts.c.state)
)
_FOLLOWED = select(
    func.count(distinct(calls.c.id)).label("followed"),
    func.count(distinct(case((calls.c.answered_at.is_not(None), calls.c.id)))).label("talking"),
).where(~calls.c.ended, calls.c.next_look.is_not(None))
_ACCOUNTS = select(
    func.count(accounts.c.refused_at).label("refused"), (func.count() - func.count(accounts.c.refused_at)).label("used")
)


@dataclass(frozen=True)
class InLedger:
    """Operations of one kind and state that have not ended. ``oldest``: when the oldest that is late was asked for."""

    kind: str
    state: str
    number: int
    oldest: datetime | None


@dataclass(frozen=True)
class Whole:
    """The installation at one moment; ``account`` is what is kept of Clearstream's, None where nothing is."""

    now: datetime
    ledger: list[InLedger]
    jobs: list[Row]
    broadcasts: dict[str, int]
    calls: dict[str, int]
    clarity_accounts: dict[str, int]
    account: dict[str, Any] | None


async def whole(tx: Tx, broadcast_states: list[str], account_key: str) -> Whole:
    """Read it: a few questions, each about rows that are open."""
    account = await tx.value(select(kept.c.value).where(kept.c.key == account_key))
    return Whole(
        now=tx.now,
        ledger=[InLedger(**row) for row in await tx.rows(_LEDGER, now=tx.now)],
        jobs=await tx.rows(_JOBS),
        broadcasts={row["state"]: row["number"] for row in await tx.rows(_BROADCASTS, states=broadcast_states)},
        calls=await tx.row(_FOLLOWED) or {},
        clarity_accounts=await tx.row(_ACCOUNTS) or {},
        account=account if isinstance(account, dict) else None,
    )
