"""The stand-in against the API document: every sample's request gets an answer in the sample's shape."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.clarity import ClarityStandIn
from tests.clock import WoundClock
from tests.sandbox.clarity_site import DAN, JUSTIN, NEEDY, OTHER, SEEKER, START, VINCENT, client, documented

SAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("test_clarity_samples.json").read_text())
BY_TITLE = {sample["title"]: sample for sample in SAMPLES}


@pytest.fixture
def clock() -> WoundClock:
    """A clock that stands where the samples begin."""
    return WoundClock(START)


@pytest.fixture
async def site(clock: WoundClock) -> AsyncIterator[ClarityStandIn]:
    """The site of the samples."""
    async with documented(clock) as standin:
        yield standin


@pytest.fixture
async def dan(site: ClarityStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A client with Dan's token."""
    async with client(site, DAN) as api:
        yield api


def wind_to(clock: WoundClock, moment: str) -> None:
    """Wind to a moment as it stands in a sample."""
    clock.advance((datetime.fromisoformat(moment) - clock.now()).total_seconds())


def play(title: str, site: ClarityStandIn, clock: WoundClock) -> None:
    """Let everything happen that the sample's answer speaks of."""
    match title:
        case "pending calls as seeker":
            site.someone_requests(DAN, SEEKER, "Social media marketing")
        case "pending calls as expert" | "one call" | "connect":
            wind_to(clock, "2012-08-05T11:16:23Z")
            call = site.someone_requests(SEEKER, DAN, "pitching advice", 24)
            if title == "one call":
                wind_to(clock, "2012-08-09T10:12:16Z")
                site.set_status(call, "expert_answered")
        case "completed calls" | "canceled calls":
            play("pending calls as seeker", site, clock)
            play("pending calls as expert", site, clock)
            for call in list(site.state.calls.values()):
                if title == "canceled calls":
                    site.someone_cancels(call, DAN)
                else:
                    site.someone_connects(call)
            clock.advance(120)
        case "request":
            wind_to(clock, "2012-08-05T11:16:23Z")
        case "needs" | "post a need" | "fulfill":
            wind_to(clock, "2012-08-04T00:28:03Z")
            if title != "post a need":
                site.someone_posts_need(NEEDY, BY_TITLE["post a need"]["form"]["description"], paid=True)
        case "conversations" | "one conversation":
            wind_to(clock, "2012-08-04T14:34:23Z")
            site.someone_writes(OTHER, VINCENT, "Hey, what's up?")
            wind_to(clock, "2012-08-05T11:16:23Z")
            site.someone_writes(VINCENT, OTHER, "Not much")
        case "write":
            wind_to(clock, "2012-08-05T11:16:23Z")


def disagreement(sample: Any, answer: Any, where: str = "") -> str:
    """Where the shapes differ, or nothing: same keys in the same order, same types; null fits any scalar."""
    if isinstance(sample, dict) and isinstance(answer, dict):
        if list(sample) != list(answer):
            return f"{where}: keys {list(answer)}, not {list(sample)}"
        found = (disagreement(sample[key], answer[key], f"{where}.{key}") for key in sample)
        return next(filter(None, found), "")
    if isinstance(sample, list) and isinstance(answer, list):
        if sample and not answer:
            return f"{where}: empty"
        return next(filter(None, (disagreement(sample[0], each, f"{where}[]") for each in answer)), "")
    if sample is None or answer is None:
        return "" if not isinstance(sample or answer, dict | list) else f"{where}: null against a structure"
    if where.endswith("_at"):
        return "" if len(answer) == 20 and answer.endswith("Z") else f"{where}: {answer!r}"
    return "" if type(sample) is type(answer) else f"{where}: {answer!r} where the sample has {sample!r}"


@pytest.mark.parametrize("title", BY_TITLE)
async def test_every_sample_of_the_document_has_its_shape(site: ClarityStandIn, clock: WoundClock, title: str) -> None:
    """Each request is answered 200 with exactly the sample's keys and types."""
    play(title, site, clock)
    sample = BY_TITLE[title]
    async with client(site, sample["member"]) as api:
        answer = await api.request(
            sample["method"], sample["path"], params=sample["query"], data=sample["form"] or None
        )
    assert answer.status_code == 200, answer.text
    assert disagreement(sample["answer"], answer.json(), title) == ""


@pytest.mark.parametrize(
    ("title", "apart"),
    [
        ("pending calls as seeker", {}),
        ("pending calls as expert", {}),
        ("one call", {}),
        ("connect", {"updated_at": "2012-08-05T11:16:23Z"}),
        ("request", {"updated_at": "2012-08-05T11:16:23Z"}),
        ("needs", {}),
        ("post a need", {}),
        ("write", {}),
    ],
)
async def test_where_the_sample_follows_from_what_is_known_even_the_values_agree(
    site: ClarityStandIn, clock: WoundClock, title: str, apart: dict[str, str]
) -> None:
    """The document's own story gives the document's own answers, to the letter, but for ``apart``."""
    play(title, site, clock)
    sample = BY_TITLE[title]
    async with client(site, sample["member"]) as api:
        answer = await api.request(sample["method"], sample["path"], data=sample["form"] or None)
    expected = sample["answer"]
    expected = [each | apart for each in expected] if isinstance(expected, list) else expected | apart
    assert answer.json() == expected


async def test_a_member_is_found_in_every_documented_way(dan: httpx.AsyncClient) -> None:
    """By id, screen name, Twitter handle and e-mail address; without any of these it is oneself."""
    ways: list[tuple[str, dict[str, str]]] = [
        ("me", {}),
        ("members", {}),
        ("members/7", {}),
        ("members/danmartell", {}),
        ("members", {"id": "7"}),
        ("members", {"id": "DanMartell"}),
        ("members", {"twitter": "danmartell"}),
        ("members", {"email": "dan@example.com"}),
    ]
    found = [(await dan.get(path, params=query)).json() for path, query in ways]
    assert [each["id"] for each in found] == [DAN] * len(ways)
    assert all(each == found[0] for each in found)
    assert (found[0]["hourly_rate"], found[0]["total_calls"], "name" in found[0]) == ("0.0", 450, False)


async def test_search_brings_ten_at_a_time(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Pages by offset laid together are all matches, each once; past the end there is nothing, and no error."""
    for number in range(21):
        site.add_member(f"sushi{number}", "Chef", f"No{number}", bio="Rolls sushi", location="Ōsaka")
    pages = [(await dan.get("search", params={"q": "SUSHI osaka", "offset": at})).json() for at in (0, 10, 20, 30)]
    assert [len(page["members"]) for page in pages] == [10, 10, 1, 0]
    assert {page["matches"] for page in pages} == {21}
    assert len({member["id"] for page in pages for member in page["members"]}) == 21
    by_path = (await dan.get("search/sushi%20osaka", params={"offset": 10})).json()
    assert by_path == pages[1]
    assert (await dan.get("search", params={"q": "nobody at all"})).json() == {"matches": 0, "members": []}


async def test_conversations_are_the_newest_first(
    site: ClarityStandIn, clock: WoundClock, dan: httpx.AsyncClient
) -> None:
    """Unread ones are counted, looking reads none of them, answering does; messages have no id."""
    for text in ("One", "Two"):
        site.someone_writes(SEEKER, DAN, text)
        clock.advance(60)
    site.someone_writes(DAN, VINCENT, "Hi")
    listed = (await dan.get("messages")).json()
    assert [(each["other_member"]["id"], each["unread_message_count"]) for each in listed] == [
        (VINCENT, 0),
        (SEEKER, 2),
    ]
    whole = (await dan.get("messages/6")).json()["messages"]
    assert [(each["message"], each["read"], each["member_id"]) for each in whole] == [
        ("Two", False, SEEKER),
        ("One", False, SEEKER),
    ]
    assert not any("id" in each for each in whole)
    assert (await dan.get("messages")).json()[1]["unread_message_count"] == 2
    sent = (await dan.post("messages/6", json={"message": "Three"})).json()
    assert (sent["message"], sent["member_id"], sent["read"]) == ("Three", DAN, False)
    newest = (await dan.get("messages")).json()[0]
    assert (newest["other_member"]["id"], newest["unread_message_count"]) == (SEEKER, 0)


async def test_a_conversation_shows_its_last_fifty(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Older ones are not to be had; two equal texts of the same second are two."""
    for number in range(60):
        site.someone_writes(SEEKER, DAN, str(number // 2))
    messages = (await dan.get("messages/6")).json()["messages"]
    assert [each["message"] for each in messages] == [str(number // 2) for number in range(59, 9, -1)]
    nobody_yet = (await dan.get("messages/66")).json()
    assert (nobody_yet["other_member"]["screen_name"], nobody_yet["messages"]) == ("justinvaillancourt", [])


async def test_needs_are_seen_within_ones_organizations(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """And one's own, always; the newest first."""
    site.someone_posts_need(NEEDY, "First")
    site.someone_posts_need(SEEKER, "From outside")
    await dan.post("needs", json={"description": "Mine", "paid": False})
    assert [each["description"] for each in (await dan.get("needs")).json()] == ["Mine", "First"]
    async with client(site, SEEKER) as outside:
        assert [each["description"] for each in (await outside.get("needs")).json()] == ["From outside"]
        assert (await outside.get("organizations")).json() == []


async def test_who_fulfills_a_need_becomes_the_expert(site: ClarityStandIn) -> None:
    """The call waits in their callback list; it costs their rate if the need is paid, else nothing."""
    paid, free = (site.someone_posts_need(NEEDY, "x" * 200, paid=paid) for paid in (True, False))
    async with client(site, VINCENT) as vincent:
        calls = [(await vincent.post(f"needs/{need.id}/fulfill")).json() for need in (paid, free)]
        assert [(each["expert_id"], each["seeker_id"], each["hourly_rate"]) for each in calls] == [
            (VINCENT, NEEDY, 20.0),
            (VINCENT, NEEDY, 0.0),
        ]
        assert [len(each["reason"]) for each in calls] == [140, 140]
        assert (await vincent.get("calls/callback")).json() == calls


async def test_an_organization_shows_its_members(dan: httpx.AsyncClient) -> None:
    """The list has their ids, the single one themselves in the short form, which has a name and a number for a rate."""
    (listed,) = (await dan.get("organizations")).json()
    single = (await dan.get("organizations/17")).json()
    assert listed["member_ids"] == [each["id"] for each in single["members"]] == [OTHER, JUSTIN, VINCENT, NEEDY, DAN]
    vincent = next(each for each in single["members"] if each["id"] == VINCENT)
    assert (vincent["name"], vincent["hourly_rate"]) == ("Vincent Roy", 20.0)


async def test_what_the_document_leaves_open_can_be_otherwise(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Ids where the samples have none, an object for the array, a number for the string, the other order."""
    site.odd.ids = site.odd.one_need = site.odd.number_rates = site.odd.newest_first = True
    site.odd.canceled_by_on_live = False
    posted = (await dan.post("needs", data={"description": "Help", "paid": "0"})).json()
    assert (posted["id"], posted["paid"]) == (310, False)
    assert (await dan.get("organizations")).json()[0]["id"] == 17
    assert (await dan.get("me")).json()["hourly_rate"] == 0.0
    first = site.someone_requests(DAN, SEEKER, "First")
    second = site.someone_requests(DAN, VINCENT, "Second")
    assert [each["id"] for each in (await dan.get("calls/callback")).json()] == [second.id, first.id]
    assert (await dan.get(f"calls/{first.id}")).json()["canceled_by"] is None


async def test_pictures_and_pages_come_from_the_stand_in_itself(site: ClarityStandIn, dan: httpx.AsyncClient) -> None:
    """Everything a profile or an organization links to by itself is served here, and none of it is in the log."""
    profile = (await dan.get("me")).json()
    organization = (await dan.get("organizations")).json()[0]
    mark = site.log.mark()
    async with httpx.AsyncClient(verify=False) as browser:
        for address in (profile["image_url"], profile["charity_logo"], organization["image_url"]):
            picture = await browser.get(address)
            assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
        for address, name in (
            (profile["clarity_url"], "Dan Martell"),
            (organization["clarity_url"], "Startup Festival"),
        ):
            assert f"<h1>{name}</h1>" in (await browser.get(address)).text
        for path in ("nobody", "pictures/members/1.svg", "pictures/charities/6.svg", "pictures/dogs/7.svg"):
            assert (await browser.get(f"{site.site.origin}/{path}")).status_code == 404
    assert site.requests_since(mark) == []


async def test_times_are_whole_seconds_in_utc(site: ClarityStandIn, clock: WoundClock, dan: httpx.AsyncClient) -> None:
    """Written with Z, as in the samples."""
    clock.advance(0.9)
    call = site.someone_requests(DAN, SEEKER, "Advice", 1)
    shown = (await dan.get(f"calls/{call.id}")).json()
    assert (shown["created_at"], shown["expires_at"]) == ("2012-08-03T12:10:46Z", "2012-08-03T13:10:46Z")
    assert call.created_at.tzinfo is UTC
