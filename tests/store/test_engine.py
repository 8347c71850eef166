"""The store on both databases: what a transaction promises, and who waits for whom."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.clock import Clock
from bot.errors import SettingsError
from bot.store.engine import Store
from bot.store.migrate import revision
from bot.store.tables import settings, texts
from tests.clock import START, WoundClock


async def put(store: Store, key: str, value: object = None) -> None:
    """Write one setting in a transaction of its own."""
    async with store.write() as tx:
        await tx.execute(insert(settings).values(key=key, value=value, updated_at=tx.now))


async def keys(store: Store) -> list[str]:
    """The settings there are, in the order of writing."""
    async with store.read() as tx:
        return [row["key"] for row in await tx.rows(select(settings.c.key))]


async def test_what_is_written_is_there_afterwards(store: Store) -> None:
    """A committed write is read back, its time as it was given."""
    await put(store, "colour", {"name": "blue"})
    async with store.read() as tx:
        row = await tx.row(select(settings))
    assert row == {"key": "colour", "value": {"name": "blue"}, "updated_by": None, "updated_at": START}


async def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    """An error inside the block undoes all of it, and what waited for the commit is not called."""
    told: list[str] = []
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await tx.execute(insert(settings).values(key="gone", value=1, updated_at=tx.now))
            tx.after_commit(lambda: told.append("committed"))
            raise RuntimeError
    assert await keys(store) == []
    assert told == []


async def test_after_commit_is_called_once_others_can_see_it(store: Store) -> None:
    """Nothing is called inside the transaction; when it is called, another connection already sees the row."""
    called = asyncio.Event()
    async with store.write() as tx:
        await tx.execute(insert(settings).values(key="seen", value=1, updated_at=tx.now))
        tx.after_commit(called.set)
        assert not called.is_set()
        assert await keys(store) == []
    assert called.is_set()
    assert await keys(store) == ["seen"]


async def test_foreign_keys_hold(store: Store) -> None:
    """A text without its conversation is refused on both databases."""
    with pytest.raises(IntegrityError):
        async with store.write() as tx:
            await tx.execute(
                insert(texts).values(
                    conversation_id=7, reply_id=1, incoming=True, body="hi", sent_at=tx.now, bump=False
                )
            )


async def test_writers_on_sqlite_take_turns_in_the_order_of_asking(sqlite_url: str, clock: WoundClock) -> None:
    """Twenty writers that ask while one is writing get their turn first come, first served."""
    store = Store(sqlite_url, clock)
    async with store.write():
        writers = []
        for number in range(20):
            writers.append(asyncio.create_task(put(store, f"{number:02}")))
            await asyncio.sleep(0)
    await asyncio.gather(*writers)
    assert await keys(store) == [f"{number:02}" for number in range(20)]
    await store.close()


async def test_a_read_does_not_wait_for_a_writer(store: Store) -> None:
    """While a transaction is writing, a read answers at once with the state before it."""
    await put(store, "before")
    async with store.write() as tx:
        await tx.execute(insert(settings).values(key="during", value=1, updated_at=tx.now))
        async with asyncio.timeout(2):
            assert await keys(store) == ["before"]


async def test_a_read_sees_one_state_of_a_sqlite_database(sqlite_url: str, clock: WoundClock) -> None:
    """What is committed between two statements of one reading is not seen by the second."""
    store = Store(sqlite_url, clock)
    async with store.read() as tx:
        assert await tx.rows(select(settings)) == []
        await put(store, "later")
        assert await tx.rows(select(settings)) == []
    await store.close()


async def test_a_writer_that_is_cancelled_lets_the_next_one_in(store: Store) -> None:
    """A task killed in the middle of its transaction leaves nothing behind, neither rows nor a lock."""
    inside = asyncio.Event()

    async def dawdle() -> None:
        async with store.write() as tx:
            await tx.execute(insert(settings).values(key="half", value=1, updated_at=tx.now))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(dawdle())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await put(store, "whole")
    assert await keys(store) == ["whole"]


async def cut_off(work: Coroutine[Any, Any, None], step: int) -> None:
    """Kill a task in the middle of its work, with each ``step`` a little later; every third time twice."""
    task = asyncio.create_task(work)
    for _ in range(step):
        await asyncio.sleep(0.0001 if step % 2 else 0)
    task.cancel()
    if step % 3 == 0:
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_writer_cut_off_while_the_database_works_keeps_nobody_waiting(store: Store) -> None:
    """Wherever a task is killed, also twice, and also in the middle of a statement, the next writer gets in at once."""
    await put(store, "first")

    async def work() -> None:
        async with store.write() as tx:
            await tx.rows(update(settings).values(value=2).returning(settings))
            await tx.rows(select(settings))

    for step in range(24):
        await cut_off(work(), step)
        async with asyncio.timeout(2):
            await put(store, f"after {step}")


async def test_a_reader_cut_off_takes_no_connection_along(store: Store) -> None:
    """Wherever a task is killed that only reads, also twice: as many can read at once afterwards as before."""
    await put(store, "first")
    slots = 3 if store.on_sqlite else 7

    async def work(together: asyncio.Barrier | None = None) -> None:
        async with store.read() as tx:
            await tx.rows(select(settings))
            if together is not None:
                await together.wait()
            await tx.rows(select(settings))

    for step in range(24):
        await cut_off(work(), step)
    together = asyncio.Barrier(slots)
    async with asyncio.timeout(5):
        await asyncio.gather(*(work(together) for _ in range(slots)))
        await put(store, "after")


async def test_a_new_file_is_waited_for_while_another_has_it(tmp_path: Path, clock: WoundClock) -> None:
    """Two that open it in the same moment: SQLite turns the second away at once, which nobody notices."""
    file = tmp_path / "new.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE there (it)")
    other.execute("BEGIN IMMEDIATE")
    store = Store(f"sqlite:///{file}", clock)
    asking = asyncio.create_task(revision(store))
    await asyncio.wait({asking}, timeout=0.05)
    assert not asking.done()
    other.execute("COMMIT")
    assert await asking is None
    other.close()
    await store.close()


async def test_a_file_that_another_keeps_is_not_waited_for_without_end(
    tmp_path: Path, clock: WoundClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where SQLite does wait by itself, its patience is not asked for again and again."""
    monkeypatch.setattr("bot.store.engine._BUSY_MILLISECONDS", 200)
    other = sqlite3.connect(tmp_path / "kept.db", isolation_level=None)
    other.execute("CREATE TABLE there (it)")
    other.execute("BEGIN EXCLUSIVE")
    store = Store(f"sqlite:///{tmp_path}/kept.db", clock)
    async with asyncio.timeout(3):
        with pytest.raises(OperationalError, match="locked"):
            await revision(store)
    other.close()
    await store.close()


async def test_the_clock_is_set_by_the_database_where_processes_share_one(postgresql_url: str) -> None:
    """A replica whose machine is an hour wrong takes PostgreSQL's time."""
    right = Clock()
    wrong = Clock(wall=lambda: right.now().timestamp() - 3600)
    store = Store(postgresql_url, wrong)
    await store.synchronise_clock()
    assert abs(wrong.now() - right.now()) < timedelta(seconds=5)
    await store.close()


async def test_the_clock_of_a_sqlite_store_is_left_alone(sqlite_url: str) -> None:
    """One process has nobody to agree with."""
    clock = Clock(wall=START.timestamp)
    store = Store(sqlite_url, clock)
    await store.synchronise_clock()
    assert abs(clock.now() - START) < timedelta(seconds=5)
    await store.close()


async def test_the_store_says_that_it_answers(store: Store) -> None:
    """The question of a health check."""
    assert await store.answers()


async def test_a_second_process_on_the_same_file_is_refused(sqlite_url: str, clock: WoundClock) -> None:
    """One SQLite file serves one process; it is free again when that one is gone."""
    first, second = Store(sqlite_url, clock), Store(sqlite_url, clock)
    first.hold_alone()
    with pytest.raises(SettingsError, match="another Switchboard already runs"):
        second.hold_alone()
    await first.close()
    second.hold_alone()
    await second.close()


async def test_a_folder_that_is_not_there_is_told_by_its_setting(tmp_path: Path, clock: WoundClock) -> None:
    """The file cannot be made: the sentence names the setting and the place."""
    store = Store(f"sqlite:///{tmp_path}/nowhere/file.db", clock)
    with pytest.raises(SettingsError, match=r"DATABASE_URL: .*/nowhere/file.db cannot be opened"):
        store.hold_alone()
    await store.close()


async def test_many_processes_may_work_on_one_postgresql(postgresql_url: str, clock: WoundClock) -> None:
    """Holding alone is a matter of SQLite only."""
    stores = [Store(postgresql_url, clock) for _ in range(2)]
    for store in stores:
        store.hold_alone()
        await store.close()


@pytest.mark.parametrize("url", ["", "switchboard.db", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "://"])
def test_an_address_that_is_of_no_use_is_refused_by_name(url: str) -> None:
    """The sentence names the setting and what to write there."""
    with pytest.raises(SettingsError, match=r"DATABASE_URL.*sqlite:///"):
        Store(url, Clock())


async def test_connections_to_postgresql_outlive_a_burst(postgresql_url: str, clock: WoundClock) -> None:
    """As many as ever were asked for at once are kept for the next time: making one costs more than most of its use."""
    store = Store(postgresql_url, clock)
    together = asyncio.Barrier(15)

    async def one(way: str) -> None:
        async with getattr(store, way)() as tx:
            await tx.value(select(1))
            await together.wait()

    for _ in range(2):
        await asyncio.gather(*(one("read") for _ in range(7)), *(one("write") for _ in range(8)))
        assert len(store.backends) == 15
    await store.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_every_way_to_write_postgresql_is_understood(scheme: str) -> None:
    """Hosting services hand out several spellings of the same address."""
    store = Store(f"{scheme}://user@host/name", Clock())
    assert not store.on_sqlite
    assert store.url.drivername == "postgresql+asyncpg"
    await store.close()


async def test_a_question_crosses_to_sqlite_s_thread_once_and_a_change_twice(
    sqlite_url: str, clock: WoundClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction begins with its first statement and is over with its end; one that asks nothing costs nothing."""
    store = Store(sqlite_url, clock)
    await put(store, "first")
    assert await keys(store) == ["first"]
    trips: list[object] = []
    cross: Any = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *what: Any, **more: Any) -> Any:
        trips.append(what)
        return await cross(self, *what, **more)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    assert await keys(store) == ["first"]
    assert len(trips) == 1
    await put(store, "second")
    assert len(trips) == 3
    async with store.write(), store.read():
        pass
    assert len(trips) == 3
    assert await keys(store) == ["first", "second"]
    await store.close()


async def test_what_is_undone_was_begun(sqlite_url: str, clock: WoundClock) -> None:
    """A first statement that fails has begun its transaction: what follows it is undone with it."""
    store = Store(sqlite_url, clock)
    await put(store, "there")
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            with pytest.raises(IntegrityError):
                await tx.execute(insert(settings).values(key="there", value=1, updated_at=tx.now))
            await tx.execute(insert(settings).values(key="gone", value=1, updated_at=tx.now))
            raise RuntimeError
    assert await keys(store) == ["there"]
    await put(store, "after")
    await store.close()


@pytest.mark.parametrize("way", ["read", "write"])
async def test_who_waits_longest_is_next(store: Store, way: str) -> None:
    """However many ask again at once: nobody is passed over."""
    people, turns, waited = 30, 0, 0

    async def asks() -> None:
        nonlocal turns, waited
        for _ in range(20):
            before = turns
            async with getattr(store, way)() as tx:
                waited = max(waited, turns - before)
                turns += 1
                await tx.value(select(1))

    await asyncio.gather(*(asks() for _ in range(people)))
    assert 0 < waited < people
