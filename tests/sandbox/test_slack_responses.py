"""Response URLs and the payloads of buttons, as the Slack stand-in gives them."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, Registration, SlackStandIn
from tests.clock import WoundClock
from tests.sandbox.slack_app import actions, bolt, button, modal, over_sockets, section, text_field


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


async def test_a_response_url_answers_five_times_within_thirty_minutes(
    slack: SlackStandIn, clock: WoundClock, ada: Person, app: AsyncApp
) -> None:
    """Ephemeral by default, to everybody when asked; then it is used up."""
    async with over_sockets(app, slack), aiohttp.ClientSession() as http:
        delivery = await ada.command("/sms")
        assert delivery is not None
        url = delivery.payload["response_url"]
        assert (await http.post(url, json={"text": "loud", "response_type": "in_channel"})).status == 200
        for number in range(4):
            assert await (await http.post(url, json={"text": str(number)})).text() == "ok"
        used = await http.post(url, json={"text": "one more"})
        assert (used.status, await used.text()) == (404, "used_url")
        other = await ada.command("/sms")
        assert other is not None
        await clock.wind(30 * 60 + 1)
        late = await http.post(other.payload["response_url"], json={"text": "late"})
        assert (late.status, await late.text()) == (404, "expired_url")
    assert [each.text() for each in ada.messages("inbox")] == ["loud"]
    assert [each.text() for each in ada.ephemerals("inbox")] == ["0", "1", "2", "3"]


async def test_a_response_url_is_as_strict_as_a_message(slack: SlackStandIn, ada: Person, app: AsyncApp) -> None:
    """Wrong blocks and unknown keys are refused and cost no use."""
    async with over_sockets(app, slack), aiohttp.ClientSession() as http:
        delivery = await ada.command("/sms")
        assert delivery is not None
        url = delivery.payload["response_url"]
        wrong = await http.post(url, json={"text": "x", "blocks": [section("")]})
        assert (wrong.status, await wrong.text()) == (400, "invalid_blocks")
        strange = await http.post(url, json={"text": "x", "colour": "red"})
        assert (strange.status, await strange.text()) == (400, "invalid_payload")
        assert len(slack.complaints) == 2


async def test_an_ephemeral_message_changes_only_through_its_own_interaction(
    slack: SlackStandIn, ada: Person, app: AsyncApp, api: AsyncWebClient, inbox: Channel
) -> None:
    """Replaced in place, then deleted; its payload carries no message."""
    await api.chat_postEphemeral(channel=inbox.id, user=ada.user.id, text="x", blocks=[actions(button("Press"))])
    async with over_sockets(app, slack), aiohttp.ClientSession() as http:
        pressed = await ada.click("Press")
        assert pressed is not None
        assert pressed.payload["container"]["is_ephemeral"]
        assert "message" not in pressed.payload
        changed = {"text": "y", "blocks": [actions(button("Press"))], "replace_original": True}
        await http.post(pressed.payload["response_url"], json=changed)
        assert len(ada.ephemerals()) == 1
        again = await ada.click("Press")
        assert again is not None
        await http.post(again.payload["response_url"], json={"delete_original": True})
    assert ada.ephemerals() == []


async def test_a_button_on_a_message_brings_the_message(
    slack: SlackStandIn, ada: Person, app: AsyncApp, api: AsyncWebClient, inbox: Channel
) -> None:
    """With its thread, its state and its metadata; a link button also opens its link."""
    metadata = {"event_type": "op", "event_payload": {"op_id": "7"}}
    link = button("Open", url="https://example.test/", value="v")
    await api.chat_postMessage(channel=inbox.id, text="x", blocks=[actions(link)], metadata=metadata)
    async with over_sockets(app, slack):
        pressed = await ada.click(":link: Open")
    assert pressed is not None
    assert pressed.payload["message"]["metadata"] == metadata
    assert pressed.payload["actions"][0]["value"] == "v"
    assert pressed.payload["container"]["message_ts"] == pressed.payload["message"]["ts"]
    assert ada.opened == ["https://example.test/"]


async def test_a_message_holds_what_each_person_typed_in_it(
    slack: SlackStandIn, ada: Person, app: AsyncApp, api: AsyncWebClient, inbox: Channel
) -> None:
    """Fields in messages have state too, and a button brings it."""
    blocks = [text_field("Reason"), actions(button("Press"))]
    await api.chat_postMessage(channel=inbox.id, text="x", blocks=blocks)
    async with over_sockets(app, slack):
        await ada.type("Reason", "because")
        pressed = await ada.click("Press")
    assert pressed is not None
    assert pressed.payload["state"]["values"]["field"]["typed"]["value"] == "because"


async def test_a_modal_opened_for_one_is_not_before_another(
    slack: SlackStandIn, ada: Person, app: AsyncApp, api: AsyncWebClient
) -> None:
    """Screens are personal."""
    bob = slack.person(slack.workspace.add_user("bob", "Bob Noyce"))
    async with over_sockets(app, slack):
        delivery = await ada.command("/sms")
        assert delivery is not None
        await api.views_open(trigger_id=delivery.payload["trigger_id"], view=modal(section("x")))
    assert ada.modal is not None
    assert bob.modal is None


COMMON = {"type", "team", "user", "token", "enterprise", "is_enterprise_install", "trigger_id"}
PRESSED = COMMON | {"api_app_id", "container", "channel", "message", "state", "response_url", "actions"}


async def test_payloads_have_the_keys_slack_sends(
    ada: Person, app: AsyncApp, api: AsyncWebClient, slack: SlackStandIn, inbox: Channel
) -> None:
    """A command is flat; a button brings where it was pressed."""
    await api.chat_postMessage(channel=inbox.id, text="x", blocks=[actions(button("Press"))])
    async with over_sockets(app, slack):
        typed, pressed = await ada.command("/sms", "x"), await ada.click("Press")
    assert typed is not None
    assert pressed is not None
    assert typed.payload.keys() == {
        "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text",
        "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    }  # fmt: skip
    assert pressed.payload.keys() == PRESSED
    assert pressed.payload["container"].keys() == {"type", "message_ts", "channel_id", "is_ephemeral"}
    assert pressed.payload["actions"][0].keys() == {"type", "action_id", "block_id", "text", "action_ts"}
