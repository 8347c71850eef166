"""Bots in processes of their own, as a test sees them: started, armed, waited for, killed."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

from tests.faults.crashing import Orders, written

_NAP = 0.01
_PATIENCE = 40.0
"""Real seconds: a busy machine may be slower than the short leases of these tests, and then goes round in circles."""


async def until(
    holds: Callable[[], bool | Awaitable[bool]], what: Callable[[], str], patience: float = _PATIENCE
) -> None:
    """Wait until ``holds()``, or raise AssertionError after so many real seconds."""
    try:
        async with asyncio.timeout(patience):
            while True:
                answer = holds()
                if await answer if isinstance(answer, Awaitable) else answer:
                    return
                await asyncio.sleep(_NAP)
    except TimeoutError:
        raise AssertionError(f"not within {patience} s: {what()}") from None


@dataclass
class Bot:
    """One bot's process."""

    pid: int
    folder: Path

    @property
    def alive(self) -> bool:
        """Whether it runs (or is frozen)."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    @property
    def frozen(self) -> bool:
        """Whether it has stopped itself."""
        with suppress(FileNotFoundError):
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        return False

    async def ready(self) -> "Bot":
        """Wait until it has polled once."""
        await until((self.folder / "ready").exists, lambda: f"a bot that polls; its log:\n{self.log()}")
        return self

    def signal(self, number: int) -> None:
        """Send it a signal; one that is gone does not mind."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def arm(self) -> None:
        """Let it count its steps from now on."""
        self.signal(signal.SIGUSR1)

    def wake(self) -> None:
        """Let a frozen one go on."""
        self.signal(signal.SIGCONT)

    async def kill(self) -> None:
        """End it at once, as kill -9 does."""
        self.signal(signal.SIGKILL)
        await until(lambda: not self.alive, lambda: "its end")

    def steps(self) -> list[str]:
        """The steps it made since it was armed."""
        return (self.folder / "steps").read_text().splitlines()

    def log(self) -> str:
        """The end of what it logged."""
        with suppress(FileNotFoundError):
            return (self.folder / "log").read_text()[-4000:]
        return ""


class Nursery:
    """Starts bots, each a fork of a process that has everything imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._turn = threading.Lock()
        self._bots: list[Bot] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing"], stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2]
        )

    def close(self) -> None:
        """End every bot, and the process they came from."""
        self.kill_all()
        self._process.communicate()

    def kill_all(self) -> None:
        """End every bot there is."""
        for bot in self._bots:
            bot.signal(signal.SIGKILL)
        self._bots.clear()

    async def bot(self, settings: dict[str, Any], *, wait: bool = True, **orders: Any) -> Bot:
        """A bot with these settings, under these ``Orders``; it is ready, unless nobody waits for that."""
        bot = await asyncio.to_thread(self._born, settings, orders)
        return await bot.ready() if wait else bot

    def _born(self, settings: dict[str, Any], orders: dict[str, Any]) -> Bot:
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._turn:
            self._count += 1
            folder = self.folder / f"bot-{self._count:04d}"
            folder.mkdir()
            self._process.stdin.write(written(Orders(settings, str(folder), **orders)))
            self._process.stdin.flush()
            bot = Bot(int(self._process.stdout.readline()), folder)
            self._bots.append(bot)
        return bot
