"""What the measurements share: the stand-ins, the real bot as a process, and a bare Bolt app beside it."""

import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.registration import Registration
from tests.bench.fast import Pace
from tests.drive import MANIFEST


class Stage:
    """Both stand-ins, with fifty people in one channel."""

    def __init__(self, pace: Pace | None) -> None:
        manifest = Registration.from_manifest(MANIFEST)
        self.slack = SlackStandIn(manifest, now=pace.seconds) if pace else SlackStandIn(manifest)
        self.slack.limits.enabled = False
        self.clearstream = ClearstreamStandIn(now=pace.now) if pace else ClearstreamStandIn()

    async def open(self) -> None:
        """Start them."""
        await self.slack.start()
        await self.clearstream.start()
        workspace = self.slack.workspace
        self.people = [workspace.add_user(f"user{n}", f"User {n}", is_admin=n == 0) for n in range(100)]
        self.channel = workspace.add_channel("texts", self.people)

    async def close(self) -> None:
        """Stop them."""
        await self.slack.stop()
        await self.clearstream.stop()

    def environment(self, folder: Path, **more: str) -> dict[str, str]:
        """What a bot on this stage is told."""
        return {
            **os.environ,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "CLEARSTREAM_API_KEY": self.clearstream.api_key,
            "CLEARSTREAM_API_URL": self.clearstream.url,
            "INBOX_CHANNEL": self.channel.id,
            "DATA_DIR": str(folder),
            "PORT": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "WARNING",
            **more,
        }


@asynccontextmanager
async def stage(pace: Pace | None = None) -> AsyncIterator[Stage]:
    """The stand-ins, for as long as the block lasts; at the machine's pace, or another."""
    made = Stage(pace)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def process(arguments: Sequence[str], environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of ours, stopped with SIGTERM at the end."""
    started = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
            await started.wait()


def resident_megabytes(pid: int) -> float:
    """What a process holds in memory, as Linux says."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def cpu_seconds(pid: int) -> float:
    """What a process has used of the CPU, with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Least, median and most."""
    ordered = sorted(values)
    return f"{ordered[0]:.3f} / {statistics.median(ordered):.3f} / {ordered[-1]:.3f} {unit}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all stays below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def answers(url: str, *, within: float) -> float:
    """Seconds until an address answers 200."""
    begun = time.monotonic()
    async with aiohttp.ClientSession() as session:
        while time.monotonic() - begun < within:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return time.monotonic() - begun
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)
    raise TimeoutError(url)
