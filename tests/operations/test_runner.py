"""The runner by itself, on its own tasks: woken by work, paced by the clock, and stopped without harm."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.operations.limits import Limits
from bot.operations.model import Intention, State
from bot.operations.runner import Runner
from bot.store.bell import Bell
from bot.store.engine import Store
from tests.clock import START, WoundClock, settle_until
from tests.operations.desk import DOWN, LOST, POST, SLOW, Desk, Pause, Upstream, fails, fails_after, killed
from tests.quiet import quiet


async def test_what_is_asked_for_leaves_without_the_clock_moving(desk: Desk, clock: WoundClock) -> None:
    """A committed intention wakes the runner; nobody waits for a tick."""
    await desk.runner.start()
    await quiet()
    await desk.ask("a")
    await quiet()
    assert desk.upstream.keys == ["a"]
    assert clock.now() == START
    await desk.runner.stop()


async def test_everything_leaves_in_its_time(desk: Desk, clock: WoundClock) -> None:
    """Ten posts to a channel of one a second, a retry and a doubt among them: all there, in order, in time."""
    await desk.runner.start()
    for number in range(10):
        await desk.ask(f"{number}", POST, lane="slack:1", bucket=SLOW)
    desk.upstream.plan.extend([fails(DOWN), fails_after(LOST)])
    await settle_until(lambda: len(desk.upstream.effects) == 10, clock)
    assert desk.upstream.keys == [f"{number}" for number in range(10)]
    assert 9 <= (clock.now() - START).total_seconds() <= 16
    await desk.runner.stop()


async def test_what_another_process_asked_for_is_found(postgresql_url: str, clock: WoundClock) -> None:
    """Nobody wakes this one: it looks at the table each second."""
    store = Store(postgresql_url, clock)
    worker, asker = Desk(store), Desk(store)
    await worker.runner.start()
    await quiet()
    await asker.ask("a")
    await settle_until(lambda: bool(worker.upstream.effects), clock)
    assert clock.now() - START <= timedelta(seconds=1)
    await worker.runner.stop()
    await store.close()


async def test_what_another_process_asked_for_is_rung_for(postgresql_url: str, clock: WoundClock) -> None:
    """With the bell nobody waits for a look at the table, also after PostgreSQL dropped the connection it hung on."""
    store, others = Store(postgresql_url, clock), Store(postgresql_url, clock)
    bell = Bell(store, again=0.01)
    worker, asker = Desk(store), Desk(others)
    worker.runner = Runner(worker.ledger, Limits(), "worker", bell=bell)
    await worker.runner.start()
    await bell.start()
    await bell.heard.wait()
    await quiet()
    await asker.ask("a")
    await _real(lambda: worker.upstream.keys == ["a"])
    bell.heard.clear()
    async with others.write() as tx:
        await tx.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
    await bell.heard.wait()
    await asker.ask("b")
    await _real(lambda: worker.upstream.keys == ["a", "b"])
    assert clock.now() == START
    await worker.runner.stop()
    await bell.stop()
    await store.close()
    await others.close()


async def _real(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - another process rings
            await asyncio.sleep(0.005)


async def test_the_work_of_the_dead_is_taken_over(desk: Desk, clock: WoundClock) -> None:
    """The sweeper has a task of its own: also while the runner is kept busy, leases end in time."""
    await desk.ask("dead")
    await desk.freeze_in(fails_after(killed()))
    other = desk.beside()
    await other.runner.start()
    for number in range(60):
        await desk.ask(f"busy {number}", POST, bucket=SLOW)

    async def taken_over() -> bool:
        return await desk.state("dead") is State.SENT

    await settle_until(taken_over, clock)
    assert clock.now() - START <= timedelta(seconds=33)
    assert desk.upstream.keys.count("dead") == 1
    await other.runner.stop()


async def test_stopping_waits_for_what_is_under_way(desk: Desk) -> None:
    """A request that is out is let end and is settled; what waits is left for the next process."""
    pause = Pause()
    desk.upstream.plan.append(pause)
    await desk.ask("out", lane="sms:1")
    await desk.ask("waiting", lane="sms:1")
    await desk.runner.start()
    await pause.reached.wait()
    stopping = asyncio.create_task(desk.runner.stop())
    await quiet()
    assert not stopping.done()
    pause.released.set()
    await stopping
    assert await desk.state("out") is State.SENT
    assert await desk.state("waiting") is State.READY


async def test_stopping_does_not_wait_for_ever(desk: Desk) -> None:
    """What does not end within the grace stays with its lease, and ends in a look."""
    pause = Pause()
    desk.upstream.plan.append(pause)
    await desk.ask("out")
    await desk.runner.start()
    await pause.reached.wait()
    await desk.runner.stop(grace=0.05)
    assert await desk.state("out") is State.SENDING
    assert desk.upstream.effects == []


async def test_a_runner_that_never_started_can_be_stopped(desk: Desk) -> None:
    """Stopping is safe at any point of a start that failed: nothing is begun by it."""
    await desk.ask("a")
    await desk.runner.stop()
    assert await desk.state("a") is State.READY
    assert desk.upstream.requests == 0


async def test_no_more_are_under_way_than_allowed(desk: Desk) -> None:
    """Sixteen at once; the seventeenth begins when one has ended."""
    pauses = [Pause() for _ in range(17)]
    desk.upstream.plan.extend(pauses)
    for number in range(17):
        await desk.ask(f"{number}")
    await desk.runner.start()
    for pause in pauses[:16]:
        await pause.reached.wait()
    await quiet()
    assert not pauses[16].reached.is_set()
    pauses[3].released.set()
    await pauses[16].reached.wait()
    for pause in pauses:
        pause.released.set()
    await desk.runner.stop()
    assert len(desk.upstream.effects) == 17


async def test_every_attempt_is_told_with_how_it_ended(store: Store) -> None:
    """The observer hears of each: of the one that waits to be tried again, and of the one that was sent."""
    desk = Desk(store)
    seen: list[tuple[str, State | None]] = []
    desk.runner = Runner(desk.ledger, Limits(), "one", lambda operation, ended: seen.append((operation.key, ended)))
    desk.upstream.plan.append(fails(DOWN))
    await desk.ask("a")
    await desk.runner.step()
    await desk.ask("b")
    await desk.runner.step()
    assert seen == [("a", State.READY), ("b", State.SENT)]


@pytest.mark.parametrize("processes", [2, 4])
async def test_processes_side_by_side_never_do_the_same(postgresql_url: str, clock: WoundClock, processes: int) -> None:
    """Several runners, each with its own connections, on one PostgreSQL: everything once, and in order."""
    upstream = Upstream()
    stores = [Store(postgresql_url, clock) for _ in range(processes)]
    desks = [Desk(store, upstream, f"{number}") for number, store in enumerate(stores)]
    async with stores[0].write() as tx:
        for number in range(200):
            intention = Intention(
                kind=POST, key=f"{number:03}", payload={"words": f"{number}"}, lane=f"slack:{number % 10}"
            )
            await desks[0].ledger.ask(tx, intention)
    for desk in desks:
        await desk.runner.start()
    await settle_until(lambda: len(upstream.effects) >= 200, clock)
    for desk in desks:
        await desk.runner.stop()
    assert upstream.requests == 200
    assert sorted(upstream.keys) == [f"{number:03}" for number in range(200)]
    for lane in range(10):
        assert [key for key in upstream.keys if int(key) % 10 == lane] == [f"{n:03}" for n in range(lane, 200, 10)]
    for store in stores:
        await store.close()
