"""The stand-in against the API document: every sample's request gets an answer in the sample's shape."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.model import SCHEDULED

SAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("test_clearstream_samples.json").read_text())
JANE, JOHN = "+12005551000", "+12005551001"


class Clock:
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        self.at = datetime(2016, 6, 10, 2, 43, 43, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it was wound to."""
        return self.at

    def wind(self, seconds: float) -> None:
        """Let so much time go by."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
async def line() -> AsyncIterator[ClearstreamStandIn]:
    """A line on a loopback socket whose time stands still."""
    async with ClearstreamStandIn(now=Clock(), tick_seconds=None) as standin:
        yield standin


@pytest.fixture
async def api(line: ClearstreamStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client with the right key."""
    async with httpx.AsyncClient(base_url=line.url, headers={"X-Api-Key": line.api_key}, verify=False) as client:
        yield client


def clock_of(line: ClearstreamStandIn) -> Clock:
    """The clock the fixture gave the line."""
    assert isinstance(line.line.now, Clock)
    return line.line.now


def furnish(line: ClearstreamStandIn) -> None:
    """The business of the document: two users, two lists, a keyword, two broadcasts, two threads."""
    line.add_user("Sue", "sue@blue.sushi")
    customers = [line.add_list("Customers").id]
    line.add_list("Employees")
    line.add_subscriber(JANE, "Jane", "Doe", lists=customers)
    line.add_subscriber(JOHN, "John", "Doe", lists=customers)
    line.add_keyword("bluesushi", lists=customers, autoresponse=("Blue Sushi", "Thanks for joining!"))
    line.receive(JOHN, "Thanks! I'll be in soon!")
    john = line.thread_id(JOHN)
    assert john is not None
    line.site_reply(john, ":)")
    line.site_reply(john, "Happy to hear!")
    clock_of(line).wind(60)
    line.state.last_ids |= {"thread": 79994, "reply": 119997}
    line.receive(JANE, "Thanks!")


def disagreement(sample: Any, answer: Any, where: str = "") -> str:
    """Where the shapes differ, or nothing: same keys in the same order, same types; null fits any scalar."""
    if isinstance(sample, dict) and isinstance(answer, dict):
        if where.endswith("chart.day"):
            return "" if len(answer) == len(sample) else f"{where}: {len(answer)} days"
        if list(sample) != list(answer):
            return f"{where}: keys {list(answer)}, not {list(sample)}"
        found = (disagreement(sample[key], answer[key], f"{where}.{key}") for key in sample)
        return next(filter(None, found), "")
    if isinstance(sample, list) and isinstance(answer, list):
        if sample and not answer:
            return f"{where}: empty"
        elements = [[disagreement(one, each, f"{where}[]") for one in sample] for each in answer]
        return next((found[0] for found in elements if found and all(found)), "")
    if sample is None or answer is None:
        return "" if not isinstance(sample or answer, dict | list) else f"{where}: null against a structure"
    if where.endswith("_at"):
        return "" if answer.endswith("+00:00") else f"{where}: {answer!r}"
    return "" if type(sample) is type(answer) else f"{where}: {answer!r} where the sample has {sample!r}"


async def test_every_sample_of_the_document_has_its_shape(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Played in the document's order, each request is answered 200 with exactly the sample's keys and types."""
    furnish(line)
    seen = []
    for sample in SAMPLES:
        match sample["title"]:
            case "View All Messages":
                await api.post("messages", data={"message_header": "H", "message_body": "B", "lists": "1000"})
                clock_of(line).wind(10)
            case "Delete a Scheduled Message":
                first = line.state.messages[30000]
                first.status, first.sent_at = SCHEDULED, clock_of(line).at + timedelta(days=1)
            case "Keyword Used":
                continue
        answer = await api.request(sample["method"], sample["path"], data=sample["form"] or None)
        assert answer.status_code == 200, (sample["title"], answer.text)
        assert disagreement(sample["answer"], answer.json(), sample["title"]) == ""
        seen.append(sample["title"])
    assert len(seen) == 29


EXACT = [
    "View a User",
    "Create a List",
    "Update a List",
    "Delete a List",
    "View a Subscriber",
    "Create a Subscriber",
    "Delete a Subscriber",
    "Create a Keyword",
    "Update a Keyword",
    "Delete a Keyword",
    "Delete a Thread",
]


async def test_where_the_sample_follows_from_what_is_known_even_the_values_agree(
    line: ClearstreamStandIn, api: httpx.AsyncClient
) -> None:
    """The document's own changes give the document's own answers, to the letter."""
    furnish(line)
    for sample in SAMPLES:
        if sample["title"] in EXACT:
            answer = await api.request(sample["method"], sample["path"], data=sample["form"] or None)
            assert answer.json() == sample["answer"], sample["title"]


async def test_the_thread_samples_come_out_as_they_stand(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Newest thread first, three texts each, nobody is an empty list, and the unread ones are counted."""
    furnish(line)
    clock_of(line).wind(5)
    threads = (await api.get("threads")).json()
    assert [thread["id"] for thread in threads["data"]] == [80000, 77000]
    assert threads["unread"] == 1
    jane, john = threads["data"]
    assert jane["recent_replies"][0] == {
        "id": 120000,
        "text": "Thanks!",
        "status": "RECEIVED",
        "incoming": True,
        "user": [],
        "sent_at": "2016-06-10T02:44:43+00:00",
    }
    assert [reply["text"] for reply in john["recent_replies"]] == ["Happy to hear!", ":)", "Thanks! I'll be in soon!"]
    assert john["recent_replies"][0]["user"] == {"id": 700, "name": "Robert", "email": "robert@blue.sushi"}
    assert [reply["status"] for reply in john["recent_replies"]] == ["SENT", "SENT", "RECEIVED"]


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("lists", 100),
        ("lists/1000/subscribers", 20),
        ("subscribers", 20),
        ("keywords", 20),
        ("messages", 20),
        ("threads", 30),
        ("threads/80000/replies", 30),
    ],
)
async def test_pages_have_the_documents_sizes(
    line: ClearstreamStandIn, api: httpx.AsyncClient, path: str, default: int
) -> None:
    """Each listing has its own default, a page past the end is empty, and no page is larger than 100."""
    furnish(line)
    assert (await api.get(path)).json()["limit"] == default
    past = (await api.get(path, params={"page": 99})).json()
    assert (past["count"], past["current_page"], past["data"]) == (0, 99, [])
    assert (await api.get(path, params={"limit": 1000})).json()["limit"] == 100


async def test_paging_shows_everything_once(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Pages laid end to end are the whole, and the envelope's figures say how many there are."""
    for number in range(7):
        line.add_list(f"List {number}")
    pages = [(await api.get("lists", params={"limit": 3, "page": page})).json() for page in (1, 2, 3)]
    assert [page["count"] for page in pages] == [3, 3, 1]
    assert {(page["total"], page["pages"], page["limit"]) for page in pages} == {(7, 3, 3)}
    assert [each["id"] for page in pages for each in page["data"]] == list(range(1000, 1007))


async def test_subscribers_are_found_by_parts(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Several search words find any of them, or with ``and`` all; here and within a list."""
    furnish(line)
    line.add_subscriber("+13005550000", "Jane", "Roe")

    async def found(path: str, **query: str) -> list[str]:
        return [each["mobile_number"] for each in (await api.get(path, params=query)).json()["data"]]

    assert await found("subscribers", first="jan") == [JANE, "+13005550000"]
    assert await found("subscribers", first="jan", last="DOE") == [JANE, JOHN, "+13005550000"]
    assert await found("subscribers", first="jan", last="doe", operator="and") == [JANE]
    assert await found("subscribers", mobile_number="+1300") == ["+13005550000"]
    assert await found("lists/1000/subscribers", first="jan") == [JANE]


async def test_account_figures_follow_the_asked_time_zone(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Somebody who joins after midnight UTC joined the day before in New York."""
    line.add_keyword("bluesushi", lists=[line.add_list("Customers").id])
    line.receive("+12005559999", "BlueSushi")

    async def joined(**query: str) -> dict[str, int]:
        week = (await api.get("account", params=query)).json()["data"]["stats"]["opt_ins"]["past_7_days"]
        return {day: count for day, count in week["chart"]["day"].items() if count}

    assert await joined() == {"2016-06-10": 1}
    assert await joined(timezone="America/New_York") == {"2016-06-09": 1}


async def test_account_update_touches_only_what_is_passed(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """A new name leaves phone and e-mail collecting as they were, and the other way round."""
    await api.patch("account", data={"business": "Red Sushi"})
    answer = (await api.patch("account", data={"collect_emails": "1"})).json()["data"]
    assert (answer["business"], answer["phone"], answer["collect_emails"]) == ("Red Sushi", "+12005551234", True)
