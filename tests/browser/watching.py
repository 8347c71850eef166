"""What a browser complains of, and where its requests go."""

from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Error, Page, Request

_OURS = "127.0.0.1"
_LEFT = "net::ERR_ABORTED"
"""A request the page itself gave up: for what is overtaken by a newer one, or open when it is left."""


class Watched:
    """A page where nothing should be that is written down: errors, failed requests, requests to elsewhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._heard: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._broke)
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)

    def complaints(self) -> list[str]:
        """What was written down since this was last asked."""
        heard, self._heard = self._heard, []
        return heard

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self._heard.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _broke(self, error: Error) -> None:
        self._heard.append(f"not caught: {error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.hostname != _OURS and parts.scheme not in {"data", "blob"}:
            self._heard.append(f"asked elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT:
            self._heard.append(f"failed: {request.method} {request.url}: {request.failure}")
