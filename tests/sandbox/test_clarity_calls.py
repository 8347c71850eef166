"""A call's life on a clock that is wound: dialing, answered, done, or why not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clarity import Call, ClarityStandIn
from bot.sandbox.clarity.model import Fate
from tests.clock import WoundClock
from tests.sandbox.clarity_site import DAN, SEEKER, START, client, documented


@pytest.fixture
def clock() -> WoundClock:
    """A clock that stands still."""
    return WoundClock(START)


@pytest.fixture
async def site(clock: WoundClock) -> AsyncIterator[ClarityStandIn]:
    """The site of the samples, at its usual pace: it rings 6 s, 3 s are said, it rings 6 s, they speak 40 s."""
    async with documented(clock) as standin:
        yield standin


@pytest.fixture
async def sue(site: ClarityStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """A client of Sue, the expert here."""
    async with client(site, SEEKER) as api:
        yield api


async def asked(site: ClarityStandIn) -> Call:
    """Dan asks Sue for a call."""
    return site.someone_requests(SEEKER, DAN, "pitching advice")


async def followed(sue: httpx.AsyncClient, clock: WoundClock, call: Call, seconds: int) -> list[tuple[int, str]]:
    """When the call's status was another, in seconds from now."""
    seen: list[tuple[int, str]] = []
    for second in range(seconds + 1):
        status = (await sue.get(f"calls/{call.id}")).json()["status"]
        if not seen or seen[-1][1] != status:
            seen.append((second, status))
        clock.advance(1)
    return seen


async def lists(api: httpx.AsyncClient) -> dict[str, list[Any]]:
    """What each list holds."""
    names = ("requested", "callback", "completed", "canceled")
    return {name: calls for name in names if (calls := (await api.get(f"calls/{name}")).json())}


async def test_a_call_rings_and_is_completed(site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient) -> None:
    """Connect answers that the expert is dialed, but the seeker's phone rings first; in the end there is a length."""
    call = await asked(site)
    assert (await sue.post(f"calls/{call.id}/connect")).json()["status"] == "dialing_expert"
    assert await followed(sue, clock, call, 60) == [
        (0, "dialing_seeker"),
        (6, "seeker_answered"),
        (9, "dialing_expert"),
        (15, "expert_answered"),
        (55, "call_completed"),
    ]
    single = (await sue.get(f"calls/{call.id}")).json()
    (listed,) = (await lists(sue))["completed"]
    assert (single["duration"], single["updated_at"]) == (40, "2012-08-03T12:11:41Z")
    assert listed == single | {"status": "completed"}
    assert (single["status"], single["canceled_by"]) == ("call_completed", None)


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("seeker_unavailable", [(0, "dialing_seeker"), (20, "seeker_unavailable")]),
        (
            "expert_unavailable",
            [(0, "dialing_seeker"), (6, "seeker_answered"), (9, "dialing_expert"), (29, "expert_unavailable")],
        ),
        ("canceled", [(0, "dialing_seeker"), (6, "seeker_answered"), (9, "dialing_expert"), (15, "canceled")]),
    ],
)
async def test_a_call_can_come_to_nothing(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient, fate: Fate, expected: list[tuple[int, str]]
) -> None:
    """One does not answer, or the seeker hangs up while it rings; the call has no length."""
    call = await asked(site)
    site.will_end(call, fate)
    await sue.post(f"calls/{call.id}/connect")
    assert await followed(sue, clock, call, 40) == expected
    assert (await sue.get(f"calls/{call.id}")).json()["duration"] is None
    assert list(await lists(sue)) == (["canceled"] if fate == "canceled" else [])


async def test_a_connected_call_is_in_no_list_until_it_is_over(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient
) -> None:
    """Neither side's; before, it is requested for the one and callback for the other."""
    call = await asked(site)
    async with client(site, DAN) as dan:
        assert list(await lists(sue)) == ["callback"]
        assert list(await lists(dan)) == ["requested"]
        await sue.post(f"calls/{call.id}/connect")
        for seconds in (0, 6, 3, 6, 39.9):
            clock.advance(seconds)
            assert await lists(sue) == await lists(dan) == {}
        clock.advance(0.1)
        assert list(await lists(sue)) == list(await lists(dan)) == ["completed"]


async def test_a_live_call_says_who_canceled_it_though_nobody_did(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient
) -> None:
    """As in the samples: by itself it carries the seeker's id, in lists nothing."""
    call = await asked(site)
    (waiting,) = (await lists(sue))["callback"]
    assert waiting["canceled_by"] is None
    assert (await sue.get(f"calls/{call.id}")).json()["canceled_by"] == DAN
    assert (await sue.post(f"calls/{call.id}/connect")).json()["canceled_by"] == DAN


async def test_a_long_look_away_misses_nothing(site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient) -> None:
    """However late somebody looks, everything has happened at its own time."""
    call = await asked(site)
    site.will_end(call, "call_completed", talk=timedelta(minutes=30))
    await sue.post(f"calls/{call.id}/connect")
    clock.advance(24 * 3600)
    shown = (await sue.get(f"calls/{call.id}")).json()
    assert (shown["status"], shown["duration"], shown["updated_at"]) == ("call_completed", 1800, "2012-08-03T12:41:01Z")


@pytest.mark.parametrize(("seconds", "status", "duration"), [(3, "canceled", None), (20, "call_completed", 5)])
async def test_somebody_hangs_up(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient, seconds: int, status: str, duration: int | None
) -> None:
    """While it rings the call is canceled by them; once they speak it is completed with its length so far."""
    call = await asked(site)
    await sue.post(f"calls/{call.id}/connect")
    clock.advance(seconds)
    site.hang_up(call, SEEKER)
    clock.advance(600)
    shown = (await sue.get(f"calls/{call.id}")).json()
    assert (shown["status"], shown["duration"]) == (status, duration)
    assert shown["canceled_by"] == (SEEKER if status == "canceled" else None)
    with pytest.raises(ValueError, match=status):
        site.hang_up(call)


async def test_a_status_nobody_knows_stays_until_it_is_changed(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient
) -> None:
    """The document may gain states; such a call is in no list and can still be hung up."""
    call = await asked(site)
    await sue.post(f"calls/{call.id}/connect")
    clock.advance(20)
    site.set_status(call, "expert_on_hold")
    clock.advance(5 * 3600)
    assert (await sue.get(f"calls/{call.id}")).json()["status"] == "expert_on_hold"
    assert await lists(sue) == {}
    assert site.hang_up(call).status == "call_completed"


async def test_members_act_on_the_site_itself(site: ClarityStandIn, sue: httpx.AsyncClient) -> None:
    """A request is declined, another connected, without the API; a message is read, a need fulfilled."""
    declined, connected = await asked(site), await asked(site)
    site.someone_cancels(declined, SEEKER)
    site.someone_connects(connected)
    shown = await lists(sue)
    assert [(each["id"], each["canceled_by"]) for each in shown["canceled"]] == [(declined.id, SEEKER)]
    assert (await sue.get(f"calls/{connected.id}")).json()["status"] == "dialing_seeker"
    site.someone_writes("danmartell", "sue", "Thanks")
    site.someone_reads(SEEKER, DAN)
    assert (await sue.get("messages")).json()[0]["unread_message_count"] == 0
    need = site.someone_posts_need(DAN, "Help")
    assert site.someone_fulfills(need, "vincentroy").seeker_id == DAN


async def test_the_pace_is_set_at_the_start_of_a_call(
    site: ClarityStandIn, clock: WoundClock, sue: httpx.AsyncClient
) -> None:
    """Another pace is for calls connected from then on."""
    first, second = await asked(site), await asked(site)
    await sue.post(f"calls/{first.id}/connect")
    site.pace.seeker_rings = site.pace.announcement = site.pace.expert_rings = timedelta(0)
    site.pace.talk = timedelta(seconds=10)
    await sue.post(f"calls/{second.id}/connect")
    assert site.call(second).status == "expert_answered"
    assert site.call(first).status == "dialing_seeker"
    clock.advance(10)
    assert (site.call(second).duration, site.call(first).status) == (10, "dialing_expert")


async def test_calls_move_on_though_nobody_asks(clock: WoundClock) -> None:
    """The stand-in looks at the clock by itself, and says so to who listens."""
    moved = asyncio.Event()
    async with documented(clock, tick_seconds=0.01) as site:
        call = await asked(site)
        site.someone_connects(call)
        site.on_change(moved.set)
        clock.advance(7)
        await asyncio.wait_for(moved.wait(), 5)
    assert call.status == "seeker_answered"
