"""How soon and how often presses are acknowledged, against a bare Bolt app in the same run, on both databases."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.interactions import command
from bot.sandbox.slack.transport import Delivery
from tests.bench.parts import Stage, cpu_seconds, process, quantile, stage
from tests.databases import Postgres, migrate_now, postgres_server

AT_ONCE = (1, 20, 100)
FIFTY = 50
SQLITE = "SQLite"
PAIRS = 3
SECONDS = 1.5
WARM = 0.7
POLL = "5"
"""Seconds between two polls: three times as often as they are by default, as each run waits for one."""

_SETTLES = 1.5
"""Seconds in which what was asked before is answered."""

Press = Callable[[Stage, int], Awaitable[None]]


@dataclass
class Took:
    """One run: seconds of each acknowledgement, and how many there were in a second."""

    seconds: list[float]
    rate: float
    cpu: float
    """Seconds of CPU of the bot for each: its limit, whatever the people and Slack's stand-in take on another core."""

    @property
    def p99(self) -> float:
        """In seconds."""
        return quantile(self.seconds, 0.99)


@dataclass
class Databases:
    """A new migrated database for each run, of each kind."""

    server: Postgres
    folder: Path
    made: int = 0

    async def new(self, kind: str) -> str:
        """The address of another one."""
        self.made += 1
        url = f"sqlite:///{self.folder}/{self.made}.db" if kind == SQLITE else self.server.new()
        await asyncio.to_thread(migrate_now, url)
        return url


async def measure() -> None:
    """``help`` against an app that only acknowledges, ``inbox`` against one that asks the database, and **Claim**."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, postgres_server(durable=True))
        databases = Databases(server, Path(folder))
        for at_once in AT_ONCE:
            await _pairs("/sms help", _help, databases, SQLITE, at_once, query=False, bars="rate ≥ 0.9")
        for kind in (SQLITE, "PostgreSQL"):
            for at_once in AT_ONCE:
                bars = "rate ≥ 0.8, p99 ≤ 1.5"
                await _pairs(f"/sms inbox, {kind}", _inbox, databases, kind, at_once, query=True, bars=bars)
        for kind in (SQLITE, "PostgreSQL"):
            for at_once in (*AT_ONCE, FIFTY):
                await _writes(f"Claim, {kind}", databases, kind, at_once)


async def _pairs(
    name: str, press: Press, databases: Databases, kind: str, at_once: int, *, query: bool, bars: str
) -> None:
    """Ours and the bare one in turns, on the same database; the medians of their ratios, with the spread."""
    rates, costs, p99s, ours_p99, ours_rate = [], [], [], [], []
    for _ in range(PAIRS):
        url = await databases.new(kind)
        ours = await _run(["-m", "bot", "serve"], press, url, at_once, {})
        bare = await _run(["-m", "tests.bench.bare"], press, url, at_once, {"BARE_DATABASE": url} if query else {})
        rates.append(ours.rate / bare.rate)
        costs.append(bare.cpu / ours.cpu)
        p99s.append(ours.p99 / bare.p99)
        ours_p99.append(ours.p99)
        ours_rate.append(ours.rate)
    rates.sort()
    p99s.sort()
    print(
        f"{name:<23} {at_once:>3} at once: {_middle(ours_rate):6.0f} a second, p99 {_middle(ours_p99) * 1000:5.1f} ms; "
        f"of the bare app's: rate {_middle(rates):.2f} ({rates[0]:.2f}–{rates[-1]:.2f}), "
        f"acks for a second of its CPU {_middle(costs):.2f} ({min(costs):.2f}–{max(costs):.2f}), "
        f"p99 {_middle(p99s):.2f} ({p99s[0]:.2f}–{p99s[-1]:.2f})   (bar: {bars})",
        flush=True,
    )


async def _writes(name: str, databases: Databases, kind: str, at_once: int) -> None:
    runs = [await _run(["-m", "bot", "serve"], _claim, await databases.new(kind), at_once, {}) for _ in range(PAIRS)]
    p99s = sorted(run.p99 for run in runs)
    worst = max(max(run.seconds) for run in runs)
    print(
        f"{name:<23} {at_once:>3} at once: {_middle([run.rate for run in runs]):6.0f} a second, "
        f"p99 {_middle(p99s) * 1000:.0f} ms ({p99s[0] * 1000:.0f}–{p99s[-1] * 1000:.0f}), "
        f"slowest {worst * 1000:.0f} ms   (bar: p99 500 ms, none over 3 s)",
        flush=True,
    )


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


async def _run(arguments: list[str], press: Press, url: str, at_once: int, more: dict[str, str]) -> Took:
    """So many people, each pressing again as soon as they are answered, for some seconds."""
    took: list[float] = []
    async with stage() as on:
        number = on.clearstream.add_subscriber("+12005551000", "Jane", "Doe").mobile_number
        with tempfile.TemporaryDirectory() as folder:
            environment = on.environment(Path(folder), **more) | {"DATABASE_URL": url, "INBOX_POLL_SECONDS": POLL}
            async with process(arguments, environment) as bot:
                await on.slack.connected(30)
                if press is not _help:
                    await _conversation(on, number, real="serve" in arguments)
                    await _introduced(on)

                async def presses(person: int, until: float) -> None:
                    while (begun := time.monotonic()) < until:
                        await press(on, person)
                        took.append(time.monotonic() - begun)

                for seconds in (WARM, SECONDS):
                    took.clear()
                    with _no_garbage():
                        begun, cpu = time.monotonic(), cpu_seconds(bot.pid)
                        await asyncio.gather(*(presses(person, begun + seconds) for person in range(at_once)))
                        passed, used = time.monotonic() - begun, cpu_seconds(bot.pid) - cpu
    return Took(took, len(took) / passed, used / len(took))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Nothing is collected here meanwhile: what Slack's stand-in remembers of each answer is more for ours than for the
    bare app, whose answers are empty, and looking through it stops everybody for tenths of a second.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _conversation(on: Stage, number: str, *, real: bool) -> None:
    """A header to press on: the bot's own, or for the bare app one of the same looks."""
    if not real:
        client = AsyncWebClient(token=on.slack.bot_token, base_url=on.slack.api_url)
        button = {
            "type": "button",
            "action_id": "inbox.claim",
            "value": "1",
            "text": {"type": "plain_text", "text": "Claim"},
        }
        blocks = [{"type": "actions", "elements": [button]}]
        await client.chat_postMessage(channel=on.channel.id, text="x", blocks=blocks)
        return
    await on.slack.wait_for(lambda: on.slack.workspace.roots(on.channel), 30)
    on.clearstream.receive(number, "Hello")
    await on.slack.wait_for(lambda: any("Reply" in m.text() for m in on.slack.workspace.roots(on.channel)), 60)


async def _introduced(on: Stage) -> None:
    """Let everybody ask once before it counts: what the bot does not know of them yet it has to ask Slack."""
    for person in range(len(on.people)):
        await _inbox(on, person)
    await asyncio.sleep(_SETTLES)


async def _help(on: Stage, person: int) -> None:
    await _command(on, person, "help")


async def _inbox(on: Stage, person: int) -> None:
    await _command(on, person, "inbox")


async def _command(on: Stage, person: int, text: str) -> None:
    """Type it, and wait for the acknowledgement: what it says is not looked at, as that would be timed too."""
    payload = command(on.slack, on.people[person], on.channel, "/sms", text)
    _acked(await on.slack.deliveries.deliver("command", payload))


async def _claim(on: Stage, person: int) -> None:
    header = on.slack.workspace.roots(on.channel)[-1]
    label = "Claim" if "[Claim]" in header.text() else "Release"
    _acked(await on.slack.person(on.people[person]).click(label, header))


def _acked(delivery: Delivery | None) -> None:
    assert delivery is not None and delivery.acked, delivery and delivery.problem
