"""The real bot as a child process that can be killed and started again."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp

import bot
from bot.sandbox.page import BotPanel

_PATIENCE_SECONDS = 10
_LAST_LINES = 8
_KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "COLUMNS")


class BotProcess:
    """``python -m bot serve`` with ``environment`` and nothing else of ours, its output in the file ``log``.

    It works in the log's folder, so that a ``.env`` lying about is not read, and in a session of its own, so that
    Ctrl-C in the terminal is not for it. ``changed`` is called whenever ``panel()`` is different.
    """

    def __init__(self, environment: Mapping[str, str], log: Path, changed: Callable[[], None] = lambda: None) -> None:
        self._environment = environment
        self._log = log
        self._changed = changed
        self._child: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._starting = asyncio.Lock()
        self._how_it_ended = "not started"
        self._trouble = ""
        self._meant_to_end = False

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        return self._child.pid if self._child else None

    def panel(self) -> BotPanel:
        """How it is now."""
        if self._child is None:
            return BotPanel(self._how_it_ended, False, "red", self._trouble, str(self._log))
        how = "running" if self._ready.is_set() else "starting"
        return BotPanel(f"{how} (pid {self._child.pid})", True, "green" if self._ready.is_set() else "yellow")

    async def start(self) -> None:
        """Start it; nothing happens where it runs."""
        async with self._starting:
            if self._child is None:
                await self._start()

    async def _start(self) -> None:
        self._ready.clear()
        self._trouble, self._meant_to_end = "", False
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._whole_environment(), cwd=self._log.parent, preexec_fn=_end_with_parent,
                start_new_session=True,
            )  # fmt: skip
        self._watch = asyncio.create_task(self._watched(self._child))
        self._changed()

    async def ready(self, timeout: float = 30) -> None:
        """Wait until ``/readyz`` says yes; raises ``RuntimeError`` with its last words where it ends before."""
        async with asyncio.timeout(timeout):
            while not self._ready.is_set():
                if self._child is None:
                    raise RuntimeError(f"the bot {self._how_it_ended}; its last words:\n{self._last_words()}")
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it with SIGKILL; nothing happens where it does not run."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it with SIGTERM, and with SIGKILL where that takes too long."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.kill()

    async def _end(self, how: signal.Signals) -> None:
        if self._child is None or self._watch is None:
            return
        self._meant_to_end = True
        with contextlib.suppress(ProcessLookupError):
            self._child.send_signal(how)
        await asyncio.shield(self._watch)

    async def _watched(self, child: asyncio.subprocess.Process) -> None:
        """Ask whether it is ready, and notice its end."""
        asking = asyncio.create_task(self._ask())
        code = await child.wait()
        asking.cancel()
        self._child = None
        self._how_it_ended = f"killed ({signal.Signals(-code).name})" if code < 0 else f"ended (exit code {code})"
        if code >= 0 and not self._meant_to_end:
            self._trouble = self._last_words()
        self._changed()

    async def _ask(self) -> None:
        url = f"http://127.0.0.1:{self._environment['PORT']}/readyz"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            break
                await asyncio.sleep(0.05)
        self._ready.set()
        self._changed()

    def _whole_environment(self) -> dict[str, str]:
        outside = {name: os.environ[name] for name in _KEPT_FROM_OUTSIDE if name in os.environ}
        here = str(Path(bot.__file__).parents[1])
        return {**outside, "PYTHONPATH": here, "PYTHONUNBUFFERED": "1", **self._environment}

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
        return "\n".join(lines[-_LAST_LINES:])


def _end_with_parent() -> None:
    """In the child: be killed when the demo is, so that no bot is left behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
