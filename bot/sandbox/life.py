"""A stand-in's life: it listens on a loopback socket, lets time do its work, and can be watched and broken."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Self

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.requests import Hook, RequestInfo, RequestLog


class StandIn(ABC):
    """A service on a loopback socket; what it is is up to those who inherit it.

    ``now`` gives aware UTC; what is due by then happens at the next look or request, and at the latest
    ``tick_seconds`` (real ones; None: never by itself) later. ``secret`` parameters stay out of the log.
    """

    def __init__(
        self, now: Callable[[], datetime], tick_seconds: float | None, secret: Collection[str] = frozenset()
    ) -> None:
        self.faults = Faults()
        self.log = RequestLog(now, secret)
        self.port = 0
        self.origin = "http://127.0.0.1:0"
        self._tick_seconds = tick_seconds
        self._listeners: list[Callable[[], None]] = []
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None

    @abstractmethod
    def settle(self) -> None:
        """Let everything happen that is due by now."""

    @abstractmethod
    def _app(self) -> web.Application:
        """The application to serve, made anew for every start."""

    # Running

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; with port 0 on a free one, which ``origin`` then names. Raises ``OSError`` when it is taken."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner, self.port = runner, int(runner.addresses[0][1])
        self.origin = f"http://{host}:{self.port}"
        if self._tick_seconds is not None:
            self._ticker = asyncio.create_task(self._tick(self._tick_seconds))

    async def stop(self) -> None:
        """Stop listening and let go of what is stalled; the state stays, and ``start(port=standin.port)`` goes on."""
        self.faults.release()
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._ticker = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _tick(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.settle()

    # Watching

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after every change, before its answer leaves; gives back what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_request(self, hook: Hook) -> Callable[[], None]:
        """Await ``hook`` with every request before it is processed and again after, before the answer leaves.

        The request's ``stage`` tells which. Gives back what ends that.
        """
        self.log.hooks.append(hook)
        return lambda: self.log.hooks.remove(hook)

    def requests_since(self, mark: int = 0, *, method: str = "*", path: str = "*") -> list[RequestInfo]:
        """Requests after a ``log.mark()``, of that method and fitting that path (``threads/*/replies``)."""
        return self.log.since(mark, method=method, path=path)

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
