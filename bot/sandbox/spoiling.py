"""Doing to one request what a fault's rule says."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.sandbox.answer import Answer
from bot.sandbox.faults import Fault, Faults, Rule
from bot.sandbox.requests import Hook, RequestInfo

_DRIPS = 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a service's own troubles look: its error of a status (429, 500 and 503), and JSON that breaks off."""

    error: Callable[[int], Answer]
    garbage: bytes


@dataclass(slots=True)
class Spoiler:
    """One request on its way through the faults in force."""

    request: web.Request
    info: RequestInfo
    faults: Faults
    trouble: Trouble

    async def serve(self, tell: Hook, process: Callable[[], Answer]) -> web.StreamResponse:
        """What goes back for the request: its ``process``ed answer, or whatever the rule for it makes of that.

        ``tell`` is awaited before processing and after it.
        """
        rule = self.faults.take(self.info.method, self.info.path)
        self.info.fault = rule.fault if rule else None
        await tell(self.info)
        if rule is not None and not rule.fault.is_after:
            spoiled = await self._spoil(rule, Answer.text("text/plain", ""))
            if spoiled is not None:
                return spoiled
        answer = process()
        self.info.status, self.info.stage = answer.status, "after"
        await tell(self.info)
        if rule is not None and rule.fault.is_after:
            spoiled = await self._spoil(rule, answer)
            if spoiled is not None:
                return spoiled
        return answer.response()

    async def _spoil(self, rule: Rule, answer: Answer) -> web.StreamResponse | None:
        """Do what the rule says; None when the request goes on as if nothing had happened."""
        match rule.fault:
            case Fault.STALL_BEFORE | Fault.STALL_AFTER:
                await self.faults.stall(rule.seconds)
                return None
            case Fault.LOSE_BEFORE | Fault.LOSE_AFTER:
                self.info.status = 0
                return self._hang_up()
            case Fault.DRIP:
                return await self._drip(answer, 1.0 if rule.seconds is None else rule.seconds)
        response = self._wrong(rule)
        self.info.status = response.status
        return response

    def _hang_up(self) -> web.Response:
        """Close the socket without an answer; what is returned goes nowhere."""
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response()

    async def _drip(self, answer: Answer, seconds: float) -> web.StreamResponse:
        """Send the body in small pieces that take ``seconds`` in all."""
        body = answer.body.encode()
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_type, response.content_length = answer.content_type, len(body)
        await response.prepare(self.request)
        size = max(1, -(-len(body) // _DRIPS))
        with suppress(ConnectionResetError):  # nobody waits any more
            for start in range(0, len(body), size):
                await self.faults.stall(seconds / _DRIPS)
                await response.write(body[start : start + size])
            await response.write_eof()
        return response

    def _wrong(self, rule: Rule) -> web.Response:
        match rule.fault:
            case Fault.RATE_LIMITED:
                response = self.trouble.error(429).response()
                if rule.retry_after is not None:
                    response.headers[hdrs.RETRY_AFTER] = f"{rule.retry_after:g}"
                return response
            case Fault.UNAVAILABLE:
                return self.trouble.error(503).response()
            case Fault.PLAIN_TEXT:
                return web.Response(status=502, text="Bad gateway")
            case Fault.GARBAGE:
                return web.Response(body=self.trouble.garbage, content_type="application/json")
        return self.trouble.error(500).response()
