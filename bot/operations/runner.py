"""The ledger's hands: claims what is due, performs it, looks for what is unknown, and settles it under its fence."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import MaybeSent, RateLimited, Rejected, Unreachable, UpstreamError
from bot.logs import new_reference
from bot.operations.ledger import Ledger
from bot.operations.model import (
    Absent,
    Again,
    Ambiguous,
    Before,
    Done,
    Guard,
    Held,
    Kind,
    LeaseLost,
    Operation,
    State,
    Superseded,
)
from bot.store import operations as rows
from bot.store.engine import Store, Tx

log = structlog.get_logger(__name__)

_IDLE_SECONDS = 1.0
"""How long the table is left unread where nobody says there is work; another process may have written some."""

_SWEEP_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """How hard the ledger works.

    ``lease``: how long a claim holds. ``margin``: nothing leaves when less than this is left of it.
    ``at_once``: operations under way in one process. ``intervals``: seconds between two of a bucket, by the
    bucket's name up to its first colon.
    """

    lease: timedelta = timedelta(seconds=25)
    margin: timedelta = timedelta(seconds=2)
    at_once: int = 16
    intervals: tuple[tuple[str, float], ...] = ()
    backoff: tuple[float, ...] = (1, 2, 5, 10, 30, 60)
    spread: Callable[[], float] = random.random

    def interval(self, bucket: str) -> timedelta:
        """The time between two calls of a bucket."""
        return timedelta(seconds=dict(self.intervals).get(bucket.partition(":")[0], 0))

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after the ``attempt``-th try (from 1), spread out a little."""
        seconds = self.backoff[min(max(attempt, 1), len(self.backoff)) - 1]
        return timedelta(seconds=seconds * (0.9 + 0.2 * self.spread()))


class Runner:
    """Works on one process's share of the ledger until it is stopped."""

    def __init__(
        self,
        ledger: Ledger,
        limits: Limits,
        owner: str,
        observe: Callable[[Operation, float], None] = lambda operation, seconds: None,
    ) -> None:
        self.ledger = ledger
        self.store: Store = ledger.store
        self.limits = limits
        self.claim = rows.Claim(owner, limits.lease, limits.at_once)
        self._observe = observe
        self._clock = self.store.clock
        self._work = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        ledger.on_work(self._work.set)

    async def start(self) -> None:
        """Begin. On SQLite whatever a killed predecessor had in hand is looked for at once."""
        if self.store.on_sqlite:
            async with self.store.write() as tx:
                await rows.expire(tx, tx.now, everybody=True)
        self._loops = [asyncio.create_task(self._claiming()), asyncio.create_task(self._sweeping())]

    async def stop(self, grace: float = 8.0) -> None:
        """Take nothing new; let what is under way end, at most ``grace`` seconds. The rest is left to its lease."""
        self._stopping = True
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=grace)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether something is under way or just asked for."""
        return bool(self._under_way) or self._work.is_set()

    async def _claiming(self) -> None:
        while True:
            self._work.clear()
            try:
                took = await self._claim_and_start()
                pause = 0.0 if took else await self._until_due()
            except Exception:
                log.exception("ledger.claim_failed", reference=new_reference())
                pause = _IDLE_SECONDS
            if pause > 0:
                await self._clock.wait(self._work, pause)

    async def _until_due(self) -> float:
        due = await self.ledger.next_due(self._clock.now())
        idle = _IDLE_SECONDS if not self.store.on_sqlite else _SWEEP_SECONDS
        if due is None:
            return idle
        return min(idle, max(0.001, (due - self._clock.now()).total_seconds()))

    async def _claim_and_start(self) -> bool:
        room = self.limits.at_once - len(self._under_way)
        if room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        claimed = await self._claimed(room)
        for operation in claimed:
            task = asyncio.create_task(self._run(operation))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return bool(claimed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._work.set()

    async def _claimed(self, room: int) -> list[Operation]:
        """Claim up to ``room`` operations, at most one of a bucket; committed before anything leaves."""
        async with self.store.read() as tx:
            if not await rows.anything_due(tx, tx.now):
                return []
        claimed: list[Operation] = []
        async with self.store.write() as tx:
            await rows.release_held(tx, tx.now)
            used: set[str] = set()
            for row in await rows.claimable(tx, tx.now, room):
                if row["state"] == State.READY and not await self._reserved(tx, row["bucket"], used):
                    continue
                taken = await rows.take(tx, row, self.claim)
                if taken is not None:
                    claimed.append(Operation.of(taken))
        return claimed

    async def _reserved(self, tx: Tx, bucket: str | None, used: set[str]) -> bool:
        if bucket is None:
            return True
        interval = self.limits.interval(bucket)
        if not interval:
            return True
        if bucket in used:
            return False
        used.add(bucket)
        return await rows.reserve(tx, bucket, interval)

    async def _run(self, operation: Operation) -> None:
        kind = self.ledger.kinds[operation.kind]
        started = self._clock.now()
        try:
            if operation.state is State.SENDING:
                await self._perform(kind, operation)
            else:
                await self._find(kind, operation)
        except Exception:
            # Nobody can tell how far it got: it stays as it is, and its lease ends in ``unknown``.
            log.exception("ledger.run_failed", kind=operation.kind, operation=operation.id, reference=new_reference())
        self._observe(operation, (self._clock.now() - started).total_seconds())

    def _guard(self, operation: Operation) -> Guard:
        def guard() -> None:
            if operation.lease_until is None or self._clock.now() > operation.lease_until - self.limits.margin:
                raise LeaseLost(operation.id)

        return guard

    async def _perform(self, kind: Kind, operation: Operation) -> None:
        guard = self._guard(operation)
        try:
            guard()
            marker = await kind.marker(operation) if operation.marker is None else None
            if marker is not None and not await self._marked(operation, marker):
                return
            done = await kind.perform(operation, guard)
        except LeaseLost:
            log.warning("ledger.lease_lost", kind=operation.kind, operation=operation.id)
        except Superseded as error:
            await self._settle(operation, State.CANCELLED, reason=str(error) or None)
        except Again as error:
            await self._settle(operation, State.READY, before=error.before, not_before=self._clock.now())
        except Held as error:
            await self._hold(operation, error)
        except Rejected as error:
            await self._settle(operation, State.FAILED, reason=str(error))
        except (RateLimited, Unreachable) as error:
            await self._retry(kind, operation, error)
        except MaybeSent as error:
            await self._doubt(kind, operation, error)
        else:
            await self._done(operation, done)

    async def _marked(self, operation: Operation, marker: int) -> bool:
        async with self.store.write() as tx:
            return await rows.set_marker(tx, operation.id, operation.fence, marker)

    async def _find(self, kind: Kind, operation: Operation) -> None:
        try:
            evidence = await kind.find(operation)
        except UpstreamError as error:
            await self._look_later(kind, operation, error)
            return
        if isinstance(evidence, Done):
            await self._done(operation, evidence)
        elif isinstance(evidence, Ambiguous):
            reason = f"{evidence.candidates} texts there could be this one."
            await self._settle(operation, State.UNCONFIRMED, reason=reason)
        else:
            await self._absent(kind, operation, evidence)

    async def _absent(self, kind: Kind, operation: Operation, evidence: Absent) -> None:
        look = operation.looks + 1
        if evidence.certain:
            await self._settle(operation, State.READY, looks=0, not_before=self._clock.now())
        elif look < len(kind.looks):
            await self._settle(
                operation, State.UNKNOWN, looks=look, not_before=self._in(timedelta(seconds=kind.looks[look]))
            )
        elif kind.harmless:
            await self._settle(operation, State.READY, looks=0, not_before=self._clock.now())
        else:
            await self._settle(operation, State.UNCONFIRMED, looks=look)

    async def _look_later(self, kind: Kind, operation: Operation, error: UpstreamError) -> None:
        look = operation.looks + 1
        wait = timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else self.limits.wait(look)
        log.warning("ledger.cannot_look", kind=operation.kind, operation=operation.id, error=type(error).__name__)
        if not kind.harmless and look >= len(kind.looks):
            await self._settle(operation, State.UNCONFIRMED, looks=look)
        else:
            await self._settle(operation, State.UNKNOWN, looks=look, not_before=self._in(wait))

    async def _doubt(self, kind: Kind, operation: Operation, error: UpstreamError) -> None:
        reference = new_reference()
        log.warning(
            "ledger.doubt", kind=operation.kind, operation=operation.id, reference=reference, error=type(error).__name__
        )
        await self._settle(
            operation,
            State.UNKNOWN,
            looks=0,
            doubts=operation.doubts + 1,
            reference=reference,
            not_before=self._in(timedelta(seconds=kind.looks[0])),
        )

    async def _retry(self, kind: Kind, operation: Operation, error: RateLimited | Unreachable) -> None:
        limited = isinstance(error, RateLimited)
        wait = timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else None
        wait = wait or self.limits.wait(operation.attempts)
        asked = operation.created_at
        if kind.patience is not None and self._clock.now() + wait > asked + kind.patience:
            await self._settle(operation, State.FAILED, reason=str(error))
            return
        log.info("ledger.later", kind=operation.kind, operation=operation.id, seconds=wait.total_seconds())
        until = self._in(wait)
        bucket = operation.bucket if limited else None
        await self._settle(operation, State.READY, blocked=bucket, not_before=until, reason=str(error))

    async def _hold(self, operation: Operation, error: Held) -> None:
        log.warning("ledger.held", kind=operation.kind, operation=operation.id, reason=str(error))
        until = self._in(error.retry_after)
        await self._settle(operation, State.HELD, blocked=operation.bucket, not_before=until, reason=str(error))

    async def _done(self, operation: Operation, done: Done) -> None:
        settled = await self._settle(
            operation, State.SENT, bound=done.bound, result=dict(done.result), reason=None, expected=True
        )
        if settled is None:
            await self._late(operation, done)

    async def _late(self, operation: Operation, done: Done) -> None:
        """The fence has passed on, but this is proof: what waits for evidence takes it."""
        async with self.store.write() as tx:
            row = await rows.move(
                tx,
                operation.id,
                expected=(State.UNKNOWN, State.UNCONFIRMED),
                state=State.SENT,
                bound=done.bound,
                result=dict(done.result),
                settled_at=tx.now,
            )
            if row is not None:
                await self.ledger.kinds[operation.kind].settled(tx, Operation.of(row))

    async def _settle(
        self,
        operation: Operation,
        state: State,
        *,
        blocked: str | None = None,
        expected: bool = False,
        before: Before | None = None,
        not_before: datetime | None = None,
        **values: Any,
    ) -> Operation | None:
        """Write the outcome and what follows from it, in one transaction, if the fence is still ours."""
        async with self.store.write() as tx:
            if not_before is not None:
                values["not_before"] = not_before
            if state in (State.SENT, State.FAILED, State.CANCELLED):
                values["settled_at"] = tx.now
            if state in (State.READY, State.SENT):
                values.setdefault("reference", None)
            row = await rows.settle(tx, operation.id, operation.fence, {"state": state, **values})
            if row is None:
                if not expected:
                    log.warning("ledger.fence_passed", kind=operation.kind, operation=operation.id)
                return None
            if blocked is not None and not_before is not None:
                await rows.block_bucket(tx, blocked, not_before)
            if before is not None:
                await before(tx)
            settled = Operation.of(row)
            await self.ledger.kinds[operation.kind].settled(tx, settled)
            return settled

    def _in(self, wait: timedelta) -> datetime:
        return self._clock.now() + wait

    async def _sweeping(self) -> None:
        while True:
            try:
                async with self.store.write() as tx:
                    expired = await rows.expire(tx, tx.now)
                if expired:
                    log.warning("ledger.leases_ended", operations=expired)
                    self._work.set()
            except Exception:
                log.exception("ledger.sweep_failed", reference=new_reference())
            await self._clock.sleep(_SWEEP_SECONDS)
