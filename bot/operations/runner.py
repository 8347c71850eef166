"""The ledger's hands: claims what is due, sees to it that every claim ends, and sweeps up after the dead."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from bot.logs import new_reference
from bot.operations.attempt import Attempt
from bot.operations.ledger import SUBJECT, Ledger
from bot.operations.limits import Limits
from bot.operations.model import Operation, State
from bot.store import claims as rows
from bot.store.bell import Bell
from bot.store.engine import Row, Store, Tx

__all__ = ["Limits", "Runner"]

log = structlog.get_logger(__name__)

_IDLE_SECONDS = 1.0
"""How long the table is left unread where another process may have written something without a word."""

_SWEEP_SECONDS = 4.0


class Runner:
    """Works on one process's share of the ledger until it is stopped."""

    def __init__(
        self,
        ledger: Ledger,
        limits: Limits,
        owner: str,
        observe: Callable[[Operation, State | None], None] = lambda operation, ended: None,
        bell: Bell | None = None,
    ) -> None:
        self.ledger = ledger
        self.store: Store = ledger.store
        self.limits = limits
        self.claim = rows.Claim(owner, limits.lease)
        self._observe = observe
        self._clock = self.store.clock
        self._work = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self._flowing = False
        ledger.on_work(self._work.set)
        self._bell = bell
        if bell is not None:
            bell.on(SUBJECT, self._work.set)

    async def start(self) -> None:
        """Begin. On SQLite whatever a killed predecessor had in hand is looked for at once."""
        if self.store.on_sqlite:
            async with self.store.write() as tx:
                await rows.expire(tx, tx.now, everybody=True)
        self._loops = [asyncio.create_task(self._claiming()), asyncio.create_task(self._sweeping())]

    async def stop(self, grace: float = 8.0) -> None:
        """Take nothing new; let what is under way end, at most ``grace`` seconds. The rest is left to its lease."""
        self._stopping = True
        self._work.set()
        claiming = self._loops[:1]
        # A claim that is being written is let through: cut off, it would leave an operation nobody works on.
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while waiting := {task for task in claiming if not task.done()} | self._under_way:
                    await asyncio.wait(waiting)
        tasks = [*self._loops, *self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether something is under way or just asked for."""
        return bool(self._under_way) or self._work.is_set()

    async def step(self) -> int:
        """Claim what is due now and see it to its end; how many operations that were.

        One round by hand, for who does not ``start`` it.
        """
        tasks = await self._claim_and_start()
        if tasks:
            await asyncio.wait(tasks)
        return len(tasks)

    async def sweep(self) -> int:
        """Make unknown what is in the hands of someone whose lease has ended; how many that were."""
        async with self.store.write() as tx:
            expired = await rows.expire(tx, tx.now)
        if expired:
            log.warning("ledger.leases_ended", operations=expired)
            self._work.set()
        return expired

    async def _claiming(self) -> None:
        while not self._stopping:
            self._work.clear()
            now = self._clock.now()
            try:
                took = await self._claim_what_fits()
                pause = 0.0 if took else await self._until_due(now)
            except Exception:
                log.exception("ledger.claim_failed", reference=new_reference())
                pause = _IDLE_SECONDS
            if pause > 0:
                await self._clock.wait(self._work, pause)

    async def _until_due(self, since: datetime) -> float:
        """How long nothing can become due by itself, seen from a claim that began at ``since``."""
        due = await self.ledger.next_due(since, self.limits.ahead)
        told = self.store.on_sqlite or (self._bell is not None and self._bell.hears)
        idle = _SWEEP_SECONDS if told else _IDLE_SECONDS
        if due is None:
            return idle
        return min(idle, max(0.001, (due - self._clock.now()).total_seconds()))

    async def _claim_what_fits(self) -> bool:
        if self._room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        return bool(await self._claim_and_start())

    @property
    def _room(self) -> int:
        return self.limits.at_once - len(self._under_way)

    async def _claim_and_start(self) -> Sequence[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._run(operation, place)) for operation, place in await self._claimed()]
        for task in tasks:
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return tasks

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._work.set()

    async def _claimed(self) -> list[tuple[Operation, datetime]]:
        """Claim what fits, at most one of a bucket, each with when it may leave; committed before anything does."""
        kinds = tuple(self.ledger.kinds)
        if not self._flowing:
            async with self.store.read() as tx:
                if not await rows.anything_due(tx, tx.now, kinds, self.limits.ahead):
                    return []
        async with self.store.write() as tx:
            await rows.release_held(tx, tx.now)
            used: set[str] = set()
            places: dict[str, datetime] = {}
            for row in await rows.claimable(tx, tx.now, kinds, self._room, self.limits.ahead):
                place = tx.now if row["state"] != State.READY else await self._place(tx, row, used)
                if place is not None:
                    places[row["id"]] = place
            taken = [Operation.of(row) for row in await rows.take(tx, [*places], self.claim)] if places else []
        self._flowing = bool(taken)
        by_id = {operation.id: operation for operation in taken}
        return [(by_id[identity], place) for identity, place in places.items() if identity in by_id]

    async def _place(self, tx: Tx, row: Row, used: set[str]) -> datetime | None:
        """When an operation may leave; None where its bucket has no place for it yet."""
        bucket: str | None = row["bucket"]
        interval = self.limits.interval(bucket) if bucket is not None else None
        if bucket is None or not interval:
            return tx.now
        if bucket in used:
            return None
        used.add(bucket)
        return await rows.reserve(tx, bucket, interval, self.limits.ahead)

    async def _run(self, operation: Operation, place: datetime) -> None:
        await self._clock.sleep((place - self._clock.now()).total_seconds())
        attempt = Attempt(self.ledger, self.limits, operation)
        try:
            await attempt.run()
        except Exception:
            # It could not be settled: it stays as it is, and its lease ends in ``unknown``.
            log.exception("ledger.run_failed", kind=operation.kind, operation=operation.id, reference=new_reference())
        self._observe(operation, attempt.ended)

    async def _sweeping(self) -> None:
        while True:
            try:
                await self.store.synchronise_clock()
                await self.sweep()
            except Exception:
                log.exception("ledger.sweep_failed", reference=new_reference())
            await self._clock.sleep(_SWEEP_SECONDS)
