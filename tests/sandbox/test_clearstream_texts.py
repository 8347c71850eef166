"""Texts coming in and going out: phones, keywords, confirming, leaving."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clearstream import ClearstreamStandIn, Pace, Refusal

JANE, JOHN, BOB = "+12005551000", "+12005551001", "+12005551002"


class Clock:
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        self.at = datetime(2016, 6, 10, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it was wound to."""
        return self.at

    def wind(self, seconds: float) -> None:
        """Let so much time go by."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """The line's clock."""
    return Clock()


@pytest.fixture
async def line(clock: Clock) -> AsyncIterator[ClearstreamStandIn]:
    """A line with a list of two people."""
    standin = ClearstreamStandIn(now=clock, tick_seconds=None)
    customers = [standin.add_list("Customers").id]
    standin.add_subscriber(JANE, "Jane", lists=customers)
    standin.add_subscriber(JOHN, "John", lists=customers)
    async with standin:
        yield standin


@pytest.fixture
async def api(line: ClearstreamStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client with the right key."""
    async with httpx.AsyncClient(base_url=line.url, headers={"X-Api-Key": line.api_key}, verify=False) as client:
        yield client


def shown(line: ClearstreamStandIn, number: str) -> list[tuple[str, str]]:
    """What that phone shows."""
    return [(text.direction, text.text) for text in line.phone(number)]


async def get(api: httpx.AsyncClient, path: str) -> Any:
    """The ``data`` of a resource."""
    return (await api.get(path)).json()["data"]


async def test_a_stranger_texts_and_is_answered(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """They become known but not opted in; the answer is queued, and a moment later on their phone and SENT."""
    came = line.receive(BOB, "Are you open?")
    assert came is not None
    (thread,) = await get(api, "threads")
    assert (thread["unread"], thread["subscriber"]["status"]) == (True, "INACTIVE")
    answer = (await api.post(f"threads/{thread['id']}/replies", data={"text": "Yes"})).json()["data"]
    assert (answer["status"], answer["user"]["name"]) == ("QUEUED", "Robert")
    assert answer["id"] > came.id
    assert shown(line, BOB) == [("sent", "Are you open?")]
    clock.wind(1)
    assert shown(line, BOB) == [("sent", "Are you open?"), ("received", "Yes")]
    (thread,) = await get(api, "threads")
    assert (thread["unread"], thread["recent_replies"][0]["status"]) == (True, "SENT")


async def test_a_user_answers_on_the_site(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """The reply bears that user's name and the thread is read; looking through the API had not marked it so."""
    line.receive(BOB, "Hello")
    thread_id = line.thread_id(BOB)
    assert thread_id is not None
    sue = line.add_user("Sue", "sue@blue.sushi")
    assert (await get(api, f"threads/{thread_id}"))["unread"] is True
    line.site_reply(thread_id, "Hi from Sue", "sue@blue.sushi")
    thread = await get(api, f"threads/{thread_id}")
    assert thread["unread"] is False
    assert thread["recent_replies"][0]["user"] == {"id": sue.id, "name": "Sue", "email": "sue@blue.sushi"}
    with pytest.raises(LookupError):
        line.site_reply(thread_id, "Hi", "nobody@blue.sushi")
    with pytest.raises(Refusal):
        line.site_reply(1, "Hi")


async def test_only_three_recent_replies_show(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """The rest is paged, newest first."""
    for number in range(5):
        line.receive(BOB, f"Text {number}")
    (thread,) = await get(api, "threads")
    assert (thread["reply_count"], len(thread["recent_replies"])) == (5, 3)
    paged = (await api.get(f"threads/{thread['id']}/replies", params={"limit": 2, "page": 2})).json()
    assert [each["text"] for each in paged["data"]] == ["Text 2", "Text 1"]


async def test_a_deleted_thread_begins_anew(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """The next text makes another thread under another id; what was on its way still arrives."""
    line.receive(BOB, "Hello")
    old = line.thread_id(BOB)
    await api.post(f"threads/{old}/replies", data={"text": "Hi"})
    await api.delete(f"threads/{old}")
    assert (await api.get(f"threads/{old}/replies")).status_code == 404
    clock.wind(1)
    line.receive(BOB, "Again")
    new = line.thread_id(BOB)
    assert new is not None
    assert old is not None
    assert new > old
    assert shown(line, BOB) == [("sent", "Hello"), ("received", "Hi"), ("sent", "Again")]


async def test_a_text_can_fail(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """To a phone out of reach a reply ends FAILED and never arrives."""
    line.receive(BOB, "Hello")
    line.set_reachable(BOB, reachable=False)
    await api.post(f"threads/{line.thread_id(BOB)}/replies", data={"text": "Hi"})
    clock.wind(1)
    assert (await get(api, "threads"))[0]["recent_replies"][0]["status"] == "FAILED"
    assert shown(line, BOB) == [("sent", "Hello")]


async def test_a_bare_keyword_joins_and_makes_no_reply(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """The person is active, on the keyword's list and welcomed; the inbox stays empty."""
    line.add_keyword("bluesushi", lists=[1000], autoresponse=("Blue Sushi", "Welcome!"))
    assert line.receive(BOB, "BlueSushi ") is None
    assert await get(api, "threads") == []
    bob = await get(api, f"subscribers/{BOB}")
    assert (bob["status"], bob["lists"]) == ("ACTIVE", [{"id": 1000, "name": "Customers"}])
    assert (await get(api, "keywords/bluesushi"))["stats"] == {"opt_ins": {"total": 1}}
    assert shown(line, BOB)[1:] == [("received", "Blue Sushi: Welcome!")]
    reply = line.receive(BOB, "bluesushi Great meal!")
    assert reply is not None
    assert reply.text == "bluesushi Great meal!"
    assert (await get(api, "keywords/bluesushi"))["stats"] == {"opt_ins": {"total": 1}}


@pytest.mark.parametrize(
    ("setting", "answers"), [("ALWAYS", {BOB: 2, JANE: 2}), ("FIRST", {BOB: 1, JANE: 1}), ("NEW", {BOB: 1, JANE: 0})]
)
async def test_a_keyword_answers_as_it_is_set(
    line: ClearstreamStandIn, api: httpx.AsyncClient, setting: str, answers: dict[str, int]
) -> None:
    """Each time, at a person's first use, or only to people who are new."""
    keyword = {"name": "redsushi", "enable_opt_in": "1", "opt_in_lists": "1000", "enable_autoresponse": "1"}
    texts = {"autoresponse_header": "Red", "autoresponse_body": "Hi", "autoresponse_setting": setting}
    assert (await api.post("keywords", data=keyword | texts)).status_code == 200
    for number in (BOB, JANE, BOB, JANE):
        line.receive(number, "redsushi")
    assert {number: shown(line, number).count(("received", "Red: Hi")) for number in answers} == answers


async def test_a_switch_left_out_of_a_keyword_update_is_off(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """The document gives both switches a default of 0, for updates too."""
    line.add_keyword("bluesushi", lists=[1000], autoresponse=("Blue Sushi", "Welcome!"))
    changed = (await api.patch("keywords/bluesushi", data={"enable_opt_in": "1", "opt_in_lists": "1000"})).json()
    assert changed["data"]["opt_in"]["enabled"] is True
    assert changed["data"]["autoresponse"] == {
        "enabled": False,
        "text": {"header": None, "body": None},
        "setting": None,
    }


async def test_a_subscriber_made_by_hand_confirms(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """They are asked, and with YES become active and get their welcome; neither makes a reply in the inbox."""
    form = {"mobile_number": BOB, "lists": "1000", "autoresponse_header": "Blue", "autoresponse_body": "Welcome"}
    assert (await api.post("subscribers", data=form)).json()["data"]["status"] == "INACTIVE"
    assert "Reply YES" in shown(line, BOB)[0][1]
    assert line.receive(BOB, "yes") is None
    assert (await get(api, f"subscribers/{BOB}"))["status"] == "ACTIVE"
    assert shown(line, BOB)[-1] == ("received", "Blue: Welcome")
    assert line.receive(BOB, "Yes") is not None


async def test_stop_opts_out_and_start_returns(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """STOP takes a person off every list and is told to them; deleting one does the same without a word."""
    line.receive(JANE, "stop")
    assert (await get(api, f"subscribers/{JANE}"))["status"] == "OPTED_OUT"
    assert (await get(api, "lists/1000"))["subscriber_count"] == 1
    assert (await api.delete(f"subscribers/{JOHN}")).json() == {"deleted": True, "mobile_number": JOHN}
    assert (await get(api, f"subscribers/{JOHN}"))["status"] == "OPTED_OUT"
    assert (await get(api, "account"))["stats"]["opt_outs"]["total"] == 2
    assert len(shown(line, JANE)) == 2
    assert shown(line, JOHN) == []
    line.receive(JANE, "START")
    assert (await get(api, f"subscribers/{JANE}"))["status"] == "ACTIVE"


async def test_words_of_the_line_are_ordinary_where_they_mean_nothing(line: ClearstreamStandIn) -> None:
    """YES without a question, START without a STOP, STOP within a sentence: all of it is for the inbox."""
    for text in ("yes", "Start", "Don't stop", "HELP"):
        assert line.receive(BOB, text) is not None


async def test_liberties_with_replies(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """An odd line cuts the white space around a text, and lets only incoming ones move ``replied_at``."""
    line.odd.trims_text = line.odd.replied_at_is_theirs = True
    line.receive(BOB, "Hello")
    clock.wind(60)
    answer = await api.post(f"threads/{line.thread_id(BOB)}/replies", data={"text": " Hi \n"})
    assert answer.json()["data"]["text"] == "Hi"
    assert (await get(api, "threads"))[0]["replied_at"] == "2016-06-10T12:00:00+00:00"


async def test_e_mail_addresses_are_collected_when_that_is_on(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Out of incoming texts, for people without one."""
    line.receive(BOB, "bob@blue.sushi")
    await api.patch("account", data={"collect_emails": "1"})
    line.receive(BOB, "I am bob@red.sushi, thanks")
    line.receive(BOB, "or bob@green.sushi")
    assert (await get(api, f"subscribers/{BOB}"))["email"] == "bob@red.sushi"


@pytest.mark.parametrize(("number", "text"), [("2005551000", "Hi"), ("+1 200 555 1000", "Hi"), (BOB, "")])
def test_only_phones_can_text(number: str, text: str) -> None:
    """A number that is not in E.164, or a text without anything in it, is a mistake of the caller."""
    with pytest.raises(ValueError, match=r"text|number"):
        ClearstreamStandIn().receive(number, text)


async def test_time_passes_by_itself() -> None:
    """With a clock that runs, an answer arrives and listeners are told without anybody looking."""
    arrived = asyncio.Event()
    async with ClearstreamStandIn(pace=Pace(reply=timedelta(milliseconds=20)), tick_seconds=0.01) as line:
        line.receive(BOB, "Hello")
        line.site_reply(77000, "Hi")
        line.on_change(arrived.set)
        await asyncio.wait_for(arrived.wait(), 5)
        assert line.state.phones[BOB][-1].text == "Hi"
