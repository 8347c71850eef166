"""Pressing, typing, choosing and writing on the page, and what of it reaches the app."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, SlackStandIn
from tests.sandbox.page.looking import Visitor
from tests.sandbox.slack_app import actions, bolt, button, field, modal, options, over_sockets, text_field


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[list[str]]:
    """An app with a modal that tells what is typed; what it heard, in order."""
    heard: list[str] = []
    app = bolt(slack)
    menu = {"type": "external_select", "action_id": "to", "min_query_length": 0}
    typed = text_field(dispatch_action_config={"trigger_actions_on": ["on_character_entered"]})

    @app.action("open")
    async def opened(ack: Any, body: Any, client: Any) -> None:
        await ack()
        view = modal(typed, field("To", menu, "to"), title="Reply")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("typed")
    async def typing(ack: Any, action: Any) -> None:
        await ack()
        heard.append(f"typed {action['value']}")

    @app.options("to")
    async def offer(ack: Any, payload: Any) -> None:
        await ack(options=options(f"{payload['value']} Doe"))

    @app.view("modal")
    async def sent(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        heard.append(f"sent {values['field']['typed']['value']} to {values['to']['to']['selected_option']['value']}")
        await ack()

    @app.command("/sms")
    async def sms(ack: Any, command: Any) -> None:
        await ack(f"you said {command.get('text', '')!r}")

    async with over_sockets(app, slack):
        yield heard


async def test_a_deleted_root_leaves_its_thread(
    visitor: Visitor, slack: SlackStandIn, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """An admin deletes; what hung under it is still there to read."""
    root = (await api.chat_postMessage(channel=inbox.id, text="the root"))["ts"]
    await api.chat_postMessage(channel=inbox.id, thread_ts=root, text="a reply")
    form = {"surface": f"m:{inbox.id}:{root}"}
    await visitor.post("act/delete", form | {"as": bob.user.id})
    assert visitor.said == "Only its author and workspace admins can delete this message."
    await visitor.post("act/delete", form | {"as": slack.person("ada").user.id})
    page = await visitor.look(person=bob.user.id, channel=inbox.id, thread=root)
    assert "This message was deleted." in page.one("main").text()
    assert "a reply" in page.one("aside", klass="thread").text()


async def test_writing_and_commands_go_through_the_composer(
    visitor: Visitor, app: list[str], bob: Person, inbox: Channel
) -> None:
    """A line is a message with names as mentions; one with a slash is a command, but not in a thread."""
    page = await visitor.look(person=bob.user.id, channel=inbox.id)
    composer = page.one("form", klass="composer")
    offered = [each.one(klass="words").text() for each in composer.all(role="option")]
    assert offered == ["/sms", "Ada Lovelace ada", "Bob Noyce bob (you)", "inbox", "general"]
    await visitor.press(composer, channel=inbox.id, text="<b> & @ada\r\nsecond")
    said = bob.messages(inbox)[-1]
    assert said.fallback.startswith("&lt;b&gt; &amp; <@U00000001")
    assert said.text() == "<b> & @Ada Lovelace\nsecond"
    await visitor.press(composer, channel=inbox.id, text="/sms inbox 2")
    assert bob.ephemerals(inbox)[-1].text() == "you said 'inbox 2'"
    page = await visitor.look(person=bob.user.id, channel=inbox.id)
    note = page.one("article", klass="ephemeral")
    assert note.text().startswith("Only visible to you")
    await visitor.press(next(each for each in note.all("button") if each.text() == "Dismiss message"))
    assert bob.ephemerals(inbox) == []
    await visitor.press(composer, channel=inbox.id, thread=said.ts, text="/sms inbox")
    assert visitor.said == "/sms is not supported in threads. Sorry!"


async def test_a_modal_is_opened_typed_into_searched_and_sent(
    visitor: Visitor, app: list[str], bob: Person, api: AsyncWebClient, inbox: Channel, slack: SlackStandIn
) -> None:
    """From the button to the submission; the same text is told once."""
    await api.chat_postMessage(channel=inbox.id, text="x", blocks=[actions(button("Open", "open"))])
    where = {"person": bob.user.id, "channel": inbox.id}
    (press,) = (await visitor.look(**where)).all("article")[-1].one(klass="blocks").all("button")
    await visitor.press(press)
    await slack.wait_for(lambda: bob.modal)
    form = (await visitor.look(**where)).one("form", klass="modal")
    message = form.all("input", type="text")[0]
    await visitor.press(message, value="hel")
    await visitor.press(message, value="hel")
    search = form.one(role="combobox")
    await visitor.press(search, **{search.attributes["name"]: "jane"})
    form = (await visitor.look(**where)).one("form", klass="modal")
    assert form.all("input", type="text")[0].attributes["value"] == "hel"
    await visitor.press(form.one(role="option"))
    form = (await visitor.look(**where)).one("form", klass="modal")
    assert form.one(role="combobox").attributes["value"] == "jane Doe"
    await visitor.press(form, **{message.attributes["name"]: "hello"})
    assert bob.modal is None
    assert app == ["typed hel", "sent hello to jane doe"]


async def test_leaving_a_modal(visitor: Visitor, bob: Person, slack: SlackStandIn) -> None:
    """Back leaves the one on top, the cross all of them; what is gone cannot be left again, nor typed into."""
    slack.screens.open(bob.user.id, modal(text_field(), title="First"))
    slack.screens.push(bob.user.id, modal(text_field(), title="Second"))
    form = (await visitor.look(person=bob.user.id)).one("form", klass="modal")
    back = form.one("button", aria_label="Back")
    await visitor.press(back)
    form = (await visitor.look(person=bob.user.id)).one("form", klass="modal")
    assert form.one("h2").text() == "First"
    await visitor.post("act/close", {"as": bob.user.id, "surface": "v:V0"}, status=409)
    assert visitor.said == "This window was closed already."
    await visitor.post("act/type", {"as": bob.user.id, "surface": "v:V0", "value": "typed before it closed"})
    assert visitor.said is None
    await visitor.press(form.one("button", aria_label="Close"))
    assert bob.modal is None


async def test_every_kind_of_field_can_be_filled_in(visitor: Visitor, bob: Person, slack: SlackStandIn) -> None:
    """Ticks, menus, dates and files end up in the state of the view."""
    several = {"type": "checkboxes", "action_id": "x", "options": options("A", "B")}
    slack.screens.open(
        bob.user.id,
        modal(
            field("Tick", several, "tick"),
            field("Menu", {"type": "static_select", "action_id": "x", "options": options("C", "D")}, "menu"),
            field("Day", {"type": "datepicker", "action_id": "x"}, "day"),
            field("When", {"type": "datetimepicker", "action_id": "x"}, "when"),
            field("File", {"type": "file_input", "action_id": "x"}, "file"),
        ),
    )
    for block, value in (("tick", "a"), ("tick", "b"), ("menu", "d")):
        await visitor.post("act/choose", _at(bob, block) | {"value": value})
    await visitor.post("act/unchoose", _at(bob, "tick") | {"value": "a"})
    await visitor.post("act/pick", _at(bob, "day") | {"value": "2026-11-22"})
    await visitor.post("act/pick", _at(bob, "when") | {"value": "2026-11-22T12:00"})
    upload = aiohttp.FormData(_at(bob, "file"))
    upload.add_field("file/x", b"name,number", filename="people.csv")
    await visitor.post("act/upload", upload)
    assert bob.modal is not None
    state = {block: values["x"] for block, values in bob.modal.state.items()}
    assert [option["value"] for option in state["tick"]["selected_options"]] == ["b"]
    assert state["menu"]["selected_option"]["value"] == "d"
    assert state["day"]["selected_date"] == "2026-11-22"
    assert state["when"]["selected_date_time"] == 1795366800
    (file,) = state["file"]["files"]
    assert file["name"] == "people.csv"
    await visitor.post("act/drop", _at(bob, "file") | {"value": file["id"]})
    assert bob.modal.state["file"]["x"]["files"] == []


def _at(person: Person, block: str) -> dict[str, str]:
    assert person.modal is not None
    return {"as": person.user.id, "surface": f"v:{person.modal.id}", "block": block, "action": "x"}


async def test_shortcuts_reach_the_app(
    visitor: Visitor, bob: Person, slack: SlackStandIn, api: AsyncWebClient, inbox: Channel
) -> None:
    """The global one from the composer's menu, the other from a message's; without a bot Slack says so."""
    await api.chat_postMessage(channel=inbox.id, text="a text")
    page = await visitor.look(person=bob.user.id, channel=inbox.id)
    items = {each.text(): each for each in page.all(role="menuitem")}
    for name in ("Text someone Switchboard", "Send as text Switchboard"):
        await visitor.press(next(item for words, item in items.items() if words.endswith(name)))
        assert visitor.said == "We had some trouble connecting. Try again?"
    assert [each.payload["callback_id"] for each in slack.deliveries.log] == ["text_someone", "send_as_text"]


async def test_looking_at_home_tells_the_app(visitor: Visitor, bob: Person, slack: SlackStandIn) -> None:
    """Once for each time somebody goes there."""
    page = await visitor.look(person=bob.user.id, channel=slack.workspace.open_dm(bob.user).id, tab="home")
    home = page.one(klass="home")
    assert home.attributes["hx-trigger"] == "load"
    await visitor.press(home)
    (told,) = await slack.wait_for(lambda: slack.deliveries.log)
    assert (told.payload["event"]["type"], told.payload["event"]["tab"]) == ("app_home_opened", "home")


async def test_acts_on_what_is_gone_say_so(visitor: Visitor, bob: Person, inbox: Channel) -> None:
    """A message deleted meanwhile, a button that is no more, somebody who does not exist."""
    press = {"as": bob.user.id, "surface": f"m:{inbox.id}:1.0", "block": "b", "action": "a"}
    await visitor.post("act/click", press, status=409)
    assert visitor.said == "That is no longer there."
    await visitor.post("act/click", press | {"as": "nobody"}, status=409)
    await visitor.post("act/dance", press, status=404)
