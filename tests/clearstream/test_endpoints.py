"""Every endpoint of the document: what goes over the wire, and that its sample answer is understood."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot import errors
from bot.clearstream import Clearstream, Search
from bot.clearstream.models import Message, Thread
from tests.clearstream.conftest import KEY, sample
from tests.upstream import Upstream


@dataclass
class Case:
    """One call, the answer of the document it gets, and what must have gone over the wire."""

    call: Callable[[Clearstream], Awaitable[Any]]
    sample: str
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


ONE = "+12005551002"
FIRST = {"page": "1"}
ANSWER = {"autoresponse_header": "Red Sushi", "autoresponse_body": "Thanks for joining!"}

CASES = [
    Case(lambda c: c.account(), "view_account", "GET", "/account"),
    Case(lambda c: c.account("Europe/Paris"), "view_account", "GET", "/account", {"timezone": "Europe/Paris"}),
    Case(
        lambda c: c.update_account(business="Red Sushi", phone=ONE, collect_emails=False),
        "update_account", "PATCH", "/account", form={"business": "Red Sushi", "phone": ONE, "collect_emails": "0"},
    ),
    Case(lambda c: c.users(), "view_all_users", "GET", "/users"),
    Case(lambda c: c.user("sue@blue.sushi"), "view_a_user", "GET", "/users/sue@blue.sushi"),
    Case(lambda c: c.lists_page(), "view_all_lists", "GET", "/lists", FIRST),
    Case(lambda c: c.list(1000), "view_a_list", "GET", "/lists/1000"),
    Case(lambda c: c.create_list("New List"), "create_a_list", "POST", "/lists", form={"name": "New List"}),
    Case(
        lambda c: c.update_list(1002, "Updated List"),
        "update_a_list", "PATCH", "/lists/1002", form={"name": "Updated List"},
    ),
    Case(lambda c: c.delete_list(1002), "delete_a_list", "DELETE", "/lists/1002"),
    Case(
        lambda c: c.delete_list(1002, force=True),
        "delete_a_list", "DELETE", "/lists/1002", form={"force_delete": "1"},
    ),
    Case(
        lambda c: c.list_subscribers_page(1000, 2, 50, Search("Ja", "Do", operator="and")),
        "view_subscribers_for_a_list", "GET", "/lists/1000/subscribers",
        {"page": "2", "limit": "50", "first": "Ja", "last": "Do", "operator": "and"},
    ),
    Case(
        lambda c: c.subscribers_page(search=Search(mobile_number="+1200")),
        "view_all_subscribers", "GET", "/subscribers", {"page": "1", "mobile_number": "+1200"},
    ),
    Case(lambda c: c.subscriber("+12005551000"), "view_a_subscriber", "GET", "/subscribers/%2B12005551000"),
    Case(
        lambda c: c.create_subscriber(ONE, [1000, 1001]),
        "create_a_subscriber", "POST", "/subscribers", form={"mobile_number": ONE, "lists": "1000,1001"},
    ),
    Case(
        lambda c: c.create_subscriber(ONE, [1000], first="Bob", last="Doe", email="bob@blue.sushi", **ANSWER),
        "create_a_subscriber", "POST", "/subscribers",
        form={
            "mobile_number": ONE, "lists": "1000", "first": "Bob", "last": "Doe", "email": "bob@blue.sushi", **ANSWER,
        },
    ),
    Case(
        lambda c: c.update_subscriber(ONE, first="Bob", last="Doe", email=""),
        "update_a_subscriber", "PATCH", "/subscribers/%2B12005551002",
        form={"first": "Bob", "last": "Doe", "email": ""},
    ),
    Case(lambda c: c.delete_subscriber(ONE), "delete_a_subscriber", "DELETE", "/subscribers/%2B12005551002"),
    Case(lambda c: c.keywords_page(3), "view_all_keywords", "GET", "/keywords", {"page": "3"}),
    Case(lambda c: c.keyword("bluesushi"), "view_a_keyword", "GET", "/keywords/bluesushi"),
    Case(
        lambda c: c.create_keyword(
            "redsushi", enable_opt_in=True, opt_in_lists=[1000, 1001], enable_autoresponse=True,
            autoresponse_header="Red Sushi", autoresponse_body="Thanks for joining!", autoresponse_setting="ALWAYS",
        ),
        "create_a_keyword", "POST", "/keywords",
        form={
            "name": "redsushi", "enable_opt_in": "1", "opt_in_lists": "1000,1001", "enable_autoresponse": "1",
            **ANSWER, "autoresponse_setting": "ALWAYS",
        },
    ),
    Case(
        lambda c: c.update_keyword("redsushi", enable_opt_in=True, opt_in_lists=[1000], enable_autoresponse=False),
        "update_a_keyword", "PATCH", "/keywords/redsushi",
        form={"enable_opt_in": "1", "opt_in_lists": "1000", "enable_autoresponse": "0"},
    ),
    Case(lambda c: c.delete_keyword("redsushi"), "delete_a_keyword", "DELETE", "/keywords/redsushi"),
    Case(lambda c: c.messages_page(limit=5), "view_all_messages", "GET", "/messages", {"page": "1", "limit": "5"}),
    Case(lambda c: c.message(30000), "view_a_message", "GET", "/messages/30000"),
    Case(
        lambda c: c.send_message("Blue Sushi", "Come in now for 50% off all rolls!", lists=[1000]),
        "send_schedule_a_message", "POST", "/messages",
        form={
            "message_header": "Blue Sushi", "message_body": "Come in now for 50% off all rolls!", "lists": "1000",
        },
    ),
    Case(
        lambda c: c.send_message(
            "Blue", "Hi", subscribers=[ONE, "+12005551000"], facebook=True, twitter=True,
            when=datetime.fromisoformat("2026-07-01T09:30"), timezone="America/New_York",
        ),
        "send_schedule_a_message", "POST", "/messages",
        form={
            "message_header": "Blue", "message_body": "Hi", "subscribers": f"{ONE},+12005551000",
            "schedule": "1", "datetime": "2026-07-01 09:30:00", "timezone": "America/New_York",
            "send_to_fb": "1", "send_to_tw": "1",
        },
    ),
    Case(lambda c: c.delete_message(30000), "delete_a_scheduled_message", "DELETE", "/messages/30000"),
    Case(lambda c: c.threads_page(), "view_all_threads", "GET", "/threads", FIRST),
    Case(lambda c: c.thread(80000), "view_a_thread", "GET", "/threads/80000"),
    Case(lambda c: c.replies_page(80000), "view_a_threads_replies", "GET", "/threads/80000/replies", FIRST),
    Case(
        lambda c: c.send_reply(80000, "Awesome & €5 + tax!\nBye"),
        "send_a_reply", "POST", "/threads/80000/replies", form={"text": "Awesome & €5 + tax!\nBye"},
    ),
    Case(lambda c: c.delete_thread(80000), "delete_a_thread", "DELETE", "/threads/80000"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path} {case.sample}")
async def test_an_endpoint(case: Case, upstream: Upstream, clearstream: Clearstream) -> None:
    """Method, raw path, query and form as documented, with the key; the document's answer is understood."""
    body = sample(case.sample)
    upstream.answers(body)
    result = await case.call(clearstream)
    [seen] = upstream.seen
    assert (seen.method, seen.path) == (case.method, f"/v1{case.path}")
    assert (seen.query, seen.form) == (case.query, case.form)
    assert seen.headers["X-Api-Key"] == KEY
    if case.form:
        assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
    if case.method == "DELETE":
        assert result is None
    elif isinstance(body["data"], list):
        assert len(list(result)) == len(body["data"])


LISTINGS: list[tuple[str, Callable[[Clearstream], AsyncIterator[Any]]]] = [
    ("view_all_lists", lambda c: c.lists()),
    ("view_subscribers_for_a_list", lambda c: c.list_subscribers(1000, Search("J"))),
    ("view_all_subscribers", lambda c: c.subscribers(Search(last="Doe"))),
    ("view_all_keywords", lambda c: c.keywords()),
    ("view_all_messages", lambda c: c.messages()),
    ("view_all_threads", lambda c: c.threads()),
    ("view_a_threads_replies", lambda c: c.replies(80000)),
]


@pytest.mark.parametrize(("name", "listing"), LISTINGS)
async def test_a_listing_goes_on_until_an_empty_page(
    name: str, listing: Callable[[Clearstream], AsyncIterator[Any]], upstream: Upstream, clearstream: Clearstream
) -> None:
    """Pages are asked for by number, whatever the first said of their count, until one is empty."""
    upstream.answers(sample(name))
    upstream.answers({"data": []})
    assert len([item async for item in listing(clearstream)]) == len(sample(name)["data"])
    assert [seen.query["page"] for seen in upstream.seen] == ["1", "2"]


async def test_a_page_tells_its_figures_and_the_time(upstream: Upstream, clearstream: Clearstream) -> None:
    """Counts, unread, and the server's clock come with the page; figures that are none are left out."""
    upstream.answers({**sample("view_all_threads"), "total": "5", "pages": []}, Date="Fri, 10 Jun 2016 03:00:00 GMT")
    page = await clearstream.threads_page()
    assert (page.count, page.total, page.current_page, page.pages, page.limit) == (5, 5, 1, None, 30)
    assert (page.unread, page.available) == (1, None)
    assert page.date is not None and page.date.isoformat() == "2016-06-10T03:00:00+00:00"
    assert [type(item) for item in page] == [Thread, Thread] and len(page) == 2


@pytest.mark.parametrize(
    "answer", [{"deleted": True, "id": 1}, {"data": {"deleted": True}}, {}, [], None, b"", b"OK", {"data": []}]
)
async def test_a_deletion_is_told_by_its_status(answer: Any, upstream: Upstream, clearstream: Clearstream) -> None:
    """Wrapped, bare, empty or in words: a 2xx means it is gone."""
    upstream.answers(answer)
    await clearstream.delete_thread(1)
    assert [(seen.method, seen.path) for seen in upstream.seen] == [("DELETE", "/v1/threads/1")]


@pytest.mark.parametrize("answer", [{"deleted": False, "id": 1}, {"data": {"deleted": False, "id": 1}}])
async def test_a_deletion_that_is_denied_is_not_one(answer: Any, upstream: Upstream, clearstream: Clearstream) -> None:
    """Only where the answer says in so many words that nothing was deleted, nothing was."""
    upstream.answers(answer)
    with pytest.raises(errors.Rejected, match="Nothing was changed"):
        await clearstream.delete_thread(1)


async def test_one_thing_may_come_bare(upstream: Upstream, clearstream: Clearstream) -> None:
    """A message without ``data`` around it is a message all the same."""
    upstream.answers(sample("view_a_message")["data"])
    assert isinstance(await clearstream.message(30000), Message)


@pytest.mark.parametrize("answer", [None, [], {}, {"data": {}}, {"data": {"id": "x"}}, {"data": 5}, b""])
async def test_an_answer_without_the_thing_makes_no_sense(
    answer: Any, upstream: Upstream, clearstream: Clearstream
) -> None:
    """After a write that is doubt, after a read the thing is merely missing; what came is not quoted."""
    for _ in range(3):
        upstream.answers(answer)
    with pytest.raises(errors.MaybeSent, match="may have gone through"):
        await clearstream.send_reply(1, "Hi")
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clearstream.thread(1)
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clearstream.threads_page()


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": []}, {"data": None}])
async def test_nothing_is_no_account(answer: Any, upstream: Upstream, clearstream: Clearstream) -> None:
    """Although every figure of an account may be missing, not all of them may."""
    upstream.answers(answer)
    with pytest.raises(errors.NotSent, match="makes no sense"):
        await clearstream.account()


async def test_refusals_keep_what_is_said_of_fields(upstream: Upstream, clearstream: Clearstream) -> None:
    """A 422 names the fields; a 403 on a sent message says so in Clearstream's words."""
    fields = {"name": ["The name has already been taken."]}
    upstream.answers({"error": {"message": "Invalid.", "http_code": 422, "fields": fields}}, status=422)
    with pytest.raises(errors.Unprocessable) as caught:
        await clearstream.create_list("Customers")
    assert caught.value.fields == fields
    upstream.answers({"error": {"message": "Only unsent messages can be deleted.", "http_code": 403}}, status=403)
    with pytest.raises(errors.Forbidden, match="Only unsent messages can be deleted"):
        await clearstream.delete_message(1)


async def test_a_lost_reply_is_sent_once(upstream: Upstream, clearstream: Clearstream) -> None:
    """A reply whose answer is lost is in doubt, and not sent again."""
    upstream.answers(fault="drop")
    with pytest.raises(errors.MaybeSent):
        await clearstream.send_reply(1, "Hi")
    assert len(upstream.seen) == 1
