"""What people type and choose in the modals of the Slack stand-in, and what it tells the app of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import NotOnScreen, Person, Registration, Shortcut, SlackStandIn, View
from tests.clock import WoundClock
from tests.sandbox.slack_app import (
    actions,
    bolt,
    button,
    field,
    modal,
    options,
    over_sockets,
    section,
    text_field,
)

TYPING = {"trigger_actions_on": ["on_character_entered"]}


@pytest.fixture
async def slack(clock: WoundClock) -> AsyncIterator[SlackStandIn]:
    """A workspace whose time stands still; the app has one shortcut, **Start**."""
    registration = Registration.of(shortcuts=[Shortcut("Start", "start", "global")])
    async with SlackStandIn(registration, now=clock.seconds, patience=1, ack_seconds=0.3) as stand_in:
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace")])
        yield stand_in


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[AsyncApp]:
    """An app that acks everything; tests add what they need."""
    app = bolt(slack)

    @app.shortcut("start")
    @app.action({"action_id": "press"})
    async def ack_only(ack: Any) -> None:
        await ack()

    async with over_sockets(app, slack):
        yield app


async def trigger(ada: Person) -> str:
    """A fresh trigger of hers."""
    return str((await ada.shortcut("Start")).payload["trigger_id"])


async def opened(ada: Person, api: AsyncWebClient, view: dict[str, Any]) -> View:
    """A modal open before her."""
    await api.views_open(trigger_id=await trigger(ada), view=view)
    assert ada.modal is not None
    return ada.modal


@pytest.mark.usefixtures("app")
async def test_an_update_keeps_what_was_typed_under_the_same_ids(ada: Person, api: AsyncWebClient) -> None:
    """A new first value is ignored while the ids stay; a new block_id replaces the text."""
    view = await opened(ada, api, modal(text_field(initial_value="first")))
    await ada.type("Message", "typed")
    await api.views_update(view_id=view.id, view=modal(section("new"), text_field(initial_value="second")))
    assert view.state["field"]["typed"]["value"] == "typed"
    await api.views_update(view_id=view.id, view=modal(text_field(block_id="other", initial_value="third")))
    assert view.state == {"other": {"typed": {"type": "plain_text_input", "value": "third"}}}


@pytest.mark.usefixtures("app")
async def test_an_option_that_is_no_longer_offered_is_not_kept(ada: Person, api: AsyncWebClient) -> None:
    """The others are."""

    def lists(*labels: str) -> dict[str, Any]:
        return modal(field("To", {"type": "checkboxes", "action_id": "to", "options": options(*labels)}))

    view = await opened(ada, api, lists("One", "Two"))
    await ada.choose("One")
    await ada.choose("Two")
    await api.views_update(view_id=view.id, view=lists("Two", "Three"))
    assert [each["value"] for each in view.state["field"]["to"]["selected_options"]] == ["two"]
    assert "(x) Two ( ) Three" in view.text()


async def test_slack_itself_refuses_what_the_field_does_not_take(
    app: AsyncApp, ada: Person, api: AsyncWebClient
) -> None:
    """Required, too short, too long, not an address, not a number: nothing is sent."""

    @app.view("modal")
    async def on_submit(ack: Any) -> None:
        await ack()

    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}
    view = await opened(
        ada,
        api,
        modal(
            text_field("Words", "words", min_length=2, max_length=4),
            field("E-mail", {"type": "email_text_input", "action_id": "e"}, "mail", optional=True),
            field("Hours", number, "hours"),
        ),
    )
    assert await ada.submit() is None
    assert set(view.errors) == {"words", "hours"}
    await ada.type("Words", "12345")
    await ada.type("E-mail", "nobody")
    await ada.type("Hours", "10")
    assert await ada.submit() is None
    assert set(view.errors) == {"words", "mail", "hours"}
    await ada.type("Words", "1234")
    await ada.type("E-mail", "")
    await ada.type("Hours", "9")
    assert await ada.submit() is not None
    assert ada.modal is None


async def test_typing_is_told_while_it_happens(app: AsyncApp, ada: Person, api: AsyncWebClient) -> None:
    """With ``on_character_entered`` each change arrives with the state of the whole view."""
    heard: list[str] = []

    @app.action("typed")
    async def on_typing(ack: Any, body: Any) -> None:
        await ack()
        heard.append(body["actions"][0]["value"])
        assert body["view"]["state"]["values"]["field"]["typed"]["value"] == heard[-1]

    await opened(ada, api, modal(text_field(dispatch_action_config=TYPING)))
    await ada.type("Message", "h")
    await ada.type("Message", "hi")
    assert heard == ["h", "hi"]


async def test_enter_is_told_where_only_enter_is_asked_for(app: AsyncApp, ada: Person, api: AsyncWebClient) -> None:
    """Typing alone is not."""
    heard: list[str] = []

    @app.action("typed")
    async def on_enter(ack: Any, action: Any) -> None:
        await ack()
        heard.append(action["value"])

    await opened(ada, api, modal(text_field(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]})))
    await ada.type("Message", "h")
    await ada.type("Message", "hi", enter=True)
    assert heard == ["hi"]


async def test_a_menu_that_asks_the_app(slack: SlackStandIn, app: AsyncApp, ada: Person, api: AsyncWebClient) -> None:
    """What is typed goes to the app; only what it offers can be chosen."""

    @app.options("who")
    async def offer(ack: Any, payload: Any) -> None:
        await ack(options=[each for each in options("Jane", "John") if payload["value"] in each["value"]])

    menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    view = await opened(ada, api, modal(field("Subscriber", menu)))
    slack.patience = 0.01
    await ada.type("Subscriber", "ja")
    with pytest.raises(NotOnScreen):
        await ada.choose("John", "Subscriber")
    await ada.choose("Jane", "Subscriber")
    assert view.state["field"]["who"]["selected_option"]["value"] == "jane"
    assert "Jane" in view.text()


@pytest.mark.usefixtures("app")
async def test_a_dialog_asks_once_more(slack: SlackStandIn, ada: Person, api: AsyncWebClient) -> None:
    """Denied, nothing is sent."""
    texts = {"title": "Sure?", "text": "This sends it again.", "confirm": "Send", "deny": "Back"}
    asks = button("Send anyway", confirm={key: {"type": "plain_text", "text": words} for key, words in texts.items()})
    channel = slack.workspace.channel("inbox")
    await api.chat_postMessage(channel=channel.id, text="x", blocks=[actions(asks)])
    assert await ada.click("Send anyway", confirm=False) is None
    assert await ada.click("Send anyway") is not None
    assert ada.confirmations[0] == "Sure?\nThis sends it again.\nSend\nBack"
