"""What becomes of an operation after an attempt or a look: decided here, without touching anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Gone, Invalid, NotSent, RateLimited, Refused, Rejected, SwitchboardError
from bot.operations.limits import Limits
from bot.operations.model import (
    Absent,
    Again,
    Ambiguous,
    Before,
    Done,
    Held,
    Kind,
    LeaseLost,
    Operation,
    State,
    Superseded,
)

_AT_ONCE = timedelta()

TURNS = (Again, Superseded)
"""What ``perform`` raises in the ordinary course of things."""

FORESEEN = (*TURNS, Held, LeaseLost, SwitchboardError)
"""What ``perform`` and ``find`` may raise by their contract."""

_REFUSALS = (Rejected, Refused, Invalid, Gone)
"""Nothing was sent, and trying again would end in the same."""


@dataclass(frozen=True)
class Outcome:
    """The state an operation goes to, and what is written with it.

    ``wait`` is how long before it may be taken up again, ``blocks`` whether its whole bucket waits as long;
    ``before`` writes what must come first.
    """

    state: State
    values: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta = _AT_ONCE
    blocks: bool = False
    before: Before | None = None

    @property
    def final(self) -> bool:
        """Whether the operation has ended."""
        return self.state in (State.SENT, State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Trouble:
    """What was raised, and what the log calls it."""

    error: Exception
    reference: str


@dataclass(frozen=True)
class Case:
    """What a decision is about: one operation of a kind, now."""

    kind: Kind
    operation: Operation
    limits: Limits
    now: datetime


def sent(done: Done) -> Outcome:
    """The effect took place."""
    return Outcome(State.SENT, {"bound": done.bound, "result": dict(done.result), "reason": None, "reference": None})


def of_attempt(case: Case, trouble: Trouble) -> Outcome:
    """``perform`` raised something: only what certainly had no effect may leave again by itself."""
    error = trouble.error
    if isinstance(error, Again | LeaseLost):
        before = error.before if isinstance(error, Again) else None
        return Outcome(State.READY, {"reference": None}, before=before)
    if isinstance(error, Superseded):
        return Outcome(State.CANCELLED, {"reason": str(error) or None})
    if isinstance(error, Held):
        return Outcome(State.HELD, {"reason": str(error)}, wait=error.retry_after, blocks=True)
    if isinstance(error, _REFUSALS):
        return Outcome(State.FAILED, {"reason": str(error), "reference": trouble.reference, **_beside(error)})
    if isinstance(error, NotSent):
        return _later(case, trouble)
    doubt = {"looks": 0, "doubts": case.operation.doubts + 1, "reference": trouble.reference}
    return Outcome(State.UNKNOWN, doubt, wait=_look(case.kind, 0))


def _beside(error: Exception) -> dict[str, Any]:
    """What was said of single fields, as the operation's result: whoever has the form open sees it beside them."""
    fields = error.fields if isinstance(error, Rejected | Invalid) else {}
    return {"result": {"fields": {name: list(said) for name, said in fields.items()}}} if fields else {}


def before_leaving(case: Case, trouble: Trouble) -> Outcome:
    """Something was raised before the request could leave: whatever it was, nothing was sent."""
    if isinstance(trouble.error, (*TURNS, Held, LeaseLost, *_REFUSALS)):
        return of_attempt(case, trouble)
    return _later(case, trouble)


def _later(case: Case, trouble: Trouble) -> Outcome:
    error = trouble.error
    limited = isinstance(error, RateLimited)
    wait = timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else _AT_ONCE
    wait = wait or case.limits.wait(case.operation.attempts)
    reason = str(error) if isinstance(error, SwitchboardError) else None
    patience = case.kind.patience
    if patience is not None and case.now + wait > case.operation.created_at + patience:
        reason = reason or "It could not be sent in time. Nothing was sent."
        return Outcome(State.FAILED, {"reason": reason, "reference": trouble.reference})
    return Outcome(State.READY, {"reason": reason, "reference": None}, wait=wait, blocks=limited)


def of_look(case: Case, evidence: Done | Absent | Ambiguous) -> Outcome:
    """``find`` answered: not having seen it is no ground for sending again what nobody could take back."""
    look = case.operation.looks + 1
    if isinstance(evidence, Done):
        return sent(evidence)
    if isinstance(evidence, Ambiguous):
        return Outcome(State.UNCONFIRMED, {"looks": look, "reason": f"{evidence.candidates} there could be this one."})
    if not evidence.certain and look < len(case.kind.looks):
        return Outcome(State.UNKNOWN, {"looks": look}, wait=_look(case.kind, look))
    if evidence.certain or case.kind.harmless:
        return Outcome(State.READY, {"looks": 0, "reference": None})
    return Outcome(State.UNCONFIRMED, {"looks": look, "reason": None})


def cannot_look(case: Case, trouble: Trouble) -> Outcome:
    """``find`` raised something: nothing is known yet; a person is asked when it has been tried often enough."""
    error = trouble.error
    look = case.operation.looks + 1
    reason = str(error) if isinstance(error, SwitchboardError | Held) else None
    if not case.kind.harmless and look >= len(case.kind.looks):
        return Outcome(State.UNCONFIRMED, {"looks": look, "reason": reason})
    wait = case.limits.wait(look)
    if isinstance(error, RateLimited):
        wait = max(wait, timedelta(seconds=error.retry_after))
    if isinstance(error, Held):
        wait = error.retry_after
    return Outcome(State.UNKNOWN, {"looks": look, "reason": reason}, wait=wait)


def _look(kind: Kind, number: int) -> timedelta:
    return timedelta(seconds=kind.looks[number]) if number < len(kind.looks) else _AT_ONCE
