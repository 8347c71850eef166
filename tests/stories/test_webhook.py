"""/webhooks/clearstream/<key>: any event wakes the poll; a used keyword is told, and answered once."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

import aiohttp
import pytest

from bot import logs
from bot.services.keyword_answers import checked, setting
from bot.store import installation
from tests.drive import JANE, JOHN, House

KEY = "wh-0f3c9a51d2"
USED = {
    "created_at": "2016-06-12T10:00:00Z",
    "event": "keyword.used",
    "data": {
        "keyword": {"name": "BlueSushi", "shortcode": "55498"},
        "subscriber": {"mobile_number": JANE, "status": "ACTIVE", "first": "Jane", "last": "Doe", "email": None},
    },
}

Post = Any
"""Sends a body to the webhook; the status and the answer."""


def address(house: House, key: str = KEY) -> str:
    """Where the bot listens for events."""
    assert house.bot is not None
    return f"http://127.0.0.1:{house.bot.server.port}/webhooks/clearstream/{key}"


@asynccontextmanager
async def sender(house: House) -> AsyncIterator[Post]:
    """Somebody who sends events."""
    async with aiohttp.ClientSession() as session:

        async def post(body: Any, key: str = KEY) -> tuple[int, bytes]:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            async with session.post(address(house, key), data=data) as answer:
                return answer.status, await answer.read()

        yield post


def told(house: House) -> list[str]:
    """What the inbox channel is told of keywords."""
    return [m.text() for m in house.alice.messages(house.texts) if "texted the keyword" in m.text()]


async def answered(house: House, keyword: str, header: str, body: str) -> None:
    """An admin sets what is answered to a keyword."""
    assert house.bot is not None
    async with house.bot.store.write() as tx:
        answer = asdict(checked(keyword, header, body))
        await installation.set_setting(tx, setting(keyword), answer, house.alice.user.id)


async def test_a_used_keyword_is_written_down_told_and_answered_once(house: House) -> None:
    """On either database, however often and at once it comes: one line in the record, one message, one answer."""
    await house.start(clearstream_webhook_key=KEY)
    await answered(house, "bluesushi", "Blue Sushi", "Here is your coupon.")
    async with sender(house) as post:
        answers = await asyncio.gather(*(post(USED) for _ in range(3)))
        assert {status for status, _ in answers} == {200}
        wanted = {"response": {"header": "Blue Sushi", "body": "Here is your coupon."}}
        assert [json.loads(body) for _, body in answers if body] == [wanted]
        assert (await house.record())[-1] == ("bot", "keyword used", "answered")
        await house.until(lambda: told(house), "the message")
        await house.stop()
        await house.start()
        assert await post(USED) == (200, b"")
    await house.wind(5)
    (line,) = told(house)
    assert line.endswith(
        "Jane Doe · +1 200-555-1000 texted the keyword BlueSushi\nAnswered: Blue Sushi: Here is your coupon."
    )


async def test_the_line_texts_back_what_is_set(unopened: House) -> None:
    """From the phone and back: the text that came with the keyword is told too, and the answer arrives once."""
    await unopened.start(clearstream_webhook_key=KEY)
    await answered(unopened, "LUNCH", "Blue Sushi", "Lunch is on.")
    unopened.clearstream.add_keyword("Lunch")
    unopened.clearstream.webhooks.url = address(unopened)
    unopened.clearstream.receive(JOHN, "lunch <!channel> today?")
    await unopened.clearstream.webhooks.settled()
    assert unopened.on_phone(JOHN) == ["Blue Sushi: Lunch is on."]
    await unopened.until(lambda: told(unopened), "the message")
    assert "texted the keyword Lunch: lunch <!channel> today?" in told(unopened)[0]
    assert all(not message.pings for message in unopened.alice.messages(unopened.texts))


def _stands(house: House, words: str) -> bool:
    return house.thread("Jane Doe")[-1].endswith(words)


async def test_any_event_wakes_the_poll(unopened: House) -> None:
    """A known or an unknown one: the text is there long before its turn would have come."""
    await unopened.start(clearstream_webhook_key=KEY, inbox_poll_seconds=3600)
    async with sender(unopened) as post:
        for words, event in (("Hello", {"event": "text.received"}), ("Anybody?", {"event": "x", "data": [1]})):
            unopened.clearstream.receive(JANE, words)
            assert await post(event) == (200, b"")
            await unopened.until(partial(_stands, unopened, words), words, within=30)


async def test_what_is_not_clearstream_is_turned_away(unopened: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Another key finds nothing, what is too large or no event is refused, and no log line has the key."""
    logs.configure(level="DEBUG", log_format="json", secrets_known=[KEY])
    try:
        await unopened.start(clearstream_webhook_key=KEY)
        async with sender(unopened) as post:
            assert await post(USED, key="wrong") == (404, b"")
            assert await post(USED, key=f"{KEY}x") == (404, b"")
            assert (await post(b" " * (64 * 1024 + 1)))[0] == 413
            assert (await post(b"{" + b" " * (64 * 1024 - 1)))[0] == 400
            assert (await post(b"[1]"))[0] == 400
            assert (await post(b"[" * 60_000))[0] == 400
        assert await unopened.record() == []
    finally:
        logging.getLogger().handlers[:] = []
    said = capfd.readouterr().err
    assert "webhook.unreadable" in said
    assert KEY not in said


async def test_without_a_key_there_is_no_route(office: House) -> None:
    """Whatever is tried."""
    async with sender(office) as post:
        assert (await post(USED))[0] == 404


async def test_many_at_once_are_told_together(unopened: House) -> None:
    """A word on the radio does not hold up the texts: while one message waits, the rest gathers in the next."""
    await unopened.start(clearstream_webhook_key=KEY)
    async with sender(unopened) as post:
        for number in range(60):
            await post({**USED, "created_at": f"2016-06-12T10:00:{number:02}Z"})
    said = "Jane Doe · +1 200-555-1000 texted the keyword BlueSushi"

    def counted() -> int:
        more = [int(found) for line in told(unopened) for found in re.findall(r"And (\d+) more", line)]
        return sum(line.count(said) for line in told(unopened)) + sum(more)

    await unopened.until(lambda: counted() >= 60, "all sixty")
    await unopened.wind(10)
    assert counted() == 60
    assert len(told(unopened)) <= 3
