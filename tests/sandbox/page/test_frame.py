"""The frame of the workspace: what is new, what may be done to a message, small screens, the bot's own tabs."""

import re

import aiohttp
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.sandbox.page.where import Where
from bot.sandbox.page.writing import as_sent, as_typed
from bot.sandbox.slack import Channel, Person, Registration, SlackStandIn
from tests.sandbox.page.looking import Element, Visitor, posted


def last(page: Element) -> Element:
    """The newest message of the channel."""
    return page.one("main").all("article")[-1]


def link(page: Element, name: str) -> dict[str, str]:
    """The parts of the address behind a line of the sidebar."""
    place = next(each for each in page.all("a", klass="place") if name in each.text())
    return dict(part.split("=") for part in place.attributes["href"].removeprefix("/?").split("&"))


async def test_a_line_stands_where_what_is_new_begins(
    visitor: Visitor, slack: SlackStandIn, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """It stays while they are there, whatever comes meanwhile, and is gone when they come again."""
    general = slack.workspace.channel("general").id
    await api.chat_postMessage(channel=inbox.id, text="read before")
    await visitor.look(person=bob.user.id, channel=inbox.id)
    await visitor.look(person=bob.user.id, channel=general)
    await api.chat_postMessage(channel=inbox.id, text="new")
    where = link(await visitor.look(person=bob.user.id, channel=general), "inbox")
    for newest in ("new", "newer"):
        before, line, after = (await visitor.look(**where)).one("main").one(role="log").text().partition(" New ")
        assert "read before" in before
        assert line
        assert newest in after
        await api.chat_postMessage(channel=inbox.id, text="newer")
    await visitor.look(person=bob.user.id, channel=general)
    again = link(await visitor.look(person=bob.user.id, channel=inbox.id), "inbox")
    assert "since" not in again
    assert (await visitor.look(**again)).one("main").all(klass="new-tag") == []


async def test_people_mend_what_they_wrote(visitor: Visitor, slack: SlackStandIn, bob: Person, inbox: Channel) -> None:
    """Only their own words, shown as they typed them; the message then says that it was edited."""
    said = await bob.say("ask <@U00000001|ada> &amp; co", inbox)
    await slack.person("ada").say("mine", inbox)
    where = {"person": bob.user.id, "channel": inbox.id}
    page = await visitor.look(**where)
    (edit,) = [each for each in page.all("a", role="menuitem") if "Edit message" in each.text()]
    assert f"editing=cm%3A{inbox.id}%3A{said.ts}" in edit.attributes["href"]
    form = (await visitor.look(**where, editing=f"cm:{inbox.id}:{said.ts}")).one("form", data_editing="")
    assert form.one("textarea").text() == "ask @ada & co"
    await visitor.press(form, text="ask @ada & me")
    assert said.fallback == "ask <@U00000001|ada> &amp; me"
    page = await visitor.look(**where)
    assert page.one("main").all("article")[0].one("div", klass="text").text() == "ask @Ada Lovelace & me (edited)"
    await visitor.post("act/edit", posted(form) | {"as": slack.person("ada").user.id, "text": "not hers"})
    assert visitor.said == "Only its author can edit this message."


async def test_reactions_are_put_and_taken_away(
    visitor: Visitor, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """The bot's and a person's count together; a second press takes one's own away."""
    ts = (await api.chat_postMessage(channel=inbox.id, text="done?"))["ts"]
    await api.reactions_add(channel=inbox.id, timestamp=ts, name="white_check_mark")
    where = {"person": bob.user.id, "channel": inbox.id}
    for pressed, count in (("false", "1"), ("true", "2"), ("false", "1")):
        reaction = last(await visitor.look(**where)).one("button", klass="reaction")
        assert (reaction.attributes["aria-pressed"], reaction.text()) == (pressed, f"✅ {count}")
        await visitor.press(reaction)
    await visitor.post("act/react", posted(reaction) | {"name": "<b>"}, status=409)


async def test_a_file_goes_along_with_what_is_said(visitor: Visitor, bob: Person, inbox: Channel) -> None:
    """Who is in the channel can have it; nobody else."""
    page = await visitor.look(person=bob.user.id, channel=inbox.id)
    form = aiohttp.FormData(posted(page.one("form", klass="composer")) | {"channel": inbox.id, "text": ""})
    form.add_field("file", b"Nora,200", filename="guests.csv")
    await visitor.post("act/say", form)
    file = last(await visitor.look(person=bob.user.id, channel=inbox.id)).one("a", klass="file")
    assert file.text() == "guests.csvCSV"
    address = f"{visitor.page.url}{file.attributes['href'][1:]}"
    async with visitor.session.get(address) as answer:
        assert await answer.read() == b"Nora,200"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    async with visitor.session.get(address.replace(bob.user.id, "U00000003")) as answer:
        assert answer.status == 404


async def test_a_small_screen_shows_one_part_and_reads_only_what_it_shows(
    visitor: Visitor, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """With the sidebar before them nobody has read the channel behind it; a step into the channel shows that."""
    await api.chat_postMessage(channel=inbox.id, text=f"<@{bob.user.id}> look")
    for _ in range(2):
        page = await visitor.look(person=bob.user.id, channel=inbox.id, pane="places")
        assert page.one(id="app").attributes["class"].split() == ["pane-places"]
        workspace, channel, _beside = page.one("nav", klass="panes").all("a")
        assert workspace.text() == "Workspace1 new"
    assert "pane" not in channel.attributes["href"]
    assert "pane" not in link(page, "inbox")


async def test_the_bot_says_what_it_offers(visitor: Visitor, slack: SlackStandIn, bob: Person) -> None:
    """The About tab has its words, commands and shortcuts; members stand behind their number."""
    manifest = {"display_information": {"long_description": "Answers\ntexts."}}
    slack.registration.description = Registration.from_manifest(manifest).description
    dm = slack.workspace.open_dm(bob.user).id
    about = (await visitor.look(person=bob.user.id, channel=dm, tab="about")).one(klass="about").text()
    assert "Answers texts. Commands /sms" in about
    assert "Text someone" in about
    page = await visitor.look(person=bob.user.id, channel=slack.workspace.channel("inbox").id)
    members = page.one(role="dialog", id="members").all("li")
    assert [each.text() for each in members] == ["AL Ada Lovelace", "BN Bob Noyce you", "Switchboard APP"]


async def test_pictures_and_sheets_are_kept_by_the_browser(visitor: Visitor) -> None:
    """They come packed, all sheets as one, and are not sent twice; nothing beside them is handed out."""
    address = f"{visitor.page.url}static/page.css"
    async with visitor.session.get(address) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert {".sidebar", ".modal", ".phone"} <= set(re.split(r"[{}\s]", await answer.text()))
        tag = answer.headers["ETag"]
    async with visitor.session.get(address, headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    for name in ("..%2Fserver.py", "nothing.css", "."):
        async with visitor.session.get(URL(f"{visitor.page.url}static/{name}", encoded=True)) as answer:
            assert answer.status == 404


@given(st.text(alphabet="ab@#<>&;/ \n", max_size=40))
def test_what_was_sent_can_be_typed_again(typed: str) -> None:
    """Whatever somebody writes, changing nothing about it sends the same."""
    slack = SlackStandIn()
    ada = slack.workspace.add_user("a", "Ada")
    slack.workspace.add_channel("ab", [ada])
    sent = as_sent(typed, slack)
    assert as_sent(as_typed(sent, slack), slack) == sent


def test_a_step_leaves_behind_what_belonged_to_the_place() -> None:
    """Editing ends with any step, the line of what is new with the channel; a step inside shows the workspace."""
    here = Where(person="U1", channel="C1", since="1.0", editing="c", pane="beside", phone="+1")
    assert here.url() == "/?person=U1&channel=C1&phone=%2B1&since=1.0"
    assert here.url(channel="C2") == "/?person=U1&channel=C2&phone=%2B1"
    assert here.url(phone="+2") == "/?person=U1&channel=C1&phone=%2B2&since=1.0&pane=beside"
