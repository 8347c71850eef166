"""The job's row: one process at a time runs the poll, whatever becomes of it."""

import asyncio
import json

import pytest

from bot.polling.inbox import NAME
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.model import Reply
from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.store.engine import Row, Store
from tests.clock import WoundClock
from tests.polling.watch import Watch, furnish, killed, number


async def test_two_processes_poll_once_an_interval(
    watch: Watch, store: Store, line: ClearstreamStandIn, clock: WoundClock
) -> None:
    """Both tick every second; every fifteen seconds one of them asks, once."""
    other = await Watch(store, clock, line, owner="two").open()
    await watch.tick()
    await watch.next_poll()
    await other.next_poll()
    mark = line.log.mark()
    for _ in range(60):
        clock.advance(1)
        await asyncio.gather(watch.tick(), other.tick())
    assert [request.path for request in line.requests_since(mark)] == ["threads"] * 4
    await other.close()


async def test_when_its_owner_dies_another_takes_the_job_over(
    watch: Watch, store: Store, line: ClearstreamStandIn, clock: WoundClock
) -> None:
    """A process that dies in the middle of a poll keeps the job until its lease ends, and not a moment longer."""
    await watch.tick()
    other = Watch(store, clock, line, owner="two")
    came = line.receive(number(1), "Anybody there?")
    stopped = asyncio.Event()

    async def hang(request: RequestInfo) -> None:
        stopped.set()
        await asyncio.Event().wait()

    unhook = line.on_request(hang)
    clock.advance(15)
    running = asyncio.create_task(watch.jobs.tick(NAME))
    await stopped.wait()
    await killed(running)
    unhook()
    clock.advance(29)
    assert await other.tick() == []
    clock.advance(2)
    assert await other.tick() == ["threads?1", "threads?2"]
    assert await other.found() == [came.id if came else 0]
    await other.close()


async def test_who_was_frozen_writes_nothing_when_it_wakes_up(
    watch: Watch, store: Store, line: ClearstreamStandIn, clock: WoundClock
) -> None:
    """The job passes on while a poll stands still; what that poll has in hand then is dropped."""
    await watch.tick()
    other = Watch(store, clock, line, owner="two")
    came = line.receive(number(1), "Once")
    stopped, woken = asyncio.Event(), asyncio.Event()

    async def freeze(request: RequestInfo) -> None:
        if request.stage == "after" and not stopped.is_set():
            stopped.set()
            await woken.wait()

    line.on_request(freeze)
    clock.advance(15)
    frozen = asyncio.create_task(watch.jobs.tick(NAME))
    await stopped.wait()
    clock.advance(31)
    await other.tick()
    woken.set()
    await frozen
    assert await other.found() == [came.id if came else 0]
    row = await other.row()
    assert row["owner"] is None
    assert await other.next_poll() == ["threads?1"]
    await other.close()


async def test_a_wake_makes_it_due_at_once(watch: Watch, line: ClearstreamStandIn) -> None:
    """Woken between two polls it runs at the next tick, and then as often as before."""
    await watch.tick()
    await watch.next_poll()
    assert await watch.tick() == []
    await watch.jobs.wake(NAME)
    assert await watch.tick() == ["threads?1"]
    assert await watch.tick() == []


async def test_woken_while_it_runs_it_runs_once_more(watch: Watch, line: ClearstreamStandIn) -> None:
    """A hint that comes while a poll is under way may be about something that poll no longer sees."""
    await watch.tick()
    came: list[Reply | None] = []

    async def hint(request: RequestInfo) -> None:
        if request.stage == "after" and not came:
            came.append(line.receive(number(1), "After the page was read"))
            await watch.jobs.wake(NAME)

    line.on_request(hint)
    await watch.next_poll()
    assert await watch.found() == []
    assert await watch.tick() == ["threads?1"]
    assert await watch.found() == [reply.id for reply in came if reply]
    assert await watch.tick() == []


def in_order(asked: list[Row]) -> int:
    """How many texts these are; each stands once, and those of a conversation from the oldest to the newest."""
    order: dict[int, list[int]] = {}
    for payload in asked:
        order.setdefault(payload["conversation"], []).append(payload["reply"])
    assert all(replies == sorted(set(replies)) for replies in order.values())
    return len(asked)


def logged(output: str, event: str) -> list[str]:
    """The lines of the log that tell of ``event``."""
    return [line for line in output.splitlines() if event in line]


async def test_an_outage_is_logged_once_and_its_end_once(
    watch: Watch, line: ClearstreamStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """While Clearstream is down polls come ever rarer, at the most a minute apart; what came meanwhile is found."""
    await watch.tick()
    line.faults.add(Fault.GARBAGE, count=None)
    came = line.receive(number(1), "During the outage")
    pauses = []
    for _ in range(4):
        pause = (await watch.row())["next_due"] - watch.clock.now()
        pauses.append(round(pause.total_seconds()))
        watch.clock.advance(pause.total_seconds())
        assert await watch.tick()
    assert pauses == [15, 15, 30, 60]
    line.faults.clear()
    watch.clock.advance(60)
    assert await watch.tick()
    assert await watch.found() == [came.id if came else 0]
    output = capsys.readouterr().out
    assert len(logged(output, "job.failed")) == 1
    assert len(logged(output, "job.recovered")) == 1
    assert await watch.next_poll() == ["threads?1"]


async def test_a_key_that_is_refused_is_logged_once(
    watch: Watch, line: ClearstreamStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """A revoked key stops nothing but the polls' success; when it is accepted again everything goes on."""
    await watch.tick()
    key, line.api_key = line.api_key, "another"
    for _ in range(100):
        watch.clock.advance(5)
        await watch.tick()
    line.api_key = key
    watch.clock.advance(60)
    await watch.tick()
    output = capsys.readouterr().out
    assert len(logged(output, "job.failed")) == 1
    assert "key" in logged(output, "job.failed")[0]
    assert key not in output
    assert len(logged(output, "job.recovered")) == 1


async def test_it_waits_as_long_as_clearstream_asks(watch: Watch, line: ClearstreamStandIn) -> None:
    """``Retry-After`` of a 429 is the least it waits."""
    await watch.tick()
    line.faults.add(Fault.RATE_LIMITED, count=1, retry_after=100)
    assert len(await watch.next_poll()) == 1
    watch.clock.advance(99)
    assert await watch.tick() == []
    watch.clock.advance(2)
    assert await watch.tick() == ["threads?1"]


async def test_texts_are_written_in_short_transactions_with_the_cursor_last(
    watch: Watch, line: ClearstreamStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """250 texts are three transactions of at most 100; the listing's figures are stored with the third."""
    furnish(line, 3)
    await watch.tick()
    watch.clock.advance(1)
    for text in range(250):
        line.receive(number(text % 25), f"Text {text}")
    seen = []
    write = watch.store.write

    def watched():  # type: ignore[no-untyped-def]
        seen.append(write())
        return seen[-1]

    monkeypatch.setattr(watch.store, "write", watched)
    await watch.next_poll()
    assert len(seen) == 1 + 3 + 1, "the job is taken, three times texts are written, the job is given back"
    assert in_order(await watch.asked()) == 250
    assert json.dumps((await watch.row())["state"]).count('"total": 25') == 1


async def test_cut_off_between_two_transactions_the_next_poll_finds_the_rest(
    watch: Watch, store: Store, line: ClearstreamStandIn, clock: WoundClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest texts are written first; whoever polls next finds the others, in order and once."""
    furnish(line, 40)
    await watch.tick()
    clock.advance(1)
    for text in range(250):
        line.receive(number(text % 35), f"Text {text}")
    write, count = store.write, 0

    def dying():  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        if count == 4:
            raise asyncio.CancelledError
        return write()

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", dying)
        clock.advance(15)
        with pytest.raises(asyncio.CancelledError):
            await watch.jobs.tick(NAME)
    assert in_order(await watch.asked()) == 200
    other = Watch(store, clock, line, owner="two")
    clock.advance(60)
    await other.tick()
    assert in_order(await other.asked()) == 250
    await other.close()
