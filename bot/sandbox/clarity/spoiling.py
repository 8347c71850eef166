"""Doing to one request what a fault's rule says."""

from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.sandbox.clarity.answer import Answer
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Oddities
from bot.sandbox.faults import Fault, Faults, Rule
from bot.sandbox.requests import RequestInfo

_DRIPS = 20


@dataclass(slots=True)
class Spoiler:
    """One request and the rule that spoils it, if any; each step gives the response to send instead, or None."""

    request: web.Request
    info: RequestInfo
    rule: Rule | None
    faults: Faults
    odd: Oddities

    async def before(self) -> web.StreamResponse | None:
        """The request is not processed yet."""
        if self.rule is None or self.rule.fault.is_after:
            return None
        return await self._spoil(self.rule, Answer.text("text/plain", ""))

    async def after(self, answer: Answer) -> web.StreamResponse | None:
        """The request has had its effect; ``answer`` would be sent."""
        if self.rule is None or not self.rule.fault.is_after:
            return None
        return await self._spoil(self.rule, answer)

    async def _spoil(self, rule: Rule, answer: Answer) -> web.StreamResponse | None:
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
        for start in range(0, len(body), size):
            await self.faults.stall(seconds / _DRIPS)
            await response.write(body[start : start + size])
        await response.write_eof()
        return response

    def _wrong(self, rule: Rule) -> web.Response:
        match rule.fault:
            case Fault.RATE_LIMITED:
                response = self._refused(429, "Too many requests.")
                if rule.retry_after is not None:
                    response.headers[hdrs.RETRY_AFTER] = f"{rule.retry_after:g}"
                return response
            case Fault.UNAVAILABLE:
                return self._refused(503, "Clarity is down for maintenance.")
            case Fault.PLAIN_TEXT:
                return web.Response(status=502, text="Bad gateway")
            case Fault.GARBAGE:
                return web.Response(body=b'{"id": 58', content_type="application/json")
        return self._refused(500, "We're sorry, but something went wrong.")

    def _refused(self, status: int, sentence: str) -> web.Response:
        return Answer.refusal(Refusal(status, sentence), self.odd).response()
