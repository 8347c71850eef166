"""What strangers write is shown as the characters it is: it pings nobody, links nowhere, fakes nothing."""

import json
from typing import Any

import pytest

from bot.sandbox.slack.model import Message
from tests.drive import JANE, House

HOSTILE = [
    "<!channel> <!here> <!everyone> @channel @here",
    "<@U00000001> <!subteam^S00000001> <#C00000001>",
    "<https://evil.example|https://your-bank.example> https://evil.example",
    "*bold* _italic_ ~gone~ `code` ```block``` > quote",
    ":rotating_light: :white_check_mark: Done",
    "&lt;!channel&gt; &amp; &",
    '{"type": "section"} <b>html</b> <!date^1^{date}|now>',
]


def text_objects(part: Any) -> list[dict[str, Any]]:
    """Every text object in a message's or view's blocks."""
    if isinstance(part, list):
        return [found for each in part for found in text_objects(each)]
    if not isinstance(part, dict):
        return []
    inside = [found for value in part.values() for found in text_objects(value)]
    return [part, *inside] if part.get("type") in ("plain_text", "mrkdwn") else inside


def markup(shown: list[Any]) -> str:
    """All that Slack would read as markup in these blocks."""
    return "\n".join(each["text"] for each in text_objects(shown) if each["type"] == "mrkdwn" or each.get("emoji"))


@pytest.mark.parametrize("words", HOSTILE)
async def test_a_hostile_text_is_shown_as_its_characters_and_pings_nobody(office: House, words: str) -> None:
    """In the thread, on the header and in the modals, the words stand as they are and in no markup."""
    header = await office.text_in(JANE, words)
    await office.until(lambda: words in office.header("Jane Doe").text())
    posted = [header, *office.bob.thread(header)]
    assert all(message.pings == [] for message in posted)
    assert words in office.thread("Jane Doe")[0]
    modal = await office.open_modal(office.bob, "Reply", header)
    assert words in modal.text()
    shown: list[Any] = [modal.blocks, *(message.blocks for message in posted)]
    await office.bob.command("/sms", "inbox")
    listed = office.bob.ephemerals()[-1]
    assert words[:40] in listed.text()
    assert words not in markup([*shown, listed.blocks])


async def test_a_hostile_name_is_shown_as_its_characters_and_pings_nobody(office: House) -> None:
    """Wherever a name stands, on headers, in lists, modals and notices, it is in no markup and pings nobody."""
    name = "<!channel> *Evil* https://evil.example :skull:"
    office.clearstream.add_subscriber(JANE, name, "<@U00000001>")
    header = await office.text_in(JANE, "Hello", called="*Evil*")
    office.clearstream.add_subscriber(JANE, name, "<@U00000001>", status="OPTED_OUT")
    surfaces: list[Any] = [header.blocks]
    modal = await office.open_modal(office.bob, "Reply", header)
    surfaces.append(modal.blocks)
    await office.bob.type("Message", "Who are you?")
    await office.bob.submit()
    for words in ("inbox", "find Evil", "text Evil"):
        await office.bob.command("/sms", words)
    await office.until(lambda: office.bob.modal and "Text someone" in office.bob.modal.text())
    assert office.bob.modal is not None
    await office.until(lambda: len(office.bob.ephemerals()) >= 2)
    messages: list[Message] = [*office.bob.thread(office.header("*Evil*")), *office.bob.ephemerals()]
    surfaces += [office.bob.modal.blocks, *(message.blocks for message in messages)]
    assert "Evil" not in markup(surfaces)
    assert "evil.example" in json.dumps(surfaces)
    assert {ping for message in messages for ping in message.pings} <= {office.bob.user.id}


async def test_a_text_cannot_turn_the_reading_around(office: House) -> None:
    """Characters that only turn text around or hide in it are left out; joiners that scripts need stay."""
    office.clearstream.receive(JANE, "pay \u202e001$\u202c now\u200b \u2066x\u2069 نمی\u200cخواهم 👩\u200d👧")
    await office.until(lambda: "pay" in office.thread("Jane Doe")[0])
    assert office.thread("Jane Doe")[0].splitlines()[-1] == "pay 001$ now x نمی\u200cخواهم 👩\u200d👧"


async def test_a_text_cannot_pretend_to_be_from_somebody_in_the_workspace(office: House) -> None:
    """A site user who calls themselves a mention is shown by these characters."""
    office.clearstream.add_user("<@U00000001> <!here>", "trick@example.com")
    await office.text_in(JANE, "Anybody?")
    thread_id = office.clearstream.thread_id(JANE)
    assert thread_id is not None
    office.clearstream.site_reply(thread_id, "Me", user="trick@example.com")
    await office.until(lambda: len(office.thread("Jane Doe")) == 2)
    newest = office.bob.thread(office.header("Jane Doe"))[-1]
    assert "↩ <@U00000001> <!here>" in newest.text()
    assert newest.pings == []
