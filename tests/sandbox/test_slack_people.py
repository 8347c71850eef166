"""People at the Slack stand-in, and a Bolt app that serves them by Socket Mode and by signed HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.sandbox.slack import Ambiguous, NotOnScreen, Person, Registration, Shortcut, SlackStandIn
from tests.sandbox.slack_app import (
    actions,
    bolt,
    button,
    client,
    field,
    modal,
    options,
    over_http,
    over_sockets,
    section,
    text_field,
)

EVENTS = ("message.channels", "message.im", "app_home_opened", "app_mention")
SHORTCUTS = (Shortcut("Text someone", "text_someone", "global"), Shortcut("Send as text", "send_as_text", "message"))


@pytest.fixture(params=[over_sockets, over_http])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[SlackStandIn]:
    """A workspace with an app in it that answers ``/sms``, opens a modal and takes it back."""
    registration = Registration.of(["/sms"], SHORTCUTS, EVENTS)
    async with SlackStandIn(registration, retry_delays=(0, 0.01), patience=2) as stand_in:
        ada = stand_in.workspace.add_user("ada", "Ada Lovelace", is_admin=True)
        stand_in.workspace.add_channel("inbox", [ada, stand_in.workspace.add_user("bob", "Bob Noyce")])
        async with serving(stand_in, request.param):
            yield stand_in
        assert stand_in.complaints == []


@asynccontextmanager
async def serving(slack: SlackStandIn, way: Any) -> AsyncIterator[None]:
    """The app of these tests, on its way of being reached."""
    app = bolt(slack)

    @app.command("/sms")
    async def sms(ack: Any, command: Any) -> None:
        await ack(f"you said {command.get('text')!r}")

    @app.shortcut("text_someone")
    @app.action("reply")
    async def open_reply(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_field(), title="Reply"))

    @app.shortcut("send_as_text")
    async def send_as_text(ack: Any, shortcut: Any, client: Any) -> None:
        await ack()
        filled = text_field(initial_value=shortcut["message"]["text"])
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(filled, title="Reply"))

    @app.view("modal")
    async def sent(ack: Any, view: Any, client: Any, body: Any) -> None:
        typed = view["state"]["values"]["field"]["typed"]["value"]
        if typed == "bad":
            await ack(response_action="errors", errors={"field": "Say something else."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"sent: {typed}")

    @app.event("message")
    async def heard(event: Any, say: Any) -> None:
        if event.get("subtype") is None:
            await say(text=f"heard {event['text']}", thread_ts=event.get("thread_ts", event["ts"]))

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Welcome")]})

    async with way(app, slack):
        yield


async def test_a_command_answers_only_the_person_who_typed_it(slack: SlackStandIn, ada: Person) -> None:
    """What the ack carries is ephemeral."""
    delivery = await ada.command("/sms", "inbox 2")
    assert delivery is not None
    assert delivery.acked
    assert ada.ephemerals("inbox")[-1].text() == "you said 'inbox 2'"
    assert slack.person("bob").ephemerals() == []
    assert slack.called("ack")[-1].arguments["text"] == "you said 'inbox 2'"


async def test_a_command_the_app_did_not_register_never_reaches_it(slack: SlackStandIn, ada: Person) -> None:
    """Slack answers it itself."""
    assert await ada.command("/expert") is None
    assert "/expert is not a valid command" in ada.ephemerals()[-1].text()
    assert slack.deliveries.log == []


async def test_a_button_opens_a_modal_that_is_filled_in_and_sent(slack: SlackStandIn, ada: Person) -> None:
    """The whole round: message, click, modal, typing, submission, direct message."""
    await client(slack).chat_postMessage(
        channel=slack.workspace.channel("inbox").id, text="A text", blocks=[actions(button("✏️ Reply", "reply"))]
    )
    await ada.click("Reply")
    await ada.type("Message", "hello")
    assert "hello" in ada.text()
    await ada.submit()
    await slack.wait_for(lambda: ada.dm()[-1].text() == "sent: hello")
    assert ada.modal is None


async def test_an_error_stands_beside_its_field_and_what_was_typed_stays(slack: SlackStandIn, ada: Person) -> None:
    """The modal stays open until what is in it is accepted."""
    await ada.shortcut("Text someone")
    await ada.type("Message", "bad")
    await ada.submit()
    assert ada.modal is not None
    assert ada.modal.errors == {"field": "Say something else."}
    assert "bad" in ada.modal.text()
    await ada.type("Message", "good")
    await ada.submit()
    await slack.wait_for(lambda: "sent: good" in ada.dm()[-1].text())


async def test_a_message_shortcut_carries_its_message(slack: SlackStandIn, ada: Person) -> None:
    """The app may fill its modal with the words of the message."""
    note = await ada.say("call them back", "inbox")
    await ada.message_shortcut("Send as text", note)
    await slack.wait_for(lambda: ada.modal and "call them back" in ada.modal.text())


async def test_the_app_hears_what_is_said_where_it_is(slack: SlackStandIn, ada: Person) -> None:
    """A message event arrives, and the answer stands in the thread."""
    note = await ada.say("anybody?", "inbox")
    await slack.wait_for(lambda: ada.thread(note)[-1].text() == "heard anybody?")
    await ada.say("more", thread=note)
    await slack.wait_for(lambda: ada.thread(note)[-1].text() == "heard more")


async def test_the_home_tab_is_published_when_it_is_opened(slack: SlackStandIn, ada: Person) -> None:
    """``app_home_opened`` arrives and ``views.publish`` shows; opened again, the event holds what is shown."""
    await ada.open_home()
    await slack.wait_for(lambda: ada.home and "Welcome" in ada.home.text())
    await ada.open_home()
    await slack.wait_for(lambda: len(slack.deliveries.log) > 1)
    first, second = (delivery.payload["event"] for delivery in slack.deliveries.log)
    assert "view" not in first and second["view"]["blocks"][0]["text"]["text"] == "Welcome"


async def test_looking_for_what_is_not_there_says_what_is(slack: SlackStandIn, ada: Person) -> None:
    """A failed search shows the screen; two of the same name are told apart only by their block."""
    slack.patience = 0.01
    await client(slack).chat_postMessage(
        channel=slack.workspace.channel("inbox").id,
        text="Two",
        blocks=[actions(button("Reply", "reply"), block_id="one"), actions(button("Reply", "reply"), block_id="two")],
    )
    with pytest.raises(NotOnScreen, match=r"\[Reply\]"):
        await ada.click("Claim")
    with pytest.raises(Ambiguous, match="block 'two'"):
        await ada.click("Reply")
    slack.patience = 2
    await ada.click("Reply", block="two")
    await slack.wait_for(lambda: ada.modal)


async def test_menus_ticks_and_dates_are_in_what_is_submitted(slack: SlackStandIn, ada: Person) -> None:
    """Every kind of field keeps Slack's own shape of state."""
    view = modal(
        text_field(),
        field("To", {"type": "multi_static_select", "action_id": "to", "options": options("One", "Two")}, "to"),
        field("Pace", {"type": "radio_buttons", "action_id": "pace", "options": options("Slow", "Fast")}, "pace"),
        field("Day", {"type": "datepicker", "action_id": "day"}, "day"),
        field("Who", {"type": "users_select", "action_id": "who"}, "who", optional=True),
    )
    await ada.shortcut("Text someone")
    opened = await slack.wait_for(lambda: ada.modal)
    await client(slack).views_update(view_id=opened.id, hash=opened.hash, view=view)
    await ada.submit()
    assert set(opened.errors) == {"field", "to", "pace", "day"}
    await ada.type("Message", "x")
    await ada.choose("One", "To")
    await ada.choose("Two", "To")
    await ada.unchoose("One", "To")
    await ada.choose("Fast")
    await ada.pick("Day", "2026-11-22")
    await ada.choose("Bob Noyce", "Who")
    delivery = await ada.submit()
    assert delivery is not None
    values = delivery.payload["view"]["state"]["values"]
    assert [each["value"] for each in values["to"]["to"]["selected_options"]] == ["two"]
    assert values["pace"]["pace"]["selected_option"]["value"] == "fast"
    assert values["day"]["day"] == {"type": "datepicker", "selected_date": "2026-11-22"}
    assert values["who"]["who"]["selected_user"] == slack.person("bob").user.id
