"""Webhooks: what they tell, sending them, and the text an answer may ask for (document: WEBHOOKS)."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.sandbox.clearstream.gsm import HEADED_LIMIT, septets, strangers
from bot.sandbox.clearstream.incoming import Incoming
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import Headed, wire_time
from bot.sandbox.clearstream.sending import post, settle
from bot.sandbox.clearstream.shapes import contact_shape

_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Delivery:
    """One webhook sent: ``status`` of the answer (0: none came), and what went wrong, if anything."""

    url: str
    payload: dict[str, Any]
    status: int = 0
    problem: str = ""


@dataclass(slots=True)
class Webhooks:
    """Sends events to ``url``, when one is set, without anybody waiting for it.

    ``key`` goes along in the header ``X-Clearstream-Webhook-Key``. ``events`` are those registered for.
    ``changed`` is called when an answer put a text on its way.
    """

    line: Line
    changed: Callable[[], None]
    url: str | None = None
    key: str | None = None
    events: set[str] = field(default_factory=lambda: {"keyword.used"})
    deliveries: list[Delivery] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def fire(self, came: Incoming, text: str) -> None:
        """Send what is registered about an incoming text; needs a running event loop when a URL is set."""
        if self.url is None:
            return
        for payload in payloads(self.line, came, text):
            if payload["event"] in self.events:
                delivery = Delivery(self.url, payload)
                self.deliveries.append(delivery)
                task = asyncio.get_running_loop().create_task(self._deliver(delivery, came))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait until every webhook sent so far was answered or failed."""
        await asyncio.gather(*self._under_way)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver(self, delivery: Delivery, came: Incoming) -> None:
        headers = {} if self.key is None else {"X-Clearstream-Webhook-Key": self.key}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(delivery.url, json=delivery.payload, headers=headers, allow_redirects=False) as response,
            ):
                delivery.status = response.status
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            delivery.problem = f"{type(error).__name__}: {error}"
            return
        if not 200 <= delivery.status < 300:
            delivery.problem = f"answered {delivery.status}"
            return
        try:
            wanted = response_of(answer)
        except ValueError as error:
            delivery.problem = str(error)
            return
        if wanted is not None:
            settle(self.line)
            post(self.line, came.subscriber.mobile_number, wanted.line)
            settle(self.line)
            self.changed()


def payloads(line: Line, came: Incoming, text: str) -> list[dict[str, Any]]:
    """The events an incoming text triggers: ``text.received`` (seen, not documented) and ``keyword.used``."""
    subscriber = contact_shape(came.subscriber)
    events = []
    if came.thread is not None:
        events.append(("text.received", {"text": text, "subscriber": subscriber}))
    if came.keyword is not None:
        data: dict[str, Any] = {"keyword": {"name": came.keyword.name, "shortcode": line.state.account.shortcode}}
        if came.thread is not None and came.reply is not None:
            data["thread"] = {"id": came.thread.id}
            data["reply"] = {"id": came.reply.id, "text": came.reply.text}
        events.append(("keyword.used", {**data, "subscriber": subscriber}))
    at = wire_time(line.now())
    return [{"created_at": at, "event": event, "data": data} for event, data in events]


def response_of(answer: bytes) -> Headed | None:
    """The text that a webhook's answer asks for, or None; raises ``ValueError`` when it cannot be sent."""
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(told, dict) or "response" not in told:
        return None
    wanted = told["response"]
    header, body = (wanted.get("header"), wanted.get("body")) if isinstance(wanted, dict) else (None, None)
    if not (isinstance(header, str) and isinstance(body, str) and header and body):
        raise ValueError("the response needs a header and a body")
    if strangers(header + body):
        raise ValueError("the response can contain only GSM 7-bit characters")
    if septets(header) + septets(body) > HEADED_LIMIT:
        raise ValueError(f"header and body of the response cannot exceed {HEADED_LIMIT} characters")
    return Headed(header, body)
