"""Connecting an account: nobody's code gets into another's login, and a stolen link or state is worth nothing."""

import aiohttp

from tests.club import login_link
from tests.hostile.conftest import Fort


async def link_of(fort: Fort, name: str) -> str:
    """The link somebody gets from ``/expert login``."""
    await fort.expert(fort.person(name), "login")
    return login_link(fort.person(name))


async def get(session: aiohttp.ClientSession, address: str) -> int:
    """Where a browser is led, it does not go."""
    async with session.get(address, allow_redirects=False) as answer:
        await answer.read()
        return answer.status


def browser() -> aiohttp.ClientSession:
    """One with nothing in it."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def test_a_code_slipped_in_without_its_state_is_turned_away(fort: Fort) -> None:
    """Clarity was seen to send the state back: a page that sends Bob's browser here with Eve's code fails."""
    await fort.log_in(fort.alice, "alice")
    mark = fort.clarity.log.mark()
    link = await link_of(fort, "bob")
    callback = link.split("/login/")[0] + "/callback"
    async with browser() as bobs:
        assert await get(bobs, link) == 302
        assert await get(bobs, f"{callback}?code=eves") == 400
        assert await get(bobs, f"{callback}?code=eves&state=") == 400
    assert [one for one in fort.clarity.requests_since(mark) if one.method == "POST"] == []


async def test_a_stolen_state_is_worth_nothing_without_its_browser(fort: Fort) -> None:
    """With the state in its address, but without the cookie; with a cookie of one's own; with both made up."""
    bobs = (await link_of(fort, "bob")).rsplit("/", 1)[1]
    own = await link_of(fort, "alice")
    callback = own.split("/login/")[0] + "/callback"
    mark = fort.clarity.log.mark()
    async with browser() as eves:
        assert await get(eves, f"{callback}?code=eves&state={bobs}") == 400
        assert await get(eves, own) == 302
        assert await get(eves, f"{callback}?code=eves&state={bobs}") == 400
    async with aiohttp.ClientSession(cookies={"switchboard_clarity": "made-up"}) as eves:
        assert await get(eves, f"{callback}?code=eves&state=made-up") == 410
    assert [one for one in fort.clarity.requests_since(mark) if one.method == "POST"] == []
    assert "shared" in (await fort.expert(fort.bob, "me")).text()
