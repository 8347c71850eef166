"""What an operation is, how it may end, and what a kind of operation must be able to do.

held → ready → sending → sent | failed | cancelled
sending → unknown → sent | ready | unconfirmed
unconfirmed → sent | ready | cancelled      (by a person, or by evidence that turned up)
sent → unknown                              (what it was taken to have become was another operation's, for certain)
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from bot.store.engine import Tx


class State(StrEnum):
    """Where an operation stands."""

    HELD = "held"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Intention:
    """An effect somebody wants, before it is a row.

    ``key`` makes it unique for ever; ``lane`` keeps order with others of the same lane, in which a ``first`` one
    goes before those that wait there already; ``bucket`` names the shared limit it counts against. With ``merge``
    a waiting one with the same ``merge`` stands for both.
    """

    kind: str
    key: str
    payload: Mapping[str, Any]
    lane: str | None = None
    first: bool = False
    bucket: str | None = None
    asked_by: str | None = None
    merge: str | None = None
    marker: int | None = None
    held_until: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Operation:
    """One row of the ledger, as a kind sees it."""

    id: str
    kind: str
    key: str
    payload: Mapping[str, Any]
    state: State
    fence: int
    lane: str | None
    bucket: str | None
    asked_by: str | None
    attempts: int
    doubts: int
    looks: int
    marker: int | None
    bound: str | None
    result: Mapping[str, Any]
    reason: str | None
    reference: str | None
    created_at: datetime
    sent_at: datetime | None
    lease_until: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Operation":
        """The operation a row holds."""
        values = {name: row[name] for name in cls.__dataclass_fields__}
        values["state"] = State(row["state"])
        values["result"] = row["result"] or {}
        return cls(**values)


@dataclass(frozen=True)
class Done:
    """The effect took place. ``bound`` names the upstream thing it became ("clearstream:reply:120001")."""

    bound: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Absent:
    """Looked for, and not there. ``certain``: it is known never to have left, so it may leave again by itself."""

    certain: bool = False


@dataclass(frozen=True)
class Ambiguous:
    """Looked for, and more than one thing could be it."""

    candidates: int


class Held(Exception):
    """Raised by ``perform``: this cannot leave until something is mended; nothing was sent.

    ``retry_after`` is when to try again by itself; the whole bucket waits as long.
    """

    def __init__(self, reason: str, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Superseded(Exception):
    """Raised by ``perform``: there is nothing to do any more; nothing was sent."""


class Again(Exception):
    """Raised by ``perform``: not done, and to be tried again at once when what ``before`` writes has been done."""

    def __init__(self, before: "Before") -> None:
        super().__init__()
        self.before = before


class LeaseLost(Exception):
    """This process was away too long: another may have the operation, so nothing may leave now."""


Before = Callable[[Tx], Awaitable[None]]
"""Writes what must come first, in the transaction that makes an operation ready again."""

Guard = Callable[[], None]
"""Raises LeaseLost when the lease is over; called directly before the request leaves that has the effect.

Every ``perform`` must ask it: what is raised before that is known not to have sent anything, whatever it is.
"""


class Kind(Protocol):
    """One kind of effect: how it is done, looked for, and what follows when it ends.

    ``harmless``: done twice it does no harm that cannot be mended, so one not found is done again by itself.
    Otherwise a person decides. ``patience`` is how long it may go on trying while it certainly was not sent;
    None is for ever. ``looks`` are the waits, in seconds, before each look for one whose fate is unknown.
    """

    @property
    def name(self) -> str:
        """What operations of this kind are called in the ledger."""

    @property
    def harmless(self) -> bool:
        """Whether one not found may be done again by itself."""

    @property
    def patience(self) -> timedelta | None:
        """How long to go on trying what certainly was not sent."""

    @property
    def looks(self) -> Sequence[float]:
        """Seconds to wait before each look for one whose fate is unknown."""

    async def marker(self, operation: Operation) -> int | None:
        """The highest upstream id known before sending, where it was not known when the operation was asked for.

        Raises what ``perform`` does; nothing has left yet, whatever it is.
        """

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Make the effect happen, once. Raises UpstreamError, Held, Superseded or Again.

        Anything else it raises leaves the effect in doubt, as MaybeSent does.
        """

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look upstream whether the effect took place. Raises UpstreamError or Held where it cannot look."""

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The operation has changed its state: write what follows, in the same transaction.

        Not told of: being claimed, and a lease that ended (a look follows, and that is told of).
        """


@runtime_checkable
class Undoing(Protocol):
    """A kind that can take its effect back where it turned out to have happened twice (after a freeze)."""

    async def undo(self, operation: Operation, done: Done) -> None:
        """Take back the effect ``done``; another attempt of the same operation stands or is under way."""
