"""Calls: asked for, connected, followed to their end; each has one message in Slack that tells how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.clarity.models import Call
from bot.errors import Gone, Invalid
from bot.operations.ledger import Ledger
from bot.operations.model import Intention
from bot.services import posts, record
from bot.services.accounts import Account
from bot.store import clarity as rows
from bot.store.clarity import SHARED
from bot.store.engine import Row, Tx

REQUEST = "call.request"
CONNECT = "call.connect"

FOLLOWED_FOR = timedelta(hours=4)
"""A call is followed live for so long at most."""

REMIND_BEFORE = timedelta(hours=1)

_SLOWER = (1, 1, 1, 2, 3, 5, 10)
"""How much longer to wait after so many looks without a change, in intervals."""


@dataclass(frozen=True)
class Followed:
    """A call as one account sees it, and its message in Slack."""

    owner: str
    call: Call
    seen: tuple[str, ...]
    asked_by: str | None
    told: bool
    channel: str | None
    ts: str | None
    tries: int
    answered_at: datetime | None
    following: bool

    @classmethod
    def of(cls, row: Row) -> "Followed":
        """The call a row holds."""
        return cls(
            owner=row["owner"],
            call=Call.model_validate(row["data"]),
            seen=tuple(row["data"].get("seen", ())),
            asked_by=row["asked_by"],
            told=row["told"],
            channel=row["channel"],
            ts=row["ts"],
            tries=row["tries"],
            answered_at=row["answered_at"],
            following=row["follow_until"] is not None and not row["ended"],
        )

    def waits_for(self, member_id: int | None, now: datetime) -> bool:
        """Whether it waits for this member to connect it."""
        return self.call.expert_id == member_id and self.call.pending and not self.call.expired(now)


@dataclass(frozen=True)
class Pressed:
    """What pressing **Connect** came to; ``done`` is False where somebody had pressed before."""

    done: bool
    followed: Followed


class Calls:
    """Asks for calls and keeps what is known of them, each in the caller's transaction."""

    def __init__(self, ledger: Ledger, live_seconds: float, calls_channel: str | None) -> None:
        self._ledger = ledger
        self._live = timedelta(seconds=live_seconds)
        self._channel = calls_channel

    def place(self, owner: str) -> str | None:
        """Where an account's calls are told: to the person, or in the calls channel for the shared account."""
        return self._channel if owner == SHARED else owner

    async def get(self, tx: Tx, owner: str, call_id: int) -> Followed:
        """One call; raises Gone where it is not known."""
        row = await rows.call(tx, owner, call_id)
        if row is None:
            raise Gone("This call is not known here (any more). Nothing was done.")
        return Followed.of(row)

    async def request(self, tx: Tx, account: Account, wish: "Wish") -> bool:
        """Ask an expert for a call; False where this draft was asked for already."""
        if wish.expert_id == account.member_id:
            raise Invalid("This expert is you: nobody can call themselves. Nothing was sent.")
        payload = {
            "owner": account.owner,
            "expert": wish.expert_id,
            "reason": wish.reason,
            "hours": wish.hours,
            "text": wish.reason,
            "to": self.place(account.owner) or wish.by,
        }
        key = f"{REQUEST}:{wish.draft}"
        intention = Intention(
            kind=REQUEST, key=key, payload=payload, lane=f"clarity:{account.owner}:requests", asked_by=wish.by
        )
        if not await self._ledger.ask(tx, intention):
            return False
        await record.write(
            tx,
            actor=wish.by,
            act="call request",
            subject=str(wish.expert_id),
            outcome="asked",
            operation_key=key,
            detail={"reason": wish.reason, "hours": wish.hours},
        )
        return True

    async def connect(self, tx: Tx, owner: str, call_id: int, by: str) -> Pressed:
        """Dial a call that waits; pressed twice it is dialled once."""
        row = await rows.call(tx, owner, call_id, lock=True)
        if row is None:
            raise Gone("This call is not known here (any more). Nothing was done.")
        followed = Followed.of(row)
        if not followed.call.pending:
            return Pressed(False, followed)
        if followed.call.expired(tx.now):
            raise Gone("This request has expired: it cannot be connected any more. Nothing was done.")
        key = f"{CONNECT}:{owner}:{call_id}:{row['tries']}"
        payload = {"owner": owner, "call": call_id, "to": row["channel"] or self.place(owner) or by}
        intention = Intention(kind=CONNECT, key=key, payload=payload, lane=f"clarity:{owner}:{call_id}", asked_by=by)
        if not await self._ledger.ask(tx, intention):
            return Pressed(False, followed)
        changed = await rows.change_call(tx, owner, call_id, asked_by=by)
        await record.write(
            tx, actor=by, act="connect", subject=str(call_id), outcome="asked", operation_key=key, detail={}
        )
        return Pressed(True, Followed.of(changed or row))

    async def connect_failed(self, tx: Tx, owner: str, call_id: int) -> None:
        """It was certainly not dialled: **Connect** may be pressed again."""
        row = await rows.call(tx, owner, call_id, lock=True)
        if row is not None:
            await rows.change_call(tx, owner, call_id, tries=row["tries"] + 1)
            await self.follow(tx, owner, call_id)
            await self.show(tx, owner, call_id)

    async def appeared(
        self, tx: Tx, owner: str, call: Call, *, tell: bool, by: str | None = None, waits_for_us: bool = False
    ) -> bool:
        """A call was met: keep it where it was not known, and tell it where that is wanted and was not done yet.

        False where there was nothing to do.
        """
        values = {
            "owner": owner,
            "id": call.id,
            "data": as_json(call),
            "status": call.status,
            "ended": call.terminal,
            "asked_by": by,
            "told": tell,
            "waits_for_us": waits_for_us,
            "tries": 0,
            "quiet": 0,
            "reminded": False,
            "expiry_told": False,
        }
        if not await rows.add_call(tx, values):
            known = await rows.call(tx, owner, call.id, lock=True)
            if not tell or known is None or known["told"]:
                return False
            await rows.change_call(tx, owner, call.id, told=True, asked_by=by or known["asked_by"])
        if tell:
            await self._ledger.ask(tx, posts.call(owner, call.id, self.place(owner)))
        return True

    async def follow(self, tx: Tx, owner: str, call_id: int) -> None:
        """Follow a call by its id from now on: it moves."""
        await rows.change_call(tx, owner, call_id, follow_until=tx.now + FOLLOWED_FOR, next_look=tx.now, quiet=0)

    async def observed(self, tx: Tx, owner: str, call: Call) -> bool:
        """What Clarity says of a known call now; drawn where something changed. False where nothing did."""
        row = await rows.call(tx, owner, call.id, lock=True)
        if row is None:
            return False
        before = Call.model_validate(row["data"])
        changed = visible(before) != visible(call)
        seen = [*dict.fromkeys([*row["data"].get("seen", ()), call.status])]
        talking = in_progress(call.status, seen)
        values = self._next_look(tx, row, call, changed)
        if changed:
            values |= {
                "data": {**as_json(call), "seen": seen},
                "status": call.status,
                "ended": call.terminal,
                "changed_at": tx.now,
            }
            if row["answered_at"] is None and talking:
                values["answered_at"] = tx.now
        if values:
            await rows.change_call(tx, owner, call.id, **values)
        if changed or (talking and row["told"]):
            await self.show(tx, owner, call.id, clock=not changed)
        return changed

    def _next_look(self, tx: Tx, row: Row, call: Call, changed: bool) -> dict[str, Any]:
        """When to look at a followed call again: soon while it moves, later when it does not, never once it ended."""
        if row["follow_until"] is None:
            return {}
        if call.terminal or tx.now >= row["follow_until"]:
            return {"next_look": None, "follow_until": None}
        quiet = 0 if changed else row["quiet"] + 1
        wait = self._live * _SLOWER[min(quiet // 20, len(_SLOWER) - 1)]
        return {"quiet": quiet, "next_look": tx.now + wait}

    async def show(self, tx: Tx, owner: str, call_id: int, *, clock: bool = False) -> None:
        """Draw a call's message anew; a clock alone at most every 15 seconds."""
        row = await rows.call(tx, owner, call_id)
        if row is not None and row["told"] and row["ts"] is not None:
            await self._ledger.ask(tx, posts.call_update(owner, call_id, tx.now if clock else None))

    async def remind(self, tx: Tx, row: Row) -> None:
        """Say, once each, that a request for us has an hour left, and that a request has expired."""
        call = Call.model_validate(row["data"])
        if call.expires_at is None or not call.pending or not row["told"]:
            return
        expired = call.expired(tx.now)
        if expired and not row["expiry_told"]:
            await rows.change_call(tx, row["owner"], row["id"], expiry_told=True)
            await self._say(tx, row, "expired")
            await self.show(tx, row["owner"], row["id"])
            return
        soon = call.expires_at - tx.now <= REMIND_BEFORE
        if soon and not expired and row["waits_for_us"] and not row["reminded"]:
            await rows.change_call(tx, row["owner"], row["id"], reminded=True)
            await self._say(tx, row, "reminder")

    async def _say(self, tx: Tx, row: Row, what: str) -> None:
        key = f"{row['owner']}:{row['id']}"
        payload = {"owner": row["owner"], "call": row["id"]}
        await self._ledger.ask(tx, posts.word(self.place(row["owner"]), what, key, payload))


@dataclass(frozen=True)
class Wish:
    """A call somebody wants: with whom, why, and for how many hours the request stands."""

    draft: str
    expert_id: int
    reason: str
    hours: int
    by: str


def as_json(call: Call) -> dict[str, Any]:
    """A call as it is stored."""
    return call.model_dump(mode="json", by_alias=True)


def in_progress(status: str, seen: Sequence[str]) -> bool:
    """Whether both have answered: Clarity says of one side at a time how it stands, in no promised order.

    ``seen`` are the states the call was in, so that an answer after the other side was dialled is a conversation.
    """
    sides = {"seeker_answered": "expert", "expert_answered": "seeker"}
    other = sides.get(status)
    return other is not None and any(other in before for before in seen if before != status)


def visible(call: Call) -> tuple[Any, ...]:
    """What a person would see change."""
    return (call.status, call.duration, call.hourly_rate, call.reason, call.expires_at)


def cost_so_far(call: Call, seconds: float) -> Decimal | None:
    """What a call under way has cost by now, to the cent; None where its rate is not known."""
    return call.model_copy(update={"duration": int(seconds)}).cost
