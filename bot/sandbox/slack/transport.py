"""What is delivered to the app, by which way, and what came back."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.model import Json


class NoAnswer(Exception):
    """The app did not answer; the word is the one Slack shows (``operation_timeout``, ``dispatch_failed`` …)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True)
class Ack:
    """What the app answered: JSON, plain words (HTTP only), or nothing."""

    payload: Any = None


@dataclass(frozen=True)
class Envelope:
    """One thing for the app. ``kind``: command, interactive or event."""

    id: str
    kind: str
    payload: Json
    retry: int = 0
    retry_reason: str = ""

    @property
    def socket_type(self) -> str:
        """The envelope type of Socket Mode."""
        return {"command": "slash_commands", "interactive": "interactive", "event": "events_api"}[self.kind]


@dataclass(eq=False)
class Delivery:
    """The record of one delivery.

    ``acked``: the app answered within the time allowed. ``late``: it answered, but too late. ``problem``: the word
    Slack would show the person. ``response``: what the ack carried.
    """

    envelope: Envelope
    acked: bool = False
    late: bool = False
    problem: str | None = None
    response: Any = None
    retries: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def payload(self) -> Json:
        """What the app was told."""
        return self.envelope.payload


def signature(secret: str, timestamp: str, body: str) -> str:
    """``v0=`` and the HMAC-SHA256 of ``v0:timestamp:raw body`` (docs.slack.dev, Verifying requests)."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


class HttpDelivery:
    """Signed POSTs to one URL."""

    def __init__(self, url: str, secret: str, wall_clock: Callable[[], float]) -> None:
        self.url = url
        self._secret = secret
        self._wall_clock = wall_clock
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))

    async def send(self, envelope: Envelope) -> "asyncio.Task[Ack]":
        """Start the POST; the task is its ack and raises ``NoAnswer``."""
        return asyncio.create_task(self._post(envelope))

    async def _post(self, envelope: Envelope) -> Ack:
        body, content_type = _encoded(envelope)
        timestamp = str(int(self._wall_clock()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if envelope.retry:
            headers |= {"X-Slack-Retry-Num": str(envelope.retry), "X-Slack-Retry-Reason": envelope.retry_reason}
        try:
            async with self._session.post(self.url, data=body.encode(), headers=headers) as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            raise NoAnswer("dispatch_failed") from None
        if answer.status != 200:
            raise NoAnswer("http_error" if envelope.kind == "event" else "dispatch_failed")
        return Ack(_parsed(text))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()


def _encoded(envelope: Envelope) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    if envelope.kind == "command":
        return urlencode(envelope.payload), form
    if envelope.kind == "interactive":
        return urlencode({"payload": json.dumps(envelope.payload)}), form
    return json.dumps(envelope.payload), "application/json"


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
