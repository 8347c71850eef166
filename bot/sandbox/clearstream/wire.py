"""The line over HTTP: reads a request, lets faults have their way, answers.

Everything between reading and answering is synchronous, so requests never see each other half done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from aiohttp import hdrs, web

from bot.sandbox.answer import Answer
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.refusal import Refusal
from bot.sandbox.clearstream.routes import ALL
from bot.sandbox.clearstream.routing import NOTHING, Call, Json, find
from bot.sandbox.clearstream.sending import settle
from bot.sandbox.faults import Faults
from bot.sandbox.form import FORM_TYPE, pairs
from bot.sandbox.requests import RequestLog
from bot.sandbox.spoiling import Spoiler, Trouble

ROOT = "/v1/"
_TROUBLES = {
    429: "You've made too many API requests in a short time.",
    500: "There was an issue on our end.",
    503: "The API is offline for maintenance.",
}
_GARBAGE = b'{"data": {"id": 12'


class _Asked(NamedTuple):
    """A request as read; ``refusal`` stands where reading already failed."""

    key: str | None
    method: str
    pieces: list[str]
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    refusal: Refusal | None


@dataclass(slots=True)
class Wire:
    """Serves one line. ``changed`` is called, before the answer leaves, after everything that changed the state."""

    line: Line
    faults: Faults
    log: RequestLog
    api_key: str
    changed: Callable[[], None]

    def app(self) -> web.Application:
        """The application to serve; every path leads to the same handler."""
        app = web.Application()
        app.router.add_route(hdrs.METH_ANY, "/{path:.*}", self._serve)
        return app

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request)
        info = self.log.note(asked.method, "/".join(asked.pieces), asked.query, asked.form)
        spoiler = Spoiler(request, info, self.faults, Trouble(_trouble, _GARBAGE))
        return await spoiler.serve(self.log.tell, lambda: self._process(asked))

    def _process(self, asked: _Asked) -> Answer:
        moved = settle(self.line)
        try:
            answer = Answer.json(200, self._answer(asked))
            moved = asked.method != "GET" or moved
        except Refusal as refusal:
            answer = Answer.json(refusal.status, refusal.body(bare=self.line.odd.bare_errors))
        if moved:
            self.changed()
        return answer

    def _answer(self, asked: _Asked) -> Json:
        if asked.key != self.api_key:
            raise Refusal(401, "Your API key is incorrect.")
        if asked.refusal is not None:
            raise asked.refusal
        route, named = find(ALL, asked.method, asked.pieces)
        query, form = Params(asked.query, route.query), Params(asked.form, route.form)
        query.check()
        form.check()
        return route.handler(self.line, Call(named, query, form))


def _trouble(status: int) -> Answer:
    return Answer.json(status, Refusal(status, _TROUBLES[status]).body())


async def _read(request: web.Request) -> _Asked:
    """The request, decoded; whatever cannot be decoded is a refusal with 400 (or 404 outside of the API)."""
    body = await request.read()
    key, method = request.headers.get("X-Api-Key"), request.method
    raw_path = request.rel_url.raw_path
    pieces = raw_path.removeprefix(ROOT).split("/")
    refusal = None if raw_path.startswith(ROOT) else Refusal(404, NOTHING)
    query: list[tuple[str, str]] = []
    form: list[tuple[str, str]] = []
    try:
        pieces = [unquote(piece, errors="strict") for piece in pieces]
        query = pairs(request.rel_url.raw_query_string)
        if body and request.content_type != FORM_TYPE:
            refusal = refusal or Refusal(400, "The body must be form-encoded.")
        else:
            form = pairs(body.decode())
    except ValueError:
        refusal = refusal or Refusal(400, "There was something wrong with your request.")
    return _Asked(key, method, pieces, query, form, refusal)
