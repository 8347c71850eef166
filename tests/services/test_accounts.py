"""Whose Clarity account is used: tokens at rest, and the way of a login from its link to its token."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.clarity import oauth
from bot.clarity.client import Clarity, open_api
from bot.errors import Gone, Refused, UpstreamError
from bot.operations.ledger import Ledger
from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.clarity.model import Code
from bot.services.accounts import Accounts, Login
from bot.services.setup import Setup
from bot.store import clarity as rows
from bot.store.crypto import Box
from bot.store.engine import Row, Store
from bot.store.tables import oauth_states, operations
from tests.clock import WoundClock

CALLBACK = "https://bot.example.com/clarity/callback"
ALICE, BOB = "U0ALICE", "U0BOB"
OLD, NEW = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))


class Desk:
    """An installation's accounts before a Clarity of thirty members, as any of its processes sees them."""

    def __init__(self, store: Store, clarity: ClarityStandIn) -> None:
        self.store = store
        self.clarity = clarity
        self._api = open_api(clarity.api_url, timeout=5)

    async def close(self) -> None:
        """Close the connections to Clarity."""
        await self._api.aclose()

    def process(self, keys: Sequence[str] = (OLD,)) -> Accounts:
        """A process of its own, which knows these keys, the newest first."""
        authorize = partial(oauth.authorize_url, self.clarity.client_id, CALLBACK, authorize_url=self.clarity.oauth_url)
        exchange = partial(
            oauth.exchange,
            client_id=self.clarity.client_id,
            client_secret=self.clarity.client_secret,
            redirect_uri=CALLBACK,
            authorize_url=self.clarity.oauth_url,
        )
        login = Login(authorize, exchange, "https://bot.example.com")
        return Accounts(
            self.store, Ledger(self.store), Box(keys), lambda token: Clarity.of(token, self._api), None, login, Setup()
        )

    def code(self, name: str) -> str:
        """What Clarity sends a browser back with, once this member has allowed it."""
        code, now = f"code-{len(self.clarity.state.codes)}", self.store.clock.now()
        self.clarity.state.codes[code] = Code(self.clarity.member(name).id, CALLBACK, True, now + timedelta(hours=1))
        return code

    async def state(self, user_id: str) -> str:
        """The state in the link somebody got."""
        return (await self.process().set_out(user_id)).rsplit("/", 1)[1]

    async def connected(self, user_id: str, name: str) -> None:
        """Somebody has connected this member's account."""
        await self.process().came_back(await self.state(user_id), self.code(name))

    async def account(self, user_id: str) -> Row:
        """What is stored of somebody's account."""
        async with self.store.read() as tx:
            row = await rows.account(tx, user_id)
        assert row is not None
        return row

    async def told(self) -> list[str]:
        """Who was asked to log in again, oldest first."""
        async with self.store.read() as tx:
            found = await tx.rows(select(operations).order_by(operations.c.seq))
        return [row["payload"]["to"] for row in found if row["payload"]["what"] == "refused"]

    def exchanges(self) -> int:
        """How often Clarity was asked for a token."""
        return len(self.clarity.requests_since(method="POST", path="oauth/authorize"))


@pytest.fixture
async def desk(store: Store, clock: WoundClock) -> AsyncIterator[Desk]:
    """Nobody has connected an account yet; on each kind of database."""
    async with ClarityStandIn(now=clock.now, tick_seconds=None, redirect_uris=[CALLBACK]) as clarity:
        cast.furnish(clarity)
        desk = Desk(store, clarity)
        yield desk
        await desk.close()


async def test_a_token_is_sealed_and_opens_in_its_owner_s_row_alone(desk: Desk) -> None:
    """Nothing of it is to be read; put into another row it opens nothing, and that person is asked to log in, once."""
    await desk.connected(ALICE, "alice")
    await desk.connected(BOB, "bob")
    alice = await desk.account(ALICE)
    token = desk.clarity.token("alice")
    assert token not in str(alice)
    assert base64.urlsafe_b64encode(token.encode()).decode().rstrip("=") not in str(alice)
    mine = await desk.process().by_owner(ALICE)
    assert mine is not None
    assert (await mine.client.me()).screen_name == "alice"
    async with desk.store.write() as tx:
        await rows.change_account(tx, BOB, key=alice["key"], sealed=alice["sealed"])
    for _ in range(2):
        with pytest.raises(Refused, match="/expert login"):
            await desk.process().of(BOB)
        assert await desk.process().by_owner(BOB) is None
    assert await desk.told() == [BOB]
    assert (await desk.process().of(ALICE)).name == "Alice Admin"


async def test_keys_rotate_by_being_listed(desk: Desk) -> None:
    """The first seals anew at the next start what others sealed; what no listed key opens is asked for again, once."""
    await desk.connected(ALICE, "alice")
    before = await desk.account(ALICE)
    await desk.process([NEW, OLD]).prepare()
    after = await desk.account(ALICE)
    assert (after["key"], before["key"]) == (Box([NEW]).newest, Box([OLD]).newest)
    account = await desk.process([NEW]).of(ALICE)
    assert (await account.client.me()).screen_name == "alice"
    for _ in range(2):
        await desk.process([OLD]).prepare()
        with pytest.raises(Refused, match="/expert login"):
            await desk.process([OLD]).of(ALICE)
    assert await desk.told() == [ALICE]


async def test_a_state_serves_once_and_for_who_got_it(desk: Desk) -> None:
    """Two processes take the same callback at once: one token is asked for, for the person whose link it was."""
    state = await desk.state(ALICE)
    assert state in await desk.process().onward(state)
    codes = [desk.code("alice"), desk.code("bob")]
    ends = await asyncio.gather(*(desk.process().came_back(state, code) for code in codes), return_exceptions=True)
    assert sorted(isinstance(end, Gone) for end in ends) == [False, True]
    assert desk.exchanges() == 1
    assert (await desk.account(ALICE))["refused_at"] is None
    for again in (desk.process().onward(state), desk.process().came_back(state, desk.code("alice"))):
        with pytest.raises(Gone, match="/expert login"):
            await again
    with pytest.raises(Gone):
        await desk.process().onward("a-state-nobody-got")
    assert desk.exchanges() == 1


async def test_a_state_lasts_ten_minutes_and_is_not_stored_as_it_is(desk: Desk, clock: WoundClock) -> None:
    """To the second, on the way out as on the way back; the database alone lets nobody connect."""
    early, late = await desk.state(ALICE), await desk.state(BOB)
    async with desk.store.read() as tx:
        assert not {early, late} & {row["state"] for row in await tx.rows(select(oauth_states))}
    clock.advance(600)
    await desk.process().onward(late)
    assert await desk.process().came_back(early, desk.code("alice")) == "Alice Admin"
    clock.advance(0.001)
    for expired in (desk.process().onward(late), desk.process().came_back(late, desk.code("bob"))):
        with pytest.raises(Gone, match="ten minutes"):
            await expired
    await desk.state(ALICE)
    async with desk.store.read() as tx:
        assert len(await tx.rows(select(oauth_states))) == 1


async def test_a_code_clarity_refuses_connects_nothing_and_uses_the_state_up(desk: Desk) -> None:
    """The account somebody had stays as it was; the same link does not serve for another try."""
    await desk.connected(ALICE, "alice")
    before, state = await desk.account(ALICE), await desk.state(ALICE)
    with pytest.raises(UpstreamError):
        await desk.process().came_back(state, "a-code-nobody-got")
    with pytest.raises(Gone):
        await desk.process().came_back(state, desk.code("bob"))
    assert await desk.account(ALICE) == before
