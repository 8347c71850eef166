"""A workspace, a line, and somebody at the page over them."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import Person, Registration, Shortcut, SlackStandIn
from tests.sandbox.page.looking import JANE, JOHN, Visitor, visiting

SHORTCUTS = (Shortcut("Text someone", "text_someone", "global"), Shortcut("Send as text", "send_as_text", "message"))


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
    line.add_subscriber(JOHN, "John", "Doe")
    return line


@pytest.fixture
async def visitor(slack: SlackStandIn, line: ClearstreamStandIn) -> AsyncIterator[Visitor]:
    """Somebody at the page."""
    async with visiting(slack, line) as somebody:
        yield somebody


@pytest.fixture
def bob(slack: SlackStandIn) -> Person:
    """Bob, a member."""
    return slack.person("bob")
