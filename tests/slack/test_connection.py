"""The way in: who we are, and tokens Slack does not accept."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import SettingsError
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.registration import Registration
from bot.slack.api import SlackApi
from bot.slack.connection import Socket, bolt_app, identify
from tests.clock import WoundClock
from tests.drive import MANIFEST


@pytest.fixture
async def slack(clock: WoundClock) -> AsyncIterator[SlackStandIn]:
    """Slack, over real sockets."""
    async with SlackStandIn(Registration.from_manifest(MANIFEST), now=clock.seconds) as slack:
        yield slack


@pytest.fixture
async def api(slack: SlackStandIn) -> AsyncIterator[SlackApi]:
    """Slack's API with the right token."""
    api = SlackApi(slack.bot_token, slack.api_url, lambda *_: None)
    yield api
    await api.close()


async def test_slack_says_who_we_are(slack: SlackStandIn, api: SlackApi) -> None:
    """The workspace with its address, and the bot's ids; asked once, so that no person waits for it."""
    identity = await identify(api)
    assert identity.team_id == slack.workspace.team_id
    assert identity.team_url == "https://sandbox.example.test/"
    assert identity.bot_user_id == slack.workspace.bot.id
    assert len(slack.called("auth.test")) == 1


async def test_a_bot_token_slack_does_not_accept_ends_the_start(slack: SlackStandIn) -> None:
    """The setting is named, with where to copy it from."""
    wrong = SlackApi("xoxb-wrong", slack.api_url, lambda *_: None)
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is not accepted by Slack") as raised:
        await identify(wrong)
    await wrong.close()
    assert "xoxb-wrong" not in str(raised.value)


async def test_an_app_token_slack_does_not_accept_ends_the_start(slack: SlackStandIn, api: SlackApi) -> None:
    """The other setting is named."""
    app = bolt_app(api, await identify(api), slack.bot_token, None)
    socket = Socket(app, api, "xapp-1-wrong")
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN is not accepted by Slack"):
        await socket.open()
    await socket.close()


async def test_slack_away_for_a_moment_is_waited_for(slack: SlackStandIn, api: SlackApi) -> None:
    """A start while Slack is down goes on when it is back."""
    slack.faults.drop_before("auth.test")
    identity = await identify(api)
    assert identity.team_id == slack.workspace.team_id


async def test_a_connection_that_ends_is_made_again_at_once(slack: SlackStandIn, api: SlackApi) -> None:
    """Also where Slack cannot be asked for a new one at first: only for a moment people are told the app is away."""
    socket = Socket(bolt_app(api, await identify(api), slack.bot_token, None), api, slack.app_token)
    await socket.open()
    await slack.connected()
    slack.faults.drop_before("apps.connections.open")
    slack.sockets.cut()
    await slack.wait_for(lambda: not slack.sockets.connected)
    await slack.connected(5)
    async with asyncio.timeout(5):
        while not await socket.connected():  # noqa: ASYNC110 - the SDK tells nobody
            await asyncio.sleep(0.01)
    await socket.close()
