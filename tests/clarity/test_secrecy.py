"""Whose token it is stays between us and Clarity; and the connections are shared by everybody."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.clarity import Clarity, open_api
from bot.http import ApiClient
from bot.http.transport import NOISY
from tests.clarity.conftest import TOKEN, sample
from tests.upstream import Upstream

PLACE = "Jane"
"""A part of the token that stays readable however it is encoded."""


@pytest.fixture
async def api(upstream: Upstream) -> AsyncIterator[ApiClient]:
    """Connections for everybody."""
    async with open_api(upstream.url) as connections:
        yield connections


def told(error: BaseException) -> str:
    """Everything an error can show, with the variables of every frame it went through."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join([str(error), repr(error), str(vars(error)), *trace.format()])


TROUBLE: list[dict[str, Any]] = [
    *({"status": status, "body": {"error": f"{TOKEN} is bad"}} for status in (400, 401, 403, 404, 422, 429, 500, 503)),
    {"status": 302, "Location": "/elsewhere"},
    {"body": b"<html>"},
    {"body": {"status": "pending"}},
    {"fault": "hang"},
    {"fault": "drop"},
    {"fault": "half"},
    {"fault": "stall"},
]


@pytest.mark.parametrize("loud", [False, True], ids=["as configured", "somebody turned the loggers up"])
@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: "-".join(str(trouble[name]) for name in trouble)[:12])
async def test_trouble_tells_no_token(
    trouble: dict[str, Any], loud: bool, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a log at any level, an error, its traceback with all variables, or a figure, however a request ends."""
    observed: list[Any] = []
    caplog.set_level(logging.DEBUG)
    for _ in range(4):  # a read may be tried three times
        upstream.answers(**trouble)
    async with open_api(upstream.url, timeout=0.4, observe=lambda *figures: observed.append(figures)) as api:
        for name in NOISY if loud else ():
            caplog.set_level(logging.DEBUG, logger=name)
        with capture_logs() as lines:
            member = Clarity.of(TOKEN, api)
            failures = [await failure(member.connect_call(5802)), await failure(member.me())]
    shown = [caplog.text, str(lines), str(observed), repr(member), *map(told, failures)]
    assert all(seen.query["oauth_token"] == TOKEN for seen in upstream.seen)
    assert len(lines) == len(observed) == 2
    assert not [text for text in shown if PLACE in text]


@pytest.mark.parametrize("answer", [f"{TOKEN}".encode(), [TOKEN], {"id": TOKEN}])
async def test_an_answer_that_repeats_the_token_tells_none(answer: Any, upstream: Upstream, api: ApiClient) -> None:
    """A senseless answer is not quoted, wherever it sends us."""
    for _ in range(2):
        upstream.answers(answer, Location=f"/v1/me?oauth_token={TOKEN}")
    member = Clarity.of(TOKEN, api)
    for error in (await failure(member.connect_call(5802)), await failure(member.me())):
        assert PLACE not in "".join([*traceback.format_exception(error), repr(error), str(vars(error))])


async def failure(asked: Any) -> errors.UpstreamError:
    """What goes wrong with what is asked."""
    with pytest.raises(errors.UpstreamError) as caught:
        await asked
    return caught.value


@pytest.mark.parametrize("loud", [False, True], ids=["as configured", "somebody turned the loggers up"])
async def test_success_tells_no_token(upstream: Upstream, loud: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Neither logs nor figures of requests that went well; they name the route alone."""
    observed: list[tuple[Any, ...]] = []
    caplog.set_level(logging.DEBUG)
    async with Clarity.with_token(TOKEN, upstream.url, observe=lambda *figures: observed.append(figures)) as member:
        for name in NOISY if loud else ():
            caplog.set_level(logging.DEBUG, logger=name)
        upstream.answers(sample("member"))
        upstream.answers(sample("send_message"))
        with capture_logs() as lines:
            await member.member_by_email("dan@example.com")
            await member.send_message(940, "Not much")
    assert [figures[:4] for figures in observed] == [
        ("Clarity", "GET", "/members", 200),
        ("Clarity", "POST", "/messages/{member_id}", 200),
    ]
    assert not [text for text in (caplog.text, str(lines), str(observed), repr(member)) if PLACE in text]
    assert "dan@example.com" not in str(lines) + str(observed)


async def test_nobody_listening_tells_no_token(caplog: pytest.LogCaptureFixture) -> None:
    """Where no connection can be made, the reason is told and the token is not."""
    caplog.set_level(logging.DEBUG)
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    async with Clarity.with_token(TOKEN, f"http://127.0.0.1:{port}/v1/") as member:
        error = await failure(member.connect_call(1))
    assert type(error) is errors.Unreachable
    assert "ConnectError" in told(error) and PLACE not in told(error) + caplog.text


async def test_a_token_that_cannot_be_one_is_refused_at_once(api: ApiClient) -> None:
    """An empty one, and an address that is none."""
    with pytest.raises(errors.SettingsError, match="token for Clarity"):
        Clarity.of(" ", api)
    with pytest.raises(errors.SettingsError, match="https://"):
        Clarity.with_token(TOKEN, "api.clarity.fm/v1/")


async def test_hundreds_of_people_share_the_connections(upstream: Upstream, api: ApiClient) -> None:
    """Each asks as themselves, at the same time, and holding a client for each costs next to nothing."""
    people = [Clarity.of(f"token-{number}", api) for number in range(500)]
    asking = people[:40]
    for _ in asking:
        upstream.answers(sample("member"))
    await asyncio.gather(*(person.me() for person in asking))
    assert {seen.query["oauth_token"] for seen in upstream.seen} == {f"token-{number}" for number in range(40)}
    assert len({id(person._api._connections) for person in people}) == 1
