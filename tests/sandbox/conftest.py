"""What tests of the Slack stand-in share; each file makes its own workspace, ``slack``."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, SlackStandIn
from tests.sandbox.slack_app import client


@pytest.fixture
def ada(slack: SlackStandIn) -> Person:
    """Ada, who is in #inbox."""
    return slack.person("ada")


@pytest.fixture
def inbox(slack: SlackStandIn) -> Channel:
    """#inbox."""
    return slack.workspace.channel("inbox")


@pytest.fixture
def api(slack: SlackStandIn) -> AsyncWebClient:
    """The bot's client; it tries nothing twice."""
    return client(slack)
