"""Webhooks over a real socket: what they tell, when they stay away, and what their answers may ask for."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.clearstream import ClearstreamStandIn

JANE, JOHN = "+12005551000", "+12005551001"


@pytest.fixture
async def line() -> AsyncIterator[ClearstreamStandIn]:
    """A line whose time stands still, with one list."""
    standin = ClearstreamStandIn(now=lambda: datetime(2016, 6, 12, 10, tzinfo=UTC), tick_seconds=None)
    standin.add_list("Customers")
    async with standin:
        yield standin


def shown(line: ClearstreamStandIn, number: str) -> list[tuple[str, str]]:
    """What that phone shows."""
    return [(text.direction, text.text) for text in line.phone(number)]


class Endpoint:
    """A webhook's receiving end on a socket: keeps what it is told, answers what it is set to."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.body = "{}"

    async def hear(self, request: web.Request) -> web.Response:
        """One event."""
        self.told.append(await request.json())
        self.keys.append(request.headers.get("X-Clearstream-Webhook-Key"))
        return web.Response(status=self.status, text=self.body)


@pytest.fixture
async def endpoint(line: ClearstreamStandIn) -> AsyncIterator[Endpoint]:
    """An endpoint that the line's webhook goes to; a keyword to use."""
    line.add_keyword("bluesushi", lists=[1000])
    receiving = Endpoint()
    app = web.Application()
    app.router.add_post("/hook", receiving.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    line.webhooks.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    line.webhooks.key = "secret"
    yield receiving
    await runner.cleanup()


async def test_a_keyword_fires_the_documents_webhook(line: ClearstreamStandIn, endpoint: Endpoint) -> None:
    """With thread and reply where the text said more; the sample's keys, and the key in the header."""
    samples = json.loads(Path(__file__).with_name("test_clearstream_samples.json").read_text())
    (sample,) = (each["answer"] for each in samples if each["title"] == "Keyword Used")
    reply = line.receive(JANE, "bluesushi Great meal!")
    assert endpoint.told == []
    await line.webhooks.settled()
    (told,) = endpoint.told
    assert list(told) == list(sample)
    assert {name: list(part) for name, part in told["data"].items()} == {
        name: list(part) for name, part in sample["data"].items()
    }
    assert reply is not None
    assert told["data"]["reply"] == {"id": reply.id, "text": "bluesushi Great meal!"}
    assert told["data"]["thread"] == {"id": line.thread_id(JANE)}
    assert endpoint.keys == ["secret"]


async def test_a_bare_keywords_webhook_has_no_thread(line: ClearstreamStandIn, endpoint: Endpoint) -> None:
    """And a text without a keyword fires nothing, unless ``text.received`` is registered."""
    line.receive(JANE, "bluesushi")
    line.receive(JANE, "Hello")
    await line.webhooks.settled()
    assert [list(told["data"]) for told in endpoint.told] == [["keyword", "subscriber"]]
    line.webhooks.events.add("text.received")
    line.receive(JANE, "Hello again")
    await line.webhooks.settled()
    assert (endpoint.told[1]["event"], endpoint.told[1]["data"]["text"]) == ("text.received", "Hello again")


async def test_a_webhooks_answer_is_texted_back(line: ClearstreamStandIn, endpoint: Endpoint) -> None:
    """``{"response": …}`` reaches the phone at once; one that cannot be sent is noted and not sent."""
    endpoint.body = json.dumps({"response": {"header": "Blue Sushi", "body": "Your link"}})
    line.receive(JANE, "bluesushi")
    await line.webhooks.settled()
    assert shown(line, JANE) == [("sent", "bluesushi"), ("received", "Blue Sushi: Your link")]
    for wrong in ({"header": "x"}, {"header": "x" * 100, "body": "x" * 59}, {"header": "寿司", "body": "x"}, "text"):
        endpoint.body = json.dumps({"response": wrong})
        line.receive(JOHN, "bluesushi")
        await line.webhooks.settled()
        assert line.webhooks.deliveries[-1].problem
    assert {direction for direction, _ in shown(line, JOHN)} == {"sent"}


async def test_a_webhook_that_fails_harms_nothing(line: ClearstreamStandIn, endpoint: Endpoint) -> None:
    """An error, an answer that is no JSON, or nobody there: noted, and the text is in the inbox all the same."""
    endpoint.status = 500
    line.receive(JANE, "bluesushi one")
    await line.webhooks.settled()
    endpoint.status, endpoint.body = 200, "thanks"
    line.receive(JANE, "bluesushi two")
    await line.webhooks.settled()
    line.webhooks.url = line.url.replace("/v1/", "/").replace(str(line.port), "1")
    line.receive(JANE, "bluesushi three")
    await line.webhooks.settled()
    deliveries = line.webhooks.deliveries
    assert [each.status for each in deliveries] == [500, 200, 0]
    assert [bool(each.problem) for each in deliveries] == [True, False, True]
    thread_id = line.thread_id(JANE)
    assert thread_id is not None
    assert len(line.state.threads[thread_id].replies) == 3
