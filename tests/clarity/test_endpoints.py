"""Every endpoint of the document: what goes over the wire, and that its sample answer is understood."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot import errors
from bot.clarity import Clarity
from bot.clarity.models import Call, Conversation, Correspondence, Member, Message, Need, Organization, SearchPage
from bot.clarity.reading import Model
from tests.clarity.conftest import TOKEN, sample
from tests.upstream import Upstream


@dataclass
class Case:
    """One call, the answer of the document it gets, what that is, and what must have gone over the wire."""

    call: Callable[[Clarity], Awaitable[Any]]
    sample: str
    kind: type[Model]
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


CASES = [
    Case(lambda c: c.me(), "member", Member, "GET", "/me"),
    Case(lambda c: c.member(7), "member", Member, "GET", "/members/7"),
    Case(lambda c: c.member("dan/martell?"), "member", Member, "GET", "/members/dan%2Fmartell%3F"),
    Case(
        lambda c: c.member_by_twitter("@danmartell"),
        "member", Member, "GET", "/members", {"twitter": "danmartell"},
    ),
    Case(
        lambda c: c.member_by_email("dan+x@example.com"),
        "member", Member, "GET", "/members", {"email": "dan+x@example.com"},
    ),
    Case(lambda c: c.calls("requested"), "calls_requested", Call, "GET", "/calls/requested"),
    Case(lambda c: c.requested_calls(), "calls_requested", Call, "GET", "/calls/requested"),
    Case(lambda c: c.callback_calls(), "calls_callback", Call, "GET", "/calls/callback"),
    Case(lambda c: c.completed_calls(), "calls_completed", Call, "GET", "/calls/completed"),
    Case(lambda c: c.canceled_calls(), "calls_canceled", Call, "GET", "/calls/canceled"),
    Case(lambda c: c.call(5802), "call", Call, "GET", "/calls/5802"),
    Case(
        lambda c: c.create_call(6, "pitching & “advice” + é", 24),
        "create_call", Call, "POST", "/calls",
        form={"expert_id": "6", "reason": "pitching & “advice” + é", "expires_in": "24"},
    ),
    Case(lambda c: c.connect_call(5802), "connect", Call, "POST", "/calls/5802/connect"),
    Case(lambda c: c.needs(), "needs", Need, "GET", "/needs"),
    Case(
        lambda c: c.create_need("A designer", paid=True),
        "create_need", Need, "POST", "/needs", form={"description": "A designer", "paid": "true"},
    ),
    Case(
        lambda c: c.create_need("A friend", paid=False),
        "create_need", Need, "POST", "/needs", form={"description": "A friend", "paid": "false"},
    ),
    Case(lambda c: c.fulfill_need(31), "fulfill_need", Call, "POST", "/needs/31/fulfill"),
    Case(lambda c: c.organizations(), "organizations", Organization, "GET", "/organizations"),
    Case(lambda c: c.organization(17), "organization", Organization, "GET", "/organizations/17"),
    Case(lambda c: c.conversations(), "conversations", Conversation, "GET", "/messages"),
    Case(lambda c: c.messages(940), "messages", Correspondence, "GET", "/messages/940"),
    Case(
        lambda c: c.send_message(940, "Not much\n& you?"),
        "send_message", Message, "POST", "/messages/940", form={"message": "Not much\n& you?"},
    ),
    Case(lambda c: c.search_page("moncton"), "search", SearchPage, "GET", "/search", {"q": "moncton"}),
    Case(
        lambda c: c.search_page("go & rust", 20),
        "search", SearchPage, "GET", "/search", {"q": "go & rust", "offset": "20"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path} {case.sample}")
async def test_an_endpoint(case: Case, upstream: Upstream, clarity: Clarity) -> None:
    """Method, raw path, query and form as documented, with the token; the document's answer is understood."""
    upstream.answers(sample(case.sample))
    result = await case.call(clarity)
    [seen] = upstream.seen
    assert (seen.method, seen.path) == (case.method, f"/v1{case.path}")
    assert (seen.query, seen.form) == ({**case.query, "oauth_token": TOKEN}, case.form)
    if case.form:
        assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert {type(thing) for thing in (result if isinstance(result, tuple) else (result,))} == {case.kind}


WHO = [
    (" danmartell ", "/v1/members/danmartell", {}),
    ("7", "/v1/members/7", {}),
    ("@danmartell", "/v1/members", {"twitter": "danmartell"}),
    ("dan@example.com", "/v1/members", {"email": "dan@example.com"}),
]


@pytest.mark.parametrize(("who", "path", "query"), WHO)
async def test_a_member_is_looked_up_as_people_write_them(
    who: str, path: str, query: dict[str, str], upstream: Upstream, clarity: Clarity
) -> None:
    """A screen name, an id, a Twitter handle or an e-mail address: each is asked for in its own way."""
    upstream.answers(sample("member"))
    assert (await clarity.look_up(who)).name == "Dan Martell"
    assert (upstream.seen[0].path, upstream.seen[0].query) == (path, {**query, "oauth_token": TOKEN})


@pytest.mark.parametrize("answer", [None, {}, [], b""])
async def test_nobody_found_is_no_such_member(answer: Any, upstream: Upstream, clarity: Clarity) -> None:
    """A search by address or handle that brings nothing with a 200 is as good as a 404."""
    upstream.answers(answer)
    with pytest.raises(errors.NotFound, match="no such member"):
        await clarity.member_by_email("nobody@example.com")


async def test_a_need_may_come_alone_or_among_others(upstream: Upstream, clarity: Clarity) -> None:
    """Posting one answers with it, with an array of it, or with all there are."""
    other, mine = {"description": "Other", "id": 1}, {"description": "Mine", "id": 2}
    for answer, number in ((mine, 2), ([mine], 2), ([other, mine], 2), ([other], 1)):
        upstream.answers(answer)
        assert (await clarity.create_need("Mine", paid=False)).id == number


@pytest.mark.parametrize("answer", [None, [], b""])
async def test_an_empty_list_is_empty(answer: Any, upstream: Upstream, clarity: Clarity) -> None:
    """Nothing, however it is written, is no calls."""
    upstream.answers(answer)
    assert await clarity.callback_calls() == ()


@pytest.mark.parametrize("answer", [None, [], {}, 5, "Jane", {"id": "secret"}, {"status": "secret"}, [5], [{}], b""])
async def test_an_answer_without_the_thing_makes_no_sense(answer: Any, upstream: Upstream, clarity: Clarity) -> None:
    """After a write that is doubt, after a read the thing is merely missing; what came is not quoted."""
    upstream.answers(answer)
    upstream.answers(answer)
    with pytest.raises(errors.MaybeSent, match="may have gone through") as doubt:
        await clarity.create_call(6, "Advice", 24)
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clarity.call(5802)
    assert "secret" not in f"{doubt.value} {doubt.value.__cause__}"


@pytest.mark.parametrize("answer", [{"a": 1}, "x", [5], [None], [{"status": "pending"}]])
async def test_a_list_of_something_else_makes_no_sense(answer: Any, upstream: Upstream, clarity: Clarity) -> None:
    """A list is read whole or not at all: nothing in it is left out in silence."""
    upstream.answers(answer)
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clarity.callback_calls()


@pytest.mark.parametrize("answer", [{"error": "x"}, {"matches": 3}, {"members": 5}])
async def test_a_search_without_members_makes_no_sense(answer: Any, upstream: Upstream, clarity: Clarity) -> None:
    """Garbage is not "nobody found"."""
    upstream.answers(answer)
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clarity.search_page("moncton")


STATUSES = [
    (400, errors.BadRequest), (401, errors.Unauthorized), (403, errors.Forbidden), (404, errors.NotFound),
    (422, errors.Unprocessable), (429, errors.RateLimited), (500, errors.ServerFault), (503, errors.Unavailable),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
async def test_each_refusal_has_its_error(
    status: int, kind: type[errors.UpstreamError], upstream: Upstream, clarity: Clarity
) -> None:
    """The status decides, whatever the body; it is Clarity that is named, and a write is made once."""
    upstream.answers(b"No.", status=status)
    with pytest.raises(kind, match=r"Clarity .*“No\.”") as caught:
        await clarity.connect_call(5802)
    assert type(caught.value) is kind and caught.value.service == "Clarity"
    assert len(upstream.seen) == 1


async def test_a_lost_connect_is_made_once(upstream: Upstream, clarity: Clarity) -> None:
    """A connect whose answer is lost is in doubt, and no telephone rings a second time."""
    upstream.answers(fault="drop")
    with pytest.raises(errors.MaybeSent):
        await clarity.connect_call(5802)
    assert len(upstream.seen) == 1
