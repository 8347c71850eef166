"""The library and the stand-in, each written from the document alone, understand each other."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot import errors
from bot.clarity import Clarity
from bot.clarity.models import identified
from bot.clarity.oauth import authorize_url, exchange
from bot.sandbox.clarity import ClarityStandIn
from tests.clock import WoundClock

CALLBACK = "http://127.0.0.1:3000/clarity/callback"


@pytest.fixture
async def site(clock: WoundClock) -> AsyncIterator[ClarityStandIn]:
    """A site with two who can call each other and a crowd to be found, all in one organization."""
    async with ClarityStandIn(now=clock.now, redirect_uris=[CALLBACK], tick_seconds=None) as standin:
        standin.odd.ids = True
        sue = standin.add_member("sue", "Sue", "Seeker", rate=0)
        dan = standin.add_member("dan", "Dan", "Martell", rate=100)
        crowd = [standin.add_member(f"guru{number}", "Guru", f"No. {number}", rate=number) for number in range(12)]
        standin.add_organization("festival", "Startup Festival", "A festival", [sue, dan, *crowd])
        yield standin


@pytest.fixture
async def sue(site: ClarityStandIn) -> AsyncIterator[Clarity]:
    """The library as Sue, who asks."""
    async with Clarity.with_token(site.token("sue"), site.api_url) as clarity:
        yield clarity


@pytest.fixture
async def dan(site: ClarityStandIn) -> AsyncIterator[Clarity]:
    """The library as Dan, who is asked."""
    async with Clarity.with_token(site.token("dan"), site.api_url) as clarity:
        yield clarity


async def test_a_call_from_the_request_to_its_end(
    site: ClarityStandIn, sue: Clarity, dan: Clarity, clock: WoundClock
) -> None:
    """Asked for, seen by both, connected, followed by its id, and paid by the second."""
    expert = await sue.look_up("dan")
    asked = await sue.create_call(expert.id, "pitching & “advice”", 24)
    assert asked.pending and asked.reason == "pitching & “advice”"
    a_day_later = clock.now() + timedelta(hours=24)
    assert asked.expires_at == a_day_later and asked.expired(a_day_later) and not asked.expired(clock.now())
    assert [call.id for call in await sue.requested_calls()] == [asked.id]
    [waiting] = await dan.callback_calls()
    assert waiting.other(expert.id) == (await sue.me()).id
    site.will_end(asked.id, "call_completed", timedelta(seconds=1123))
    connected = await dan.connect_call(waiting.id)
    assert not connected.pending and not connected.terminal
    assert await dan.callback_calls() == await sue.requested_calls() == ()
    clock.advance(3600)
    ended = await sue.call(asked.id)
    assert (ended.completed, ended.duration, ended.cost) == (True, 1123, Decimal("31.19"))
    [listed] = await dan.completed_calls()
    assert (listed.id, listed.completed, await dan.canceled_calls()) == (asked.id, True, ())
    with pytest.raises(errors.Rejected):
        await dan.connect_call(asked.id)


async def test_an_unknown_status_goes_through(site: ClarityStandIn, sue: Clarity) -> None:
    """A state the document does not know is handed on as it is."""
    call = site.someone_requests("dan", "sue", "Advice")
    site.set_status(call.id, "expert_on_hold")
    seen = await sue.call(call.id)
    assert (seen.status, seen.terminal, seen.pending) == ("expert_on_hold", False, False)


async def test_experts_are_found_page_by_page(sue: Clarity) -> None:
    """Ten at a time, and everybody in the end."""
    first = await sue.search_page("guru")
    assert (len(first.members), first.matches, first.next_offset) == (10, 12, 10)
    everybody = [member async for member in sue.search("guru")]
    assert len({member.id for member in everybody}) == 12
    assert everybody[0].hourly_rate is not None and everybody[0].name.startswith("Guru")
    assert (await sue.search_page("guru", 50)).members == ()


async def test_needs_and_organizations(sue: Clarity, dan: Clarity) -> None:
    """A need is posted, seen by the organization, and answered with a request for a call."""
    posted = await sue.create_need("Somebody who knows investors", paid=True)
    [need] = await dan.needs()
    assert (need.description, need.paid, need.requester_id) == (posted.description, True, (await sue.me()).id)
    assert need.id is not None
    offered = await dan.fulfill_need(need.id)
    assert offered.pending and offered.id in {call.id for call in (*await dan.callback_calls(),)}
    [organization] = await dan.organizations()
    assert organization.id is not None and len(organization.everybody) == 14
    alone = await dan.organization(organization.id)
    assert set(alone.everybody) == set(organization.everybody) and len(alone.members) == 14


async def test_messages_go_to_and_fro(site: ClarityStandIn, sue: Clarity, dan: Clarity) -> None:
    """Written, counted as unread, read, and each told apart, though the same was written twice."""
    dan_id = (await dan.me()).id
    for text in ("ping", "ping", "Hallo & “hi”\nthere 🍣"):
        await sue.send_message(dan_id, text)
    [talk] = await dan.conversations()
    assert (talk.other_member.name, talk.unread_message_count) == ("Sue Seeker", 3)
    assert talk.last_message is not None and talk.last_message.text == "Hallo & “hi”\nthere 🍣"
    told = await dan.messages(talk.other_member.id)
    keys = {key for key, _ in identified(told.messages)}
    assert sorted((key.text[:4], key.number) for key in keys) == [("Hall", 1), ("ping", 1), ("ping", 2)]
    assert {key.member_id for key in keys} == {(await sue.me()).id}


async def test_a_revoked_token_is_said(site: ClarityStandIn, sue: Clarity, dan: Clarity) -> None:
    """The next request with it is refused, and nobody else's is."""
    site.revoke("sue")
    with pytest.raises(errors.Unauthorized):
        await sue.me()
    assert (await dan.me()).name == "Dan Martell"


@pytest.mark.parametrize("form", ["text", "oauth_token", "access_token", "form"])
async def test_an_account_is_connected(
    form: Literal["text", "oauth_token", "access_token", "form"], site: ClarityStandIn
) -> None:
    """From the page through the code to a token, in each form it comes in; a code is good for one."""
    site.odd.token_form = form
    async with httpx.AsyncClient() as browser:
        page = await browser.get(authorize_url(site.client_id, CALLBACK, "st&te", site.oauth_url))
        found = re.search(r'name="request" value="([^"]+)"', page.text)
        assert found
        decision = {"request": found[1], "member": str(site.member("dan").id), "answer": "allow"}
        back = await browser.post(str(page.url.join("/oauth/decision")), data=decision)
    told = parse_qs(urlsplit(back.headers["Location"]).query)
    assert told["state"] == ["st&te"]
    token = await exchanged(site, told["code"][0])
    async with Clarity.with_token(token, site.api_url) as member:
        assert (await member.me()).name == "Dan Martell"
    with pytest.raises(errors.BadRequest) as caught:
        await exchanged(site, told["code"][0])
    assert told["code"][0] not in str(caught.value) and site.client_secret not in str(caught.value)


async def exchanged(site: ClarityStandIn, code: str) -> str:
    """The token for that code."""
    return await exchange(
        code,
        client_id=site.client_id,
        client_secret=site.client_secret,
        redirect_uri=CALLBACK,
        authorize_url=site.oauth_url,
    )
