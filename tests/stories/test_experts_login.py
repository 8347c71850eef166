"""Whose Clarity account is used: connected in the browser, bound to one person, and forgotten."""

import base64
import logging
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.sandbox.clarity import cast
from bot.sandbox.slack.person import Person
from bot.store import clarity as rows
from tests.club import Club, hidden_fields, login_link


def browser() -> aiohttp.ClientSession:
    """A browser with nothing in it."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def link_for(club: Club, person: Person) -> str:
    """The link somebody gets from ``/expert login``."""
    await club.expert(person, "login")
    return login_link(person)


async def decide(club: Club, session: aiohttp.ClientSession, link: str, answer: str) -> tuple[int, str]:
    """Follow the link and allow or deny it on Clarity; the last page."""
    async with session.get(link) as response:
        page = await response.text()
        form = {**hidden_fields(page), "member": str(club.clarity.member("alice").id), "answer": answer}
        url = response.url.with_path("/oauth/decision").with_query(None)
    async with session.post(url, data=form) as response:
        return response.status, await response.text()


async def whose(club: Club, person: Person) -> str:
    """What ``/expert me`` says."""
    return (await club.expert(person, "me")).text()


async def test_an_account_is_connected_and_forgotten(lounge: Club) -> None:
    """``me`` says whose account is used: the shared one, then one's own, then the shared one again."""
    assert "shared" in await whose(lounge, lounge.alice)
    assert "Blue Sushi" in await whose(lounge, lounge.alice)
    page = await lounge.log_in(lounge.alice, "alice")
    assert "Connected" in page
    assert "Alice Admin" in page
    assert "own" in await whose(lounge, lounge.alice)
    assert "Alice Admin" in await whose(lounge, lounge.alice)
    assert "shared" in await whose(lounge, lounge.bob)
    assert "forgotten" in (await lounge.expert(lounge.alice, "logout")).text()
    assert "shared" in await whose(lounge, lounge.alice)
    assert "No Clarity account" in (await lounge.expert(lounge.alice, "logout")).text()


async def test_a_link_is_good_once(lounge: Club) -> None:
    """After it served, neither the link nor the callback does anything more."""
    link = await link_for(lounge, lounge.alice)
    async with browser() as session:
        status, page = await decide(lounge, session, link, "allow")
        assert (status, "Connected" in page) == (200, True)
        async with session.get(link) as again:
            assert again.status == 410
            assert "/expert login" in await again.text()


async def test_a_callback_cannot_be_replayed(lounge: Club) -> None:
    """The state is used up by the first callback, though the cookie be put back."""
    link = await link_for(lounge, lounge.alice)
    state = link.rsplit("/", 1)[1]
    async with browser() as session:
        async with session.get(link, allow_redirects=False) as response:
            assert response.status == 302
            onward = parse_qs(urlsplit(response.headers["Location"]).query)
            assert onward["state"] == [state]
            assert onward["response_type"] == ["code"]
            cookie = SimpleCookie(response.headers["Set-Cookie"])
            morsel = next(iter(cookie.values()))
            assert morsel["httponly"]
            assert morsel["samesite"] == "Lax"
        status, _ = await decide(lounge, session, link, "allow")
        assert status == 200
    mark = lounge.clarity.log.mark()
    callback = link.replace(f"/login/{state}", f"/callback?code=another&state={state}")
    async with aiohttp.ClientSession(cookies={morsel.key: morsel.value}) as session, session.get(callback) as response:
        assert response.status == 410
        assert "used already" in await response.text()
    assert not lounge.clarity.requests_since(mark, method="POST")  # no code is exchanged


async def test_another_browser_connects_nothing(lounge: Club) -> None:
    """Who comes back without the cookie, or with another's state, is turned away, and the link stays good."""
    link = await link_for(lounge, lounge.alice)
    other = (await link_for(lounge, lounge.bob)).rsplit("/", 1)[1]
    state = link.rsplit("/", 1)[1]
    callback = link.replace(f"/login/{state}", "/callback")
    async with browser() as stranger, stranger.get(f"{callback}?code=abc&state={state}") as response:
        assert response.status == 400
        assert "Not connected" in await response.text()
    async with browser() as session:
        async with session.get(link, allow_redirects=False):
            pass
        async with session.get(f"{callback}?code=abc&state={other}") as response:
            assert response.status == 400
        status, page = await decide(lounge, session, link, "allow")
        assert (status, "Connected" in page) == (200, True)


async def test_a_link_lasts_ten_minutes(lounge: Club) -> None:
    """Older it leads nowhere, and whoever set out in time but came back late is not connected."""
    link = await link_for(lounge, lounge.alice)
    async with browser() as session:
        async with session.get(link, allow_redirects=False) as response:
            assert response.status == 302
        lounge.clock.advance(601)
        async with session.get(link, allow_redirects=False) as response:
            assert response.status == 410
        callback = link.rsplit("/login/", 1)[0] + "/callback"
        async with session.get(f"{callback}?code=abc&state={link.rsplit('/', 1)[1]}") as response:
            assert response.status == 410
    assert "shared" in await whose(lounge, lounge.alice)


async def test_denied(lounge: Club) -> None:
    """Who does not allow it is told so, and nothing changed."""
    link = await link_for(lounge, lounge.alice)
    async with browser() as session:
        _, page = await decide(lounge, session, link, "deny")
    assert "Not connected" in page
    assert "You did not allow it" in page
    assert "shared" in await whose(lounge, lounge.alice)


async def test_clarity_will_not_let_anybody_in(lounge: Club) -> None:
    """An error that is not the person's is not laid at their door, and what it says is no markup."""
    link = await link_for(lounge, lounge.alice)
    async with browser() as session:
        async with session.get(link, allow_redirects=False):
            pass
        callback = link.split("/login/")[0] + "/callback?error=temporarily_unavailable<b>"
        async with session.get(callback) as response:
            page = await response.text()
    assert "temporarily_unavailable&lt;b&gt;" in page
    assert "You did not allow it" not in page
    assert "/expert login" in page


async def test_the_cookie_suffices_where_state_is_not_echoed(lounge: Club) -> None:
    """Clarity need not send the state back."""
    lounge.clarity.odd.state_echoed = False
    link = await link_for(lounge, lounge.alice)
    async with browser() as session:
        status, page = await decide(lounge, session, link, "allow")
    assert (status, "Connected" in page) == (200, True)
    assert "own" in await whose(lounge, lounge.alice)


async def test_clarity_fails_while_connecting(lounge: Club) -> None:
    """Where the code cannot be exchanged the page says so with a reference, and nothing is connected."""
    link = await link_for(lounge, lounge.alice)
    callback = link.rsplit("/login/", 1)[0] + "/callback"
    async with browser() as session:
        async with session.get(link, allow_redirects=False):
            pass
        async with session.get(f"{callback}?code=unknown&state={link.rsplit('/', 1)[1]}") as response:
            assert response.status == 502
            page = await response.text()
    assert "Not connected" in page
    assert "Reference" in page
    assert "shared" in await whose(lounge, lounge.alice)


async def test_a_token_is_nowhere_to_be_read(
    lounge: Club, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is sealed in the database, and stands in no log, page, metric or message."""
    caplog.set_level(logging.DEBUG)
    await lounge.log_in(lounge.alice, "alice")
    await lounge.expert(lounge.alice, "search pricing")
    lounge.clarity.faults.add("error_before", path="calls/*", count=5)
    await lounge.wind(10)
    token = lounge.clarity.token("alice")
    assert lounge.bot is not None
    async with lounge.bot.store.read() as tx:
        row = await rows.account(tx, lounge.alice.user.id)
    assert row is not None
    assert token not in str(row)
    assert base64.urlsafe_b64encode(token.encode()).decode() not in str(row)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{lounge.bot.server.port}/metrics") as response,
    ):
        assert token not in await response.text()
    assert token not in caplog.text + capsys.readouterr().out
    assert token not in lounge.slack.text()


async def test_a_refused_token_asks_to_log_in_again_once(lounge: Club) -> None:
    """Polling stops for that person alone; they are told once; a command says the same; a new login mends it."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.wind(6)
    lounge.clarity.revoke("alice")
    await lounge.call_told(lounge.alice, "does not accept your login any more")
    mark = lounge.clarity.log.mark()
    await lounge.wind(12)
    asked = {info.whose for info in lounge.clarity.requests_since(mark, path="calls/callback")}
    assert asked == {cast.SHARED}
    said = (await lounge.expert(lounge.alice, "search pricing")).text()
    assert "/expert login" in said
    assert len([m for m in lounge.alice.dm() if "does not accept" in m.text()]) == 1
    await lounge.log_in(lounge.alice, "alice")
    assert "own" in await whose(lounge, lounge.alice)


async def test_a_refused_shared_token_is_told_in_the_calls_channel_once(lounge: Club) -> None:
    """Nobody's login is at fault there: it says who mends it and how, in the channel and to who tries."""
    lounge.clarity.revoke(cast.SHARED)
    told = await lounge.call_told(lounge.bob, "the token of the shared account")
    assert "CLARITY_OAUTH_TOKEN" in told.text()
    said = (await lounge.expert(lounge.bob, "search pricing")).text()
    assert "CLARITY_OAUTH_TOKEN" in said
    await lounge.wind(25)
    assert len([m for m in lounge.bob.messages(lounge.calls) if "does not accept" in m.text()]) == 1


async def test_without_clarity_it_says_how_to_set_it_up(closed: Club) -> None:
    """With neither a shared token nor a client id every word of ``/expert`` says what is to be set."""
    await closed.start(clarity_oauth_token=None, clarity_client_id=None, clarity_client_secret=None)
    for words in ("", "search pricing", "login"):
        await closed.alice.command("/expert", words)
        assert "CLARITY_OAUTH_TOKEN" in closed.alice.ephemerals()[-1].text()


async def test_without_a_shared_account_one_logs_in(closed: Club) -> None:
    """Where there is no shared token, a person without an account is told how to connect theirs."""
    await closed.start(clarity_oauth_token=None)
    assert "/expert login" in (await closed.expert(closed.alice, "search pricing")).text()
    await closed.log_in(closed.alice, "alice")
    assert "Nina Park" in (await closed.expert(closed.alice, "search pricing")).text()


async def test_without_client_id_there_is_no_login(closed: Club) -> None:
    """With a shared token alone ``login`` says what is to be set, and the rest works."""
    await closed.start(clarity_client_id=None, clarity_client_secret=None)
    assert "CLARITY_CLIENT_ID" in (await closed.expert(closed.alice, "login")).text()
    assert "Nina Park" in (await closed.expert(closed.alice, "search pricing")).text()


async def test_keys_are_rotated_at_start(closed: Club) -> None:
    """A key listed first seals anew what older ones sealed; then the old one may go."""
    old, new = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    await closed.start(encryption_keys=[old])
    await closed.log_in(closed.alice, "alice")
    await closed.stop()
    await closed.start(encryption_keys=[new, old])
    await closed.stop()
    await closed.start(encryption_keys=[new])
    assert "own" in await whose(closed, closed.alice)
    assert "Nina Park" in (await closed.expert(closed.alice, "search pricing")).text()
    await closed.stop()
    await closed.start(encryption_keys=[old])
    assert "/expert login" in (await closed.expert(closed.alice, "search pricing")).text()
