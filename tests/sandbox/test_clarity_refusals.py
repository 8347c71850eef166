"""What the stand-in refuses, and with which status; nothing is half done."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox.clarity import ClarityStandIn
from tests.clock import WoundClock
from tests.sandbox.clarity_site import DAN, NEEDY, SEEKER, START, VINCENT, client, documented

GOOD = {"expert_id": "7", "expires_in": "24", "reason": "Advice"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def clock() -> WoundClock:
    """A clock that stands still."""
    return WoundClock(START)


@pytest.fixture
async def site(clock: WoundClock) -> AsyncIterator[ClarityStandIn]:
    """The site of the samples, with a call waiting for Dan, 5802."""
    standin = documented(clock)
    standin.someone_requests(DAN, SEEKER, "Advice", 24)
    async with standin:
        yield standin


@pytest.fixture
async def dan(site: ClarityStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A client with Dan's token."""
    async with client(site, DAN) as api:
        yield api


@pytest.fixture
async def sue(site: ClarityStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A client with Sue's token."""
    async with client(site, SEEKER) as api:
        yield api


def refused(answer: httpx.Response, status: int) -> str:
    """The sentence of an error with that status."""
    assert answer.status_code == status, answer.text
    sentence: str = answer.json()["error"]
    assert sentence.endswith(".")
    return sentence


async def test_without_a_good_token_nothing_is_answered(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Missing, unknown, passed twice, in the wrong place, and after it was revoked."""
    good = site.token(DAN)
    async with httpx.AsyncClient(base_url=site.api_url, verify=False) as nobody:
        refused(await nobody.get("me"), 401)
        refused(await nobody.get("me", params={"oauth_token": "wrong"}), 401)
        refused(await nobody.get("me", params=[("oauth_token", good), ("oauth_token", good)]), 401)
        refused(await nobody.get("me", headers={"Authorization": f"Bearer {good}"}), 401)
        refused(await nobody.post("calls", data={**GOOD, "oauth_token": good}), 401)
        refused(await nobody.get("nowhere"), 401)
    site.revoke(DAN)
    refused(await dan.get("me"), 401)
    assert site.token(DAN) != good


@pytest.mark.parametrize(
    "path",
    [
        *("", "nowhere", "me/", "calls", "calls/x", "calls/5801", "calls/pending", "members/nobody", "members/1"),
        *("needs/1", "organizations/1", "messages/1", "messages/danmartell", "search/", "search/a/b", "../v2/me"),
    ],
)
async def test_what_does_not_exist_is_refused(dan: httpx.AsyncClient, path: str) -> None:
    """Unknown paths, and known ones that name nothing; 405 where only another method is known."""
    refused(await dan.get(path), 405 if path == "calls" else 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "calls/5802"),
        ("POST", "me"),
        ("PUT", "members"),
        ("GET", "calls/5802/connect"),
        ("GET", "needs/310/fulfill"),
        ("DELETE", "messages/6"),
        ("POST", "search"),
    ],
)
async def test_a_wrong_method_is_405(dan: httpx.AsyncClient, method: str, path: str) -> None:
    """The path is known, the method is not; there is no way to cancel a call."""
    refused(await dan.request(method, path), 405)


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "me", {"fields": "name"}),
        ("GET", "members", {"screen_name": "danmartell"}),
        ("GET", "members", {"id": "7", "twitter": "danmartell"}),
        ("GET", "calls/callback", {"page": "2"}),
        ("GET", "search", {"q": "a", "page": "2"}),
        ("GET", "search/a", {"q": "a"}),
        ("GET", "needs", {"limit": "5"}),
        ("POST", "calls", GOOD),
        ("POST", "messages/6", {"message": "Hi"}),
    ],
)
async def test_unknown_parameters_are_refused(
    dan: httpx.AsyncClient, method: str, path: str, query: dict[str, str]
) -> None:
    """A misspelt parameter cannot pass unnoticed, and what belongs in the body does not go in the address."""
    refused(await dan.request(method, path, params=query), 400)


async def test_bodies_are_forms_or_json_objects(site: ClarityStandIn, sue: httpx.AsyncClient) -> None:
    """Other types, arrays, half of either, repeated names and parameters nobody asked for are 400."""
    refused(await sue.post("calls", content=b'["reason"]', headers=JSON), 400)
    refused(await sue.post("calls", content=b'{"reason": ', headers=JSON), 400)
    refused(await sue.post("calls", content=b"reason", headers=FORM), 400)
    refused(await sue.post("calls", content=b"reason=%FF", headers=FORM), 400)
    refused(await sue.post("calls", content=b"reason=Hi", headers={"Content-Type": "text/plain"}), 400)
    refused(await sue.post("calls", files={"reason": b"Hi"}), 400)
    refused(await sue.post("calls", content=b"reason=a&reason=b", headers=FORM), 400)
    refused(await sue.post("calls", content=b'{"reason": "a", "reason": "b"}', headers=JSON), 400)
    refused(await sue.post("calls", json={**GOOD, "note": "Hi"}), 400)
    refused(await sue.post("calls/5802/connect", data={"now": "1"}), 400)
    assert len(site.state.calls) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"expert_id": ""},
        {"expert_id": "danmartell"},
        {"expert_id": "1"},
        {"expert_id": "6"},
        {"expires_in": ""},
        {"expires_in": "0"},
        {"expires_in": "-1"},
        {"expires_in": "1.5"},
        {"expires_in": "९"},
        {"expires_in": "99999"},
        {"reason": ""},
        {"reason": "  \n"},
        {"reason": "x" * 141},
    ],
)
async def test_requests_are_checked(site: ClarityStandIn, sue: httpx.AsyncClient, wrong: dict[str, str]) -> None:
    """An expert who is a member and not oneself, whole hours, a reason of at most 140 characters; all required."""
    refused(await sue.post("calls", data={**GOOD, **wrong}), 422)
    name = next(iter(wrong))
    refused(await sue.post("calls", data={key: value for key, value in GOOD.items() if key != name}), 422)
    assert len(site.state.calls) == 1


@pytest.mark.parametrize("wrong", [{"expert_id": True}, {"expert_id": [7]}, {"reason": 7}, {"expires_in": 1.5}])
async def test_values_of_json_are_checked(sue: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    """A number is a number and a text a text."""
    refused(await sue.post("calls", json={**GOOD, **wrong}), 422)


async def test_both_kinds_of_body_are_taken(sue: httpx.AsyncClient) -> None:
    """And in JSON numbers may be written as such; a reason of exactly 140 characters is not too long."""
    good = {**GOOD, "reason": "ü" * 140}
    answers = [
        await sue.post("calls", data=good),
        await sue.post("calls", json=good),
        await sue.post("calls", json={**good, "expert_id": 7, "expires_in": 24}),
    ]
    assert [(each.json()["expert_id"], len(each.json()["reason"])) for each in answers] == [(DAN, 140)] * 3


async def test_only_the_expert_connects_and_only_once(
    site: ClarityStandIn, dan: httpx.AsyncClient, sue: httpx.AsyncClient
) -> None:
    """Strangers do not find the call, the seeker may not, and a second connect is refused and changes nothing."""
    async with client(site, VINCENT) as vincent:
        refused(await vincent.get("calls/5802"), 404)
        refused(await vincent.post("calls/5802/connect"), 404)
    refused(await sue.post("calls/5802/connect"), 403)
    assert (await dan.post("calls/5802/connect")).status_code == 200
    before = (await dan.get("calls/5802")).json()
    assert "already" in refused(await dan.post("calls/5802/connect"), 422)
    assert (await dan.get("calls/5802")).json() == before


async def test_what_was_canceled_or_has_expired_is_not_connected(
    site: ClarityStandIn, clock: WoundClock, dan: httpx.AsyncClient
) -> None:
    """An expired one stays in the list as pending: nothing but its time says so."""
    canceled = site.someone_requests(DAN, VINCENT, "Never mind")
    site.someone_cancels(canceled)
    assert "canceled" in refused(await dan.post(f"calls/{canceled.id}/connect"), 422)
    clock.advance(24 * 3600)
    assert "expired" in refused(await dan.post("calls/5802/connect"), 422)
    assert [(each["id"], each["status"]) for each in (await dan.get("calls/callback")).json()] == [(5802, "pending")]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"description": "Help"},
        {"paid": "1"},
        {"description": " ", "paid": "1"},
        {"description": "x", "paid": "yes"},
    ],
)
async def test_needs_are_checked(site: ClarityStandIn, dan: httpx.AsyncClient, form: dict[str, str]) -> None:
    """Both parameters are required, and paid is a boolean."""
    refused(await dan.post("needs", data=form), 422)
    assert site.state.needs == {}


async def test_needs_are_fulfilled_once_and_not_by_oneself(site: ClarityStandIn, sue: httpx.AsyncClient) -> None:
    """And only by who sees them."""
    need = site.someone_posts_need(NEEDY, "Help")
    refused(await sue.post(f"needs/{need.id}/fulfill"), 404)
    async with client(site, NEEDY) as nell:
        refused(await nell.post(f"needs/{need.id}/fulfill"), 422)
    async with client(site, VINCENT) as vincent:
        assert (await vincent.post(f"needs/{need.id}/fulfill")).status_code == 200
        refused(await vincent.post(f"needs/{need.id}/fulfill"), 422)
    assert len(site.state.calls) == 2


async def test_messages_are_checked(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """To a member, not oneself, and with words in it."""
    refused(await dan.post("messages/1", data={"message": "Hi"}), 404)
    refused(await dan.post("messages/7", data={"message": "Hi"}), 422)
    refused(await dan.get("messages/7"), 422)
    refused(await dan.post("messages/6"), 422)
    refused(await dan.post("messages/6", data={"message": "   "}), 422)
    assert site.state.messages == []


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " "}, {"q": "a", "offset": "-1"}, {"q": "a", "offset": "x"}])
async def test_searches_are_checked(dan: httpx.AsyncClient, query: dict[str, str]) -> None:
    """Something to look for, and an offset that is a whole number."""
    refused(await dan.get("search", params=query), 422)


async def test_organizations_are_for_their_members(sue: httpx.AsyncClient) -> None:
    """Others do not find them."""
    refused(await sue.get("organizations/17"), 404)


async def test_errors_come_as_json_text_or_nothing(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """The status decides; the body only adds words."""
    bodies = []
    for form in ("json", "text", "empty"):
        site.odd.errors = form
        answer = await dan.get("calls/1")
        bodies.append((answer.status_code, answer.text))
    assert bodies == [
        (404, '{"error": "This call could not be found."}'),
        (404, "This call could not be found."),
        (404, ""),
    ]


async def test_hands_refuse_as_the_site_would(site: ClarityStandIn) -> None:
    """Unknown people and calls are lookups that fail; a call past its time is not taken back or foretold."""
    with pytest.raises(LookupError):
        site.member("nobody")
    with pytest.raises(LookupError):
        site.call(1)
    with pytest.raises(LookupError):
        site.hang_up(5802, VINCENT)
    with pytest.raises(ValueError, match="pending"):
        site.hang_up(5802)
    site.someone_connects(5802)
    with pytest.raises(ValueError, match="dialing_seeker"):
        site.someone_cancels(5802)
    with pytest.raises(ValueError, match="dialing_seeker"):
        site.will_end(5802, "canceled")
