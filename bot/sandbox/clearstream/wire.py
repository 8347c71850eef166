"""The line over HTTP: reads a request, lets faults have their way, answers.

Everything between reading and answering is synchronous, so requests never see each other half done.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from aiohttp import hdrs, web

from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.refusal import Refusal
from bot.sandbox.clearstream.routes import ALL
from bot.sandbox.clearstream.routing import NOTHING, Call, Json, find
from bot.sandbox.clearstream.sending import settle
from bot.sandbox.faults import Fault, Faults, Rule
from bot.sandbox.requests import RequestInfo, RequestLog

ROOT = "/v1/"
_FORM_TYPE = "application/x-www-form-urlencoded"
_DRIPS = 20


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
        rule = self.faults.take(info.method, info.path)
        info.fault = rule.fault if rule else None
        await self.log.tell(info)
        if rule is not None and not rule.fault.is_after:
            spoiled = await self._spoil(request, info, rule, _NO_ANSWER)
            if spoiled is not None:
                return spoiled
        answer = self._process(asked)
        info.status, info.stage = answer.status, "after"
        await self.log.tell(info)
        if rule is not None and rule.fault.is_after:
            spoiled = await self._spoil(request, info, rule, answer)
            if spoiled is not None:
                return spoiled
        return answer.response()

    def _process(self, asked: _Asked) -> "_Answer":
        moved = settle(self.line)
        try:
            answer = _Answer(HTTPStatus.OK, self._answer(asked))
            moved = asked.method != "GET" or moved
        except Refusal as refusal:
            answer = _Answer(refusal.status, refusal.body(bare=self.line.odd.bare_errors))
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

    async def _spoil(
        self, request: web.Request, info: RequestInfo, rule: Rule, answer: "_Answer"
    ) -> web.StreamResponse | None:
        """Do what the rule says; None when the request goes on as if nothing had happened."""
        match rule.fault:
            case Fault.STALL_BEFORE | Fault.STALL_AFTER:
                await self.faults.stall(rule.seconds)
                return None
            case Fault.LOSE_BEFORE | Fault.LOSE_AFTER:
                info.status = 0
                return _hang_up(request)
            case Fault.DRIP:
                return await self._drip(request, answer, 1.0 if rule.seconds is None else rule.seconds)
        response = _spoiled(rule)
        info.status = response.status
        return response

    async def _drip(self, request: web.Request, answer: "_Answer", seconds: float) -> web.StreamResponse:
        """Send the body in small pieces that take ``seconds`` in all."""
        body = json.dumps(answer.body).encode()
        response = web.StreamResponse(status=answer.status)
        response.content_type, response.content_length = "application/json", len(body)
        await response.prepare(request)
        size = max(1, -(-len(body) // _DRIPS))
        for start in range(0, len(body), size):
            await self.faults.stall(seconds / _DRIPS)
            await response.write(body[start : start + size])
        await response.write_eof()
        return response


class _Answer(NamedTuple):
    status: int
    body: Json

    def response(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


_NO_ANSWER = _Answer(0, {})


def _spoiled(rule: Rule) -> web.Response:
    match rule.fault:
        case Fault.RATE_LIMITED:
            headers = {} if rule.retry_after is None else {hdrs.RETRY_AFTER: f"{rule.retry_after:g}"}
            refusal = Refusal(429, "You've made too many API requests in a short time.")
            return web.json_response(refusal.body(), status=429, headers=headers)
        case Fault.UNAVAILABLE:
            return _Answer(503, Refusal(503, "The API is offline for maintenance.").body()).response()
        case Fault.PLAIN_TEXT:
            return web.Response(status=502, text="Bad gateway")
        case Fault.GARBAGE:
            return web.Response(body=b'{"data": {"id": 12', content_type="application/json")
    return _Answer(500, Refusal(500, "There was an issue on our end.").body()).response()


def _hang_up(request: web.Request) -> web.Response:
    """Close the socket without an answer; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


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
        query = _parameters(request.rel_url.raw_query_string)
        if body and request.content_type != _FORM_TYPE:
            refusal = refusal or Refusal(400, "The body must be form-encoded.")
        else:
            form = _parameters(body.decode())
    except ValueError:
        refusal = refusal or Refusal(400, "There was something wrong with your request.")
    return _Asked(key, method, pieces, query, form, refusal)


def _parameters(encoded: str) -> list[tuple[str, str]]:
    """Raises ``ValueError`` for what is not form-encoded."""
    if not encoded:
        return []
    return parse_qsl(encoded, keep_blank_values=True, strict_parsing=True, errors="strict")


async def cancelled(task: asyncio.Task[None] | None) -> None:
    """Cancel the task and wait until it is over."""
    if task is None:
        return
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
