"""The same over signed HTTP: what Slack signed is played, what is forged or stale gets 401 and does nothing."""

import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.sandbox.slack.transport import signature
from tests.drive import JANE, House

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def wired(unopened: House) -> AsyncIterator[House]:
    """The bot on signed HTTP."""
    await unopened.start(slack_app_token=None, slack_signing_secret=unopened.slack.signing_secret)
    unopened.slack.deliver_to(address(unopened))
    yield unopened


def address(house: House) -> str:
    """Where Slack posts to."""
    assert house.bot is not None
    return f"http://127.0.0.1:{house.bot.server.port}/slack/events"


async def post(
    house: House,
    body: str,
    headers: dict[str, str] | None = None,
    *,
    secret: str | None = None,
    at: float | None = None,
) -> int:
    """Post something as Slack would, but for what is said; the status it is answered with."""
    status, _ = await answered(house, body, headers, secret=secret, at=at)
    return status


async def answered(
    house: House,
    body: str,
    headers: dict[str, str] | None = None,
    *,
    secret: str | None = None,
    at: float | None = None,
) -> tuple[int, str]:
    """The same, with the answer's body."""
    stamp = str(int(time.time() if at is None else at))
    signed = signature(secret or house.slack.signing_secret, stamp, body)
    all_headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
    all_headers |= headers or {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address(house), data=body.encode(), headers=all_headers) as answer,
    ):
        return answer.status, await answer.text()


async def claim_press(house: House) -> str:
    """The body of Bob's press on Claim, which was not delivered."""
    header = await house.text_in(JANE, "Hello")
    value = next(each for block in header.blocks for each in block.get("elements", ()) if "claim" in str(each))["value"]
    payload = {
        "type": "block_actions",
        "user": {"id": house.bob.user.id, "team_id": house.slack.workspace.team_id},
        "team": {"id": house.slack.workspace.team_id},
        "trigger_id": "1.2.3",
        "channel": {"id": house.texts.id},
        "actions": [{"type": "button", "action_id": "inbox.claim", "block_id": "conversation", "value": value}],
    }
    return urlencode({"payload": json.dumps(payload)})


async def test_slack_may_ask_whether_this_is_the_address(wired: House) -> None:
    """As it does when an address is entered: its challenge comes back, to nobody whose signature is another's."""
    question = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "none"})
    as_json = {"Content-Type": "application/json"}
    status, told = await answered(wired, question, as_json)
    assert (status, json.loads(told)) == (200, {"challenge": "3eZbrw1aB"})
    assert await post(wired, question, as_json, secret="another") == 401


async def test_a_text_is_answered_over_signed_http(wired: House) -> None:
    """Command, button, typing, suggestions and submission, all as signed requests."""
    header = await wired.text_in(JANE, "Do you have a table?")
    await wired.open_modal(wired.bob, "Reply", header)
    await wired.bob.type("Message", "Yes, at seven.")
    await wired.until(lambda: wired.bob.modal and "*14* of 160" in wired.bob.modal.text())
    await wired.bob.submit()
    await wired.until(lambda: wired.on_phone(JANE) == ["Yes, at seven."])
    await wired.bob.command("/sms", "text")
    await wired.bob.type("To", "jane")
    await wired.bob.choose("Jane Doe · +1 200-555-1000", "To")
    await wired.until(lambda: wired.bob.modal and "in your conversation" in wired.bob.modal.text())


async def test_what_slack_signed_is_done(wired: House) -> None:
    """The control of those below: the same press, rightly signed, claims."""
    assert await post(wired, await claim_press(wired)) == 200
    await wired.until(lambda: "claimed by @Bob Baker" in wired.header("Jane Doe").text())


async def test_a_forged_request_gets_401_and_does_nothing(wired: House) -> None:
    """Signed with another secret, unsigned, signed for another body, or with nonsense for a signature."""
    body = await claim_press(wired)
    stamp = str(int(time.time()))
    other = signature(wired.slack.signing_secret, stamp, body + "&x=1")
    assert await post(wired, body, secret="another secret") == 401
    assert await post(wired, body, {"X-Slack-Signature": ""}) == 401
    assert await post(wired, body, {"X-Slack-Signature": "v0=nonsense"}) == 401
    assert await post(wired, body, {"X-Slack-Signature": other, "X-Slack-Request-Timestamp": stamp}) == 401
    assert await post(wired, body, {"X-Slack-Request-Timestamp": "soon"}) == 401
    await wired.wind(2)
    assert "claimed" not in wired.header("Jane Doe").text()
    assert await wired.record() == []


@pytest.mark.parametrize("seconds", [-301, -86400, 301])
async def test_a_stale_request_gets_401_and_does_nothing(wired: House, seconds: int) -> None:
    """Rightly signed, but more than five minutes ago, or ahead of its time."""
    body = await claim_press(wired)
    assert await post(wired, body, at=time.time() + seconds) == 401
    await wired.wind(2)
    assert "claimed" not in wired.header("Jane Doe").text()
