"""**Setup**: what admins choose in Slack wins over the environment, at once and everywhere."""

from bot.sandbox.slack.model import View
from tests.drive import JANE, House


async def opened(house: House) -> View:
    """Alice opens **Setup**."""
    await house.alice.command("/sms", "setup")
    await house.until(lambda: house.alice.modal and "Inbox channel" in house.alice.modal.text(), "the modal")
    assert house.alice.modal is not None
    return house.alice.modal


async def saved(house: House, words: str = "Saved.") -> str:
    """She saves; what stands in the modal then."""
    await house.alice.submit()
    await house.until(lambda: house.alice.modal and words in house.alice.modal.text(), words)
    assert house.alice.modal is not None
    return house.alice.modal.text()


async def test_it_shows_where_each_value_comes_from(office: House) -> None:
    """The environment, the default, or Slack; the account's name and phone are Clearstream's."""
    modal = await opened(office)
    text = modal.text()
    assert "(From the environment: INBOX_CHANNEL.)" in text
    assert "(The default: 500.)" in text
    assert "Account name: Blue Sushi" in text
    await office.alice.type("Approval above", "20")
    assert "Approval above: 20" in await saved(office)
    assert "(Chosen here.)" in (await opened(office)).text()
