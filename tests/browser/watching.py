"""What a browser complains of, and where its requests go."""

from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Error, Page, Request

_OURS = "127.0.0.1"
_LEFT = "net::ERR_ABORTED"
"""A request the page itself gave up: for what is overtaken by a newer one, or open when it is left."""


class Watch:
    """Everything on a page that should not be: errors and warnings, failed requests, requests to elsewhere."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._broke)
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _broke(self, error: Error) -> None:
        self.complaints.append(f"not caught: {error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.hostname != _OURS and parts.scheme not in {"data", "blob"}:
            self.complaints.append(f"asked elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT:
            self.complaints.append(f"failed: {request.method} {request.url}: {request.failure}")
