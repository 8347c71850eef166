"""A ledger at work on an upstream that does with each request what a test laid out for it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bot.errors import MaybeSent, RateLimited, Rejected, Unreachable
from bot.operations.ledger import Ledger
from bot.operations.limits import Limits
from bot.operations.model import Absent, Ambiguous, Done, Guard, Intention, Kind, Operation, State
from bot.operations.runner import Runner
from bot.store import operations as rows
from bot.store.engine import Store, Tx

TEXT = "text"
"""A kind nobody can take back: sent again only when a person says so."""

POST = "post"
"""A harmless kind."""

SLOW = "slow:channel"
"""A bucket that lets one through each second."""

LOST = MaybeSent("No answer came.", service="Upstream")
DOWN = Unreachable("Upstream cannot be reached.", service="Upstream")
REFUSED = Rejected("Upstream refuses it.", service="Upstream", status=422)


def limited(seconds: float) -> RateLimited:
    """Too many requests; wait so long."""
    return RateLimited("Too many.", service="Upstream", retry_after=seconds)


@dataclass(frozen=True)
class Effect:
    """Something that took place upstream."""

    number: int
    kind: str
    operation: str
    key: str
    words: str


class Upstream:
    """Remembers every effect. ``plan`` holds what happens to the next requests; after that they are processed."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.plan: deque[Turn] = deque()
        self.looks: deque[Exception | Done | Absent | Ambiguous] = deque()
        self.requests = 0
        self.looked = 0
        self._numbers = count(1)

    @property
    def keys(self) -> list[str]:
        """The operations that had an effect, in order."""
        return [effect.key for effect in self.effects]

    @property
    def newest(self) -> int:
        """The number of the newest effect."""
        return max((effect.number for effect in self.effects), default=0)

    def take(self, operation: Operation) -> Done:
        """Let the effect take place."""
        effect = Effect(next(self._numbers), operation.kind, operation.id, operation.key, operation.payload["words"])
        self.effects.append(effect)
        return done(effect.number)


Turn = Callable[[Upstream, Operation, Guard], Awaitable[Done]]


def done(number: int) -> Done:
    """The proof of an effect."""
    return Done(bound=f"upstream:{number}", result={"number": number})


async def unguarded(upstream: Upstream, operation: Operation, guard: Guard) -> Done:
    """The request was on its way already when the process froze: it has its effect, and the answer comes late."""
    return upstream.take(operation)


async def processed(upstream: Upstream, operation: Operation, guard: Guard) -> Done:
    """The ordinary course."""
    guard()
    return upstream.take(operation)


def fails(error: BaseException) -> Turn:
    """The request has no effect, and ends so."""

    async def turn(upstream: Upstream, operation: Operation, guard: Guard) -> Done:
        guard()
        raise error

    return turn


def fails_early(error: BaseException) -> Turn:
    """It ends so before the request is made."""

    async def turn(upstream: Upstream, operation: Operation, guard: Guard) -> Done:
        raise error

    return turn


def fails_after(error: BaseException) -> Turn:
    """The request has its effect, and ends so all the same."""

    async def turn(upstream: Upstream, operation: Operation, guard: Guard) -> Done:
        guard()
        upstream.take(operation)
        raise error

    return turn


def killed() -> BaseException:
    """What a process feels that is killed: nothing it would have done afterwards is done."""
    return asyncio.CancelledError()


@dataclass
class Pause:
    """A request that is out until the test lets it go on; then it does ``then``."""

    then: Turn = processed
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[object] | None = None

    async def __call__(self, upstream: Upstream, operation: Operation, guard: Guard) -> Done:
        """Wait, then go on."""
        self.task = asyncio.current_task()
        self.reached.set()
        await self.released.wait()
        return await self.then(upstream, operation, guard)


class PlannedKind:
    """A kind of effect on the upstream of a test."""

    patience: timedelta | None = timedelta(minutes=10)
    looks: Sequence[float] = (1, 5)

    def __init__(self, name: str, upstream: Upstream, store: Store, *, harmless: bool) -> None:
        self.name = name
        self.harmless = harmless
        self.settlements: list[tuple[str, State]] = []
        self.trouble: Exception | None = None
        self.marker_trouble: deque[Exception] = deque()
        self._upstream = upstream
        self._store = store

    async def marker(self, operation: Operation) -> int | None:
        """The newest effect there is."""
        if self.marker_trouble:
            raise self.marker_trouble.popleft()
        return self._upstream.newest

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """What the plan says."""
        self._upstream.requests += 1
        plan = self._upstream.plan
        return await (plan.popleft() if plan else processed)(self._upstream, operation, guard)

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look for the words among newer effects of this kind that are nobody's."""
        self._upstream.looked += 1
        if self._upstream.looks:
            answer = self._upstream.looks.popleft()
            if isinstance(answer, Exception):
                raise answer
            return answer
        if operation.marker is None:
            return Absent(certain=True)
        sought = (self.name, operation.payload["words"])
        same = [effect for effect in self._upstream.effects if (effect.kind, effect.words) == sought]
        names = [f"upstream:{effect.number}" for effect in same if effect.number > operation.marker]
        async with self._store.read() as tx:
            free = sorted(set(names) - await rows.bound(tx, names))
        if len(free) > 1:
            return Ambiguous(len(free))
        return done(int(free[0].removeprefix("upstream:"))) if free else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note it; raise where the test wants trouble."""
        if self.trouble is not None:
            raise self.trouble
        self.settlements.append((operation.key, operation.state))


class UndoingKind(PlannedKind):
    """A harmless kind whose effects name their operation, and can be taken back."""

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look for the effect of this very operation."""
        if self._upstream.looks:
            return await super().find(operation)
        self._upstream.looked += 1
        own = [effect for effect in self._upstream.effects if effect.operation == operation.id]
        return done(own[0].number) if own else Absent()

    async def undo(self, operation: Operation, done: Done) -> None:
        """Remove the effect upstream."""
        number = done.result["number"]
        self._upstream.effects = [effect for effect in self._upstream.effects if effect.number != number]


LIMITS = Limits(intervals=(("slow", 1),), spread=lambda: 0.5)


class Desk:
    """One process at work on a ledger: asks, works a round, looks and decides."""

    def __init__(self, store: Store, upstream: Upstream | None = None, name: str = "one") -> None:
        self.store = store
        self.upstream = upstream or Upstream()
        self.texts = PlannedKind(TEXT, self.upstream, store, harmless=False)
        self.posts = UndoingKind(POST, self.upstream, store, harmless=True)
        self.ledger = Ledger(store)
        kinds: list[Kind] = [self.texts, self.posts]
        self.ledger.register(kinds)
        self.runner = Runner(self.ledger, LIMITS, name)

    def beside(self, name: str = "two") -> "Desk":
        """Another process on the same database and the same upstream."""
        return Desk(self.store, self.upstream, name)

    async def ask(self, key: str, kind: str = TEXT, *, words: str | None = None, **more: object) -> bool:
        """Write one intention in a transaction of its own."""
        return await self.intend(Intention(kind=kind, key=key, payload={"words": words or key}, **more))  # type: ignore[arg-type]

    async def intend(self, intention: Intention) -> bool:
        """Write an intention in a transaction of its own."""
        async with self.store.write() as tx:
            return await self.ledger.ask(tx, intention)

    async def get(self, key: str) -> Operation:
        """The operation with a key."""
        async with self.store.read() as tx:
            operation = await self.ledger.by_key(tx, key)
        assert operation is not None, f"no operation {key}"
        return operation

    async def state(self, key: str) -> State:
        """Where the operation with a key stands."""
        return (await self.get(key)).state

    async def work(self, rounds: int = 20) -> None:
        """Work until nothing more is due now."""
        for _ in range(rounds):
            if not await self.runner.step():
                return
        raise AssertionError(f"still at work after {rounds} rounds")

    async def freeze_in(self, turn: Turn) -> None:
        """Begin one request and lose the process in it: the operation stays with its lease."""
        self.upstream.plan.append(turn)
        assert await self.runner.step() == 1

    async def unconfirmed(self, key: str, *, effect: bool = False, **more: object) -> Operation:
        """An operation a person has to decide about, whose effect took place or not."""
        await self.ask(key, **more)  # type: ignore[arg-type]
        self.upstream.plan.append(fails_after(LOST) if effect else fails(LOST))
        self.upstream.looks.extend([Absent(), Absent()])
        await self.runner.step()
        for seconds in self.texts.looks:
            self.advance(seconds)
            await self.runner.step()
        operation = await self.get(key)
        assert operation.state is State.UNCONFIRMED
        return operation

    def advance(self, seconds: float) -> None:
        """Wind the store's clock."""
        clock = self.store.clock
        clock.advance(seconds)  # type: ignore[attr-defined]
