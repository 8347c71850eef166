"""Reading a request: which part of the site it is for, its path in decoded pieces, and its parameters."""

import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from aiohttp import web

from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.form import FORM_TYPE, pairs

ROOT = "/v1/"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as read. ``pieces`` are relative to the API's root, or to the site's outside of it.

    ``form`` is the body's parameters, of a form or of a JSON object; ``refusal`` stands where reading failed.
    """

    method: str
    area: Literal["api", "oauth", "elsewhere"]
    pieces: list[str]
    query: list[tuple[str, str]]
    form: list[tuple[str, Any]]
    refusal: Refusal | None = None

    @property
    def path(self) -> str:
        """The pieces in one."""
        return "/".join(self.pieces)


async def receive(request: web.Request) -> Received:
    """The request, decoded; what cannot be decoded is a refusal with 400."""
    body = await request.read()
    raw = request.rel_url.raw_path
    area: Literal["api", "oauth", "elsewhere"] = "elsewhere"
    if raw.startswith(ROOT):
        area, raw = "api", raw.removeprefix(ROOT)
    elif raw.startswith("/oauth/"):
        area = "oauth"
    pieces = raw.removeprefix("/").split("/") if area != "api" else raw.split("/")
    query: list[tuple[str, str]] = []
    form: list[tuple[str, Any]] = []
    refusal: Refusal | None = None
    try:
        query = pairs(request.rel_url.raw_query_string)
        pieces = [unquote(piece, errors="strict") for piece in pieces]
        form = _body(body, request.content_type)
    except ValueError:
        refusal = Refusal(400, "The request could not be read.")
    return Received(request.method, area, pieces, query, form, refusal)


def _body(body: bytes, content_type: str) -> list[tuple[str, Any]]:
    """The parameters in a body; raises ``ValueError`` for what is neither a form nor a JSON object."""
    if not body:
        return []
    if content_type == FORM_TYPE:
        return list(pairs(body.decode()))
    told = json.loads(body, object_pairs_hook=list) if content_type == _JSON else None
    if body.lstrip()[:1] != b"{" or not isinstance(told, list):
        raise ValueError(content_type)
    return told
