"""Whom these tests attack: an installation with everything in it, on signed HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from tests.clock import WoundClock
from tests.club import Club
from tests.hall import Hall

WEBHOOK_KEY = "wh-6b1f0c77aa"

Send = Callable[[bytes], Awaitable[tuple[int, bytes]]]
"""Sends these bytes over a connection of their own; the status and all that was answered."""


class Fort(Club, Hall):
    """Texts, broadcasts, experts and calls in one."""


@pytest.fixture
async def fort(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Fort]:
    """The bot between all stand-ins, with every way in open: signed HTTP, the webhook and the pages of Clarity."""
    club = Fort(clock, sqlite_url, tmp_path)
    await club.open()
    await club.start(
        slack_app_token=None,
        slack_signing_secret=club.slack.signing_secret,
        clearstream_webhook_key=WEBHOOK_KEY,
        inbox_poll_seconds=1,
    )
    assert club.bot is not None
    club.slack.deliver_to(f"http://127.0.0.1:{club.bot.server.port}/slack/events")
    yield club
    await club.close()


@pytest.fixture
def send(fort: Club) -> Send:
    """Writes to the bot's port whatever is wanted, well-formed or not."""
    assert fort.bot is not None
    return sender(fort.bot.server.port)


def sender(port: int) -> Send:
    """The same to any port."""

    async def send(request: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        async with asyncio.timeout(10):
            answer = await reader.read(100_000)
        writer.close()
        return int(answer.split(b" ", 2)[1]), answer

    return send


Headers = Mapping[str, str | bytes]


def request(path: bytes, body: bytes = b"", headers: Headers | None = None, method: str = "POST") -> bytes:
    """A request as it stands on the wire."""
    lines: Headers = {"Host": "bot", "Connection": "close", "Content-Length": str(len(body)), **(headers or {})}
    head = [method.encode() + b" " + path + b" HTTP/1.1"]
    for name, value in lines.items():
        head.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join(head) + b"\r\n\r\n" + body
