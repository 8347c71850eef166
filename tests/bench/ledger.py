"""How much goes through the ledger: operations a second with an instant upstream, and what a text posted costs.

Workers are processes of their own; each claims, performs and settles as in production, with the claim committed before
anything leaves.
"""

import asyncio
import resource
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from typing import Any

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Column, Integer, MetaData, Table, func, select, update

from bot.clock import Clock
from bot.operations.ledger import Ledger
from bot.operations.limits import Limits
from bot.operations.model import Absent, Ambiguous, Done, Guard, Intention, Operation
from bot.operations.runner import Runner
from bot.slack.api import SlackApi
from bot.store.engine import Store, Tx
from bot.store.tables import operations
from tests.bench.parts import quantile, spread
from tests.databases import migrate_now, postgres_server

OPERATIONS = 2000
POSTS = 600
RUNS = 3
_ROUND = 200


class Instant:
    """An effect that takes no time."""

    name = "bench.instant"
    harmless = True
    looks: tuple[float, ...] = (1.0,)
    patience = None

    async def marker(self, operation: Operation) -> int | None:
        """None is needed."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Done at once."""
        guard()
        return Done()

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Nothing is ever in doubt here."""
        return Absent()

    async def undo(self, operation: Operation, done: Done) -> None:
        """Nothing."""

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""


class Post(Instant):
    """A message to Slack."""

    name = "bench.post"

    def __init__(self, slack: SlackApi) -> None:
        self._slack = slack

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        guard()
        answer = await self._slack.call("chat.postMessage", **_message(int(operation.payload["number"])))
        return Done(bound=f"slack:{operation.id}", result={"ts": answer["ts"]})


def _message(number: int) -> dict[str, Any]:
    block = {"type": "section", "text": {"type": "plain_text", "text": f"Text {number}", "emoji": False}}
    return {"channel": "C1", "text": f"Text {number}", "blocks": [block], "thread_ts": "1.1"}


async def measure() -> None:
    """On SQLite with one process, on PostgreSQL with two; then what a post costs."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, postgres_server(durable=True))
        for name, processes, bar in (("SQLite", 1, 150), ("PostgreSQL", 1, None), ("PostgreSQL", 2, 500)):
            rates = []
            for number in range(RUNS):
                url = f"sqlite:///{folder}/rate{number}.db" if name == "SQLite" else server.new()
                rates.append(await _rate(url, processes))
            told = f"   (bar: {bar})" if bar else ""
            print(
                f"ledger on {name}, {processes} process(es): {spread(rates, 'operations a second')}{told}", flush=True
            )
        async with _slack() as slack_url:
            for name in ("SQLite", "PostgreSQL"):
                ratios, ours = [], []
                for number in range(RUNS):
                    urls = [
                        f"sqlite:///{folder}/post{number}{place}.db" if name == "SQLite" else server.new()
                        for place in range(2)
                    ]
                    bare = await _cost("bare", urls[0], slack_url)
                    ours.append(await _cost("posts", urls[1], slack_url))
                    ratios.append(ours[-1] / bare)
                print(
                    f"CPU of a text posted on {name}: {spread([1000 * each for each in ours], 'ms')}; "
                    f"of two bare transactions and a bare post: {quantile(ratios, 0.5):.2f} "
                    f"({min(ratios):.2f}–{max(ratios):.2f})   (bar: 3)",
                    flush=True,
                )


@asynccontextmanager
async def _slack() -> AsyncIterator[str]:
    """Something that answers as Slack does to a post, in a process of its own."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.ledger", "slack", stdout=PIPE)
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        process.kill()
        await process.wait()


async def _rate(url: str, processes: int) -> float:
    """Operations a second, from the first claimed to the last settled, as the database has it."""
    await asyncio.to_thread(migrate_now, url)
    store = Store(url, Clock())
    await _ask(store, Instant.name, OPERATIONS)
    await store.close()
    begun = time.monotonic()
    workers = [await _worker("instant", url) for _ in range(processes)]
    await asyncio.gather(*(worker.wait() for worker in workers))
    assert time.monotonic() - begun < 300, "it takes too long"
    store = Store(url, Clock())
    async with store.read() as tx:
        row = await tx.row(
            select(
                func.min(operations.c.sent_at).label("first"),
                func.max(operations.c.settled_at).label("last"),
                func.count().label("done"),
            ).where(operations.c.state == "sent")
        )
    await store.close()
    assert row is not None and row["done"] == OPERATIONS
    return float(OPERATIONS / (row["last"] - row["first"]).total_seconds())


async def _cost(what: str, url: str, slack_url: str) -> float:
    """Seconds of CPU for each post."""
    await asyncio.to_thread(migrate_now, url)
    if what == "posts":
        store = Store(url, Clock())
        await _ask(store, Post.name, POSTS)
        await store.close()
    worker = await _worker(what, url, slack_url)
    assert worker.stdout is not None
    told = await worker.stdout.read()
    await worker.wait()
    return float(told)


async def _worker(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.ledger", *arguments, stdout=PIPE)


async def _ask(store: Store, kind: str, number: int) -> None:
    ledger = Ledger(store)
    for start in range(0, number, _ROUND):
        async with store.write() as tx:
            for place in range(start, start + _ROUND):
                intention = Intention(kind, f"{place}", {"number": place}, lane=f"lane:{place % 50}")
                await ledger.ask(tx, intention)


async def instant(url: str) -> None:
    """Work until nothing is left."""
    await _work(url, Instant())


async def posts(url: str, slack_url: str) -> None:
    """The same, posting; seconds of CPU for each."""
    slack = SlackApi("xoxb-1", slack_url, lambda *_: None)
    begun = _cpu()
    await _work(url, Post(slack))
    print((_cpu() - begun) / POSTS)
    await slack.close()


async def _work(url: str, kind: Instant) -> None:
    store = Store(url, Clock())
    ledger = Ledger(store)
    ledger.register([kind])
    runner = Runner(ledger, Limits(), f"worker:{id(store)}")
    await runner.start()
    left = select(func.count()).where(operations.c.state != "sent")
    while True:
        await asyncio.sleep(0.25)
        async with store.read() as tx:
            if not await tx.value(left):
                break
    await runner.stop()
    await store.close()


async def bare(url: str, slack_url: str) -> None:
    """Two transactions and one post for each, without anything around them; seconds of CPU for each."""
    store = Store(url, Clock())
    table = Table("bare", MetaData(), Column("id", Integer, primary_key=True), Column("state", Integer))
    async with store.connection() as connection, connection.begin():
        await connection.run_sync(table.create)
    client = AsyncWebClient(token="xoxb-1", base_url=slack_url, retry_handlers=[])
    begun = _cpu()

    async def one(number: int) -> None:
        async with store.write() as tx:
            await tx.execute(table.insert(), {"id": number, "state": 0})
        await client.chat_postMessage(**_message(number))
        async with store.write() as tx:
            await tx.execute(update(table).where(table.c.id == number).values(state=1))

    for start in range(0, POSTS, 16):
        await asyncio.gather(*(one(number) for number in range(start, min(start + 16, POSTS))))
    print((_cpu() - begun) / POSTS)
    await store.close()


async def slack() -> None:
    """Answer every post at once, for ever."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "ts": "1.2", "channel": "C1", "message": {"thread_ts": "1.1"}})

    app = web.Application()
    app.router.add_post("/api/chat.postMessage", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    PARTS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
        "instant": instant,
        "posts": posts,
        "bare": bare,
        "slack": slack,
    }
    asyncio.run(PARTS[sys.argv[1]](*sys.argv[2:]))
