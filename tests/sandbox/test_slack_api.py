"""The Web API of the Slack stand-in: what it answers, what it refuses, and how often it may be called."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, SlackStandIn
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


async def test_tokens_and_methods_are_checked(slack: SlackStandIn, api: AsyncWebClient) -> None:
    """No token, a wrong one, one of the wrong kind, a method that does not exist."""
    assert (await api.auth_test())["user_id"] == slack.workspace.bot.id
    assert await refused(api.api_call("chat.shout")) == "unknown_method"
    assert await refused(AsyncWebClient("xoxb-wrong", base_url=slack.api_url).auth_test()) == "invalid_auth"
    assert await refused(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    assert await refused(api.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"


async def test_arguments_are_taken_as_json_and_as_forms_and_unknown_ones_refused(
    slack: SlackStandIn, api: AsyncWebClient, inbox: Channel
) -> None:
    """A form carries blocks as JSON text; a key Slack does not know is named."""
    form = {"channel": inbox.id, "text": "x", "blocks": json.dumps([section("from a form")])}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {slack.bot_token}"}) as session:
        answer = await session.post(f"{slack.api_url}chat.postMessage", data=form)
        assert (await answer.json())["ok"]
    assert slack.person("ada").messages("inbox")[-1].text() == "from a form"
    with pytest.raises(SlackApiError, match="unexpected argument: colour"):
        await api.api_call("chat.postMessage", json={"channel": inbox.id, "text": "x", "colour": "red"})
    with pytest.raises(SlackApiError, match="missing required field: channel"):
        await api.api_call("chat.postMessage", json={"text": "x"})


async def test_a_scope_that_was_not_granted_is_named(slack: SlackStandIn, api: AsyncWebClient, inbox: Channel) -> None:
    """``needed`` and ``provided`` are in the answer."""
    slack.scopes = {"channels:read"}
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel=inbox.id, text="x")
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "channels:read")
    assert await refused(api.conversations_history(channel=inbox.id)) == "missing_scope"


async def test_posting_where_the_bot_cannot(slack: SlackStandIn, api: AsyncWebClient, inbox: Channel) -> None:
    """Each reason has Slack's own name."""
    outside = slack.workspace.add_channel("outside", ["ada"], bot_is_member=False)
    hidden = slack.workspace.add_channel("hidden", ["ada"], private=True, bot_is_member=False)
    assert await refused(api.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert await refused(api.chat_postMessage(channel=hidden.id, text="x")) == "channel_not_found"
    assert await refused(api.chat_postMessage(channel=outside.id, text="x")) == "not_in_channel"
    await api.conversations_join(channel=outside.id)
    await api.chat_postMessage(channel=outside.id, text="x")
    slack.admin.archive(inbox)
    assert await refused(api.chat_postMessage(channel=inbox.id, text="x")) == "is_archived"
    slack.admin.delete(inbox)
    assert await refused(api.chat_postMessage(channel=inbox.id, text="x")) == "channel_not_found"


async def test_content_slack_does_not_take(slack: SlackStandIn, api: AsyncWebClient, inbox: Channel) -> None:
    """Nothing to show, wrong blocks (named by their place), too much of them."""
    slack.limits.enabled = False
    assert await refused(api.api_call("chat.postMessage", json={"channel": inbox.id, "text": " "})) == "no_text"
    with pytest.raises(
        SlackApiError, match=r"less than 3001 characters \[json-pointer:/blocks/0/text/text\]"
    ) as caught:
        await api.chat_postMessage(channel=inbox.id, text="x", blocks=[section("x" * 3001)])
    assert caught.value.response["error"] == "invalid_blocks"
    long = [section("x" * 2900) for _ in range(5)]
    assert await refused(api.chat_postMessage(channel=inbox.id, text="x", blocks=long)) == "msg_blocks_too_long"
    assert await refused(api.chat_postMessage(channel=inbox.id, text="x", metadata={"event_type": "x"})) == (
        "invalid_metadata_format"
    )


async def test_long_text_is_cut_when_posting_and_refused_when_updating(
    slack: SlackStandIn, api: AsyncWebClient, inbox: Channel
) -> None:
    """40,000 characters and 4,000."""
    posted = await api.chat_postMessage(channel=inbox.id, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert await refused(api.chat_update(channel=inbox.id, ts=posted["ts"], text="x" * 4_001)) == "msg_too_long"
    assert slack.person("ada").messages("inbox")[-1].edited is None


async def test_only_own_messages_can_be_changed(ada: Person, api: AsyncWebClient, inbox: Channel) -> None:
    """Somebody else's, and one that is not there."""
    note = await ada.say("mine", "inbox")
    assert await refused(api.chat_update(channel=inbox.id, ts=note.ts, text="x")) == "cant_update_message"
    assert await refused(api.chat_delete(channel=inbox.id, ts=note.ts)) == "cant_delete_message"
    assert await refused(api.chat_update(channel=inbox.id, ts="1.000001", text="x")) == "message_not_found"


async def test_a_reply_to_a_deleted_root_is_posted_without_a_thread(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel
) -> None:
    """Only the missing ``thread_ts`` in the answer tells."""
    slack.limits.enabled = False
    root = await api.chat_postMessage(channel=inbox.id, text="root")
    reply = await api.chat_postMessage(channel=inbox.id, text="1", thread_ts=root["ts"])
    assert reply["message"]["thread_ts"] == root["ts"]
    await ada.delete(ada.messages("inbox")[0])
    stray = await api.chat_postMessage(channel=inbox.id, text="2", thread_ts=root["ts"])
    assert "thread_ts" not in stray["message"]
    assert [each.text() for each in ada.messages("inbox")] == ["2"]


async def test_one_message_a_second_a_channel(
    slack: SlackStandIn, clock: WoundClock, api: AsyncWebClient, inbox: Channel
) -> None:
    """A short burst passes, then 429 with Retry-After; another channel has its own pace."""
    other = slack.workspace.add_channel("other", ["ada"])
    for _ in range(2):
        await api.chat_postMessage(channel=inbox.id, text="x")
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel=inbox.id, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    await api.chat_postMessage(channel=other.id, text="x")
    await clock.wind(1)
    await api.chat_postMessage(channel=inbox.id, text="x")
    assert slack.limits.refused == 1


async def test_other_methods_have_their_calls_a_minute(
    slack: SlackStandIn, clock: WoundClock, api: AsyncWebClient, inbox: Channel
) -> None:
    """``chat.update`` takes 50 at once and then nearly one a second."""
    posted = await api.chat_postMessage(channel=inbox.id, text="x")
    for number in range(50):
        await api.chat_update(channel=inbox.id, ts=posted["ts"], text=str(number))
    assert await refused(api.chat_update(channel=inbox.id, ts=posted["ts"], text="51")) == "ratelimited"
    await clock.wind(1.3)
    await api.chat_update(channel=inbox.id, ts=posted["ts"], text="52")
    assert slack.person("ada").messages("inbox")[-1].text() == "52"


async def test_an_ephemeral_message_is_for_a_member(slack: SlackStandIn, ada: Person, api: AsyncWebClient) -> None:
    """Nobody else sees it, and it cannot be changed from outside."""
    bob = slack.person(slack.workspace.add_user("bob", "Bob Noyce"))
    channel = slack.workspace.channel("inbox")
    assert (
        await refused(api.chat_postEphemeral(channel=channel.id, user=bob.user.id, text="x")) == "user_not_in_channel"
    )
    shown = await api.chat_postEphemeral(channel=channel.id, user=ada.user.id, text="only you")
    assert [each.text() for each in ada.ephemerals("inbox")] == ["only you"]
    assert ada.messages("inbox") == bob.ephemerals() == []
    assert await refused(api.chat_update(channel=channel.id, ts=shown["message_ts"], text="y")) == "message_not_found"


async def test_reactions(slack: SlackStandIn, ada: Person, api: AsyncWebClient, inbox: Channel) -> None:
    """Put on once, taken off once."""
    note = await ada.say("hi", "inbox")
    mark = {"channel": inbox.id, "timestamp": note.ts, "name": "white_check_mark"}
    await api.reactions_add(**mark)
    assert note.reactions == {"white_check_mark": [slack.workspace.bot.id]}
    assert await refused(api.reactions_add(**mark)) == "already_reacted"
    await api.reactions_remove(**mark)
    assert await refused(api.reactions_remove(**mark)) == "no_reaction"


def written(directory: Path) -> list[dict[str, Any]]:
    """Every line of every file there."""
    return [json.loads(line) for path in directory.glob("*.jsonl") for line in path.read_text().splitlines()]


async def test_each_call_is_written_down(
    slack: SlackStandIn, api: AsyncWebClient, inbox: Channel, tmp_path: Path
) -> None:
    """One JSON object a line, decoded."""
    await api.chat_postMessage(channel=inbox.id, text="x", blocks=[actions(button("Press"))])
    lines = written(tmp_path)
    assert [line["method"] for line in lines] == ["chat.postMessage"]
    assert lines[0]["arguments"]["blocks"][0]["elements"][0]["text"]["text"] == "Press"
    assert slack.calls[0].ok
