"""What administrators do to the workspace of the Slack stand-in while the bot is at work."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, Registration, SlackStandIn

EVENTS = (
    "channel_archive",
    "channel_unarchive",
    "channel_deleted",
    "channel_rename",
    "member_joined_channel",
    "member_left_channel",
    "user_change",
    "subteam_updated",
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace whose app hears of everything; nobody is connected, so each event is tried once."""
    async with SlackStandIn(Registration.of(events=EVENTS), retry_delays=(0,)) as stand_in:
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace", is_admin=True)])
        yield stand_in


async def heard(slack: SlackStandIn) -> list[str]:
    """The types of the events sent so far."""
    await slack.settled()
    return [each.payload["event"]["type"] for each in slack.deliveries.log]


async def test_the_app_hears_what_happens_to_its_channel(slack: SlackStandIn, inbox: Channel) -> None:
    """Archived and back, renamed, entered and left, deleted."""
    bob = slack.workspace.add_user("bob", "Bob Noyce")
    slack.admin.archive(inbox)
    slack.admin.archive(inbox, archived=False)
    slack.admin.rename(inbox, "texts")
    slack.admin.invite("texts", bob)
    slack.admin.invite("texts", bob)
    slack.admin.remove("texts", slack.workspace.bot)
    slack.admin.delete("texts")
    assert await heard(slack) == [
        "channel_archive",
        "channel_unarchive",
        "channel_rename",
        "member_joined_channel",
        "member_left_channel",
    ]
    assert bob.id in inbox.members
    with pytest.raises(KeyError, match="texts"):
        slack.workspace.channel("texts")


async def test_rights_change(slack: SlackStandIn, ada: Person, api: AsyncWebClient) -> None:
    """An admin no more, and a group with other people."""
    group = slack.workspace.add_usergroup("senders", [ada.user])
    slack.admin.set_admin(ada.user, is_admin=False)
    slack.admin.set_members(group, [])
    assert await heard(slack) == ["user_change", "subteam_updated"]
    assert not (await api.users_info(user=ada.user.id))["user"]["is_admin"]
    assert (await api.usergroups_users_list(usergroup=group.id))["users"] == []


async def test_a_revoked_token_is_refused_until_it_is_given_back(slack: SlackStandIn, api: AsyncWebClient) -> None:
    """Every call says so."""
    slack.admin.revoke_token()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await api.auth_test()
    slack.admin.revoke_token(revoked=False)
    assert (await api.auth_test())["ok"]
