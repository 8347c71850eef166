"""Values that come back from Slack are not believed: buttons of other times, and payloads somebody made up."""

import copy
from typing import Any

import pytest

from bot.sandbox.slack.transport import Delivery
from tests.drive import JANE, House


async def pressed(office: House, **action: Any) -> Delivery:
    """Bob's press on Claim, with another action in it."""
    header = await office.text_in(JANE, "Hello")
    await office.bob.command("/sms", "inbox")
    await office.bob.click("Claim", header)
    payload = copy.deepcopy(office.slack.deliveries.log[-1].payload)
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    payload["actions"][0] |= action
    return await office.slack.deliveries.deliver("interactive", payload)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nonsense",
        "{}",
        "[]",
        "null",
        '{"conversation": "x"}',
        '{"conversation": -1}',
        '{"conversation": 1e400}',
        f'{{"conversation": {10**30}}}',
        '{"conversation": 1, "admin": true}',
        '{"conversation": 1, "page": 0}',
    ],
)
async def test_a_tampered_value_does_nothing_and_is_told(office: House, value: str) -> None:
    """The press is acknowledged, the person is told, and nothing changes."""
    delivery = await pressed(office, value=value)
    assert delivery.acked
    assert "Nothing was done" in await office.told(office.bob, "another time")


async def test_a_conversation_that_is_not_there_is_told(office: House) -> None:
    """A well-formed value of something unknown."""
    await pressed(office, value='{"conversation": 987654321}')
    await office.told(office.bob, "deleted in Clearstream. Nothing was done")


async def test_an_unknown_button_is_told(office: House) -> None:
    """A button of another version."""
    await pressed(office, action_id="inbox.teleport")
    await office.told(office.bob, "This button is from another time")


@pytest.mark.parametrize("value", ["contact", "contact:", "contact:x", "contact:²", f"contact:{'9' * 70}", "explode:1"])
async def test_a_tampered_menu_does_nothing_and_is_told(office: House, value: str) -> None:
    """The choice is acknowledged, and the person told."""
    option = {"text": {"type": "plain_text", "text": "Contact"}, "value": value}
    delivery = await pressed(office, type="overflow", action_id="inbox.menu", selected_option=option, value=None)
    assert delivery.acked
    assert "Nothing was done" in await office.told(office.bob, "This menu is from another time")


@pytest.mark.parametrize("metadata", ["", "nonsense", "[1]", '{"draft": "x"}', '{"draft": 1, "conversation": "y"}'])
async def test_tampered_metadata_sends_nothing_and_keeps_what_was_typed(office: House, metadata: str) -> None:
    """A modal that is not ours any more stays open and says so beside its field."""
    header = await office.text_in(JANE, "Hello")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Hi")
    assert office.bob.modal is not None
    office.bob.modal.definition["private_metadata"] = metadata
    await office.bob.submit()
    assert office.bob.modal is not None
    assert "from another time" in office.bob.modal.text()
    assert "Message: Hi" in office.bob.modal.text()
    assert office.on_phone(JANE) == []


async def test_a_modal_nobody_knows_is_acknowledged_and_told(office: House) -> None:
    """A submission under a name of another version."""
    header = await office.text_in(JANE, "Hello")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Hi")
    assert office.bob.modal is not None
    office.bob.modal.definition["callback_id"] = "teleport"
    delivery = await office.bob.submit()
    assert delivery is not None
    assert delivery.acked
    assert "from another time" in office.bob.modal.text()
