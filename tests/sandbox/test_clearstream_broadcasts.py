"""Broadcasts over time: queued, scheduled, on their way, counted, called off."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clearstream import ClearstreamStandIn, Pace

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
    assert (await api.delete(path)).status_code == 403
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


async def test_only_active_people_get_a_broadcast(line: ClearstreamStandIn, api: httpx.AsyncClient) -> None:
    """Who is on the list but has not confirmed counts as a subscriber of it and not as a recipient."""
    await api.post("subscribers", data={"mobile_number": BOB, "lists": "1000"})
    assert (await get(api, "lists/1000"))["subscriber_count"] == 3
    message = (await api.post("messages", data=BROADCAST)).json()["data"]
    assert message["stats"]["recipients"] == 2


async def test_who_leaves_meanwhile_gets_nothing(
    line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock
) -> None:
    """Somebody who opts out before their turn counts as a failure."""
    await api.post("messages", data=BROADCAST)
    clock.wind(2)
    line.receive(JOHN, "STOP")
    clock.wind(60)
    assert (await get(api, "messages"))[0]["stats"]["failures"] == 1
    assert [text for _, text in shown(line, JOHN)] == ["STOP", "Blue Sushi: You will get no more messages."]


async def test_texts_arrive_in_the_order_of_their_times(
    line: ClearstreamStandIn, api: httpx.AsyncClient, clock: Clock
) -> None:
    """A broadcast and an answer that are both seen much later stand as they came."""
    line.receive(JANE, "Hello")
    await api.post("messages", data=BROADCAST)
    clock.wind(1.5)
    await api.post(f"threads/{line.thread_id(JANE)}/replies", data={"text": "Hi"})
    clock.wind(60)
    assert [text for _, text in shown(line, JANE)] == ["Hello", "Blue Sushi: Hungry?", "Hi"]
