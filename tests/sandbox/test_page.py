"""The page over a real socket: looking, pressing, typing, texting, and keeping strangers out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page import BotPanel
from bot.sandbox.slack import Channel, Person, Registration, Shortcut, SlackStandIn
from tests.sandbox.looking import Element, Visitor, visiting
from tests.sandbox.slack_app import actions, bolt, button, field, modal, options, over_sockets, text_field

JANE = "+12005551000"
SHORTCUTS = (Shortcut("Text someone", "text_someone", "global"), Shortcut("Send as text", "send_as_text", "message"))


class BotDouble:
    """A bot's process as the page sees it."""

    def __init__(self) -> None:
        self.running = True

    def panel(self) -> BotPanel:
        """Running, or dead of itself."""
        if self.running:
            return BotPanel("running (pid 42)", True, "green")
        return BotPanel("ended (exit code 1)", False, "red", "Traceback: <boom>", "data/bot.log")

    async def start(self) -> None:
        """It runs."""
        self.running = True

    async def kill(self) -> None:
        """It does not."""
        self.running = False


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace in which Ada administers, Bob is in #inbox and Carol is not."""
    registration = Registration.of(["/sms"], SHORTCUTS, ["app_home_opened"])
    async with SlackStandIn(registration, patience=2) as stand_in:
        stand_in.limits.enabled = False
        ada = stand_in.workspace.add_user("ada", "Ada Lovelace", is_admin=True)
        bob = stand_in.workspace.add_user("bob", "Bob Noyce")
        carol = stand_in.workspace.add_user("carol", "Carol Shaw")
        stand_in.workspace.add_channel("inbox", [ada, bob])
        stand_in.workspace.add_channel("general", [ada, bob, carol], bot_is_member=False)
        yield stand_in
        assert stand_in.complaints == []


@pytest.fixture
async def line() -> ClearstreamStandIn:
    """A line with two customers."""
    line = ClearstreamStandIn(tick_seconds=None)
    line.add_subscriber(JANE, "Jane", "Doe")
    line.add_subscriber("+12005551001", "John", "Doe")
    return line


@pytest.fixture
async def visitor(slack: SlackStandIn, line: ClearstreamStandIn) -> AsyncIterator[Visitor]:
    """Somebody at the page."""
    async with visiting(slack, line) as somebody:
        yield somebody


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


@pytest.fixture
def bob(slack: SlackStandIn) -> Person:
    """Bob, a member."""
    return slack.person("bob")


def sign(page: Element, name: str) -> Element:
    """The line of the sidebar with that name."""
    return next(each for each in page.one("nav", klass="sidebar").all("a", klass="place") if name in each.text())


async def test_each_person_sees_their_own_workspace(visitor: Visitor, slack: SlackStandIn) -> None:
    """Carol is not in #inbox: neither is it in her sidebar, nor can she go there by its address."""
    carol, inbox = slack.person("carol").user, slack.workspace.channel("inbox")
    page = await visitor.look(person=carol.id, channel=inbox.id)
    assert [each.text() for each in page.one("nav", klass="sidebar").all("span", klass="name")] == [
        "Threads", "general", "Carol Shaw", "Switchboard",
    ]  # fmt: skip
    assert page.one("main").one("h2").text() == "# general"
    assert page.one("a", klass="person", aria_current="true").text() == "CS Carol Shaw#general"


async def test_what_is_new_stands_out_until_it_is_read(
    visitor: Visitor, slack: SlackStandIn, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """A channel with news is bold; a mention has a number; opening the channel ends both."""
    general = slack.workspace.channel("general").id
    await api.chat_postMessage(channel=inbox.id, text=f"<@{bob.user.id}> look")
    page = await visitor.look(person=bob.user.id, channel=general)
    assert "unread" in sign(page, "inbox").attributes["class"]
    assert sign(page, "inbox").one(klass="badge").text() == "1"
    await visitor.look(person=bob.user.id, channel=inbox.id)
    page = await visitor.look(person=bob.user.id, channel=general)
    assert "unread" not in sign(page, "inbox").attributes["class"]


async def test_a_thread_opens_beside_its_channel(
    visitor: Visitor, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """Its replies stand there; the channel shows how many, and replies sent to it too."""
    root = (await api.chat_postMessage(channel=inbox.id, text="the root"))["ts"]
    await api.chat_postMessage(channel=inbox.id, thread_ts=root, text="quiet")
    await api.chat_postMessage(channel=inbox.id, thread_ts=root, text="loud", reply_broadcast=True)
    page = await visitor.look(person=bob.user.id, channel=inbox.id, thread=root)
    thread, channel = page.one("aside", klass="thread"), page.one("main")
    assert [each.all("div", klass="text")[0].text() for each in thread.all("article")] == ["the root", "quiet", "loud"]
    assert channel.one("a", klass="footer").text().startswith("2 replies")
    assert "replied to a thread: the root" in channel.text()
    assert "quiet" not in channel.text()
    assert "Also sent to the channel" in thread.text()


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


async def test_threads_one_is_part_of_are_listed(
    visitor: Visitor, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """A mention in a thread makes it somebody's; the list says that there is news, until it is looked at."""
    root = (await api.chat_postMessage(channel=inbox.id, text="the root"))["ts"]
    await api.chat_postMessage(channel=inbox.id, thread_ts=root, text=f"<@{bob.user.id}> has it")
    page = await visitor.look(person=bob.user.id)
    assert sign(page, "Threads").one(klass="badge").text() == "1"
    listed = (await visitor.look(person=bob.user.id, tab="threads")).one("section", klass="card")
    assert "@Bob Noyce has it" in listed.text()
    page = await visitor.look(person=bob.user.id)
    assert sign(page, "Threads").all(klass="badge") == []


async def test_writing_and_commands_go_through_the_composer(
    visitor: Visitor, app: list[str], bob: Person, inbox: Channel
) -> None:
    """A line is a message with names as mentions; one with a slash is a command, but not in a thread."""
    page = await visitor.look(person=bob.user.id, channel=inbox.id)
    composer = page.one("form", klass="composer")
    assert composer.one(role="option").text() == "/sms Switchboard"
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
    assert form.one("p", klass="chosen").text() == "jane Doe"
    await visitor.press(form, **{message.attributes["name"]: "hello"})
    assert bob.modal is None
    assert app == ["typed hel", "sent hello to jane doe"]


async def test_leaving_a_modal(visitor: Visitor, bob: Person, slack: SlackStandIn) -> None:
    """Back leaves the one on top, the cross all of them; what is gone cannot be left again."""
    slack.screens.open(bob.user.id, modal(text_field(), title="First"))
    slack.screens.push(bob.user.id, modal(text_field(), title="Second"))
    form = (await visitor.look(person=bob.user.id)).one("form", klass="modal")
    back = form.one("button", aria_label="Back")
    await visitor.press(back)
    form = (await visitor.look(person=bob.user.id)).one("form", klass="modal")
    assert form.one("h2").text() == "First"
    await visitor.post("act/close", {"as": bob.user.id, "surface": "v:V0"}, status=409)
    assert visitor.said == "This window was closed already."
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
    assert state["file"]["files"][0]["name"] == "people.csv"


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


async def test_the_phone_texts_in_and_shows_what_arrives(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A customer's text reaches the line; what comes back is on their phone, and news on the others' is said."""
    phone = (await visitor.look(phone=JANE)).one("section", klass="phone")
    assert phone.attributes["aria-label"] == "Jane Doe"
    await visitor.post("phone/text", {"number": JANE, "text": "Hello <b>\r\nyou"})
    thread = line.thread_id(JANE)
    assert thread is not None
    line.line.pace.reply = timedelta(0)
    line.site_reply(thread, "Hi Jane")
    page = await visitor.look(phone="+12005551001")
    assert page.one("p", klass="news").text() == "New on Jane Doe’s phone"
    page = await visitor.look(phone=JANE)
    assert [each.text() for each in page.all("p", klass="bubble")] == ["You: Hello <b> you", "Blue Sushi: Hi Jane"]
    assert (await visitor.look(phone="+12005551001")).all("p", klass="news") == []


async def test_a_phone_nobody_knows_can_be_taken(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A new number, as people write it; what is no number texts nothing."""
    phone = (await visitor.look(phone="(200) 555-1999")).one("section", klass="phone")
    assert phone.attributes["aria-label"] == "+1 200-555-1999"
    await visitor.post("phone/text", {"number": "+12005551999", "text": "new here"})
    assert line.thread_id("+12005551999") is not None
    await visitor.post("phone/text", {"number": "nonsense", "text": "x"}, status=409)
    assert visitor.said == "That is no phone number."


async def test_the_bot_can_be_killed_and_started(slack: SlackStandIn, line: ClearstreamStandIn) -> None:
    """The panel says how it is; where it ended by itself, its last words stand there, escaped."""
    bot = BotDouble()
    async with visiting(slack, line, bot) as visitor:
        assert (await visitor.look()).one(klass="state").text() == "bot: running (pid 42)"
        await visitor.post("bot/kill", {})
        page = await visitor.look()
        assert page.one(role="alert").one("pre").text() == "Traceback: <boom>"
        assert page.one("button", klass="start").text() == "Start"
        await visitor.post("bot/start", {})
        assert bot.running
        await visitor.post("bot/dance", {}, status=404)


async def test_open_pages_hear_of_changes(visitor: Visitor, line: ClearstreamStandIn, bob: Person) -> None:
    """One event at once, and one for what changed together."""
    async with visitor.session.get(f"{visitor.page.url}live") as stream:
        assert await stream.content.readuntil(b"\n\n") == b"data: hello\n\n"
        line.receive(JANE, "one")
        line.receive(JANE, "two")
        await bob.say("three")
        assert await stream.content.readuntil(b"\n\n") == b"data: changed\n\n"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.content.readuntil(b"\n\n"), timeout=0.1)


async def test_only_the_page_itself_may_act(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A post from another site, and any request under another name, is refused and does nothing."""
    text = {"number": JANE, "text": "x"}
    await visitor.post("phone/text", text, status=403, Origin="https://evil.example")
    await visitor.post("phone/text", text, status=403, **{"Sec-Fetch-Site": "cross-site"})
    await visitor.post("phone/text", text, status=403, Host="evil.example")
    assert line.thread_id(JANE) is None
    await visitor.post("phone/text", text, Origin=visitor.page.url.rstrip("/"))
    assert line.thread_id(JANE) is not None
    async with visitor.session.get(f"{visitor.page.url}phone/text") as answer:
        assert answer.status == 405


async def test_nothing_is_fetched_from_elsewhere(visitor: Visitor) -> None:
    """The page names only itself, says so to the browser, and holds no inline script or style."""
    async with visitor.session.get(visitor.page.url) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = await visitor.look()
    for each in [*page.all("script"), *page.all("link"), *page.all("img")]:
        address = each.attributes.get("src") or each.attributes["href"]
        assert address.startswith("/static/")
        async with visitor.session.get(f"{visitor.page.url}{address[1:]}") as answer:
            assert answer.status == 200
        assert each.text() == ""
    assert all("style" not in each.attributes for each in page.all())
    assert page.all("style") == []


async def test_acts_on_what_is_gone_say_so(visitor: Visitor, bob: Person, inbox: Channel) -> None:
    """A message deleted meanwhile, a button that is no more, somebody who does not exist."""
    press = {"as": bob.user.id, "surface": f"m:{inbox.id}:1.0", "block": "b", "action": "a"}
    await visitor.post("act/click", press, status=409)
    assert visitor.said == "That is no longer there."
    await visitor.post("act/click", press | {"as": "nobody"}, status=409)
    await visitor.post("act/dance", press, status=404)
