"""Calls: asked for, connected, followed to their end; each has one message in Slack that tells how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clarity.models import Call
from bot.errors import Gone, Invalid, Refused
from bot.operations.ledger import Ledger
from bot.operations.model import Intention
from bot.services import posts, record
from bot.services.accounts import Account
from bot.services.followed import ASKED, CLOCK_EVERY, MOVING, Followed, as_json, in_progress, reminder_differs, visible
from bot.services.setup import Setup
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
_STEP = 20
"""Looks without a change until the next of those."""
_NOT_FOLLOWED: dict[str, Any] = {"next_look": None, "follow_until": None}


@dataclass(frozen=True)
class Pressed:
    """What pressing **Connect** came to; ``done`` is False where somebody had pressed before."""

    done: bool
    followed: Followed


class Calls:
    """Asks for calls and keeps what is known of them, each in the caller's transaction."""

    def __init__(self, ledger: Ledger, live_seconds: float, setup: Setup) -> None:
        self._ledger = ledger
        self._live = timedelta(seconds=live_seconds)
        self._setup = setup

    async def place(self, tx: Tx, owner: str, by: str | None = None) -> str | None:
        """Where an account's calls are told: to the person, or in the calls channel for the shared account.

        ``by`` asked for it, and is told where there is no such channel; None where there is nobody to tell.
        """
        return (await self._setup.calls_channel(tx) or by) if owner == SHARED else owner

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
            "to": await self.place(tx, account.owner, wish.by),
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
        if not row["waits_for_us"]:
            raise Refused("Only the expert connects a call; this one waits for somebody else. Nothing was done.")
        if followed.call.expired(tx.now):
            raise Gone("This request has expired: it cannot be connected any more. Nothing was done.")
        key = f"{CONNECT}:{owner}:{call_id}:{row['tries']}"
        payload = {"owner": owner, "call": call_id, "to": row["channel"] or await self.place(tx, owner, by)}
        # Two accounts here may be one member's: who presses second waits, and finds it connected.
        intention = Intention(kind=CONNECT, key=key, payload=payload, lane=f"clarity:call:{call_id}", asked_by=by)
        if not await self._ledger.ask(tx, intention):
            return Pressed(False, followed)
        changed = await rows.change_call(tx, owner, call_id, asked_by=by, data={**row["data"], "connecting": ASKED})
        await self.show(tx, owner, call_id)
        await record.write(
            tx, actor=by, act="connect", subject=str(call_id), outcome="asked", operation_key=key, detail={}
        )
        return Pressed(True, Followed.of(changed or row))

    async def connecting(self, tx: Tx, owner: str, call_id: int, how: str) -> None:
        """How connecting stands that was asked for: ASKED or IN_DOUBT (of ``followed``)."""
        row = await rows.call(tx, owner, call_id, lock=True)
        if row is not None and row["data"].get("connecting") != how:
            await rows.change_call(tx, owner, call_id, data={**row["data"], "connecting": how})
            await self.show(tx, owner, call_id)

    async def connect_failed(self, tx: Tx, owner: str, call_id: int) -> None:
        """It is not dialled, for certain or as a person decided: **Connect** may be pressed again."""
        row = await rows.call(tx, owner, call_id, lock=True)
        if row is not None:
            data = {**row["data"], "connecting": None}
            await rows.change_call(tx, owner, call_id, tries=row["tries"] + 1, data=data)
            await self.follow(tx, owner, call_id)
            await self.show(tx, owner, call_id)

    async def appeared(
        self, tx: Tx, owner: str, call: Call, *, tell: bool, by: str | None = None, waits_for_us: bool = False
    ) -> bool:
        """A call was met: keep it where it was not known, and tell it where that is wanted and was not done yet.

        False where there was nothing to do. Where there is nobody to tell yet, it stays to be told.
        """
        place = await self.place(tx, owner, by)
        tell = tell and place is not None
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
            "reminded": call.expires_at is not None and call.expires_at - tx.now <= REMIND_BEFORE,
            "expiry_told": False,
        }
        if not await rows.add_call(tx, values):
            known = await rows.call(tx, owner, call.id, lock=True)
            if not tell or known is None or known["told"]:
                return False
            await rows.change_call(tx, owner, call.id, told=True, asked_by=by or known["asked_by"])
        if tell:
            await self._ledger.ask(tx, posts.call(owner, call.id, place))
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
                "data": {**row["data"], **as_json(call), "seen": seen},
                "status": call.status,
                "ended": call.terminal or values.get("ended", False),
                "changed_at": tx.now,
            }
            if call.status.startswith("dialing"):
                values["answered_at"] = (
                    None  # the other side is only now being called: the clock starts with its answer
                )
            elif row["answered_at"] is None and talking:
                values["answered_at"] = tx.now
        if values:
            await rows.change_call(tx, owner, call.id, **values)
        if changed or (talking and row["told"]):
            await self.show(tx, owner, call.id, clock=not changed)
        return changed

    def _next_look(self, tx: Tx, row: Row, call: Call, changed: bool) -> dict[str, Any]:
        """When to look at a followed call again: soon while it moves, later when it does not, never once it ended.

        One that rings or is spoken on moves until it ends, so that whatever comes next shows in time.
        """
        if row["follow_until"] is None:
            return {}
        quiet = 0 if changed else row["quiet"] + 1
        if call.terminal or tx.now >= row["follow_until"]:
            return _NOT_FOLLOWED | {"ended": row["ended"] or not call.pending}
        if call.pending and quiet >= _STEP:
            return _NOT_FOLLOWED
        return {"quiet": quiet, "next_look": tx.now + (self._live if call.status in MOVING else self._wait(quiet))}

    def _wait(self, quiet: int) -> timedelta:
        return self._live * _SLOWER[min(quiet // _STEP, len(_SLOWER) - 1)]

    async def not_seen(self, tx: Tx, row: Row, *, gone: bool) -> None:
        """A followed call could not be looked at: try again, later each time; not where it is ``gone`` for good."""
        if gone or row["follow_until"] is None or tx.now >= row["follow_until"]:
            await rows.change_call(tx, row["owner"], row["id"], ended=True, **_NOT_FOLLOWED)
            return
        quiet = row["quiet"] + _STEP // 2
        later = {"quiet": quiet, "next_look": tx.now + self._wait(quiet)}
        await rows.change_call(tx, row["owner"], row["id"], **later)

    async def unfollow(self, tx: Tx, owner: str, call_id: int) -> None:
        """Nobody can look at a call any more."""
        await rows.change_call(tx, owner, call_id, **_NOT_FOLLOWED)

    async def show(self, tx: Tx, owner: str, call_id: int, *, clock: bool = False) -> None:
        """Draw a call's message anew, and its reminder; a clock alone at most every 15 seconds."""
        row = await rows.call(tx, owner, call_id)
        if row is not None and reminder_differs(row, tx.now):
            await self._ledger.ask(tx, posts.reminder_update(owner, call_id))
        if row is None or not row["told"] or row["ts"] is None:
            return
        update = posts.call_update(owner, call_id, None)
        if clock:
            drawn = row["data"].get("drawn")
            update = replace(update, not_before=(datetime.fromisoformat(drawn) if drawn else tx.now) + CLOCK_EVERY)
        await self._ledger.ask(tx, update)

    async def remind(self, tx: Tx, row: Row) -> None:
        """Say, once each, that a request for us has an hour left, and that a request has expired."""
        call = Call.model_validate(row["data"])
        if call.expires_at is None or not call.pending or not row["told"]:
            return
        expired = call.expired(tx.now)
        if expired and not row["expiry_told"]:
            await rows.change_call(tx, row["owner"], row["id"], expiry_told=True, ended=True, **_NOT_FOLLOWED)
            await self._say(tx, row, "expired")
            await self.show(tx, row["owner"], row["id"])
            return
        if row["data"].get("looks") not in (None, Followed.of(row).looks(tx.now)):
            await self.show(tx, row["owner"], row["id"])
        soon = call.expires_at - tx.now <= REMIND_BEFORE
        if soon and not expired and row["waits_for_us"] and not row["reminded"]:
            await rows.change_call(tx, row["owner"], row["id"], reminded=True)
            await self._say(tx, row, "reminder")

    async def reminder_shows(self, tx: Tx, owner: str, call_id: int, shown: Mapping[str, Any]) -> None:
        """A call's reminder stands in Slack: ``channel``, ``ts``, and whether it says that it ``waits``.

        Where it does not (any more), the reminder is drawn anew.
        """
        row = await rows.call(tx, owner, call_id, lock=True)
        if row is None:
            return
        row = await rows.change_call(tx, owner, call_id, data={**row["data"], "reminder": dict(shown)}) or row
        if reminder_differs(row, tx.now):
            await self._ledger.ask(tx, posts.reminder_update(owner, call_id))

    async def _say(self, tx: Tx, row: Row, what: str) -> None:
        key = f"{row['owner']}:{row['id']}"
        payload = {"owner": row["owner"], "call": row["id"]}
        place = row["channel"] or await self.place(tx, row["owner"], row["asked_by"])
        await self._ledger.ask(tx, posts.word(place, what, key, payload))


@dataclass(frozen=True)
class Wish:
    """A call somebody wants: with whom, why, and for how many hours the request stands."""

    draft: str
    expert_id: int
    reason: str
    hours: int
    by: str


def turning(call: Call) -> tuple[datetime, ...]:
    """When time alone changes what is to be said of a call: an hour before it expires, and then."""
    until = call.expires_at
    return () if until is None or not call.pending else (until - REMIND_BEFORE, until)


async def drawn_now(tx: Tx, owner: str, call_id: int, shown: str | None) -> None:
    """A call's message was drawn as ``shown`` (see ``Followed.looks``): its clock is right for a while."""
    row = await rows.call(tx, owner, call_id, lock=True)
    if row is not None:
        data = {**row["data"], "drawn": tx.now.isoformat(), "looks": shown}
        await rows.change_call(tx, owner, call_id, data=data)
