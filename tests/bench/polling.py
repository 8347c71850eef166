"""What polling a thousand connected people costs, against a bare httpx loop that asks and parses the same.

Each loop is a process of its own, and only its own CPU time counts, of all its threads. They take turns, round by
round, so that both meet the same machine. One process more answers both, always the same; every ten minutes our poller
reads and writes down even that anew, and this is counted for its share of the rounds.
"""

import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from aiohttp import web

from bot import logs
from bot.clarity.client import Clarity, open_api
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.calls import ListsPoll, Watch
from bot.polling.jobs import Jobs
from bot.services.accounts import Accounts
from bot.services.calls import Calls
from bot.services.setup import Setup
from bot.store import clarity as rows
from bot.store.crypto import Box
from bot.store.engine import Store
from bot.store.migrate import migrate
from tests.bench.parts import spread
from tests.clock import WoundClock

PEOPLE = 1000
INTERVAL = 30
"""Seconds between two polls of a person: ``CALLS_POLL_SECONDS`` as it is set by itself."""
ANEW_EVERY = 600
"""Seconds after which lists that do not change are read and written down anew."""
QUIET, ANEW = 9, 3
"""Rounds of each sort."""
ROUTES = ("calls/callback", "calls/requested", "messages", "needs")
_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def _canned() -> dict[str, str]:
    """What Clarity answers, of a believable size."""
    call = {
        "created_at": "2026-08-05T11:16:23Z", "canceled_by": None, "duration": None, "expert_id": 6,
        "expires_at": "2036-08-06T11:16:23Z", "hourly_rate": 100.0, "id": 5802, "reason": "pitching advice",
        "seeker_id": 7, "status": "pending", "updated_at": "2026-08-05T11:16:23Z",
    }  # fmt: skip
    member = {
        "bio": "Like all things web development: rails, ruby, javascript, html, css, user experience.",
        "clarity_url": "http://clarity.fm/vincentroy", "first_name": "Vincent", "hourly_rate": 20.0, "id": 940,
        "image_url": "http://example.com/vincent.jpg", "last_name": "Roy", "location": "Moncton, New Brunswick",
        "name": "Vincent Roy", "screen_name": "vincentroy",
    }  # fmt: skip
    last = {"created_at": "2026-08-05T11:16:23Z", "read": True, "message": "Not much", "member_id": 940}
    need = {"created_at": "2026-08-04T00:28:03Z", "description": "Who knows rents?", "paid": True, "requester_id": 771}
    talk = {"unread_message_count": 0, "last_message": last, "other_member": member}
    return {
        "calls/callback": json.dumps([call, {**call, "id": 5803}]),
        "calls/requested": json.dumps([{**call, "id": 5804, "expert_id": 7, "seeker_id": 6}]),
        "messages": json.dumps([talk] * 5),
        "needs": json.dumps([need] * 10),
    }


async def serve() -> None:
    """Answer for ever; the port is printed first."""
    app = web.Application()
    for route, text in _canned().items():
        app.router.add_get(f"/v1/{route}", _answer(text))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _answer(text: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    return answer


async def bare(url: str) -> None:
    """One request after the other, and the JSON parsed; seconds of CPU for everybody, as often as it is told to."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        while await _told():
            begun = time.process_time()
            for person in range(PEOPLE):
                for route in ROUTES:
                    answer = await client.get(route, params={"oauth_token": f"token{person}"})
                    json.loads(answer.content)
            print(time.process_time() - begun, flush=True)


async def ours(url: str) -> None:
    """Our job on a database with that many sealed tokens; seconds of CPU for everybody, as often as it is told to."""
    logs.configure(level="WARNING", log_format="json")
    clock, metrics, asked = WoundClock(), Metrics(), list[str]()

    def observe(*request: Any) -> None:
        asked.append(request[2])
        metrics.observe_upstream(*request)

    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'bench.db'}", clock)
        await migrate(store)
        ledger, box, api = Ledger(store), Box([_KEY]), open_api(url, timeout=15, observe=observe)
        accounts = Accounts(store, ledger, box, lambda token: Clarity.of(token, api), None, None, Setup())
        await _connect(store, box)
        poll = ListsPoll(Watch(store, ledger, accounts, Calls(ledger, 3, Setup()), INTERVAL))
        jobs = Jobs(store, "bench", metrics, {poll.name: poll})
        await jobs.prepare()
        while then := await _told():
            clock.advance(int(then))
            asked.clear()
            begun, end = time.process_time(), clock.seconds() + INTERVAL
            while clock.seconds() < end:
                assert await jobs.tick(poll.name)
                clock.advance(poll.every.total_seconds())
            # Not everybody comes up once in just this time: people are spread out by chance.
            print((time.process_time() - begun) * PEOPLE * len(ROUTES) / len(asked), flush=True)
        await api.aclose()
        await store.close()


async def _told() -> str:
    """Wait until another round is asked for: after how many seconds without one; nothing where none is."""
    return await asyncio.to_thread(sys.stdin.readline)


async def _connect(store: Store, box: Box) -> None:
    async with store.write() as tx:
        for person in range(PEOPLE):
            owner = f"U{person:08}"
            key, sealed = box.seal(f"token{person}", owner)
            values: dict[str, Any] = {"key": key, "sealed": sealed, "member_id": 6, "name": "Somebody"}
            values |= {"connected_at": tx.now, "next_poll": tx.now, "refused_at": None, "listened": False}
            await rows.keep_account(tx, owner, values)


@asynccontextmanager
async def _loop(what: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of the loops as a process, ended with the block."""
    command = [sys.executable, "-m", "tests.bench.polling", what, *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _read(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()


async def _round(process: asyncio.subprocess.Process, after: int) -> float:
    """Have a loop go over everybody once, ``after`` seconds without a round; its CPU seconds."""
    assert process.stdin is not None
    process.stdin.write(f"{after}\n".encode())
    return float(await _read(process))


async def measure() -> None:
    """CPU of a round over everybody: bare, and how much more ours is."""
    async with _loop("serve") as server:
        url = f"http://127.0.0.1:{int(await _read(server))}/v1/"
        async with _loop("bare", url) as bare_loop, _loop("ours", url) as our_loop:

            async def rounds(number: int, after: int = 0) -> float:
                pairs = [(await _round(bare_loop, after), await _round(our_loop, after)) for _ in range(number)]
                each = [cost / limit for limit, cost in pairs]
                print(f"  bare httpx: {spread([limit for limit, _ in pairs])}; ratio {spread(each, '')}")
                return median(each)

            print(f"CPU of polling {PEOPLE} people once, for the first time:")
            await rounds(1)
            print("again, with nothing new:")
            quiet = await rounds(QUIET)
            print("after ten minutes, when even that is written down anew:")
            anew = await rounds(ANEW, ANEW_EVERY)
    share = INTERVAL / ANEW_EVERY
    print(f"on the whole a ratio of      {quiet * (1 - share) + anew * share:.2f}   (bar: 1.25)")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", url]:
            asyncio.run(bare(url))
        case ["ours", url]:
            asyncio.run(ours(url))
        case _:
            asyncio.run(serve())
