"""The real application in a process of its own that kills or freezes itself at a step; made to die in tests.

A step is each database commit that changed something (just before it, just after it) and each HTTP request (just
before it leaves, just after its answer came). Steps are counted from the moment the process gets SIGUSR1. What quiet
polls do again and again does not count: commits that touch nothing but the job's row, and after the first its requests.

Run as a module it is a nursery: it reads one JSON object a line (``Orders``), forks a bot for each and answers with
the bot's process id. A fork has everything imported already, so a bot is up in a fraction of a second.
"""

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from sqlalchemy import and_, true, update
from sqlalchemy.engine.default import DefaultDialect

from bot import __main__ as command
from bot import logs
from bot.app import Application, Parts
from bot.clock import Clock
from bot.operations import runner
from bot.operations.limits import Limits
from bot.polling import jobs
from bot.polling.inbox import NAME
from bot.services import broadcast_kinds, call_kinds, text_kinds
from bot.settings import Settings
from bot.slack import drawing
from bot.store import claims, engine
from bot.store import jobs as job_rows
from bot.store.engine import Tx
from bot.store.tables import operations
from tests.drive import JANE
from tests.engines import share_compiled
from tests.faults.world import World

LEASE = 0.8
"""Seconds a claim holds here, of an operation and of a job; what a process leaves behind is taken up after that."""

_POLLED = "GET /v1/threads"


@dataclass
class Orders:
    """What a bot is to do. ``die_at``: the step at which it kills itself (0: never); ``freeze_at``: the first step
    whose name fits this pattern stops it, until somebody sends SIGCONT. ``folder`` takes its log, and ``ready``,
    which is there when it has done its first poll; ``steps`` holds the steps since SIGUSR1. ``lease``, ``tick`` and
    ``poll`` are in seconds; ``wall`` is how wrong the machine's clock is, and SIGUSR2 sets it by as much again.
    ``naive`` is the control: what an ended lease leaves behind is done again. ``serve``: it is
    ``switchboard serve``, in its own time; of these orders only ``lease`` holds then, for jobs.
    """

    settings: dict[str, Any]
    folder: str
    die_at: int = 0
    freeze_at: str = ""
    lease: float = LEASE
    tick: float = 0.03
    poll: float = 0.15
    wall: float = 0.0
    naive: bool = False
    serve: bool = False


class Steps:
    """Counts steps once armed, and ends or freezes this process at the chosen one."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._armed = False
        self._count = 0
        self._polls = 0
        self._log = (Path(orders.folder) / "steps").open("a", buffering=1)

    def arm(self, *_: object) -> None:
        """Begin to count."""
        self._armed = True

    def step(self, name: str) -> None:
        """One step, by its name."""
        if not self._armed or (name.endswith(_POLLED) and not self._first_poll(name)):
            return
        self._count += 1
        self._log.write(f"{name}\n")
        if self._count == self._orders.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._orders.freeze_at and fnmatchcase(name, self._orders.freeze_at):
            self._orders.freeze_at = ""
            os.kill(os.getpid(), signal.SIGSTOP)

    def _first_poll(self, name: str) -> bool:
        self._polls += name.startswith("before")
        return self._polls == 1

    def watch_commits(self) -> None:
        """Make every commit that changed something two steps."""
        changed: set[int] = set()
        execute, commit, rollback = DefaultDialect.do_execute, DefaultDialect.do_commit, DefaultDialect.do_rollback

        def do_execute(dialect: Any, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            execute(dialect, cursor, statement, parameters, context)  # type: ignore[no-untyped-call]
            words = statement.split(maxsplit=3)
            changes = words[0].upper() in ("INSERT", "UPDATE", "DELETE") and cursor.rowcount
            if changes and "jobs" not in words[1:3]:
                changed.add(id(context.root_connection.connection))

        def do_commit(dialect: Any, connection: Any) -> None:
            told = id(connection) in changed
            changed.discard(id(connection))
            if told:
                self.step("before commit")
            commit(dialect, connection)  # type: ignore[no-untyped-call]
            if told:
                self.step("after commit")

        def do_rollback(dialect: Any, connection: Any) -> None:
            changed.discard(id(connection))
            rollback(dialect, connection)  # type: ignore[no-untyped-call]

        for name, method in (("do_execute", do_execute), ("do_commit", do_commit), ("do_rollback", do_rollback)):
            setattr(DefaultDialect, name, method)

    def watch_requests(self) -> None:
        """Make every HTTP request two steps."""
        clearstream, slack = httpx.AsyncHTTPTransport.handle_async_request, aiohttp.ClientSession._request

        async def to_clearstream(transport: Any, request: httpx.Request) -> httpx.Response:
            name = f"{request.method} {request.url.path}"
            self.step(f"before {name}")
            answer = await clearstream(transport, request)
            self.step(f"after {name}")
            return answer

        async def to_slack(session: Any, method: str, url: Any, **options: Any) -> aiohttp.ClientResponse:
            name = f"{method} {httpx.URL(str(url)).path}"
            self.step(f"before {name}")
            answer = await slack(session, method, url, **options)
            self.step(f"after {name}")
            return answer

        setattr(httpx.AsyncHTTPTransport, "handle_async_request", to_clearstream)  # noqa: B010 - another signature
        setattr(aiohttp.ClientSession, "_request", to_slack)  # noqa: B010 - as above


def hurry() -> None:
    """Make everything that is waited for by the clock short: this runs on real time."""
    engine._STILL_MILLISECONDS = 500
    drawing.EVERY = timedelta(seconds=0.2)
    runner._SWEEP_SECONDS = 0.1
    runner._IDLE_SECONDS = 0.05
    text_kinds.ReplyKind.looks = (0.1, 0.3)
    text_kinds.MessageKind.looks = (0.1, 0.3)
    broadcast_kinds.SendKind.looks = (0.1, 0.3)
    call_kinds.ConnectKind.looks = (0.1, 0.3)


async def run(orders: Orders, steps: Steps) -> None:
    """Run a bot until it is killed."""
    logs.configure(level="INFO", log_format="console", secrets_known=())
    application = _application(orders.settings, orders.lease)
    begun = application.store.clock.now().timestamp()
    await application.start()
    assert application.jobs is not None and application.ticks is not None
    names = list(application.jobs.jobs)
    if NAME in names:
        application.jobs.jobs[NAME].every = timedelta(seconds=orders.poll)
    ready = False
    while True:
        try:
            await asyncio.gather(*await application.ticks.look())
        except Exception:
            logging.exception("this tick failed; the next one comes, as it does from the scheduler")
        if not ready and await _polled_since(application, names[0], begun):
            ready = True
            (Path(orders.folder) / "ready").touch()
        await asyncio.sleep(orders.tick)


async def serve(settings: dict[str, Any]) -> None:
    """Run the bot as it is run, until it is told to stop."""
    logs.configure(level="INFO", log_format="console", secrets_known=())
    await command._serve(Settings.model_validate(settings))


def _application(settings: dict[str, Any], lease: float = LEASE) -> Application:
    limits = Limits(lease=timedelta(seconds=lease), margin=timedelta(seconds=0.1), intervals=(("slack.post", 0.02),))
    return Application(Settings.model_validate(settings), Parts(tick_seconds=None, limits=limits))


async def _polled_since(application: Application, name: str, begun: float) -> bool:
    async with application.store.read() as tx:
        row = await job_rows.get(tx, name)
    return bool(row and row["succeeded_at"] and row["succeeded_at"].timestamp() >= begun - 0.01)


def bear(orders: Orders) -> int:
    """Fork a bot; its process id."""
    pid = os.fork()
    if pid:
        return pid
    log = os.open(Path(orders.folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    steps = Steps(orders)
    signal.signal(signal.SIGUSR1, steps.arm)
    steps.watch_commits()
    steps.watch_requests()
    jobs._LEASE = timedelta(seconds=orders.lease)
    if orders.wall:
        _set_the_clock(orders.wall)
    if orders.naive:
        _retry_what_is_left_behind()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(orders.settings) if orders.serve else run(orders, steps))
    os._exit(1)


def _set_the_clock(wrong: float) -> None:
    """Let the machine's clock be so many seconds off, and as many again with each SIGUSR2."""
    off, right = wrong, time.time

    def step(*_: object) -> None:
        nonlocal off
        off += wrong

    time.time = lambda: right() + off
    Clock.__init__.__defaults__ = (time.time, time.monotonic)
    signal.signal(signal.SIGUSR2, step)


def _retry_what_is_left_behind() -> None:
    """The mistake the ledger is there to avoid: who holds no lease any more has not sent it, so send it."""

    async def expire(tx: Tx, now: datetime, *, everybody: bool = False) -> int:
        ended = and_(operations.c.state == "sending", true() if everybody else operations.c.lease_until < now)
        again = {"state": "ready", "owner": None, "lease_until": None, "not_before": now}
        return await tx.changed(update(operations).where(ended).values(**again, fence=operations.c.fence + 1))

    claims.expire = expire


async def warm_up() -> None:
    """Run a bot here once: much is imported and made ready only when it is first needed."""
    with tempfile.TemporaryDirectory() as folder:
        async with World() as world:
            application = _application(world.settings(f"sqlite:///{folder}/warm.db"))
            await application.start()
            assert application.jobs is not None
            await application.jobs.tick(NAME)
            world.line.receive(JANE, "Warm?")
            await application.jobs.wake(NAME)
            await application.jobs.tick(NAME)
            while not world.thread():  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.03)
            await application.stop()


def nursery(read: Callable[[], str]) -> None:
    """Fork bots as ordered, until there are no more orders."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    hurry()
    share_compiled()
    logs.configure(level="CRITICAL", log_format="console", secrets_known=())
    asyncio.run(warm_up())
    gc.collect()
    gc.freeze()
    while line := read():
        print(bear(Orders(**json.loads(line))), flush=True)


def written(orders: Orders) -> bytes:
    """Orders as the nursery reads them."""
    return json.dumps(asdict(orders)).encode() + b"\n"


if __name__ == "__main__":
    nursery(sys.stdin.readline)
