"""What a stand-in answers, before it is sent."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``content_type`` is without its charset."""

    status: int
    body: str
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: Any) -> Self:
        """JSON."""
        return cls(status, json.dumps(body), "application/json")

    @classmethod
    def page(cls, status: int, page: str) -> Self:
        """A page for a browser, which must not be framed or kept."""
        headers = {"Cache-Control": "no-store", "X-Frame-Options": "DENY"}
        return cls(status, page, "text/html", headers)

    @classmethod
    def text(cls, content_type: str, body: str) -> Self:
        """A body as it is."""
        return cls(200, body, content_type)

    @classmethod
    def redirect(cls, url: str) -> Self:
        """302 to ``url``."""
        return cls(302, "", "text/plain", {"Location": url})

    def response(self) -> web.Response:
        """What goes over the wire."""
        return web.Response(
            status=self.status, text=self.body, content_type=self.content_type, charset="utf-8", headers=self.headers
        )
