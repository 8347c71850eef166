"""Writing intentions into the ledger, and what a person decides about them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.operations.model import Intention, Kind, Operation, State
from bot.store import claims
from bot.store import operations as rows
from bot.store.engine import Row, Store, Tx

NewId = Callable[[], str]

SUBJECT = "ledger"
"""What is rung for when there is something to do."""


class Ledger:
    """The one way for an effect to leave. ``wake`` is called when there is something new to do."""

    def __init__(self, store: Store, new_id: NewId = lambda: uuid.uuid4().hex) -> None:
        self.store = store
        self.kinds: dict[str, Kind] = {}
        self._new_id = new_id
        self._wakers: list[Callable[[], None]] = []

    def register(self, kinds: Iterable[Kind]) -> None:
        """Make kinds of effects known; called from the composition root, before anything is claimed."""
        self.kinds.update({kind.name: kind for kind in kinds})

    def on_work(self, waker: Callable[[], None]) -> None:
        """Call ``waker`` whenever something to do was committed here."""
        self._wakers.append(waker)

    def wake(self) -> None:
        """Say that there may be something to do."""
        for waker in self._wakers:
            waker()

    def _wake_after(self, tx: Tx) -> None:
        tx.after_commit(self.wake)
        tx.ring(SUBJECT)

    async def ask(self, tx: Tx, intention: Intention) -> bool:
        """Write an intention; it leaves after this transaction is committed. False where its key is known already."""
        values = self._values(tx, intention)
        self._wake_after(tx)
        if intention.merge is not None:
            await rows.insert_merged(tx, values)
            return True
        return await rows.insert(tx, values)

    async def ask_after(self, tx: Tx, key: str, intention: Intention) -> bool:
        """Write an intention that only makes sense where the one with ``key`` was written before."""
        return await rows.get_by_key(tx, key) is not None and await self.ask(tx, intention)

    def _values(self, tx: Tx, intention: Intention) -> dict[str, Any]:
        now = tx.now
        identity = self._new_id()
        return {
            "id": identity,
            "kind": intention.kind,
            "key": intention.key if intention.merge is None else f"{intention.key}:{identity}",
            "merge_key": intention.merge,
            "lane": intention.lane,
            "first": intention.first,
            "bucket": intention.bucket,
            "payload": dict(intention.payload),
            "asked_by": intention.asked_by,
            "state": State.READY if intention.held_until is None else State.HELD,
            "not_before": intention.held_until or intention.not_before or now,
            "marker": intention.marker,
            "created_at": now,
            "fence": 0,
            "attempts": 0,
            "doubts": 0,
            "looks": 0,
        }

    async def get(self, tx: Tx, operation_id: str) -> Operation | None:
        """One operation."""
        row = await rows.get(tx, operation_id)
        return None if row is None else Operation.of(row)

    async def by_key(self, tx: Tx, key: str) -> Operation | None:
        """One operation by its unique key."""
        row = await rows.get_by_key(tx, key)
        return None if row is None else Operation.of(row)

    async def check_again(self, tx: Tx, operation_id: str, fence: int | None) -> Operation | None:
        """Look for an unconfirmed operation once more; None where it is not unconfirmed (any more).

        One look, at once: while it is looked for, later ones of its lane wait.
        """
        row = await rows.get(tx, operation_id)
        if row is None:
            return None
        looks = max(0, len(self.kinds[row["kind"]].looks) - 1)
        return await self._move(tx, operation_id, fence, State.UNKNOWN, looks=looks, not_before=tx.now)

    async def turned_up(self, tx: Tx, operation: Operation) -> None:
        """What may be an unconfirmed one was seen: look for it, unless somebody decides about it at this moment.

        For who has changed what is written after each decision: everybody else takes the operation first, so waiting
        for it here would be waiting for each other.
        """
        if await rows.take_hold(tx, operation.id):
            await self.check_again(tx, operation.id, operation.fence)

    async def send_anyway(self, tx: Tx, operation_id: str, fence: int) -> Operation | None:
        """A person takes the risk of a second one; None where it is not unconfirmed (any more)."""
        # The marker is taken anew: what was known before the first attempt does not tell the two apart.
        return await self._move(
            tx, operation_id, fence, State.READY, not_before=tx.now, reason=None, marker=None, created_at=tx.now
        )

    async def give_up(self, tx: Tx, operation_id: str, fence: int, reason: str) -> Operation | None:
        """A person does not want an unconfirmed one sent; None where it is not unconfirmed (any more)."""
        return await self._move(tx, operation_id, fence, State.CANCELLED, reason=reason, settled_at=tx.now)

    async def cancel(self, tx: Tx, operation_id: str, reason: str) -> Operation | None:
        """Keep something that has not left from leaving; None where it has left."""
        row = await rows.move(
            tx,
            operation_id,
            expected=(State.HELD, State.READY),
            state=State.CANCELLED,
            reason=reason,
            merge_key=None,
            settled_at=tx.now,
        )
        return await self._followed(tx, row)

    async def hold_until(self, tx: Tx, operation_id: str, moment: datetime) -> Operation | None:
        """Let something that is held leave at another time; None where it is not held (any more)."""
        row = await rows.move(tx, operation_id, expected=(State.HELD,), state=State.HELD, not_before=moment)
        return await self._followed(tx, row)

    async def _move(
        self, tx: Tx, operation_id: str, fence: int | None, state: State, **values: Any
    ) -> Operation | None:
        row = await rows.move(tx, operation_id, expected=(State.UNCONFIRMED,), fence=fence, state=state, **values)
        return await self._followed(tx, row)

    async def _followed(self, tx: Tx, row: Row | None) -> Operation | None:
        if row is None:
            return None
        operation = Operation.of(row)
        self._wake_after(tx)
        await self.kinds[operation.kind].settled(tx, operation)
        return operation

    async def release_channel(self, tx: Tx, waiting: str, bucket: str, kinds: Sequence[str]) -> int:
        """A channel was named for these kinds: what waited for it may leave."""
        self._wake_after(tx)
        return await rows.release_channel(tx, waiting, bucket, kinds)

    async def readdress(self, tx: Tx, waiting: str, to: str, bucket: str, kinds: Sequence[str]) -> int:
        """Another channel was named for these kinds: what waited for the one before may leave for that, ``to``."""
        self._wake_after(tx)
        return await rows.readdress(tx, waiting, to, bucket, kinds)

    async def in_doubt(self, tx: Tx, kind: str, lane: str) -> list[Operation]:
        """Operations of a kind in a lane that are out, or whose fate is open."""
        return [Operation.of(row) for row in await rows.in_doubt(tx, kind, lane)]

    async def next_due(self, now: datetime, ahead: timedelta = timedelta()) -> datetime | None:
        """When something that waits for time alone may leave."""
        async with self.store.read() as tx:
            return await claims.next_due(tx, now, ahead)
