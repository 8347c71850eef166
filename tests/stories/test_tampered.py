"""Values that come back from Slack are not believed: buttons of other times, and payloads somebody made up."""

import copy
from functools import partial
from typing import Any

from bot.sandbox.slack.transport import Delivery
from tests.drive import JANE, House

VALUES = [
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
]
CHOICES = ["contact", "contact:", "contact:x", "contact:²", f"contact:{'9' * 70}", "explode:1"]


async def press(office: House) -> dict[str, Any]:
    """What Slack sends for Bob's press on Done."""
    header = await office.text_in(JANE, "Hello")
    delivery = await office.bob.click("Done", header)
    assert delivery is not None
    await office.until(lambda: "Done" not in office.bob.buttons(office.header("Jane Doe")))
    return copy.deepcopy(delivery.payload)


async def sent(office: House, payload: dict[str, Any], **action: Any) -> Delivery:
    """The same with another action in it, delivered."""
    changed = copy.deepcopy(payload)
    changed["actions"][0] |= action
    changed["response_url"] = office.slack.responses.issue(office.bob.user.id, office.texts)
    return await office.slack.deliveries.deliver("interactive", changed)


def answers(office: House, words: str) -> int:
    """How often Bob was told so."""
    return sum(words in each.text() for each in office.bob.ephemerals())


async def test_a_tampered_value_does_nothing_and_is_told(office: House) -> None:
    """Each press is acknowledged, the person is told, and nothing changes."""
    payload = await press(office)
    for count, value in enumerate(VALUES, start=1):
        delivery = await sent(office, payload, value=value)
        assert delivery.acked, value
        await office.until(partial(_told, office, "another time", count), value)
    assert answers(office, "Nothing was done") == len(VALUES)
    assert await office.record() == [("Bob Baker", "done", "done")]


def _told(office: House, words: str, count: int) -> bool:
    return answers(office, words) == count


async def test_a_conversation_that_is_not_there_is_told(office: House) -> None:
    """A well-formed value of something unknown."""
    await sent(office, await press(office), value='{"conversation": 987654321}')
    await office.told(office.bob, "not known here (any more). Nothing was done")


async def test_an_unknown_button_is_told(office: House) -> None:
    """A button of another version."""
    await sent(office, await press(office), action_id="inbox.teleport")
    await office.told(office.bob, "This button is from another time")


async def test_a_tampered_menu_does_nothing_and_is_told(office: House) -> None:
    """Each choice is acknowledged, and the person told."""
    payload = await press(office)
    for count, value in enumerate(CHOICES, start=1):
        option = {"text": {"type": "plain_text", "text": "Contact"}, "value": value}
        menu = {"type": "overflow", "action_id": "inbox.menu", "selected_option": option, "value": None}
        assert (await sent(office, payload, **menu)).acked, value
        await office.until(partial(_told, office, "This menu is from another time", count), value)


async def test_tampered_metadata_sends_nothing_and_keeps_what_was_typed(office: House) -> None:
    """A modal that is not ours any more stays open and says so beside its field."""
    header = await office.text_in(JANE, "Hello")
    modal = await office.open_modal(office.bob, "Reply", header)
    for metadata in ("", "nonsense", "[1]", '{"draft": "x"}', '{"draft": 1, "conversation": "y"}'):
        await office.bob.type("Message", f"Hi {metadata}")
        modal.definition["private_metadata"] = metadata
        await office.bob.submit()
        assert office.bob.modal is modal
        assert "from another time" in modal.text()
        assert f"Message: Hi {metadata}" in modal.text()
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
