"""The inbox as a team lives it: texts come in, are claimed, answered and done."""

from tests.drive import JANE, House


async def test_a_text_appears_under_a_header_and_is_answered_with_a_button(house: House) -> None:
    """A text comes in, stands in Slack once, is answered from there, and the answer is on the phone once."""
    await house.start()
    house.clearstream.receive(JANE, "Do you have a table for two?")
    await house.until(lambda: len(house.thread("Jane Doe")) == 1)
    header = house.header("Jane Doe")
    assert "+1 200-555-1000" in header.text()
    assert "New" in header.text()
    assert "Do you have a table for two?" in house.thread("Jane Doe")[0]

    await house.bob.click("Reply", header)
    await house.until(lambda: house.bob.modal)
    assert house.bob.modal is not None
    assert "Do you have a table for two?" in house.bob.modal.text()
    await house.bob.type("Message", "Yes, at seven.")
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Yes, at seven."])
    await house.until(lambda: len(house.thread("Jane Doe")) == 2)
    assert "Yes, at seven." in house.thread("Jane Doe")[1]
    await house.until(lambda: "Open" in house.header("Jane Doe").text())
    assert "claimed by @Bob Baker" in house.header("Jane Doe").text()
    await house.wind(5)
    assert len(house.thread("Jane Doe")) == 2
    assert house.on_phone(JANE) == ["Yes, at seven."]
