"""The HTTP side: ``/healthz``, ``/readyz``, ``/metrics``, and the routes it is given."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.errors import SettingsError
from bot.metrics import CONTENT_TYPE

_LARGEST = 512 * 1024
"""Bytes of a body: Slack's are far smaller."""

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

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Serve one more route; before ``start``."""
        self._routes.append((method, path, handler))

    async def start(self) -> None:
        """Begin to serve; SettingsError where the address cannot be listened on."""
        application = web.Application(client_max_size=_LARGEST)
        routes: Sequence[tuple[str, str, Handler]] = [
            ("GET", "/healthz", self._healthz),
            ("GET", "/readyz", self._readyz),
            ("GET", "/metrics", self._page),
            *self._routes,
        ]
        for method, path, handler in routes:
            application.router.add_route(method, path, handler)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)
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

    async def stop(self) -> None:
        """Take nothing more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "installation": self._installation})

    async def _readyz(self, request: web.Request) -> web.Response:
        checks = await self._ready()
        ready = all(checks.values())
        return web.json_response({"ok": ready, **checks}, status=200 if ready else 503)

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), headers={"Content-Type": CONTENT_TYPE})
