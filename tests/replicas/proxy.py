"""A proxy before several replicas, which does with requests what the one in ``compose.yaml`` does."""

import asyncio
from types import TracebackType

import aiohttp
from aiohttp import web

_LOOKS_EVERY = 0.5
"""Seconds between two looks at ``/readyz``."""


class Proxy:
    """Gives each request to a replica that is ready, in turn.

    Another one gets it only where the first cannot have done anything: it was not reached, or said 503. ``replicas``
    are their ports; ``given`` is what was given to each that took it.
    """

    def __init__(self) -> None:
        self.replicas: list[int] = []
        self.given: dict[int, int] = {}
        self.port = 0
        self._ready: set[int] = set()
        self._turn = 0

    async def __aenter__(self) -> "Proxy":
        # A connection that was kept may be closed by the other side in the moment in which a request is given to it.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True), auto_decompress=False)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        await self._runner.cleanup()
        await self._session.close()

    async def ready(self, port: int) -> None:
        """Wait until this replica is given requests."""
        while port not in self._ready:  # noqa: ASYNC110 - it is looked at now and then
            await asyncio.sleep(0.02)

    async def _look(self) -> None:
        while True:
            # A copy: one that is taken from the list while it is gone through would have the next one passed over.
            self._ready = {port for port in tuple(self.replicas) if await self._is_ready(port)}
            await asyncio.sleep(_LOOKS_EVERY)

    async def _is_ready(self, port: int) -> bool:
        try:
            async with self._session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def _forward(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._turn += 1
        ready = sorted(self._ready)
        for place in range(len(ready)):
            port = ready[(self._turn + place) % len(ready)]
            try:
                answer = await self._given(port, request, body)
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                return web.Response(status=502)
            if answer.status != 503:
                self.given[port] = self.given.get(port, 0) + 1
                return answer
        return web.Response(status=503)

    async def _given(self, port: int, request: web.Request, body: bytes) -> web.Response:
        url = f"http://127.0.0.1:{port}{request.path_qs}"
        headers = {
            name: value for name, value in request.headers.items() if name.startswith(("X-Slack", "Content-Type"))
        }
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            kind = answer.headers.get("Content-Type", "text/plain")
            return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})
