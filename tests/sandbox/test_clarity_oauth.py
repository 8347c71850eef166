"""The OAuth pages as a browser meets them, and the exchange of codes."""

import re
from collections.abc import AsyncIterator
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from bot.sandbox.clarity import ClarityStandIn
from tests.clock import WoundClock
from tests.sandbox.clarity_site import CALLBACK, DAN, START, VINCENT, documented


@pytest.fixture
def clock() -> WoundClock:
    """A clock that stands still."""
    return WoundClock(START)


@pytest.fixture
async def site(clock: WoundClock) -> AsyncIterator[ClarityStandIn]:
    """The site of the samples, where Switchboard is registered with its callback."""
    async with documented(clock) as standin:
        yield standin


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """A browser that follows no redirect by itself."""
    async with httpx.AsyncClient(verify=False) as client:
        yield client


def query(site: ClarityStandIn, **changes: str) -> dict[str, str]:
    """What an application asks with."""
    usual = {"client_id": site.client_id, "response_type": "code", "redirect_uri": CALLBACK, "state": "s t&1"}
    return {name: value for name, value in {**usual, **changes}.items() if value}


async def shown(site: ClarityStandIn, browser: httpx.AsyncClient, **changes: str) -> str:
    """The page, opened by a person: what identifies it."""
    page = await browser.get(site.oauth_url, params=query(site, **changes))
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Switchboard wants to use your Clarity account" in page.text
    found = re.search(r'name="request" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def decided(
    site: ClarityStandIn, browser: httpx.AsyncClient, request: str, answer: str, member: int = DAN
) -> httpx.Response:
    """The person presses a button."""
    form = {"request": request, "member": str(member), "answer": answer}
    return await browser.post(f"{site.site.origin}/oauth/decision", data=form)


async def allowed(site: ClarityStandIn, browser: httpx.AsyncClient, member: int = DAN, **changes: str) -> str:
    """The code that comes of Allow."""
    sent_on = await decided(site, browser, await shown(site, browser, **changes), "allow", member)
    return parse_qs(urlsplit(sent_on.headers["Location"]).query)["code"][0]


def exchange(site: ClarityStandIn, code: str, /, **changes: str) -> dict[str, str]:
    """What an application exchanges a code with."""
    usual = {"client_id": site.client_id, "client_secret": site.client_secret, "code": code}
    whole = {**usual, "grant_type": "authorization_code", **changes}
    return {name: value for name, value in whole.items() if value}


async def test_a_person_allows_and_the_application_gets_a_token(
    site: ClarityStandIn, browser: httpx.AsyncClient
) -> None:
    """Through the page, back to the callback with code and state; the token is the bare body, and is theirs."""
    sent_on = await decided(site, browser, await shown(site, browser), "allow", VINCENT)
    assert sent_on.status_code == 302
    address, _, told = sent_on.headers["Location"].partition("?")
    assert address == CALLBACK
    back = dict(parse_qsl(told))
    assert (list(back), back["state"]) == (["code", "state"], "s t&1")
    answer = await browser.post(site.oauth_url, data=exchange(site, back["code"]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    me = await browser.get(f"{site.api_url}me", params={"oauth_token": answer.text})
    assert me.json()["screen_name"] == "vincentroy"


async def test_the_page_shows_every_member_and_fetches_nothing_from_outside(
    site: ClarityStandIn, browser: httpx.AsyncClient
) -> None:
    """One of them is who the person is; names are shown as they are, be they as odd as can be."""
    site.add_member("mallory", "<script>", "O'Neil")
    page = (await browser.get(site.oauth_url, params=query(site))).text
    for member in site.state.members.values():
        assert f'value="{member.id}"' in page
    assert "<script>" not in page
    assert "&lt;script&gt; O&#39;Neil" in page
    assert all(url.startswith(site.site.origin) for url in re.findall(r'src="([^"]+)"', page))


async def test_a_person_denies(site: ClarityStandIn, browser: httpx.AsyncClient) -> None:
    """The application hears so, with its state; no code was made."""
    sent_on = await decided(site, browser, await shown(site, browser), "deny")
    assert sent_on.headers["Location"] == f"{CALLBACK}?error=access_denied&state=s+t%261"
    assert site.state.codes == {}


async def test_state_may_not_come_back(site: ClarityStandIn, browser: httpx.AsyncClient) -> None:
    """Where the site does not echo it; neither where none was sent."""
    site.odd.state_echoed = False
    sent_on = await decided(site, browser, await shown(site, browser), "deny")
    assert sent_on.headers["Location"] == f"{CALLBACK}?error=access_denied"
    site.odd.state_echoed = True
    sent_on = await decided(site, browser, await shown(site, browser, state=""), "deny")
    assert sent_on.headers["Location"] == f"{CALLBACK}?error=access_denied"


async def test_the_registered_address_is_where_people_return_to(
    site: ClarityStandIn, browser: httpx.AsyncClient
) -> None:
    """The first one where the application names none; one with a query keeps it."""
    site.redirect_uris[:] = ["http://127.0.0.1:1/back?from=clarity"]
    sent_on = await decided(site, browser, await shown(site, browser, redirect_uri="", state=""), "deny")
    assert sent_on.headers["Location"] == "http://127.0.0.1:1/back?from=clarity&error=access_denied"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": ""},
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": f"{CALLBACK}/x"},
        {"scope": "all"},
    ],
)
async def test_an_unknown_application_or_address_gets_a_page_and_no_redirect(
    site: ClarityStandIn, browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    """Nobody is sent where nobody registered."""
    page = await browser.get(site.oauth_url, params=query(site, **changes))
    assert page.status_code in (400, 422)
    assert "<h1>This did not work</h1>" in page.text
    assert site.state.asked == {}


@pytest.mark.parametrize(("response_type", "error"), [("token", "unsupported_response_type"), ("", "invalid_request")])
async def test_another_mistake_is_told_to_the_application(
    site: ClarityStandIn, browser: httpx.AsyncClient, response_type: str, error: str
) -> None:
    """By redirect, with the state."""
    sent_on = await browser.get(site.oauth_url, params=query(site, response_type=response_type))
    assert sent_on.headers["Location"] == f"{CALLBACK}?error={error}&state=s+t%261"


async def test_a_page_is_answered_once(site: ClarityStandIn, browser: httpx.AsyncClient) -> None:
    """Pressed again, invented, or filled in wrongly, it leads nowhere."""
    request = await shown(site, browser)
    assert (await decided(site, browser, request, "perhaps")).status_code == 400
    assert (await decided(site, browser, request, "allow", 1)).status_code == 400
    assert (await decided(site, browser, "invented", "allow")).status_code == 400
    assert (await decided(site, browser, request, "allow")).status_code == 302
    again = await decided(site, browser, request, "allow")
    assert (again.status_code, "answered already" in again.text, len(site.state.codes)) == (400, True, 1)


@pytest.mark.parametrize("form", ["text", "oauth_token", "access_token", "form"])
async def test_the_token_comes_in_four_forms(
    site: ClarityStandIn, browser: httpx.AsyncClient, form: Literal["text", "oauth_token", "access_token", "form"]
) -> None:
    """Bare, as JSON under either name, or as a form."""
    site.odd.token_form = form
    answer = await browser.post(site.oauth_url, data=exchange(site, await allowed(site, browser)))
    bare: dict[str, Any] = {
        "text": lambda: answer.text,
        "form": lambda: dict(parse_qsl(answer.text))["oauth_token"],
        "oauth_token": lambda: answer.json()["oauth_token"],
        "access_token": lambda: answer.json()["access_token"],
    }
    assert site.state.tokens == {bare[form](): DAN}


async def test_the_exchange_takes_parameters_in_the_address_too(
    site: ClarityStandIn, browser: httpx.AsyncClient
) -> None:
    """As the document writes it; and the redirect URI may be named again."""
    in_the_address = await browser.post(site.oauth_url, params=exchange(site, await allowed(site, browser)))
    named = exchange(site, await allowed(site, browser), redirect_uri=CALLBACK)
    assert [in_the_address.status_code, (await browser.post(site.oauth_url, data=named)).status_code] == [200, 200]


async def test_a_code_is_good_once(site: ClarityStandIn, browser: httpx.AsyncClient) -> None:
    """A replay is refused; the token it gave stays good."""
    code = await allowed(site, browser)
    token = (await browser.post(site.oauth_url, data=exchange(site, code))).text
    again = await browser.post(site.oauth_url, data=exchange(site, code))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert site.state.tokens == {token: DAN}


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 400)])
async def test_a_code_is_good_for_ten_minutes(
    site: ClarityStandIn, clock: WoundClock, browser: httpx.AsyncClient, seconds: int, status: int
) -> None:
    """And not a moment longer."""
    code = await allowed(site, browser)
    clock.advance(seconds)
    assert (await browser.post(site.oauth_url, data=exchange(site, code))).status_code == status


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"code": "invented"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"scope": "all"}, 400, "invalid_request"),
    ],
)
async def test_a_wrong_exchange_is_refused_and_uses_nothing_up(
    site: ClarityStandIn, browser: httpx.AsyncClient, changes: dict[str, str], status: int, error: str
) -> None:
    """In OAuth's own words; done right afterwards, the code is still good."""
    code = await allowed(site, browser)
    answer = await browser.post(site.oauth_url, data=exchange(site, code, **changes))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert site.state.tokens == {}
    assert (await browser.post(site.oauth_url, data=exchange(site, code))).status_code == 200


async def test_other_methods_and_pages_are_refused(site: ClarityStandIn, browser: httpx.AsyncClient) -> None:
    """With a page, as a browser would want it."""
    answers = [
        await browser.put(site.oauth_url),
        await browser.get(f"{site.site.origin}/oauth/decision"),
        await browser.get(f"{site.site.origin}/oauth/token"),
        await browser.post(f"{site.site.origin}/elsewhere"),
    ]
    assert [answer.status_code for answer in answers] == [405, 405, 404, 404]
