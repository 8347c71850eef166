"""What App Home tells a person, from the store alone: what waits for them, and what is not set up yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

from bot.clarity.models import Member
from bot.services.broadcast_audience import ACCOUNT, KnownAccount
from bot.services.broadcast_model import Broadcast, State
from bot.services.broadcast_showing import send_key
from bot.services.conversation_model import Conversation
from bot.services.followed import Followed
from bot.services.setup import CALLS_CHANNEL, CREDITS_WARNING, INBOX_CHANNEL, Setup
from bot.store import broadcasts as broadcast_rows
from bot.store import clarity as clarity_rows
from bot.store import homes as rows
from bot.store.clarity import SHARED
from bot.store.engine import Row, Tx

JOB = "home"
"""The job that keeps the open ones true."""

CLAIMED, NEW, CALLS, BROADCASTS = 6, 8, 5, 5
"""How many of each are shown."""

WAITING = (State.UNCONFIRMED, State.WAITING, State.SCHEDULED)
"""Broadcasts that wait for somebody or for their time."""

_LATE = timedelta(minutes=5)
"""What was read longer ago than this is said to be old."""

_INBOX_JOB = "inbox"
_MEMBERS_KEPT = timedelta(days=30)
"""A member's name is good for this long where only a name is wanted."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Rights:
    """What a person may do, as far as Home shows more or less by it."""

    read: bool = False
    text: bool = False
    broadcast: bool = False
    approve: bool = False
    shared_calls: bool = False
    spend: bool = False
    own_calls: bool = False
    setup: bool = False


@dataclass(frozen=True)
class Wired:
    """What the installation is connected to: Clearstream, a shared Clarity account, and people's own ones."""

    texts: bool = True
    shared: bool = True
    login: bool = True


class Missing(Enum):
    """What is not set up yet."""

    TEXTS = "texts"
    CLARITY = "clarity"
    INBOX_CHANNEL = "inbox channel"
    CALLS_CHANNEL = "calls channel"
    SHARED_REFUSED = "shared refused"
    LOGIN = "login"
    LOGIN_REFUSED = "login refused"


@dataclass(frozen=True)
class Some(Generic[Item]):
    """The first of several, and how many there are."""

    items: tuple[Item, ...] = ()
    total: int = 0


@dataclass(frozen=True)
class Sendable:
    """A broadcast, and how often its operation was claimed, which its buttons carry."""

    broadcast: Broadcast
    fence: int


@dataclass(frozen=True)
class Home:
    """What one person sees. ``people`` are Clarity's members by id, and ``mine`` the member each account is.

    ``held``: how many messages wait because something must be mended in Slack, and ``held_why``. ``read_at``: when
    Clearstream was last read, where that is too long ago. ``credits_low``: fewer than what is warned of.
    """

    user_id: str
    rights: Rights
    now: datetime
    claimed: Some[Conversation] = field(default_factory=Some)
    new: Some[Conversation] = field(default_factory=Some)
    calls: Some[Followed] = field(default_factory=Some)
    people: Mapping[int, Member] = field(default_factory=dict)
    mine: Mapping[str, int | None] = field(default_factory=dict)
    broadcasts: Some[Sendable] = field(default_factory=Some)
    account: KnownAccount | None = None
    credits_low: bool = False
    missing: tuple[Missing, ...] = ()
    held: int = 0
    held_why: str | None = None
    read_at: datetime | None = None
    texts: bool = True
    clarity: bool = True


class Homes:
    """Puts together what a person sees, each time in the caller's transaction; asks nobody upstream."""

    def __init__(self, setup: Setup, wired: Wired) -> None:
        self._setup = setup
        self._wired = wired

    async def of(self, tx: Tx, user_id: str, rights: Rights) -> Home:
        """What this person sees, who has these rights."""
        wired = self._wired
        own, shared = await self._accounts(tx, user_id)
        calls, people = await self._calls(tx, user_id, rights)
        reads = rights.read and wired.texts
        found = await rows.overview(tx, user_id, WAITING, _INBOX_JOB) if rights.read else {}
        account = await _account(tx) if reads else None
        chosen = await self._setup.values(tx, INBOX_CHANNEL, CALLS_CHANNEL, CREDITS_WARNING)
        home = Home(
            user_id=user_id,
            rights=rights,
            now=tx.now,
            calls=calls,
            people=people,
            mine={row["owner"]: row["member_id"] for row in (own, shared) if row is not None},
            account=account,
            credits_low=account is not None and _low(account.credits, chosen[CREDITS_WARNING]),
            missing=self._missing(rights, chosen, own, shared),
            held=found.get("held", 0),
            held_why=found.get("held_why"),
            texts=wired.texts,
            clarity=wired.shared or wired.login,
        )
        return await self._with_texts(tx, home, found) if reads else home

    async def _with_texts(self, tx: Tx, home: Home, found: Row) -> Home:
        """With what is of texts, for who may read them."""
        claimed = await rows.claimed_conversations(tx, home.user_id, CLAIMED) if found["claimed"] else []
        new = await rows.new_conversations(tx, NEW) if found["new"] else []
        read_at = found["read_at"]
        return replace(
            home,
            claimed=Some(tuple(map(Conversation.of, claimed)), found["claimed"]),
            new=Some(tuple(map(Conversation.of, new)), found["new"]),
            broadcasts=Some(await self._broadcasts(tx) if found["broadcasts"] else (), found["broadcasts"]),
            read_at=read_at if read_at is not None and tx.now - read_at > _LATE else None,
        )

    async def _accounts(self, tx: Tx, user_id: str) -> tuple[Row | None, Row | None]:
        """This person's Clarity account and the shared one, of those that can be used here."""
        owners = [*([user_id] if self._wired.login else []), *([SHARED] if self._wired.shared else [])]
        found = await clarity_rows.accounts_of(tx, owners) if owners else {}
        return found.get(user_id), found.get(SHARED)

    async def _calls(self, tx: Tx, user_id: str, rights: Rights) -> tuple[Some[Followed], Mapping[int, Member]]:
        """Calls that wait to be connected, the one with the least time first; and who asks for them."""
        own = [user_id] if rights.own_calls and self._wired.login else []
        owners = [*own, *([SHARED] if rights.shared_calls and self._wired.shared else [])]
        found: dict[int, Followed] = {}
        for row in await rows.waiting_calls(tx, owners) if owners else ():
            followed = Followed.of(row)
            # One that both their own account and the shared one see is their own.
            if followed.open(tx.now) and (followed.call.id not in found or row["owner"] == user_id):
                found[followed.call.id] = followed
        soonest = sorted(found.values(), key=lambda each: (each.call.expires_at is None, each.call.expires_at))
        shown = tuple(soonest[:CALLS])
        who = {each.call.seeker_id for each in shown if each.call.seeker_id is not None}
        members = await clarity_rows.known_members(tx, who, tx.now - _MEMBERS_KEPT) if who else {}
        people = {identity: Member.model_validate(row["data"]) for identity, row in members.items()}
        return Some(shown, len(soonest)), people

    async def _broadcasts(self, tx: Tx) -> tuple[Sendable, ...]:
        """Unconfirmed ones first, then those that wait for approval, then for their time."""
        shown = [Broadcast.of(row) for row in await rows.broadcasts_in(tx, WAITING, BROADCASTS)]
        keys = {one.id: send_key(one.id, one.version) for one in shown}
        fences = await rows.fences(tx, list(keys.values()))
        return tuple(Sendable(one, fences.get(keys[one.id], 0)) for one in shown)

    def _missing(
        self, rights: Rights, chosen: Mapping[str, Any], own: Row | None, shared: Row | None
    ) -> tuple[Missing, ...]:
        wired = self._wired
        refused = shared is not None and shared["refused_at"] is not None
        uses_shared = wired.shared and rights.shared_calls and not refused
        found = {
            Missing.TEXTS: not wired.texts,
            Missing.INBOX_CHANNEL: wired.texts and chosen[INBOX_CHANNEL] is None,
            Missing.CLARITY: not wired.shared and not wired.login,
            Missing.CALLS_CHANNEL: wired.shared and chosen[CALLS_CHANNEL] is None,
            Missing.SHARED_REFUSED: wired.shared and refused,
            Missing.LOGIN_REFUSED: own is not None and own["refused_at"] is not None,
            Missing.LOGIN: wired.login and rights.own_calls and own is None and not uses_shared,
        }
        return tuple(one for one, so in found.items() if so)


def _low(left: int | None, warned_below: int) -> bool:
    return left is not None and left < warned_below


async def _account(tx: Tx) -> KnownAccount | None:
    row = await broadcast_rows.kept_value(tx, ACCOUNT)
    return None if row is None else KnownAccount(**row["value"], fetched_at=row["fetched_at"])
