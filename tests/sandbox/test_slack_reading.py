"""What the Slack stand-in gives to read: threads, history, people, files; and what lasts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, Registration, SlackStandIn
from tests.clock import WoundClock
from tests.sandbox.slack_app import actions, button, section


@pytest.fixture
async def slack(clock: WoundClock, tmp_path: Path) -> AsyncIterator[SlackStandIn]:
    """A workspace whose time stands still."""
    async with SlackStandIn(now=clock.seconds, record_dir=tmp_path, patience=1) as stand_in:
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace", is_admin=True)])
        yield stand_in


async def refused(call: Any) -> str:
    """The error Slack answers with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_thread_and_what_metadata_is_shown(ada: Person, api: AsyncWebClient, inbox: Channel) -> None:
    """Replies come oldest first under their root; payloads of metadata only when asked for."""
    metadata = {"event_type": "op", "event_payload": {"op_id": "7"}}
    root = await api.chat_postMessage(channel=inbox.id, text="root")
    await api.chat_postMessage(channel=inbox.id, text="reply", thread_ts=root["ts"], metadata=metadata)
    last = await ada.say("note", thread=ada.messages("inbox")[0])
    answer = await api.conversations_replies(channel=inbox.id, ts=root["ts"], include_all_metadata=True)
    assert [each["text"] for each in answer["messages"]] == ["root", "reply", "note"]
    assert answer["messages"][1]["metadata"] == metadata
    assert answer["messages"][0]["reply_count"] == 2
    bare = await api.conversations_replies(channel=inbox.id, ts=root["ts"])
    assert bare["messages"][1]["metadata"] == {"event_type": "op"}
    newer = await api.conversations_replies(channel=inbox.id, ts=root["ts"], oldest=last.ts, inclusive=True)
    assert [each["text"] for each in newer["messages"]] == ["root", "note"]


async def test_history_is_newest_first_in_pages(slack: SlackStandIn, api: AsyncWebClient, inbox: Channel) -> None:
    """Replies are not in it unless they were also sent to the channel."""
    slack.limits.enabled = False
    root = await api.chat_postMessage(channel=inbox.id, text="1")
    await api.chat_postMessage(channel=inbox.id, text="hidden", thread_ts=root["ts"])
    await api.chat_postMessage(channel=inbox.id, text="2", thread_ts=root["ts"], reply_broadcast=True)
    await api.chat_postMessage(channel=inbox.id, text="3")
    texts = []
    async for each in await api.conversations_history(channel=inbox.id, limit=2):
        texts.append([message["text"] for message in each["messages"]])
    assert texts == [["3", "2"], ["1"]]
    assert await refused(api.conversations_history(channel=inbox.id, cursor="made up")) == "invalid_cursor"


async def test_whom_a_message_pings(slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel) -> None:
    """Formatted mentions notify, plain and escaped ones do not."""
    slack.limits.enabled = False
    group = slack.workspace.add_usergroup("senders", [ada.user])
    loud = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"<!channel> <@{ada.user.id}> <!subteam^{group.id}>"}}
    ]
    await api.chat_postMessage(channel=inbox.id, text="hello", blocks=loud)
    await api.chat_postMessage(channel=inbox.id, text="&lt;!channel&gt;", blocks=[section("<!channel> @here")])
    await api.chat_postMessage(channel=inbox.id, text="@here", link_names=True)
    first, second, third = ada.messages("inbox")
    assert first.pings == sorted(["channel", ada.user.id, group.id])
    assert first.text() == "@channel @Ada Lovelace @senders"
    assert (second.pings, second.text()) == ([], "<!channel> @here")
    assert third.pings == ["here"]
    assert ada.notified_of(first)
    assert not ada.notified_of(second)


async def test_who_hears_of_a_thread(slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel) -> None:
    """A reply notifies only who takes part or was mentioned there."""
    slack.limits.enabled = False
    root = await api.chat_postMessage(channel=inbox.id, text="root")
    await api.chat_postMessage(channel=inbox.id, text="quiet", thread_ts=root["ts"])
    await api.chat_postMessage(channel=inbox.id, text=f"<@{ada.user.id}> claimed it", thread_ts=root["ts"])
    await api.chat_postMessage(channel=inbox.id, text="heard", thread_ts=root["ts"])
    assert [ada.notified_of(each) for each in ada.thread(ada.messages("inbox")[0])] == [False, True, True]


async def test_people_groups_and_channels_are_listed(slack: SlackStandIn, ada: Person, api: AsyncWebClient) -> None:
    """The rights of people and who is in what can be asked."""
    group = slack.workspace.add_usergroup("senders", [ada.user])
    assert (await api.users_info(user=ada.user.id))["user"]["is_admin"]
    assert await refused(api.users_info(user="U404")) == "user_not_found"
    assert ada.user.id in [each["id"] for each in (await api.users_list())["members"]]
    assert (await api.usergroups_users_list(usergroup=group.id))["users"] == [ada.user.id]
    assert (await api.usergroups_list(include_users=True))["usergroups"][0]["users"] == [ada.user.id]
    slack.workspace.add_channel("secret", [ada.user], private=True)
    listed = await api.conversations_list(types="public_channel,private_channel")
    assert [each["name"] for each in listed["channels"]] == ["inbox", "secret"]
    members = await api.conversations_members(channel=listed["channels"][0]["id"])
    assert members["members"] == [ada.user.id, slack.workspace.bot.id]
    opened = await api.conversations_open(users=ada.user.id)
    await api.chat_postMessage(channel=opened["channel"]["id"], text="psst")
    assert ada.dm()[-1].text() == "psst"
    link = await api.chat_getPermalink(channel=opened["channel"]["id"], message_ts=ada.dm()[-1].ts)
    assert link["permalink"].endswith(ada.dm()[-1].ts.replace(".", ""))


async def test_a_file_is_uploaded_in_three_steps_and_shared(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """What was uploaded can be read back with the bot's token only."""
    await api.files_upload_v2(filename="people.csv", content="name\nAda", channel=inbox.id, initial_comment="the list")
    message = ada.messages("inbox")[-1]
    assert message.text() == "the list"
    answer = await api.conversations_history(channel=inbox.id)
    url = answer["messages"][0]["files"][0]["url_private"]
    async with aiohttp.ClientSession() as session:
        assert (await session.get(url)).status == 404
        read = await session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"})
        assert await read.text() == "name\nAda"


async def test_a_restart_finds_everything_that_lasts(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """Messages, threads, people and timestamps go on where they were."""
    root = await api.chat_postMessage(channel=inbox.id, text="root", blocks=[actions(button("Press"))])
    await ada.say("note", thread=ada.messages("inbox")[0])
    text = slack.dump()
    async with SlackStandIn(Registration(), now=slack.now) as again:
        again.load(text)
        assert again.dump() == text
        person = again.person("ada")
        assert person.messages("inbox")[0].text() == "[Press]"
        assert [each.text() for each in person.thread(person.messages("inbox")[0])] == ["note"]
        assert float(again.workspace.new_ts()) > float(root["ts"])
