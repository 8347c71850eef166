"""A strict HTTP server on a loopback socket for tests of API clients: it answers what it was told and records all."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire; ``path`` is raw, its percent-encoding kept."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: Mapping[str, str]


@dataclass
class Planned:
    """What the next request gets. ``fault`` is how the answer goes wrong, if it does."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""


class Upstream:
    """Answers planned requests in order; one that was not planned gets a 599 and is remembered."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.unplanned: list[Seen] = []
        self.url = ""
        self._plans: deque[Planned] = deque()
        self._over = asyncio.Event()

    def answers(self, body: Any = None, status: int = 200, fault: str = "", **headers: str) -> None:
        """Plan one answer; JSON unless ``body`` is bytes. Headers are named with underscores.

        Faults: ``hang`` (no answer), ``drop`` (the connection is cut after the request was read), ``half`` (cut in the
        middle of the body), ``stall`` (silence in the middle of the body).
        """
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._plans.append(Planned(status, body, names, fault))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw, _, query = request.raw_path.partition("?")
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True, strict_parsing=False))
        seen = Seen(request.method, raw, dict(parse_qsl(query, keep_blank_values=True)), form, dict(request.headers))
        self.seen.append(seen)
        if not self._plans:
            self.unplanned.append(seen)
            return web.Response(status=599)
        return await self._play(request, self._plans.popleft())

    async def _play(self, request: web.Request, plan: Planned) -> web.StreamResponse:
        assert request.transport is not None
        if plan.fault == "hang":
            await self._over.wait()
        if plan.fault == "drop":
            request.transport.abort()
        if plan.fault in ("half", "stall"):
            broken = web.StreamResponse(status=plan.status, headers={"Content-Length": "100"})
            await broken.prepare(request)
            await broken.write(b'{"data": ')
            if plan.fault == "stall":
                await self._over.wait()
            request.transport.close()
            return broken
        content = plan.body if isinstance(plan.body, bytes) else json.dumps(plan.body).encode()
        return web.Response(status=plan.status, body=content, headers=plan.headers)

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator["Upstream"]:
        """A server on a free port, for the length of the block."""
        upstream = cls()
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", upstream._handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        upstream.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/"
        try:
            yield upstream
        finally:
            upstream._over.set()
            await runner.cleanup()
