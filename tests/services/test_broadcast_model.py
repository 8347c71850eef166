"""Broadcasts under anything that can happen, in any order: Hypothesis plays, one promise is checked.

Two processes work on one ledger. People write, edit, send, approve, decline, undo, and press what doubt offers; answers
are lost before or after the text went out, refused and delayed; processes are killed while their request is out.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, update

from bot.errors import Gone
from bot.operations.model import State as Fate
from bot.sandbox.clearstream import ClearstreamStandIn, Fault, RequestInfo
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import Broadcast, State
from bot.services.broadcasts import Pressed
from bot.store.engine import Store
from bot.store.tables import broadcasts, buckets, kept, operations
from tests.clock import WoundClock
from tests.databases import sqlite_copy
from tests.quiet import StirringLoop
from tests.services.office import ALICE, BOB, CAROL, UNDO, Desk, customers

T = TypeVar("T")

FATES = (None, Fault.LOSE_BEFORE, Fault.LOSE_AFTER, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RATE_LIMITED)
DRAFTS = ("one", "two")
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "5"))
"""How often the play is begun anew; more of it is asked for by name."""


class BroadcastMachine(RuleBasedStateMachine):
    """Everything that can happen to broadcasts; ``url`` is a database of its own, emptied at the start."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=StirringLoop)
        self.clock = WoundClock()
        self.line = ClearstreamStandIn(now=self.clock.now, tick_seconds=None)
        self.anyway: Counter[str] = Counter()
        self.run(self._open(url))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end."""
        return self.runner.run(work)

    async def _open(self, url: str) -> None:
        await self.line.start()
        self.small, self.large = customers(self.line, 1, "Few"), customers(self.line, 5, "Many")
        self.store = Store(url, self.clock)
        async with self.store.write() as tx:
            for table in (operations, buckets, broadcasts, kept):
                await tx.execute(delete(table))
        self.desks = [Desk(self.store, self.clock, self.line, name, at_once=1) for name in ("one", "two")]
        await self.desks[0].office.audience.refresh()

    @property
    def desk(self) -> Desk:
        """Where people press."""
        return self.desks[0]

    @initialize(large=st.booleans())
    def begin(self, large: bool) -> None:
        """One is about to leave from the start."""
        self.write("one", "", large)
        self.submit("one")
        self.decide("one", "approve")
        self.time_goes_by(UNDO)

    @rule(draft=st.sampled_from(DRAFTS), words=st.sampled_from(["", "!"]), large=st.booleans())
    def write(self, draft: str, words: str, large: bool) -> None:
        """Its author writes, or edits; where it has left they are told so."""
        fields = Fields(lists=(self.large if large else self.small,), header="Us", body=f"{draft}{words}")
        try:
            self.run(self.desk.write(fields, ALICE, draft))
        except Gone:
            assert self._now(draft).state not in (State.DRAFT, State.WAITING, State.DECLINED, State.UNDONE)

    @rule(draft=st.sampled_from(DRAFTS))
    def submit(self, draft: str) -> None:
        """Its author presses **Send**, twice."""
        broadcast = self._known(draft)
        if broadcast is not None:
            presses = [self.run(self.desk.submit(broadcast)).done for _ in range(2)]
            assert presses == [broadcast.state is State.DRAFT, False]

    @rule(draft=st.sampled_from(DRAFTS), what=st.sampled_from(["approve", "decline"]))
    def decide(self, draft: str, what: str) -> None:
        """Two people decide at once; one does."""
        broadcast = self._known(draft)
        if broadcast is None:
            return
        people = (BOB, CAROL)
        done = [self.run(self._decided(broadcast, what, person)).done for person in people]
        assert done == [broadcast.state is State.WAITING, False]

    async def _decided(self, broadcast: Broadcast, what: str, person: str) -> Pressed:
        async with self.store.write() as tx:
            if what == "approve":
                return await self.desk.broadcasts.approve(tx, broadcast.id, broadcast.version, person)
            return await self.desk.broadcasts.decline(tx, broadcast.id, broadcast.version, person, "No.")

    @rule(draft=st.sampled_from(DRAFTS))
    def undo(self, draft: str) -> None:
        """Somebody presses **Undo**; what was undone has not left."""
        if self._known(draft) is None:
            return
        before = self._left()[draft]
        if self.run(self.desk.press(self.desk.broadcasts.undo, draft, BOB)).done:
            assert before <= self.anyway[draft], f"{draft} left {before} times, and is said to be undone"
            assert self._now(draft).state is State.UNDONE

    @rule(draft=st.sampled_from(DRAFTS), anyway=st.booleans())
    def doubt(self, draft: str, anyway: bool) -> None:
        """A person presses **Check again** or **Send anyway**, twice."""
        broadcast = self._known(draft)
        if broadcast is None or broadcast.state is not State.UNCONFIRMED:
            return
        fence = self.run(self.desk.fence(broadcast))
        what = self.desk.broadcasts.send_anyway if anyway else self.desk.broadcasts.check_again
        assert [self.run(self.desk.press(what, draft, fence, BOB)).done for _ in range(2)] == [True, False]
        self.anyway[draft] += anyway

    @rule(which=st.integers(0, 1), fate=st.sampled_from(FATES))
    def work(self, which: int, fate: Fault | None) -> None:
        """A process works; its first request to send meets some fate."""
        if fate is not None:
            self.line.faults.add(fate, method="POST", path="messages", retry_after=3)
        self.run(self.desks[which].work())
        self.line.faults.clear()

    @rule(which=st.integers(0, 1), stage=st.sampled_from(["before", "after"]))
    def die(self, which: int, stage: str) -> None:
        """A process is killed while its request to send is out; its lease ends, and the other sweeps."""
        self.run(self._die(self.desks[which], stage))
        self.clock.advance(30)
        self.sweep(1 - which)

    async def _die(self, desk: Desk, stage: str) -> None:
        async def kill(info: RequestInfo) -> None:
            if (info.method, info.path, info.stage) == ("POST", "messages", stage):
                for task in desk.runner._under_way:
                    task.cancel()

        spare = self.line.on_request(kill)
        await desk.runner.step()
        spare()

    @rule(seconds=st.sampled_from([1, UNDO, 40]))
    def time_goes_by(self, seconds: float) -> None:
        """**Undo** may be over by it, and leases may end."""
        self.clock.advance(seconds)

    @rule(which=st.integers(0, 1))
    def sweep(self, which: int) -> None:
        """A sweeper looks for leases that have ended."""
        self.run(self._sweep(self.desks[which]))

    async def _sweep(self, desk: Desk) -> None:
        await desk.runner.sweep()

    @invariant()
    def nothing_is_sent_twice_by_itself(self) -> None:
        """At most one request that may have had its effect for a draft, and one more for each **Send anyway**."""
        for draft, left in self._left().items():
            assert left <= 1 + self.anyway[draft], f"{draft} left {left} times"

    def _left(self) -> Counter[str]:
        """How often each draft left: requests that were not cleanly refused."""
        posts = self.line.requests_since(method="POST", path="messages")
        return Counter(info.form["message_body"].rstrip("!") for info in posts if not 400 <= (info.status or 0) < 500)

    def _known(self, draft: str) -> Broadcast | None:
        try:
            return self._now(draft)
        except Gone:
            return None

    def _now(self, draft: str) -> Broadcast:
        return self.run(self.desk.now(draft))

    def teardown(self) -> None:
        """Once all is well again everything comes to rest, and what is said of it is true."""
        try:
            self.end()
        finally:
            self.run(self._close())
            self.runner.close()

    def end(self) -> None:
        """See that it does."""
        self.run(self._heal())
        self.nothing_is_sent_twice_by_itself()
        for broadcast in filter(None, map(self._known, DRAFTS)):
            if broadcast.message_id is not None:
                assert self.line.state.messages[broadcast.message_id].text.body.rstrip("!") == broadcast.id
            elif broadcast.state is not State.UNCONFIRMED and not self.anyway[broadcast.id]:
                assert not self._left()[broadcast.id], f"{broadcast} is said not to be sent, and is there"

    async def _heal(self) -> None:
        for _ in range(20):
            self.clock.advance(15)
            await self._sweep(self.desks[0])
            await self.desks[1].work()
        async with self.store.read() as tx:
            moving = operations.c.state.in_([Fate.HELD, Fate.READY, Fate.SENDING, Fate.UNKNOWN])
            assert await tx.rows(operations.select().where(moving)) == []

    async def _close(self) -> None:
        for desk in self.desks:
            await desk.clearstream.aclose()
        await self.store.close()
        await self.line.stop()


class NaiveMachine(BroadcastMachine):
    """The control: leases that end are taken for "not sent", as is often done."""

    async def _sweep(self, desk: Desk) -> None:
        ended = (operations.c.state == Fate.SENDING, operations.c.lease_until < self.clock.now())
        async with self.store.write() as tx:
            back = {"state": Fate.READY, "owner": None, "lease_until": None, "fence": operations.c.fence + 1}
            await tx.execute(update(operations).where(*ended).values(**back))

    def end(self) -> None:
        """What it did is known."""


def play(machine: type[BroadcastMachine], url: str, examples: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """Let Hypothesis play on a database."""

    class Here(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__(url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
        ),
    )


def test_a_draft_leaves_once(sqlite_template: Path, tmp_path: Path) -> None:
    """Whatever happens in whatever order, unless a person pressed **Send anyway**."""
    play(BroadcastMachine, sqlite_copy(sqlite_template, tmp_path), EXAMPLES)


def test_a_ledger_that_retries_is_caught(sqlite_url: str) -> None:
    """The play is hard enough: a ledger without doubt sends something twice before long."""
    with pytest.raises(AssertionError, match=r"left \d times"):
        play(NaiveMachine, sqlite_url, 100, [Phase.generate])
