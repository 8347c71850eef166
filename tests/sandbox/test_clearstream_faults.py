"""What can go wrong on the way really goes wrong, over a real socket, as often and as early or late as asked."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.sandbox.clearstream import ClearstreamStandIn, Fault, RequestInfo

JANE = "+12005551000"


@pytest.fixture
async def line() -> AsyncIterator[ClearstreamStandIn]:
    """A line with one thread, 77000; its time stands still."""
    standin = ClearstreamStandIn(now=lambda: datetime(2016, 6, 10, 12, tzinfo=UTC), tick_seconds=None)
    standin.receive(JANE, "Hello")
    async with standin:
        yield standin


@pytest.fixture
async def api(line: ClearstreamStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client with the right key, patient for 5 seconds."""
    async with httpx.AsyncClient(base_url=line.url, headers={"X-Api-Key": line.api_key}, verify=False) as client:
        yield client


async def reply(api: httpx.AsyncClient, text: str = "Hi") -> httpx.Response:
    """Answer in the thread."""
    return await api.post("threads/77000/replies", data={"text": text})


def answers(line: ClearstreamStandIn) -> int:
    """How many answers the line has accepted."""
    return sum(not each.incoming for each in line.state.threads[77000].replies)


@pytest.mark.parametrize(("fault", "accepted"), [(Fault.LOSE_BEFORE, 0), (Fault.LOSE_AFTER, 1)])
async def test_an_answer_can_be_lost(
    line: ClearstreamStandIn, api: httpx.AsyncClient, fault: Fault, accepted: int
) -> None:
    """The socket closes without a word, before the request had its effect or after; the next one is fine."""
    line.faults.add(fault, method="post")
    with pytest.raises(httpx.RemoteProtocolError):
        await reply(api)
    assert answers(line) == accepted
    assert (await reply(api)).status_code == 200
    assert [(info.status, info.fault) for info in line.requests_since(method="POST")] == [(0, fault), (200, None)]


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        (Fault.ERROR_BEFORE, 500, 0),
        (Fault.ERROR_AFTER, 500, 1),
        (Fault.UNAVAILABLE, 503, 0),
        (Fault.RATE_LIMITED, 429, 0),
    ],
)
async def test_errors_come_before_or_after_the_effect(
    line: ClearstreamStandIn, api: httpx.AsyncClient, fault: Fault, status: int, accepted: int
) -> None:
    """The status is the asked one, the body the document's, and only ``after`` means it happened."""
    line.faults.add(fault)
    answer = await reply(api)
    assert (answer.status_code, answer.json()["error"]["http_code"]) == (status, status)
    assert answers(line) == accepted


@pytest.mark.parametrize(("seconds", "header"), [(30, "30"), (0.5, "0.5"), (None, None)])
async def test_a_rate_limit_says_how_long(
    line: ClearstreamStandIn, api: httpx.AsyncClient, seconds: float | None, header: str | None
) -> None:
    """Retry-After is what was asked for, or missing."""
    line.faults.add("rate_limited", retry_after=seconds)
    assert (await api.get("account")).headers.get("Retry-After") == header


async def test_answers_that_make_no_sense(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """JSON that breaks off comes with 200 after the effect; plain text with 502 before it."""
    line.faults.add(Fault.GARBAGE)
    line.faults.add(Fault.PLAIN_TEXT)
    garbage = await reply(api)
    assert garbage.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        garbage.json()
    plain = await reply(api)
    assert (plain.status_code, plain.text) == (502, "Bad gateway")
    assert answers(line) == 1


@pytest.mark.parametrize(("fault", "accepted"), [(Fault.STALL_BEFORE, 0), (Fault.STALL_AFTER, 1)])
async def test_a_stall_holds_until_it_is_released(
    line: ClearstreamStandIn, api: httpx.AsyncClient, fault: Fault, accepted: int
) -> None:
    """The client gives up; the line has or has not worked on it, and once released it has in any case."""
    stalled = line.faults.add(fault)
    with pytest.raises(httpx.ReadTimeout):
        await api.post("threads/77000/replies", data={"text": "Hi"}, timeout=0.05)
    while not stalled.hits:  # noqa: ASYNC110 - it may arrive after its client went
        await asyncio.sleep(0.005)
    assert answers(line) == accepted
    line.faults.clear()
    assert (await reply(api)).status_code == 200
    assert answers(line) == 2


async def test_a_stall_can_end_by_itself(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """After its seconds the request goes on as if nothing had happened."""
    line.faults.add(Fault.STALL_BEFORE, seconds=0.05)
    began = time.monotonic()
    assert (await reply(api)).status_code == 200
    assert time.monotonic() - began >= 0.05


async def test_a_body_can_drip(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """It comes in many pieces, none of them late by itself, and is whole in the end."""
    line.faults.add(Fault.DRIP, seconds=0.1)
    async with api.stream("GET", "threads") as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert len(pieces) > 5
    assert json.loads(b"".join(pieces))["data"][0]["id"] == 77000


async def test_rules_choose_by_method_path_and_count(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """A rule meets its own requests only, lets ``skip`` of them pass, spoils ``count`` and is gone."""
    rule = line.faults.add(Fault.UNAVAILABLE, method="GET", path="threads/*/replies", skip=1, count=2)

    async def look(path: str) -> int:
        return (await api.get(path)).status_code

    assert await look("threads") == await look("threads/77000") == (await reply(api)).status_code == 200
    assert [await look("threads/77000/replies") for _ in range(4)] == [200, 503, 503, 200]
    assert (rule.hits, line.faults.rules) == (2, [])


async def test_a_rule_without_a_count_stays_until_cleared(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """An outage lasts as long as it is wanted."""
    line.faults.add(Fault.UNAVAILABLE, count=None)
    assert {(await api.get("account")).status_code for _ in range(3)} == {503}
    line.faults.clear()
    assert (await api.get("account")).status_code == 200


async def test_a_line_that_is_down_refuses_connections_and_comes_back_as_it_was(
    line: ClearstreamStandIn, api: httpx.AsyncClient
) -> None:
    """Stopped, nothing listens; started again on its port, it has what it had, and what came meanwhile."""
    await line.stop()
    with pytest.raises(httpx.ConnectError):
        await api.get("threads")
    line.receive(JANE, "Anybody there?")
    await line.start(port=line.port)
    assert (await api.get("threads")).json()["data"][0]["reply_count"] == 2


async def test_stopping_does_not_wait_for_what_is_stalled(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """A stalled request does not keep the line from stopping."""
    line.faults.add(Fault.STALL_BEFORE)
    there = asyncio.Event()

    async def arrived(_: RequestInfo) -> None:
        there.set()

    line.on_request(arrived)
    stalled = asyncio.create_task(reply(api))
    await there.wait()
    await asyncio.wait_for(line.stop(), 2)
    await asyncio.gather(stalled, return_exceptions=True)


async def test_hooks_stand_at_exact_points(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Awaited before the effect and after it, each time before the client knows; then the answer leaves."""
    points: list[tuple[str, str, int, int]] = []

    async def watch(info: RequestInfo) -> None:
        points.append((info.stage, info.form["text"], answers(line), info.status))

    end = line.on_request(watch)
    await reply(api, "One")
    end()
    await reply(api, "Two")
    assert points == [("before", "One", 0, 0), ("after", "One", 1, 200)]


async def test_a_change_is_told_before_its_answer_leaves(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """So who keeps the state has kept it before the client hears, even of a lost answer; looking changes nothing."""
    kept: list[int] = []
    end = line.on_change(lambda: kept.append(answers(line)))
    line.faults.add(Fault.LOSE_AFTER)
    with pytest.raises(httpx.RemoteProtocolError):
        await reply(api)
    await api.get("threads")
    await api.delete("threads/1")
    assert kept == [1]
    end()
    line.receive(JANE, "Thanks")
    assert kept == [1]


async def test_requests_are_logged_with_what_they_carried(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Counted from a mark, by method and path; paths are decoded."""
    await api.get("subscribers/%2B12005551000")
    mark = line.log.mark()
    await api.get("threads", params={"page": "2"})
    await reply(api, "A & B")
    assert [info.path for info in line.requests_since(path="subscribers/*")] == [f"subscribers/{JANE}"]
    look, answer = line.requests_since(mark)
    assert (look.method, look.path, look.query, look.status) == ("GET", "threads", {"page": "2"}, 200)
    assert (answer.method, answer.path, answer.form) == ("POST", "threads/77000/replies", {"text": "A & B"})
    assert line.requests_since(mark, method="DELETE") == []


async def test_figures_and_order_can_lie(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """``pages``, ``total``, the threads' order, how many texts show: each can be made odd by itself."""
    for number in range(5):
        line.receive(f"+1200555200{number}", "Hello")
    newest = [thread["id"] for thread in (await api.get("threads")).json()["data"]]
    assert newest == sorted(newest, reverse=True)
    line.odd.thread_order = "oldest"
    assert [thread["id"] for thread in (await api.get("threads")).json()["data"]] == newest[::-1]
    line.odd.thread_order = "shuffled"
    shuffled = [thread["id"] for thread in (await api.get("threads")).json()["data"]]
    assert sorted(shuffled, reverse=True) == newest
    assert shuffled not in (newest, newest[::-1])
    line.odd.pages_off, line.odd.total_off, line.odd.recent_replies = 202, -3, 0
    odd = (await api.get("threads")).json()
    assert (odd["pages"], odd["total"], odd["count"]) == (203, 3, 6)
    assert {len(thread["recent_replies"]) for thread in odd["data"]} == {0}
