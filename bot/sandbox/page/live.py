"""Telling open pages that something changed: server-sent events, with no more in them than how often so far."""

import asyncio

from aiohttp import web

_AT_MOST_EVERY = 0.1
"""Seconds; what changes together is told once."""


class Live:
    """Every open page hears of each change soon after it, at most ten times a second."""

    def __init__(self) -> None:
        self.count = 0
        """How many changes there were."""
        self._news: set[asyncio.Event] = set()
        self._closing = False

    def changed(self) -> None:
        """Tell everybody."""
        self.count += 1
        for news in self._news:
            news.set()

    def close(self) -> None:
        """End every stream."""
        self._closing = True
        self.changed()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The stream of one page, until either side leaves."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        news = asyncio.Event()
        self._news.add(news)
        try:
            await response.write(b"data: %d\n\n" % self.count)
            while not self._closing:
                await news.wait()
                news.clear()
                await response.write(b"data: %d\n\n" % self.count)
                await asyncio.sleep(_AT_MOST_EVERY)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._news.discard(news)
        return response
