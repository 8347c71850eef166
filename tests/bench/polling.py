"""What polling a thousand connected people costs, against a bare httpx loop that asks and parses the same.

Each loop is a process of its own, and only its own CPU time counts. One process more answers both, always the same.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
from aiohttp import web

from bot import logs
from bot.clarity.client import Clarity, open_api
from bot.clock import Clock
from bot.metrics import Metrics
from bot.operations.ledger import Ledger
from bot.polling.calls import ListsPoll, Watch
from bot.polling.jobs import Run
from bot.services.accounts import Accounts
from bot.services.calls import Calls
from bot.store import clarity as rows
from bot.store.crypto import Box
from bot.store.engine import Store
from bot.store.migrate import migrate

PEOPLE = 1000
AT_ONCE = 10
ROUNDS = 2
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
    """The same requests, a few at once, and the JSON parsed; seconds of CPU a round."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(client: httpx.AsyncClient, person: int) -> None:
        async with gate:
            for route in ROUTES:
                answer = await client.get(route, params={"oauth_token": f"token{person}"})
                json.loads(answer.content)

    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        for turn in range(ROUNDS + 1):
            begun = time.process_time()
            await asyncio.gather(*(one(client, person) for person in range(PEOPLE)))
            if turn:
                print(time.process_time() - begun, flush=True)


async def ours(url: str) -> None:
    """Our poller on a database with that many sealed tokens; seconds of CPU a round."""
    logs.configure(level="WARNING", log_format="json")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'bench.db'}", Clock())
        await migrate(store)
        ledger, box, api = Ledger(store), Box([_KEY]), open_api(url, timeout=15, observe=Metrics().observe_upstream)
        accounts = Accounts(store, ledger, box, lambda token: Clarity.of(token, api), None, None)
        await _connect(store, box)
        poll = ListsPoll(Watch(store, ledger, accounts, Calls(ledger, 3, None), 30))
        run = cast("Run", SimpleNamespace(beat=lambda: asyncio.sleep(0)))
        for turn in range(ROUNDS + 1):
            begun = time.process_time()
            for _ in range(PEOPLE // 200):
                await poll.run(run)
            if turn:
                print(time.process_time() - begun, flush=True)
            await _make_due(store)
        await api.aclose()
        await store.close()


async def _connect(store: Store, box: Box) -> None:
    async with store.write() as tx:
        for person in range(PEOPLE):
            owner = f"U{person:08}"
            key, sealed = box.seal(f"token{person}", owner)
            values: dict[str, Any] = {"key": key, "sealed": sealed, "member_id": 6, "name": "Somebody"}
            values |= {"connected_at": tx.now, "next_poll": tx.now, "refused_at": None, "listened": False}
            await rows.keep_account(tx, owner, values)


async def _make_due(store: Store) -> None:
    async with store.write() as tx:
        await rows.plan_polls(tx, {f"U{person:08}": tx.now - timedelta(seconds=1) for person in range(PEOPLE)})


async def _lines(what: str, *arguments: str) -> list[float]:
    """Run one of the loops as a process; what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.polling", what, *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return [float(line) for line in out.decode().split()]


async def measure() -> None:
    """CPU of a whole round over everybody: ours, bare, and how much more."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.polling", "serve", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(await server.stdout.readline())}/v1/"
        limit, cost = sorted(await _lines("bare", url)), sorted(await _lines("ours", url))
    finally:
        server.terminate()
        await server.wait()
    middle = len(cost) // 2
    print(
        f"polling {PEOPLE} people: {cost[middle]:.2f} s of CPU a round ({cost[0]:.2f} to {cost[-1]:.2f}); "
        f"bare httpx {limit[middle]:.2f} s ({limit[0]:.2f} to {limit[-1]:.2f}); "
        f"ratio {cost[middle] / limit[middle]:.2f} (bar: 1.25)"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", url]:
            asyncio.run(bare(url))
        case ["ours", url]:
            asyncio.run(ours(url))
        case _:
            asyncio.run(serve())
