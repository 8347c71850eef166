"""Connecting an account: the address to go to, and the code that becomes a token."""

import json
import logging
import traceback
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot import errors
from bot.clarity.oauth import authorize_url, exchange, read_token
from bot.http.transport import NOISY
from tests.upstream import Upstream

SECRET, CODE, TOKEN = "s3cret-of-ours", "c0de-of-the-browser", "t0ken-of-jane"
REDIRECT = "https://bot.example/clarity/callback"
TOKENS = st.from_regex(r"[A-Za-z0-9._~+/-]{1,60}={0,2}", fullmatch=True).filter(
    lambda token: token.lower() not in ("null", "true", "false", "undefined", "none")
)


async def ask(upstream: Upstream, **changes: Any) -> str:
    """Exchange the code at the server."""
    settings = {
        "client_id": "switchboard",
        "client_secret": SECRET,
        "redirect_uri": REDIRECT,
        "authorize_url": upstream.url.replace("/v1/", "/oauth/authorize"),
    }
    return await exchange(CODE, **{**settings, **changes})


def test_the_address_to_go_to() -> None:
    """As documented, with the way back and the state; what the setting has in its query stays."""
    address = authorize_url("switchboard", REDIRECT, "st&te+1")
    assert address.startswith("https://clarity.fm/oauth/authorize?")
    asked = {"client_id": "switchboard", "response_type": "code", "redirect_uri": REDIRECT, "state": "st&te+1"}
    assert parse_qs(urlsplit(address).query) == {name: [value] for name, value in asked.items()}
    mine = authorize_url("switchboard", REDIRECT, "s", "http://127.0.0.1:8/oauth/authorize?skin=dark")
    assert mine.startswith("http://127.0.0.1:8/oauth/authorize?skin=dark&client_id=switchboard&")


async def test_a_code_becomes_a_token(upstream: Upstream) -> None:
    """One POST to the same address, its parameters in the body as draft 10 has them, nothing secret in the query."""
    upstream.answers(TOKEN.encode())
    assert await ask(upstream) == TOKEN
    [seen] = upstream.seen
    assert (seen.method, seen.path, seen.query) == ("POST", "/oauth/authorize", {})
    assert seen.form == {
        "client_id": "switchboard",
        "client_secret": SECRET,
        "code": CODE,
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
    }


ANSWERS = [
    TOKEN, f"  {TOKEN}\n", json.dumps(TOKEN), json.dumps({"oauth_token": TOKEN}), json.dumps({"access_token": TOKEN}),
    json.dumps({"access_token": TOKEN, "token_type": "bearer", "oauth_token": None}), f"oauth_token={TOKEN}",
    f"access_token={TOKEN}&token_type=bearer&expires=5183999", f"\ufeff{TOKEN}",
]  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_token_comes_in_any_dress(answer: str, upstream: Upstream) -> None:
    """Itself, JSON under either name, or form-encoded."""
    upstream.answers(answer.encode())
    assert await ask(upstream) == TOKEN


NOT_TOKENS = [
    "", " ", "null", '""', "[]", f'["{TOKEN}"]', "{}", '{"oauth_token": null}', '{"oauth_token": ""}',
    '{"oauth_token": 5}', '{"oauth_token": {"a": 1}}', '{"error": "invalid_grant"}', f'{{"token": "{TOKEN}"}}',
    "error=access_denied", "oauth_token=", f"token={TOKEN}&x=1", f"<html>{TOKEN}</html>", f"Your token is {TOKEN}",
    f"{TOKEN}\n{TOKEN}", '{"oauth_token": "two words"}', "x" * 5000, "{",
]  # fmt: skip


@pytest.mark.parametrize("answer", NOT_TOKENS)
async def test_anything_else_is_no_token(answer: str, upstream: Upstream) -> None:
    """It is refused, without a word of it: what looks like nothing may still be somebody's token."""
    upstream.answers(answer.encode())
    with pytest.raises(errors.Rejected, match="without a token") as caught:
        await ask(upstream)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@given(TOKENS)
def test_every_token_survives_every_dress(token: str) -> None:
    """Whatever characters a token may have, it is read the same from each form."""
    dressed = [
        json.dumps({"oauth_token": token}),
        json.dumps({"access_token": token}),
        json.dumps(token),
        urlencode({"oauth_token": token}),
        urlencode({"access_token": token, "token_type": "bearer"}),
        token,
    ]
    assert {read_token(answer) for answer in dressed} == {token}


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.decode(errors="replace")))
def test_no_answer_breaks_the_reading(answer: str) -> None:
    """Whatever comes, it is a token that can travel in an address, or none."""
    token = read_token(answer)
    assert token is None or (token.isascii() and token.isprintable() and " " not in token)


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500, 503])
@pytest.mark.parametrize("loud", [False, True], ids=["as configured", "somebody turned the loggers up"])
async def test_a_refusal_tells_no_secret(
    status: int, loud: bool, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that repeats all it was sent does not get it into a log, an error or a traceback."""
    caplog.set_level(logging.DEBUG)
    upstream.answers({"error": f"code {CODE} with {SECRET} is used up"}, status=status)
    with capture_logs() as lines, pytest.raises(errors.UpstreamError, match="code … with … is used up") as caught:
        for name in NOISY if loud else ():
            caplog.set_level(logging.DEBUG, logger=name)
        await ask(upstream)
    shown = caplog.text + str(lines) + "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in (CODE, SECRET) if secret in shown]


@pytest.mark.parametrize("fault", ["drop", "hang", "half"])
async def test_a_lost_answer_is_doubt(fault: str, upstream: Upstream) -> None:
    """A code may be used up by then, so it is not sent again."""
    upstream.answers(fault=fault)
    with pytest.raises(errors.MaybeSent) as caught:
        await ask(upstream, timeout=1)
    shown = "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in (CODE, SECRET) if secret in shown]
    assert len(upstream.seen) == 1


async def test_no_code_is_not_exchanged(upstream: Upstream) -> None:
    """Nothing is sent for an empty code."""
    with pytest.raises(errors.Invalid, match="no code"):
        await exchange(" ", client_id="a", client_secret=SECRET, redirect_uri=REDIRECT, authorize_url=upstream.url)
    assert not upstream.seen
