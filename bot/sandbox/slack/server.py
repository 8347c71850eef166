"""The HTTP side of the stand-in: Web API, response URLs, uploads and downloads."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.errors import InvalidArguments, SlackError, TooManyRequests
from bot.sandbox.slack.faults import Fault, How
from bot.sandbox.slack.methods import METHODS, Arguments, Method
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.record import Call

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

Work = Callable[[], Awaitable[Json]]

_ANYWHERE = {"team_id"}
"""What SDKs send with every call of an installed app."""

LARGEST_REQUEST = 32 * 1024 * 1024


class Server:
    """Routes requests to the methods and lets the faults strike."""

    def __init__(self, slack: "SlackStandIn") -> None:
        self._slack = slack

    def application(self) -> web.Application:
        """The aiohttp application."""
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_post("/response/{token}", self._response)
        application.router.add_post("/upload/{file}", self._upload)
        application.router.add_get("/files/{file}/{name}", self._download)
        application.router.add_get("/link/", self._slack.sockets.handle)
        return application

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments, token = await _read(request, METHODS.get(name))
        call = self._slack.record.add(Call(name, dict(arguments), self._slack.now()))

        async def work() -> Json:
            method = self._allowed(name, arguments, token)
            self._slack.limits.take(name, method.tier, str(arguments.get("channel", "")))
            return {"ok": True} | await method.handler(self._slack, arguments)

        answer = await self._process(request, call, work)
        answer.headers.update(self._granted(name, token))
        return answer

    def _granted(self, name: str, token: str) -> dict[str, str]:
        """What Slack says of scopes beside each answer: those the token has, and those the method takes."""
        if token not in {self._slack.bot_token, self._slack.app_token} or self._slack.admin.token_revoked:
            return {}
        method = METHODS.get(name)
        has = self._slack.app_scopes if token == self._slack.app_token else self._slack.scopes
        return {
            "x-oauth-scopes": ",".join(sorted(has)),
            "x-accepted-oauth-scopes": ",".join(method.scopes if method else ()),
        }

    def _allowed(self, name: str, arguments: Arguments, token: str) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if not token:
            raise SlackError("not_authed")
        if token not in {self._slack.bot_token, self._slack.app_token}:
            raise SlackError("invalid_auth")
        if self._slack.admin.token_revoked:
            raise SlackError("token_revoked")
        if (token == self._slack.app_token) != method.app_token:
            raise SlackError("not_allowed_token_type")
        if method.app_token and "connections:write" not in self._slack.app_scopes:
            raise SlackError("missing_scope", needed="connections:write", provided="")
        if method.scopes and not self._slack.scopes & set(method.scopes):
            self._slack.need_scope(method.scopes[0])
        if unknown := sorted(arguments.keys() - method.required - method.optional - _ANYWHERE):
            self._slack.record.complain(f"{name}: unknown arguments {unknown}")
            raise InvalidArguments(*(f"unexpected argument: {each} [json-pointer:/{each}]" for each in unknown))
        if missing := sorted(each for each in method.required if arguments.get(each) in (None, "")):
            raise InvalidArguments(*(f"missing required field: {each} [json-pointer:/{each}]" for each in missing))
        return method

    async def _process(self, request: web.Request, call: Call, work: Work) -> web.StreamResponse:
        await self._slack.faults.run_before(call)
        fault = self._slack.faults.strike(call)
        if fault is not None and (struck := await self._before(request, call, fault)) is not None:
            return struck
        try:
            answer = await work()
        except SlackError as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.detail}
        except TooManyRequests as refusal:
            return _too_many(call, refusal.retry_after)
        await self._slack.faults.run_after(call)
        if fault is not None and (struck := await self._after(request, call, fault)) is not None:
            return struck
        call.answer = answer
        return web.json_response(answer)

    async def _before(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse | None:
        match fault.how:
            case How.DROP_BEFORE:
                return _dropped(request)
            case How.ERROR_BEFORE:
                return _failed(call, fault.error)
            case How.STATUS_BEFORE:
                return _page(call, fault.status)
            case How.RATE_LIMIT:
                self._slack.limits.refused += 1
                return _too_many(call, int(fault.seconds))
            case How.STALL_BEFORE:
                await asyncio.sleep(fault.seconds)
        return None

    async def _after(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse | None:
        match fault.how:
            case How.DROP_AFTER:
                return _dropped(request)
            case How.ERROR_AFTER:
                return _failed(call, fault.error)
            case How.STATUS_AFTER:
                return _page(call, fault.status)
            case How.STALL_AFTER:
                await asyncio.sleep(fault.seconds)
        return None

    async def _response(self, request: web.Request) -> web.StreamResponse:
        content = await request.json()
        name = "chat.postMessage" if content.get("text") else "response_url"
        call = self._slack.record.add(Call(name, content, self._slack.now(), route="response_url"))
        refusals: list[SlackError] = []

        async def work() -> Json:
            try:
                self._slack.responses.respond(request.match_info["token"], content)
            except SlackError as refusal:
                refusals.append(refusal)
            return {"ok": not refusals}

        answer = await self._process(request, call, work)
        if call.answer is not None and not call.answer["ok"]:
            error = refusals[0].error if refusals else str(call.answer["error"])
            return web.Response(status=404 if error in {"expired_url", "used_url"} else 400, text=error)
        return web.Response(text="ok") if call.answer is not None else answer

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        data = await request.read()
        if file.length is not None and len(data) != file.length:
            self._slack.record.complain(f"upload of {len(data)} bytes where {file.length} were announced")
            return web.Response(status=400)
        file.hold(data)
        file.uploaded = True
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or request.headers.get("Authorization") != f"Bearer {self._slack.bot_token}":
            return web.Response(status=404)
        if file.shared_in and not self._slack.workspace.bot_sees(file):
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        return web.Response(body=file.data, content_type="application/octet-stream")


async def _read(request: web.Request, method: Method | None) -> tuple[Arguments, str]:
    """The arguments of a call, from the query and a JSON or form body, and its token ("" for none)."""
    arguments = Arguments(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        arguments.update(body if isinstance(body, dict) else {})
    elif request.can_read_body:
        arguments.update(await request.post())
    for name in method.decoded if method else ():
        if isinstance(arguments.get(name), str):
            arguments[name] = _decoded(arguments[name])
    authorization = request.headers.get("Authorization", "")
    token = authorization.removeprefix("Bearer ") or str(arguments.get("token", ""))
    given = {name: value for name, value in arguments.items() if value is not None and name != "token"}
    return Arguments(given), token


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _dropped(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _failed(call: Call, error: str) -> web.StreamResponse:
    call.answer = {"ok": False, "error": error}
    return web.json_response(call.answer)


def _page(call: Call, status: int) -> web.StreamResponse:
    call.status = status
    return web.Response(status=status, text="<html>Something went wrong</html>", content_type="text/html")


def _too_many(call: Call, retry_after: int) -> web.StreamResponse:
    call.status, call.answer = 429, {"ok": False, "error": "ratelimited"}
    return web.json_response(call.answer, status=429, headers={"Retry-After": str(retry_after)})
