"""Texts coming in and going out: phones, keywords, confirming, broadcasts over time."""

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
        return self.at

    def wind(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """The line's clock."""
    return Clock()


@pytest.fixture
async def line(clock: Clock) -> AsyncIterator[ClearstreamStandIn]:
    """A slow line (two broadcast texts a second) with a list of two people."""
    standin = ClearstreamStandIn(now=clock, pace=Pace(throughput=2), tick_seconds=None)
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


async def test_e_mail_addresses_are_collected_when_that_is_on(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Out of incoming texts, for people without one."""
    line.receive(BOB, "bob@blue.sushi")
    await api.patch("account", data={"collect_emails": "1"})
    line.receive(BOB, "I am bob@red.sushi, thanks")
    line.receive(BOB, "or bob@green.sushi")
    assert (await get(api, f"subscribers/{BOB}"))["email"] == "bob@red.sushi"


BROADCAST = {"message_header": "Blue Sushi", "message_body": "Hungry?", "lists": "1000"}


async def test_a_broadcast_goes_out_in_time(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """Queued, then text by text at the line's pace, then SENT with the time of the last; credits go down."""
    sent = (await api.post("messages", data=BROADCAST | {"send_to_tw": "1"})).json()["data"]
    path = f"messages/{sent['id']}"
    assert (sent["status"], sent["completed_at"], sent["stats"]["recipients"]) == ("QUEUED", None, 2)
    assert shown(line, JANE) == []
    clock.wind(2)
    under_way = await get(api, path)
    assert (under_way["status"], under_way["stats"]["throughput"]) == ("SENDING", 2)
    assert (shown(line, JANE), shown(line, JOHN)) == ([("received", "Blue Sushi: Hungry?")], [])
    clock.wind(60)
    done = await get(api, path)
    assert (done["status"], done["sent_at"], done["completed_at"]) == (
        "SENT",
        "2016-06-10T12:00:00+00:00",
        "2016-06-10T12:00:02+00:00",
    )
    assert line.phone(JOHN)[0].at == datetime(2016, 6, 10, 12, 0, 2, 500_000, tzinfo=UTC)
    assert done["social"]["twitter"]["url"]
    assert done["social"]["facebook"] == {"enabled": False, "id": None, "url": None}
    assert (await get(api, "account"))["credits"] == 1998


async def test_what_comes_back_is_counted(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """Answers and opt-outs within a day count to the broadcast; failures are phones out of reach."""
    line.add_subscriber(BOB, lists=[1000])
    line.set_reachable(BOB, reachable=False)
    await api.post("messages", data=BROADCAST)
    clock.wind(60)
    line.receive(JANE, "Yum")
    line.receive(JOHN, "STOP")
    clock.wind(86_400)
    line.receive(JANE, "Too late")
    (message,) = await get(api, "messages")
    assert message["stats"] == {"recipients": 3, "failures": 1, "throughput": 2, "replies": 1, "opt_outs": 1}


async def test_a_scheduled_message_waits_and_can_be_called_off(
    line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock
) -> None:
    """Its time is read in its zone; who is on the list when it goes gets it; once begun it cannot be deleted."""
    schedule = {"schedule": "1", "datetime": "2016-06-10 09:00:00", "timezone": "America/New_York"}
    first = (await api.post("messages", data=BROADCAST | schedule)).json()["data"]
    second = (await api.post("messages", data=BROADCAST | schedule)).json()["data"]
    assert (first["sent_at"], first["status"]) == ("2016-06-10T13:00:00+00:00", "SCHEDULED")
    assert [each["id"] for each in await get(api, "messages")] == [second["id"], first["id"]]
    assert (await api.delete(f"messages/{second['id']}")).json() == {"deleted": True, "id": second["id"]}
    line.add_subscriber(BOB, lists=[1000])
    clock.wind(3660)
    assert shown(line, BOB) == [("received", "Blue Sushi: Hungry?")]
    refused = await api.delete(f"messages/{first['id']}")
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, "Only unsent messages can be deleted.")


async def test_a_message_to_single_numbers(line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock) -> None:
    """It reaches them alone; with lists beside them, the numbers are ignored."""
    one = {"message_header": "Blue Sushi", "message_body": "Just you", "subscribers": JOHN}
    message = (await api.post("messages", data=one)).json()["data"]
    assert (message["lists"], message["stats"]["recipients"]) == ([], 1)
    both = (await api.post("messages", data=one | {"lists": "1000"})).json()["data"]
    assert both["stats"]["recipients"] == 2
    clock.wind(1.9)
    assert shown(line, JOHN) == []
    clock.wind(0.1)
    assert shown(line, JOHN)[0] == ("received", "Blue Sushi: Just you")


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
