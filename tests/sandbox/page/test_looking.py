"""What each person sees on the page, and when it tells them that something is new."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page.threads import Threads
from bot.sandbox.slack import Channel, Message, Person, SlackStandIn
from tests.sandbox.page.looking import JANE, Element, Visitor


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
    assert sign(page, "inbox").one(klass="badge").text() == "1 new"
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


async def test_threads_one_is_part_of_are_listed(
    visitor: Visitor, bob: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """A mention in a thread makes it somebody's; the list says that there is news, until it is looked at."""
    root = (await api.chat_postMessage(channel=inbox.id, text="the root"))["ts"]
    await api.chat_postMessage(channel=inbox.id, thread_ts=root, text=f"<@{bob.user.id}> has it")
    page = await visitor.look(person=bob.user.id)
    assert sign(page, "Threads").one(klass="badge").text() == "1 new"
    listed = (await visitor.look(person=bob.user.id, tab="threads")).one("section", klass="card")
    assert "@Bob Noyce has it" in listed.text()
    page = await visitor.look(person=bob.user.id)
    assert sign(page, "Threads").all(klass="badge") == []


async def test_a_long_channel_shows_its_newest_and_more_when_asked(
    visitor: Visitor, slack: SlackStandIn, bob: Person, inbox: Channel
) -> None:
    """Fifty messages at a time; nonsense in the address asks for nothing."""
    for number in range(80):
        await bob.say(f"message {number}", inbox)
    where = {"person": bob.user.id, "channel": inbox.id}
    page = await visitor.look(**where, earlier="x")
    assert "message 30" in page.all("article")[0].text()
    (more,) = [each for each in page.one("main").all("a") if each.text() == "Show earlier messages"]
    assert "earlier=1" in more.attributes["href"]
    page = await visitor.look(**where, earlier="1")
    assert "message 0" in page.all("article")[0].text()
    assert "very beginning" in page.one("main").text()


@given(st.lists(st.tuples(st.sampled_from("abx"), st.sets(st.sampled_from(["a", "b", "channel", "S"]))), min_size=1))
def test_threads_tell_people_what_slack_tells_them(said: list[tuple[str, set[str]]]) -> None:
    """Gathered for the page, it is what a look at each single reply says."""
    slack = SlackStandIn()
    people = {name: slack.workspace.add_user(name, name) for name in "abx"}
    group = slack.workspace.add_usergroup("crew", [people["b"]])
    ids = {name: user.id for name, user in people.items()} | {"channel": "channel", "S": group.id}
    channel = slack.workspace.add_channel("inbox", people.values())
    root: Message | None = None
    for name, called in said:
        message = Message(
            channel=channel.id, ts=slack.workspace.new_ts(), user=ids[name], pings=[ids[each] for each in called],
            thread_ts=root.ts if root else None,
        )  # fmt: skip
        root = root or slack.workspace.keep(message)
        slack.workspace.keep(message)
    assert root is not None
    for user in people.values():
        person = slack.person(user)
        told = Threads(slack.workspace, channel, user.id).told(root)
        assert told == [reply for reply in person.thread(root) if person.notified_of(reply)]


async def test_open_pages_hear_of_changes(visitor: Visitor, line: ClearstreamStandIn, bob: Person) -> None:
    """One event at once, which says whether they are as of now, and one for what changed together."""
    async with visitor.session.get(visitor.page.url) as page:
        drawn = (await page.text()).partition('data-changes="')[2].partition('"')[0]
    async with visitor.session.get(f"{visitor.page.url}live") as stream:
        assert await stream.content.readuntil(b"\n\n") == f"data: {drawn}\n\n".encode()
        line.receive(JANE, "one")
        line.receive(JANE, "two")
        await bob.say("three")
        assert await stream.content.readuntil(b"\n\n") != f"data: {drawn}\n\n".encode()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.content.readuntil(b"\n\n"), timeout=0.1)
