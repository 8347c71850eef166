"""``/webhooks/clearstream/<key>``: where Clearstream tells what happens on the line."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot.clearstream.webhooks import Event, parse
from bot.errors import Invalid

log = structlog.get_logger(__name__)

LARGEST = 64 * 1024
"""Bytes of a body."""

_PATIENCE = 10.0
"""Seconds a body may take to come."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Came = Callable[[Event], Awaitable[dict[str, Any] | None]]


class ClearstreamWebhook:
    """The route. ``came`` writes an event down; what it gives is the answer."""

    def __init__(self, key: str, came: Came) -> None:
        self._key = key.encode()
        self._came = came

    def routes(self) -> list[tuple[str, str, Handler]]:
        """What to serve."""
        return [("POST", "/webhooks/clearstream/{key}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One event. Another key finds nothing here; a 200 is given when everything is written down."""
        if not secrets.compare_digest(request.match_info["key"].encode(errors="replace"), self._key):
            return web.Response(status=404)
        try:
            async with asyncio.timeout(_PATIENCE):
                body = await _body(request)
        except (TimeoutError, ConnectionError):
            return web.Response(status=408)
        if body is None:
            return web.Response(status=413)
        try:
            event = parse(body)
        except Invalid as error:
            log.warning("webhook.unreadable", error=str(error))
            return web.Response(status=400, text=str(error))
        answer = await self._came(event)
        return web.Response(status=200) if answer is None else web.json_response(answer)


async def _body(request: web.Request) -> bytes | None:
    """The body; None where it is too large, of which no more is read."""
    if (request.content_length or 0) > LARGEST:
        return None
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)
