"""The HTTP client asking for different people over the same connections: each as themselves, none of them told."""

from collections.abc import AsyncIterator

import pytest

from bot import errors
from bot.http import ApiClient
from tests.upstream import Upstream

KEY = "sekret-KEY-123456"


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[ApiClient]:
    """A client with a key of its own, on behalf of nobody."""
    async with ApiClient(
        service="Acme", base_url=upstream.url, headers={"X-Api-Key": KEY}, secrets=["hush-hush"]
    ) as client:
        yield client


async def test_everybody_asks_as_themselves(upstream: Upstream, client: ApiClient) -> None:
    """Each request carries the credentials of whoever asks, and no cookie of the one before."""
    jane, joe = (client.signed({"oauth_token": token}) for token in ("tok-jane", "tok+joe/="))
    for person in (jane, joe, jane, client):
        upstream.answers({}, Set_Cookie="session=jane; Path=/")
        await person.request("GET", "/things", route="/things", query={"page": 1})
    asked = [(seen.query.get("oauth_token"), seen.headers["X-Api-Key"]) for seen in upstream.seen]
    assert asked == [("tok-jane", KEY), ("tok+joe/=", KEY), ("tok-jane", KEY), (None, KEY)]
    assert {seen.query["page"] for seen in upstream.seen} == {"1"}
    assert not [seen for seen in upstream.seen if "Cookie" in seen.headers]


async def test_whoever_asks_is_not_told_in_errors(upstream: Upstream, client: ApiClient) -> None:
    """A service that repeats a token, plain or as it stood in the address, or another secret, is not quoted."""
    person = client.signed({"oauth_token": "tok+joe/="})
    upstream.answers({"error": "tok+joe/= tok%2Bjoe%2F%3D hush-hush is bad"}, status=401)
    with pytest.raises(errors.Unauthorized, match="“… … … is bad”"):
        await person.request("POST", "/things", route="/things")
    assert "joe" not in repr(person) + repr(vars(person))


@pytest.mark.parametrize("token", ["", "  "])
async def test_an_empty_token_is_none(client: ApiClient, token: str) -> None:
    """A token that is not there is said at once."""
    with pytest.raises(errors.SettingsError, match="token for Acme is empty"):
        client.signed({"oauth_token": token})
