"""Whatever comes in whichever order, and whatever the listing says of itself: every text is found once."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.polling.inbox import NAME
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.model import Reply
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.polling.watch import Watch, number
from tests.quiet import StirringLoop

PEOPLE = st.integers(0, 8)
ACTS = st.one_of(
    st.tuples(st.just("text"), PEOPLE, st.integers(1, 5)),
    st.tuples(st.just("site"), PEOPLE),
    st.tuples(st.just("late"), PEOPLE, st.integers(1, 100)),
    st.tuples(st.just("read"), PEOPLE),
    st.tuples(st.just("pass"), st.sampled_from([0, 1, 40])),
    st.tuples(st.just("order"), st.sampled_from(["newest", "oldest", "id", "shuffled"])),
    st.tuples(st.just("lie"), st.integers(-9, 9), st.integers(-2, 2)),
    st.tuples(st.just("theirs"), st.booleans()),
    st.tuples(st.just("poll")),
)


@dataclass
class Story:
    """A line with small pages on which things happen, and the poll that watches it."""

    watch: Watch
    line: ClearstreamStandIn
    clock: WoundClock

    async def text(self, person: int, times: int) -> None:
        """Somebody texts, so many times in the same second."""
        for _ in range(times):
            self.line.receive(number(person), "A text")

    async def site(self, person: int) -> None:
        """Somebody answers on Clearstream's site."""
        thread = self.line.thread_id(number(person))
        if thread is not None:
            self.line.site_reply(thread, "An answer")

    async def late(self, person: int, seconds: int) -> None:
        """A text comes that was sent earlier: it stands where its time puts it."""
        reply = self.line.receive(number(person), "A late text")
        assert reply is not None
        reply.sent_at -= timedelta(seconds=seconds)
        thread = self.line.state.threads[self.line.thread_id(number(person)) or 0]
        thread.replies.sort(key=lambda each: (each.sent_at, each.id))

    async def read(self, person: int) -> None:
        """Somebody looks at it on Clearstream's site."""
        thread = self.line.thread_id(number(person))
        if thread is not None:
            self.line.site_read(thread)

    async def order(self, order: str) -> None:
        """The listing's order changes."""
        self.line.odd.thread_order = order  # type: ignore[assignment]

    async def lie(self, total: int, pages: int) -> None:
        """The listing's figures are wrong."""
        self.line.odd.total_off, self.line.odd.pages_off = total, pages

    async def theirs(self, yes: bool) -> None:
        """Answers do or do not move a conversation up."""
        self.line.odd.replied_at_is_theirs = yes

    async def poll(self) -> None:
        """The job runs as often as it does."""
        self.clock.advance(15)
        await self.watch.jobs.tick(NAME)

    async def act(self, act: tuple[object, ...]) -> None:
        """One thing happens."""
        if act[0] == "pass":
            self.clock.advance(float(str(act[1])))
        else:
            await getattr(self, str(act[0]))(*act[1:])

    def replies(self) -> dict[int, list[Reply]]:
        """Every text on the line, by conversation."""
        return {thread.id: list(thread.replies) for thread in self.line.state.threads.values()}


async def tell(url: str, before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> None:
    """Play it: what is there at the first start, then what happens, then the hourly sweep."""
    clock = WoundClock()
    store = Store(url, clock)
    async with ClearstreamStandIn(now=clock.now, tick_seconds=None) as line:
        line.odd.limit_cap = 3
        watch = await Watch(store, clock, line).open()
        story = Story(watch, line, clock)
        for act in before:
            if act[0] != "poll":
                await story.act(act)
        clock.advance(200)
        known = {reply.id for replies in story.replies().values() for reply in replies}
        await watch.tick()
        for act in after:
            await story.act(act)
        clock.advance(3600)
        await watch.tick()
        found = await watch.found()
        every = {reply.id for replies in story.replies().values() for reply in replies}
        assert len(found) == len(set(found)), "each text once"
        assert not known & set(found), "what was there at the first start is not new"
        assert set(found) == every - known, "every text is found"
        await watch.close()
    await store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(ACTS, max_size=12), after=st.lists(ACTS, max_size=25))
def test_every_text_is_found_exactly_once(
    sqlite_template: Path, before: list[tuple[object, ...]], after: list[tuple[object, ...]]
) -> None:
    """Nothing of the baseline is new, nothing new is missed once the sweep has passed, nothing is found twice."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "switchboard.db"
        shutil.copyfile(sqlite_template, path)
        with asyncio.Runner(loop_factory=StirringLoop) as runner:
            runner.run(tell(f"sqlite:///{path}", before, after))
