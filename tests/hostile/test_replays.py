"""What Slack signed, sent once more by somebody else: within five minutes the signature is good, and it does nothing.

The very same request is known by its signature; signed anew, as Slack does when it is unsure, by what was asked for.
"""

import asyncio
import time

import aiohttp

from bot.sandbox.slack.transport import _encoded, signature
from tests.drive import JANE
from tests.hostile.conftest import Fort


class Spy:
    """Somebody who sees all requests from Slack, all of one second, and sends them again."""

    def __init__(self, fort: Fort) -> None:
        assert fort.slack.deliveries.http is not None
        self.url = fort.slack.deliveries.http.url
        self.fort = fort
        self.stamp = int(time.time())
        fort.slack.deliveries.http._wall_clock = lambda: self.stamp

    async def replay(self, kind: str, *, signed: int = 0) -> None:
        """Send the last request of a kind three times at once, ``signed`` seconds after the first was."""
        envelope = next(one.envelope for one in reversed(self.fort.slack.deliveries.log) if one.payload["type"] == kind)
        body, content_type = _encoded(envelope)
        stamp = str(self.stamp + signed)
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.fort.slack.signing_secret, stamp, body),
        }
        async with aiohttp.ClientSession(headers=headers) as session:
            answers = await asyncio.gather(*(session.post(self.url, data=body.encode()) for _ in range(3)))
        assert {answer.status for answer in answers} == {200}
        await self.fort.wind(2)


async def test_a_request_sent_again_does_nothing_twice(fort: Fort) -> None:
    """A reply, a claim that was given up since, a broadcast and a call: each is done as often as it was pressed."""
    spy = Spy(fort)
    header = await fort.text_in(JANE, "Hello")
    await fort.open_modal(fort.bob, "Reply", header)
    await fort.bob.type("Message", "Hi Jane")
    await fort.bob.submit()
    await fort.until(lambda: fort.on_phone(JANE) == ["Hi Jane"])
    for signed in (0, 30):
        await spy.replay("view_submission", signed=signed)
    assert fort.on_phone(JANE) == ["Hi Jane"]
    assert fort.thread("Jane Doe")[1:] == fort.thread("Jane Doe")[-1:]

    await fort.send("Doors open at nine.")
    await fort.shows("Sent")
    await spy.replay("view_submission", signed=60)
    assert [text for text in fort.on_phone(JANE) if "Doors open" in text] == fort.on_phone(JANE)[1:]
    assert len(fort.clearstream.requests_since(method="POST", path="messages")) == 1

    await fort.log_in(fort.alice, "alice")
    fort.clarity.someone_requests("alice", "ninapark", "Your text line", 72)
    message = await fort.call_told(fort.alice, "Your text line")
    await fort.alice.click("Connect", message)
    await fort.until(lambda: "Connect]" not in message.text())
    await spy.replay("block_actions", signed=60)
    assert len(fort.clarity.requests_since(method="POST", path="calls/*/connect")) == 1


async def test_what_was_given_up_is_not_taken_back_by_a_request_sent_again(fort: Fort) -> None:
    """Bob claimed it, and Alice released it: his press, sent once more, claims nothing."""
    spy = Spy(fort)
    header = await fort.text_in(JANE, "Hello")
    await fort.bob.click("Claim", header)
    await fort.until(lambda: "claimed by @Bob Baker" in fort.header("Jane Doe").text())
    claimed = fort.slack.deliveries.log[-1]
    await fort.alice.click("Release", fort.header("Jane Doe"))
    await fort.until(lambda: "claimed by" not in fort.header("Jane Doe").text())
    fort.slack.deliveries.log.append(claimed)
    await spy.replay("block_actions")
    assert "claimed by" not in fort.header("Jane Doe").text()
    assert [act for _, act, _ in await fort.record()] == ["claim", "release"]
