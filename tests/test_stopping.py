"""Being told to stop: nothing new is taken, what is under way ends, and nothing that hangs can keep the process."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.process import BotProcess
from bot.sandbox.slack.faults import Fault, How
from bot.web.server import Server
from tests.clock import WoundClock
from tests.club import free_port
from tests.drive import JANE, House


@pytest.fixture
async def small(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The stand-ins on SQLite; the test starts the bot."""
    house = House(clock, sqlite_url, tmp_path)
    await house.open()
    yield house
    await house.close()


async def test_who_is_about_to_stop_says_so_then_refuses_and_lets_end_what_runs() -> None:
    """First ``/readyz`` alone changes; then new requests get 503, undone, while the one under way is answered."""
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def ready() -> dict[str, bool]:
        return {"slack": True}

    async def page() -> bytes:
        return b""

    async def work(request: aiohttp.web.Request) -> aiohttp.web.Response:
        begun.set()
        await go_on.wait()
        done.append(request.query["n"])
        return aiohttp.web.Response(text="done")

    server = Server("127.0.0.1", 0, ready, page)
    server.add("POST", "/work", work)
    await server.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        server.retire()
        assert (await session.get("/readyz")).status == 503
        first = asyncio.create_task(session.post("/work?n=1"))
        await begun.wait()
        refusing = asyncio.create_task(server.refuse(5))
        await asyncio.sleep(0)
        second = await session.post("/work?n=2")
        assert (second.status, second.headers["Retry-After"]) == (503, "1")
        assert (await session.get("/healthz")).status == 200
        assert not refusing.done()
        go_on.set()
        await refusing
        assert (await first).status == 200
    assert done == ["1"]
    await server.stop()


async def test_a_press_that_has_come_in_is_acknowledged_before_the_connection_ends(small: House) -> None:
    """Alice's command is on its way through when the bot is told to stop: she is answered all the same."""
    await small.start()
    assert small.bot is not None
    typing = asyncio.create_task(small.alice.command("/sms", "help"))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(small.stop())
    await typing
    await stopping
    assert small.slack.complaints == []
    assert "/sms inbox" in small.alice.ephemerals()[-1].text()


async def test_an_upstream_that_hangs_is_left_and_looked_after_by_the_next(small: House) -> None:
    """A post that Slack took but does not answer: stopping does not wait for it, and it stands there once."""
    await small.start()
    hanging = small.slack.faults.add(Fault("chat.postMessage", How.STALL_AFTER, seconds=10))
    small.clearstream.receive(JANE, "Anybody there?")
    await small.until(small.headers, "the header")
    begun = time.monotonic()
    await small.stop(grace=0.4)
    assert time.monotonic() - begun < 3
    assert "sending" in states(small)
    small.slack.faults.lift(hanging)
    await small.start()
    await small.until(lambda: small.thread("Jane Doe"), "the text")
    assert len(small.headers()) == 1


async def test_a_second_signal_ends_the_process_at_once(small: House, tmp_path: Path) -> None:
    """The first gives what hangs its time, and ``/readyz`` says so meanwhile; the second does not."""
    port = free_port()
    environment = {
        "SLACK_BOT_TOKEN": small.slack.bot_token,
        "SLACK_SIGNING_SECRET": small.slack.signing_secret,
        "SLACK_API_URL": small.slack.api_url,
        "CLEARSTREAM_API_KEY": small.clearstream.api_key,
        "CLEARSTREAM_API_URL": small.clearstream.url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "INBOX_CHANNEL": small.texts.id,
        "PORT": str(port),
    }
    small.slack.faults.add(Fault("chat.postMessage", How.STALL_AFTER, seconds=10))
    small.clearstream.receive(JANE, "Anybody there?")
    process = BotProcess(environment, tmp_path / "log")
    await process.start()
    await process.ready()
    await real(lambda: small.alice.messages(small.texts))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        while (await session.get("/readyz")).status != 503:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
    os.kill(process.pid, signal.SIGTERM)
    await real(lambda: process.pid is None)
    assert "143" in process.panel().words  # not 0, with which it would have ended by itself


def states(house: House) -> set[str]:
    """In which states the operations are that the bot has left."""
    connection = sqlite3.connect(house.database_url.removeprefix("sqlite:///"))
    try:
        return {state for (state,) in connection.execute("SELECT state FROM operations")}
    finally:
        connection.close()


async def real(holds: Callable[[], Any]) -> None:
    """Wait for what another process does, in its own time."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
