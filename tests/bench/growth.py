"""What grows with an installation, and what must not: polls, memory and backlogs of the bot as a process of its own."""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.record import Call
from tests.bench.fast import Pace
from tests.bench.parts import Stage, cpu_seconds, process, resident_megabytes, stage

CONVERSATIONS = (100, 10_000, 100_000)
QUIET_SECONDS = 30
BUSY = 30
"""Texts that come at once, each in a conversation of its own."""

PEOPLE, TEXTS = 2_000, 10_000
DAY_PACE = 360

_FIRST = 2_005_550_000
_TEXT = re.compile(r"Text (\d+) of (\d+)\.")


async def measure() -> None:
    """Quiet and busy polls, and memory, with ever more conversations."""
    for number in CONVERSATIONS:
        async with _bot(number) as (on, pid):
            memory = resident_megabytes(pid)
            mark, begun = on.clearstream.log.mark(), cpu_seconds(pid)
            await asyncio.sleep(QUIET_SECONDS)
            asked, cpu = on.clearstream.requests_since(mark), cpu_seconds(pid) - begun
            polls = _polls(asked)
            told = f"{len(asked) / polls:.2f} requests a poll, {1000 * cpu / QUIET_SECONDS:.1f} ms of CPU a second"
            mark, begun = on.clearstream.log.mark(), cpu_seconds(pid)
            took = await _busy(on)
            asked, cpu = on.clearstream.requests_since(mark), cpu_seconds(pid) - begun
            print(
                f"{number:>7,} conversations: quiet {told}, memory {memory:.0f} MB; busy, {BUSY} texts at once: "
                f"{len(asked)} requests in {_polls(asked)} polls, {1000 * cpu / BUSY:.1f} ms of CPU a text, "
                f"the last shown after {took:.0f} s",
                flush=True,
            )


@asynccontextmanager
async def _bot(conversations: int) -> AsyncIterator[tuple[Stage, int]]:
    """A bot that has taken so many conversations as known; it polls each second."""
    async with stage() as on:
        for number in range(conversations):
            on.clearstream.receive(f"+1{_FIRST + number}", "Hello")
        with tempfile.TemporaryDirectory() as folder:
            environment = on.environment(Path(folder), INBOX_POLL_SECONDS="1")
            async with process(["-m", "bot", "serve"], environment) as bot:
                await on.slack.connected(30)
                await on.slack.wait_for(lambda: on.slack.workspace.roots(on.channel), 600)
                await asyncio.sleep(5)
                yield on, bot.pid


async def _busy(on: Stage) -> float:
    begun = time.monotonic()
    for number in range(BUSY):
        on.clearstream.receive(f"+1{_FIRST + number}", f"Question {number}")
    last = f"Question {BUSY - 1}"
    await on.slack.wait_for(lambda: any(last in _said(call) for call in on.slack.called("chat.postMessage")), 300)
    return time.monotonic() - begun


def _said(call: Call) -> str:
    """What a post that took effect says, beside its blocks."""
    return str(call.arguments.get("text") or "") if call.ok else ""


def _polls(asked: list[RequestInfo]) -> int:
    return sum(1 for each in asked if each.path == "threads" and each.query.get("page", "1") == "1")


async def backlog() -> None:
    """What came while the bot was down, at Slack's own limit; time goes thirty times as fast."""
    pace = Pace.from_now(30)
    async with stage(pace) as on:
        on.slack.limits.enabled = True
        for number in range(PEOPLE):
            on.clearstream.receive(f"+1{_FIRST + number}", "Hello")
        with tempfile.TemporaryDirectory() as folder:
            environment = {**on.environment(Path(folder)), **pace.environment()}
            async with process(["-m", "tests.bench.fast"], environment):
                await on.slack.wait_for(lambda: on.slack.workspace.roots(on.channel), 120)
            for turn in range(TEXTS // PEOPLE):
                for number in range(PEOPLE):
                    on.clearstream.receive(f"+1{_FIRST + number}", f"Text {turn} of {number}.")
            begun, mark = pace.seconds(), len(on.slack.called("chat.postMessage"))
            async with process(["-m", "tests.bench.fast"], environment) as bot:
                while len(shown := _shown(on)) < TEXTS:  # noqa: ASYNC110 - looked at now and then: it costs
                    await asyncio.sleep(1)
                cpu, passed = cpu_seconds(bot.pid), pace.seconds() - begun
        posts = len(on.slack.called("chat.postMessage")) - mark
        print(
            f"backlog of {TEXTS:,} texts in {PEOPLE:,} conversations: {_wrong(shown)} conversations out of order or "
            f"not once; {posts:,} posts in {passed:,.0f} s of the clock (the limit is one a second), "
            f"{on.slack.limits.refused} times told to wait; {1000 * cpu / TEXTS:.2f} s of CPU for 1,000 texts",
            flush=True,
        )


def _shown(on: Stage) -> list[tuple[int, int]]:
    """Every text that stands in Slack, in its order: whose it is, and which of theirs."""
    posts = [call for call in on.slack.called("chat.postMessage") if "thread_ts" in call.arguments]
    texts = (_TEXT.search(_said(call)) for call in posts)
    return [(int(found[2]), int(found[1])) for found in texts if found]


def _wrong(shown: list[tuple[int, int]]) -> int:
    found: dict[int, list[int]] = {}
    for person, turn in shown:
        found.setdefault(person, []).append(turn)
    return sum(found.get(person) != list(range(TEXTS // PEOPLE)) for person in range(PEOPLE))


async def day() -> None:
    """A day in some minutes: polls, a text every five minutes, an answer to some; what the bot holds in memory."""
    pace = Pace.from_now(DAY_PACE)
    async with stage(pace) as on:
        on.slack.limits.enabled = True
        for number in range(100):
            on.clearstream.receive(f"+1{_FIRST + number}", "Hello")
        with tempfile.TemporaryDirectory() as folder:
            environment = {**on.environment(Path(folder)), **pace.environment()}
            async with process(["-m", "tests.bench.fast"], environment) as bot:
                await on.slack.wait_for(lambda: on.slack.workspace.roots(on.channel), 120)
                hours = []
                for hour in range(24):
                    for twelfth in range(12):
                        on.clearstream.receive(
                            f"+1{_FIRST + (hour * 12 + twelfth) % 100}", f"Text {twelfth} of {hour}."
                        )
                        await asyncio.sleep(300 / DAY_PACE)
                    hours.append(resident_megabytes(bot.pid))
        told = ", ".join(f"{memory:.1f}" for memory in hours[::4])
        print(
            f"a day of {len(_shown(on))} texts: {told}, at the end {hours[-1]:.1f} MB; "
            f"in its second half {hours[-1] - hours[11]:+.1f} MB   (bar: no growth)",
            flush=True,
        )
