"""The ledger under anything that can happen, in any order: Hypothesis plays, the promises are checked.

Two processes work on one ledger. Requests are processed, refused, lost before or after they had their effect;
processes are killed at any point, or frozen past their lease and woken later; a person presses what is offered.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select, update

from bot.operations.model import Again, Held, Operation, State, Superseded
from bot.store.engine import Store, Tx
from bot.store.tables import buckets, operations
from tests.clock import WoundClock
from tests.databases import sqlite_copy
from tests.operations.desk import (
    DOWN,
    LOST,
    POST,
    REFUSED,
    TEXT,
    Desk,
    Effect,
    Pause,
    Turn,
    Upstream,
    fails,
    fails_after,
    fails_early,
    killed,
    limited,
    processed,
    unguarded,
)
from tests.quiet import StirringLoop

T = TypeVar("T")


async def _nothing(tx: Tx) -> None:
    """What comes first is nothing."""


FATES: dict[str, Turn] = {
    "processed": processed,
    "lost before": fails(LOST),
    "lost after": fails_after(LOST),
    "unreachable": fails(DOWN),
    "limited": fails(limited(7)),
    "refused": fails(REFUSED),
    "held": fails(Held("Mend it.", timedelta(seconds=20))),
    "again": fails(Again(_nothing)),
    "superseded": fails(Superseded("Not needed.")),
    "bug early": fails_early(RuntimeError("a bug")),
    "lost early": fails_early(LOST),
    "bug before": fails(RuntimeError("a bug")),
    "bug after": fails_after(RuntimeError("a bug")),
    "killed before": fails(killed()),
    "killed after": fails_after(killed()),
}

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "24"))
"""How often the play is begun anew; more of it is asked for by name."""

DECISIONS = ("check again", "send anyway", "give up")


@dataclass
class Asked:
    """What the machine knows of an operation it asked for."""

    key: str
    kind: str
    lane: str | None
    anyway: int = 0


class LedgerMachine(RuleBasedStateMachine):
    """Everything that can happen to a ledger; ``url`` is a database of its own, emptied at the start."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=StirringLoop)
        self.clock = WoundClock()
        self.upstream = Upstream()
        self.asked: list[Asked] = []
        self.frozen: list[Pause] = []
        self.steps: list[asyncio.Task[int]] = []
        self.run(self._open(url))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end."""
        return self.runner.run(work)

    async def _open(self, url: str) -> None:
        self.store = Store(url, self.clock)
        async with self.store.write() as tx:
            await tx.execute(delete(operations))
            await tx.execute(delete(buckets))
        self.desks = [Desk(self.store, self.upstream, name) for name in ("one", "two")]

    @initialize(kinds=st.lists(st.sampled_from([TEXT, POST]), min_size=2, max_size=4))
    def begin(self, kinds: list[str]) -> None:
        """There is something to do from the start."""
        for kind in kinds:
            self.ask(kind, "lane", "OK")

    @rule(
        kind=st.sampled_from([TEXT, TEXT, POST]),
        lane=st.sampled_from(["lane", "other", None]),
        words=st.sampled_from(["OK", "See you"]),
    )
    def ask(self, kind: str, lane: str | None, words: str) -> None:
        """Somebody asks for an effect, sometimes in the same words as before."""
        asked = Asked(f"{len(self.asked):03}", kind, lane)
        self.asked.append(asked)
        assert self.run(self.desks[0].ask(asked.key, kind, words=words, lane=lane, bucket=f"any:{kind}"))

    @rule(which=st.integers(0, 1), fate=st.sampled_from(sorted(FATES)))
    def work(self, which: int, fate: str) -> None:
        """A process works a round; its first request meets some fate."""
        self.upstream.plan.append(FATES[fate])
        self.run(self.desks[which].runner.step())
        self.upstream.plan.clear()

    @rule(which=st.integers(0, 1), fate=st.sampled_from(["killed before", "killed after"]))
    def die(self, which: int, fate: str) -> None:
        """A process is killed in its next request, and its lease ends."""
        self.work(which, fate)
        self.clock.advance(30)
        self.sweep(1 - which)

    @rule(which=st.integers(0, 1), looks=st.lists(st.sampled_from([DOWN, LOST, limited(3)]), max_size=2))
    def look(self, which: int, looks: list[Exception]) -> None:
        """A process works a round in which upstream may not be able to say what it has."""
        self.upstream.looks.extend(looks)
        self.run(self.desks[which].runner.step())
        self.upstream.looks.clear()

    @rule(which=st.integers(0, 1), on_its_way=st.booleans())
    def freeze(self, which: int, on_its_way: bool) -> None:
        """A process freezes in its next request, before it left or while it is on its way."""
        pause = Pause(then=unguarded if on_its_way else processed)
        self.upstream.plan.append(pause)
        self.run(self._begin(self.desks[which], pause))
        self.upstream.plan.clear()
        if pause.reached.is_set():
            self.frozen.append(pause)

    async def _begin(self, desk: Desk, pause: Pause) -> None:
        step = asyncio.create_task(desk.runner.step())
        reached = asyncio.create_task(pause.reached.wait())
        await asyncio.wait((step, reached), return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        self.steps.append(step)

    @precondition(lambda self: self.frozen)
    @rule(number=st.integers(0, 5))
    def thaw(self, number: int) -> None:
        """One that was frozen goes on where it was."""
        self.run(self._thaw(self.frozen.pop(number % len(self.frozen))))

    async def _thaw(self, pause: Pause) -> None:
        assert pause.task is not None
        pause.released.set()
        await asyncio.wait([pause.task])

    @rule(seconds=st.sampled_from([0.5, 1, 5, 30]))
    def time_goes_by(self, seconds: float) -> None:
        """Leases may end by it."""
        self.clock.advance(seconds)

    @rule(which=st.integers(0, 1))
    def sweep(self, which: int) -> None:
        """A sweeper looks for leases that have ended."""
        self.run(self._sweep(self.desks[which]))

    async def _sweep(self, desk: Desk) -> None:
        await desk.runner.sweep()

    @precondition(lambda self: self.asked)
    @rule(number=st.integers(0, 50), what=st.sampled_from(DECISIONS), presses=st.integers(1, 2))
    def decide(self, number: int, what: str, presses: int) -> None:
        """A person presses a button, perhaps twice, perhaps on one that is decided already."""
        asked = self.asked[number % len(self.asked)]
        operation = self.run(self.desks[0].get(asked.key))
        done = [self.run(self._press(operation, what)) for _ in range(presses)]
        assert done.count(True) == (1 if operation.state is State.UNCONFIRMED else 0)
        asked.anyway += what == "send anyway" and done.count(True)

    async def _press(self, operation: Operation, what: str) -> bool:
        ledger = self.desks[0].ledger
        async with self.store.write() as tx:
            if what == "check again":
                return await ledger.check_again(tx, operation.id, operation.fence) is not None
            if what == "send anyway":
                return await ledger.send_anyway(tx, operation.id, operation.fence) is not None
            return await ledger.give_up(tx, operation.id, operation.fence, "Given up.") is not None

    @invariant()
    def nothing_happens_twice_by_itself(self) -> None:
        """At most one effect of an operation, and one more for each time a person said so."""
        effects = Counter(effect.key for effect in self.upstream.effects)
        for asked in self.asked:
            assert effects[asked.key] <= 1 + asked.anyway, f"{asked} happened {effects[asked.key]} times"

    @invariant()
    def lanes_keep_their_order(self) -> None:
        """First effects of a lane stand in the order of asking, but for those a person had to decide about."""
        decided = {
            key
            for desk in self.desks
            for kind in (desk.texts, desk.posts)
            for key, state in kind.settlements
            if state is State.UNCONFIRMED
        }
        for lane in ("lane", "other"):
            keys = {asked.key for asked in self.asked if asked.lane == lane} - decided
            order = list(dict.fromkeys(effect.key for effect in self.upstream.effects if effect.key in keys))
            assert order == sorted(order), f"{lane}: {order}"

    def teardown(self) -> None:
        """Whatever happened: once all is well again, everything ends, and what is said of it is true."""
        try:
            while self.frozen:
                self.thaw(0)
            self.run(self._end_all())
            self.run(self._heal())
            self.nothing_happens_twice_by_itself()
            self.lanes_keep_their_order()
            self.run(self._told_truly())
        finally:
            self.run(self.store.close())
            self.runner.close()

    async def _end_all(self) -> None:
        await asyncio.gather(*self.steps)

    async def _heal(self) -> None:
        for _ in range(100):
            await self._sweep(self.desks[0])
            await self.desks[1].runner.step()
            if all(row["state"] in ENDED for row in await self._rows()):
                return
            self.clock.advance(10)
        stuck = [(row["key"], row["state"]) for row in await self._rows() if row["state"] not in ENDED]
        raise AssertionError(f"stuck for ever: {stuck}")

    async def _told_truly(self) -> None:
        effects: dict[str, Effect] = {f"upstream:{effect.number}": effect for effect in self.upstream.effects}
        rows = await self._rows()
        assert len(rows) == len(self.asked)
        for row in rows:
            if row["state"] == State.SENT:
                assert row["bound"] in effects, f"{row['key']} is said to be sent, and is not there"
                assert effects[row["bound"]].words == row["payload"]["words"]
            else:
                assert row["bound"] is None
            if row["state"] in (State.FAILED, State.CANCELLED) and row["kind"] == POST:
                assert row["key"] not in self.upstream.keys, f"{row['key']} is said not to be sent, and is there"

    async def _rows(self) -> list[dict[str, Any]]:
        async with self.store.read() as tx:
            return await tx.rows(select(operations).order_by(operations.c.seq))


ENDED = (State.SENT, State.FAILED, State.CANCELLED, State.UNCONFIRMED)


class NaiveMachine(LedgerMachine):
    """The control: leases that end are taken for "not sent", as is often done."""

    async def _sweep(self, desk: Desk) -> None:
        ended = (operations.c.state == State.SENDING, operations.c.lease_until < self.clock.now())
        async with self.store.write() as tx:
            await tx.execute(
                update(operations)
                .where(*ended)
                .values(state=State.READY, owner=None, lease_until=None, fence=operations.c.fence + 1)
            )


def play(machine: type[LedgerMachine], url: str, *, examples: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """Let Hypothesis play on a database."""

    class Here(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__(url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
        ),
    )


def test_the_ledger_keeps_its_promises_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    """Whatever happens in whatever order."""
    play(LedgerMachine, sqlite_copy(sqlite_template, tmp_path), examples=EXAMPLES)


def test_the_ledger_keeps_its_promises_on_postgresql(postgresql_url: str) -> None:
    """The same play, shorter, where rows are locked one by one."""
    play(LedgerMachine, postgresql_url, examples=EXAMPLES // 4)


def test_a_ledger_that_retries_is_caught(sqlite_url: str) -> None:
    """The play is hard enough: a ledger without doubt does something twice before long."""
    with pytest.raises(AssertionError, match=r"happened \d times"):
        play(NaiveMachine, sqlite_url, examples=400, phases=[Phase.generate])
