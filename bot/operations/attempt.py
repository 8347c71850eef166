"""One operation in one process's hands: performed or looked for, and settled under its fence."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.logs import new_reference
from bot.operations import outcomes
from bot.operations.ledger import Ledger
from bot.operations.limits import Limits
from bot.operations.model import Absent, Done, LeaseLost, Operation, State, Undoing
from bot.operations.outcomes import Case, Outcome, Trouble
from bot.store import claims
from bot.store import operations as rows
from bot.store.engine import Tx

log = structlog.get_logger(__name__)

T = TypeVar("T")

_PAUSES = (0.5, 2.0, 5.0)
"""Seconds until an outcome is written again that the database did not take; together less than a lease."""


class Attempt:
    """What happens to one claimed operation until it is settled, or left to its lease."""

    def __init__(self, ledger: Ledger, limits: Limits, operation: Operation) -> None:
        self._ledger = ledger
        self._limits = limits
        self._operation = operation
        self._store = ledger.store
        self._kind = ledger.kinds[operation.kind]
        self._leaving = False
        self.ended: State | None = None
        """The state it was settled in here; None where another process had it by then."""
        self._log = log.bind(kind=operation.kind, operation=operation.id)

    async def run(self) -> None:
        """See it through. What goes wrong in settling is raised: the operation then stays with its lease."""
        if self._operation.state is State.SENDING:
            await self._perform()
        else:
            await self._look()

    def _guard(self) -> None:
        self._hold()
        self._leaving = True

    def _hold(self) -> None:
        lease = self._operation.lease_until
        if lease is None or self._store.clock.now() > lease - self._limits.margin:
            raise LeaseLost(self._operation.id)

    @property
    def _case(self) -> Case:
        return Case(self._kind, self._operation, self._limits, self._store.clock.now())

    async def _perform(self) -> None:
        marker = await self._caught("ledger.not_left", self._marker())
        if isinstance(marker, Trouble):
            await self._settle(outcomes.before_leaving(self._case, marker))
            return
        if marker is not None and not await self._mark(marker):
            return
        done = await self._caught("ledger.not_done", self._kind.perform(self._operation, self._guard))
        if isinstance(done, Trouble):
            # What was raised before the guard was asked was raised before anything left.
            judge = outcomes.of_attempt if self._leaving else outcomes.before_leaving
            await self._settle(judge(self._case, done))
        elif not await self._settle(outcomes.sent(done), proof=True):
            await self._late(done)

    async def _marker(self) -> int | None:
        self._hold()
        return await self._kind.marker(self._operation) if self._operation.marker is None else None

    async def _mark(self, marker: int) -> bool:
        async with self._store.write() as tx:
            return await rows.set_marker(tx, self._operation.id, self._operation.fence, marker)

    async def _look(self) -> None:
        evidence = await self._caught("ledger.cannot_look", self._kind.find(self._operation))
        if isinstance(evidence, Trouble):
            await self._settle(outcomes.cannot_look(self._case, evidence))
            return
        settled = await self._settle(outcomes.of_look(self._case, evidence))
        if not settled and isinstance(evidence, Done):
            await self._late(evidence)

    async def _caught(self, event: str, work: Awaitable[T]) -> T | Trouble:
        """What ``work`` gives, or what it raised: whatever that is, it must end in an outcome."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - logged below, with its trace where nobody foresaw it
            trouble = Trouble(error, new_reference())
        if not isinstance(trouble.error, outcomes.TURNS):
            foreseen = isinstance(trouble.error, outcomes.FORESEEN)
            self._log.warning(
                event,
                reference=trouble.reference,
                error=type(trouble.error).__name__,
                exc_info=None if foreseen else trouble.error,
            )
        return trouble

    async def _settle(self, outcome: Outcome, *, proof: bool = False) -> bool:
        """Write the outcome and what follows from it in one transaction; False where the fence is another's now.

        A database that does not take it is asked again: else the operation waits for its lease, and is looked for.
        """
        for pause in _PAUSES:
            try:
                return await self._settle_once(outcome, proof=proof)
            except self._store.unreachable as error:
                self._log.warning("ledger.not_settled", error=type(error).__name__)
            await self._store.clock.sleep(pause)
        return await self._settle_once(outcome, proof=proof)

    async def _settle_once(self, outcome: Outcome, *, proof: bool) -> bool:
        """An upstream thing belongs to one operation: where another has it, proof takes it and evidence is none."""
        try:
            return await self._write(outcome)
        except rows.BoundElsewhere:
            if not proof:
                return await self._write(outcomes.of_look(self._case, Absent()))
            return await self._write(outcome, taking=True)

    async def _write(self, outcome: Outcome, *, taking: bool = False) -> bool:
        async with self._store.write() as tx:
            if taking:
                await self._take_bound(tx, outcome.values["bound"])
            values = {**outcome.values, "state": outcome.state, "not_before": tx.now + outcome.wait}
            if outcome.final:
                values["settled_at"] = tx.now
            if outcome.state is State.UNCONFIRMED and self._operation.reference is None:
                values["reference"] = self._doubtful(outcome)
            row = await rows.settle(tx, self._operation.id, self._operation.fence, values)
            if row is None:
                self._log.warning("ledger.fence_passed", outcome=outcome.state)
                return False
            if outcome.blocks and self._operation.bucket is not None:
                await claims.block_bucket(tx, self._operation.bucket, tx.now + outcome.wait)
            if outcome.before is not None:
                await outcome.before(tx)
            await self._kind.settled(tx, Operation.of(row))
        self.ended = outcome.state
        return True

    def _doubtful(self, outcome: Outcome) -> str:
        """Nothing was raised here, as who sent it is gone: a person is told all the same, and may ask about it."""
        reference = new_reference()
        self._log.warning("ledger.unconfirmed", reference=reference, looks=outcome.values["looks"])
        return reference

    async def _take_bound(self, tx: Tx, thing: str) -> None:
        """Another operation was believed to have become what is ours for certain: it is in doubt again."""
        wronged = await rows.unbind(tx, thing, self._operation.id)
        if wronged is not None:
            self._log.warning("ledger.bound_wrongly", other=wronged["id"])
            await self._ledger.kinds[wronged["kind"]].settled(tx, Operation.of(wronged))
            tx.after_commit(self._ledger.wake)

    async def _late(self, done: Done) -> None:
        """The fence has passed on, but this is certain: what still waits takes it, what is done has a twin."""
        async with self._store.write() as tx:
            if done.bound is not None:
                await self._take_bound(tx, done.bound)
            values = {**outcomes.sent(done).values, "state": State.SENT, "settled_at": tx.now, "merge_key": None}
            undoing = isinstance(self._kind, Undoing)
            expected = _OPEN if undoing else (*_OPEN, State.FAILED, State.CANCELLED)
            row = await rows.move(tx, self._operation.id, expected=expected, **values)
            if row is not None:
                self._log.info("ledger.late_proof")
                await self._kind.settled(tx, Operation.of(row))
                return
            now = await rows.get(tx, self._operation.id)
        if now is not None and now["bound"] != done.bound and isinstance(self._kind, Undoing):
            self._log.warning("ledger.twin", state=now["state"])
            await self._kind.undo(self._operation, done)


_OPEN = (State.HELD, State.READY, State.UNKNOWN, State.UNCONFIRMED)
"""Where an operation waits for what turns out to have happened. One that has ended otherwise takes its effect back,
or, where it cannot, has to own it."""
