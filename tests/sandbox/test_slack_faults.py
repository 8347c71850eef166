"""Calls to the Slack stand-in that fail on purpose, and how tests watch it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Fault, How, Person, Registration, SlackStandIn
from bot.sandbox.slack.record import Call
from tests.clock import WoundClock
from tests.sandbox.slack_app import bolt, over_sockets


@pytest.fixture
async def slack(clock: WoundClock) -> AsyncIterator[SlackStandIn]:
    """A workspace whose time stands still, with an app that has ``/sms``."""
    async with SlackStandIn(Registration.of(["/sms"]), now=clock.seconds, patience=1) as stand_in:
        stand_in.limits.enabled = False
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace")])
        yield stand_in


@pytest.fixture
def app(slack: SlackStandIn) -> AsyncApp:
    """An app that acks the command and the button."""
    app = bolt(slack)

    @app.command("/sms")
    @app.action("press")
    async def keep(ack: Any) -> None:
        await ack()

    return app


@pytest.mark.parametrize(
    ("how", "done"),
    [
        (How.DROP_BEFORE, False),
        (How.DROP_AFTER, True),
        (How.STATUS_BEFORE, False),
        (How.STATUS_AFTER, True),
        (How.ERROR_BEFORE, False),
        (How.ERROR_AFTER, True),
        (How.RATE_LIMIT, False),
    ],
)
async def test_a_call_fails_on_one_side_of_the_work_or_the_other(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel, how: How, done: bool
) -> None:
    """The bot cannot tell from the failure whether the message stands; the next call goes as it should."""
    slack.faults.add(Fault("chat.postMessage", how))
    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await api.chat_postMessage(channel=inbox.id, text="once")
    assert [each.text() for each in ada.messages("inbox")] == ["once"] * done
    await api.chat_postMessage(channel=inbox.id, text="once")
    assert len(ada.messages("inbox")) == 1 + done


async def test_a_fault_strikes_only_what_it_is_meant_for(
    slack: SlackStandIn, api: AsyncWebClient, inbox: Channel
) -> None:
    """By method and by arguments, so many times."""
    fault = slack.faults.refuse("chat.postMessage", "channel_not_found")
    fault.when = lambda arguments: arguments["text"] == "b"
    await api.chat_postMessage(channel=inbox.id, text="a")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await api.chat_postMessage(channel=inbox.id, text="b")
    await api.chat_postMessage(channel=inbox.id, text="b")


async def test_hooks_stand_on_both_sides_of_the_work(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """A test can look, or kill a process, at either moment."""
    seen: list[tuple[str, int]] = []

    async def before(call: Call) -> None:
        seen.append(("before", len(ada.messages("inbox"))))

    async def after(call: Call) -> None:
        seen.append(("after", len(ada.messages("inbox"))))

    ends = [slack.faults.before("chat.postMessage", before), slack.faults.after("chat.postMessage", after)]
    await api.chat_postMessage(channel=inbox.id, text="x")
    for end in ends:
        end()
    await api.chat_postMessage(channel=inbox.id, text="x")
    assert seen == [("before", 0), ("after", 1)]


async def test_a_lost_response_is_on_record_as_one(slack: SlackStandIn, ada: Person, app: AsyncApp) -> None:
    """Faults know answers to response URLs by that name."""
    slack.faults.drop_before("response_url")
    async with over_sockets(app, slack), aiohttp.ClientSession() as http:
        delivery = await ada.command("/sms")
        assert delivery is not None
        with pytest.raises(aiohttp.ClientError):
            await http.post(delivery.payload["response_url"], json={"text": "x"})
    assert ada.ephemerals() == []
    assert slack.calls[-1].route == "response_url"


async def test_waiting_says_what_everybody_saw(slack: SlackStandIn, ada: Person) -> None:
    """A test that waits in vain reads the screens."""
    await ada.say("hello", "inbox")
    with pytest.raises(TimeoutError, match="hello"):
        await slack.wait_for(lambda: ada.messages("inbox")[5], timeout=0.01)
    heard: list[int] = []
    end = slack.on_change(lambda: heard.append(slack.revision))
    await ada.say("again", "inbox")
    end()
    await ada.say("unheard", "inbox")
    assert heard == [heard[0]]


async def test_a_stalled_call_waits_before_the_work(slack: SlackStandIn, api: AsyncWebClient, inbox: Channel) -> None:
    """A client with less patience gives up."""
    slack.faults.stall("chat.postMessage", 0.05)
    api.timeout = 0.01  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await api.chat_postMessage(channel=inbox.id, text="x")
