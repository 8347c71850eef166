"""The HTTP side: ``/healthz``, ``/readyz``, ``/metrics``, and the routes it is given."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import SettingsError
from bot.metrics import CONTENT_TYPE
from bot.under_way import UnderWay

_LARGEST = 512 * 1024
"""Bytes of a body: Slack's are far smaller."""

_CUT_OFF_AFTER = 0.2
"""Seconds a request still has when serving ends: whoever waited for them has done so before."""

Ready = Callable[[], Awaitable[dict[str, bool]]]
Page = Callable[[], Awaitable[bytes]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Serves on ``host:port``; a ``port`` of 0 takes a free one.

    ``installation`` is a name that ``/healthz`` tells, so that whoever asks knows whose process answers.
    """

    def __init__(self, host: str, port: int, ready: Ready, metrics: Page, installation: str = "") -> None:
        self._host = host
        self.port = port
        self._ready = ready
        self._metrics = metrics
        self._installation = installation
        self._runner: web.AppRunner | None = None
        self._routes: list[tuple[str, str, Handler]] = []
        self._retired = False
        self._refusing = False
        self._under_way = UnderWay()

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Serve one more route; before ``start``."""
        self._routes.append((method, path, handler))

    async def start(self) -> None:
        """Begin to serve; SettingsError where the address cannot be listened on."""
        logging.getLogger("aiohttp.server").addFilter(_ours)
        application = web.Application(client_max_size=_LARGEST)
        routes: Sequence[tuple[str, str, Handler]] = [
            ("GET", "/healthz", self._healthz),
            ("GET", "/readyz", self._readyz),
            ("GET", "/metrics", self._page),
            *((method, path, self._while_open(handler)) for method, path, handler in self._routes),
        ]
        for method, path, handler in routes:
            application.router.add_route(method, path, handler)
        self._runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_CUT_OFF_AFTER,
            auto_decompress=False,  # nobody who calls here packs; what unpacks to a thousandfold is sent by others
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        try:
            await site.start()
        except OSError as error:
            raise SettingsError(
                f"HOST, PORT: Switchboard cannot listen on {self._host}:{self.port} ({error.strerror}). "
                "Choose a free port, and an address of this machine."
            ) from error
        self.port = self._runner.addresses[0][1]

    def retire(self) -> None:
        """Say at ``/readyz`` that this process is about to stop; everything is still served."""
        self._retired = True

    async def refuse(self, patience: float) -> None:
        """Answer 503 to what comes from now on, undone; what is under way ends, for ``patience`` seconds at the most.

        A 503 from here means that nothing was done, so a proxy may give the request to another replica.
        """
        self._refusing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._under_way.none()

    async def stop(self) -> None:
        """Serve no more; what is still under way is cut off."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _while_open(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if self._refusing:
                return web.Response(status=503, text="This replica is stopping.", headers={"Retry-After": "1"})
            with self._under_way:
                return await handler(request)

        return handle

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "installation": self._installation})

    async def _readyz(self, request: web.Request) -> web.Response:
        if self._retired:
            return web.json_response({"ok": False, "stopping": True}, status=503)
        checks = await self._ready()
        ready = all(checks.values())
        return web.json_response({"ok": ready, **checks}, status=200 if ready else 503)

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), headers={"Content-Type": CONTENT_TYPE})


def _ours(record: logging.LogRecord) -> bool:
    """Whether a line of aiohttp's is about us: not of what was no HTTP, which it answers 400.

    Such a line repeats the request's, with a key or a state in it, and anybody may have it written.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
