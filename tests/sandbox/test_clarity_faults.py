"""What can go wrong on the way really goes wrong, over a real socket; what was asked is logged, without secrets."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.clarity import ClarityStandIn, Fault, RequestInfo
from tests.clock import WoundClock
from tests.sandbox.clarity_site import DAN, SEEKER, START, client, documented


@pytest.fixture
async def site() -> AsyncIterator[ClarityStandIn]:
    """The site of the samples with a call waiting for Dan, 5802; its time stands still."""
    standin = documented(WoundClock(START))
    standin.someone_requests(DAN, SEEKER, "Advice")
    async with standin:
        yield standin


@pytest.fixture
async def dan(site: ClarityStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A client with Dan's token."""
    async with client(site, DAN) as api:
        yield api


async def connect(api: httpx.AsyncClient) -> httpx.Response:
    """Connect the call."""
    return await api.post("calls/5802/connect")


@pytest.mark.parametrize(("fault", "status"), [(Fault.LOSE_BEFORE, "pending"), (Fault.LOSE_AFTER, "dialing_seeker")])
async def test_an_answer_can_be_lost(site: ClarityStandIn, dan: httpx.AsyncClient, fault: Fault, status: str) -> None:
    """The socket closes without a word, before the request had its effect or after; the next one is fine."""
    site.faults.add(fault, method="post", path="calls/*/connect")
    with pytest.raises(httpx.RemoteProtocolError):
        await connect(dan)
    assert (await dan.get("calls/5802")).json()["status"] == status
    assert [(info.status, info.fault) for info in site.requests_since()] == [(0, fault), (200, None)]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault.ERROR_BEFORE, 500, "pending"),
        (Fault.ERROR_AFTER, 500, "dialing_seeker"),
        (Fault.UNAVAILABLE, 503, "pending"),
        (Fault.RATE_LIMITED, 429, "pending"),
    ],
)
async def test_errors_come_before_or_after_the_effect(
    site: ClarityStandIn, dan: httpx.AsyncClient, fault: Fault, code: int, status: str
) -> None:
    """The status is the asked one, and only ``after`` means it happened."""
    site.faults.add(fault)
    answer = await connect(dan)
    assert (answer.status_code, list(answer.json())) == (code, ["error"])
    assert site.call(5802).status == status


@pytest.mark.parametrize(("seconds", "header"), [(30, "30"), (0.5, "0.5"), (None, None)])
async def test_a_rate_limit_says_how_long(
    site: ClarityStandIn, dan: httpx.AsyncClient, seconds: float | None, header: str | None
) -> None:
    """Retry-After is what was asked for, or missing."""
    site.faults.add("rate_limited", retry_after=seconds)
    assert (await dan.get("me")).headers.get("Retry-After") == header


async def test_answers_that_make_no_sense(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """JSON that breaks off comes with 200 after the effect; plain text with 502 before it."""
    site.faults.add(Fault.PLAIN_TEXT)
    site.faults.add(Fault.GARBAGE)
    plain = await connect(dan)
    assert (plain.status_code, plain.text, site.call(5802).status) == (502, "Bad gateway", "pending")
    garbage = await connect(dan)
    assert (garbage.status_code, site.call(5802).status) == (200, "dialing_seeker")
    with pytest.raises(json.JSONDecodeError):
        garbage.json()


@pytest.mark.parametrize(("fault", "status"), [(Fault.STALL_BEFORE, "pending"), (Fault.STALL_AFTER, "dialing_seeker")])
async def test_a_stall_holds_until_it_is_released(
    site: ClarityStandIn, dan: httpx.AsyncClient, fault: Fault, status: str
) -> None:
    """The client gives up; the call is or is not connected, and the site answers others meanwhile."""
    stalled = site.faults.add(fault, path="calls/5802/connect")
    with pytest.raises(httpx.ReadTimeout):
        await dan.post("calls/5802/connect", timeout=0.05)
    while not stalled.hits:  # noqa: ASYNC110 - it may arrive after its client went
        await asyncio.sleep(0.005)
    assert (await dan.get("calls/5802")).json()["status"] == status
    site.faults.clear()


async def test_a_body_can_drip(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """It comes in many pieces, none of them late by itself, and is whole in the end."""
    site.faults.add(Fault.DRIP, seconds=0.1)
    async with dan.stream("GET", "me") as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert len(pieces) > 5
    assert json.loads(b"".join(pieces))["id"] == DAN


async def test_the_exchange_of_codes_can_fail_too(site: ClarityStandIn) -> None:
    """OAuth's paths are relative to the site: ``oauth/authorize``."""
    site.faults.add(Fault.UNAVAILABLE, method="POST", path="oauth/authorize")
    async with httpx.AsyncClient(verify=False) as browser:
        assert (await browser.post(site.oauth_url)).status_code == 503
        assert (await browser.post(site.oauth_url)).status_code == 400


async def test_a_site_that_is_down_comes_back_as_it_was(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Stopped, nothing listens; started again on its port, it has what it had, and what came meanwhile."""
    await site.stop()
    with pytest.raises(httpx.ConnectError):
        await dan.get("me")
    site.someone_writes(SEEKER, DAN, "Anybody there?")
    await site.start(port=site.port)
    assert (await dan.get("messages")).json()[0]["unread_message_count"] == 1


async def test_stopping_does_not_wait_for_what_is_stalled(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """A stalled request does not keep the site from stopping."""
    site.faults.add(Fault.STALL_BEFORE)
    there = asyncio.Event()

    async def arrived(_: RequestInfo) -> None:
        there.set()

    site.on_request(arrived)
    stalled = asyncio.create_task(dan.get("me"))
    await there.wait()
    await asyncio.wait_for(site.stop(), 2)
    await asyncio.gather(stalled, return_exceptions=True)


async def test_two_connects_in_flight_make_one_call(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Held until both are there and then let go, one is done and the other refused."""
    there = asyncio.Barrier(2)

    async def both(info: RequestInfo) -> None:
        if info.stage == "before":
            await there.wait()

    site.on_request(both)
    answers = await asyncio.gather(connect(dan), connect(dan))
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_hooks_stand_at_exact_points(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Awaited before the effect and after it, each time before the client knows."""
    points: list[tuple[str, str, int]] = []

    async def watch(info: RequestInfo) -> None:
        points.append((info.stage, site.state.calls[5802].status, info.status))

    end = site.on_request(watch)
    await connect(dan)
    end()
    await dan.get("me")
    assert points == [("before", "pending", 0), ("after", "dialing_seeker", 200)]


async def test_a_change_is_told_before_its_answer_leaves(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """So who keeps the state has kept it before the client hears, even of a lost answer; looking changes nothing."""
    kept: list[str] = []
    end = site.on_change(lambda: kept.append(site.state.calls[5802].status))
    site.faults.add(Fault.LOSE_AFTER)
    with pytest.raises(httpx.RemoteProtocolError):
        await connect(dan)
    await dan.get("calls/callback")
    await dan.post("calls/5802/connect")
    assert kept == ["dialing_seeker"]
    end()
    site.someone_writes(SEEKER, DAN, "Thanks")
    assert kept == ["dialing_seeker"]


async def test_requests_are_logged_with_whose_they_were_and_without_secrets(
    site: ClarityStandIn, dan: httpx.AsyncClient
) -> None:
    """Counted from a mark, by method and path; token, client secret and code are nowhere in the log."""
    mark = site.log.mark()
    await dan.get("search/a%20b", params={"offset": "10"})
    await dan.post("messages/6", json={"message": "A & B"})
    await dan.get("me", params={"oauth_token": "forged"})
    secrets = {"client_id": "x", "client_secret": "hush-1", "code": "hush-2", "grant_type": "authorization_code"}
    async with httpx.AsyncClient(verify=False) as browser:
        await browser.post(site.oauth_url, data=secrets)
        await browser.post(site.oauth_url, params=secrets)
    search, message, forged, body, query = site.requests_since(mark)
    assert (search.method, search.path, search.query, search.whose) == (
        "GET",
        "search/a b",
        {"offset": "10"},
        "danmartell",
    )
    assert (message.form, message.query, message.whose) == ({"message": "A & B"}, {}, "danmartell")
    assert (forged.status, forged.whose) == (401, None)
    assert body.form == query.query == {"client_id": "x", "grant_type": "authorization_code"}
    assert not any(secret in repr(site.log.entries) for secret in (site.token(DAN), "forged", "hush"))
    assert site.requests_since(mark, method="GET", path="search/*") == [search]
