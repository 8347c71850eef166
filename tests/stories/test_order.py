"""Texts stand in Slack in the order in which they were sent, also where a poll comes later than a press."""

from tests.drive import JANE, House


async def test_a_text_that_no_poll_has_found_yet_stands_above_the_answer_to_an_earlier_one(house: House) -> None:
    """Jane writes once more while Bob answers; her second text stands above his answer, as on her phone."""
    await house.start()
    house.clearstream.receive(JANE, "One")
    await house.until(lambda: len(house.thread("Jane Doe")) == 1)
    await house.wind(16)
    await house.bob.click("Reply", house.header("Jane Doe"))
    await house.bob.type("Message", "Answer")
    house.clearstream.receive(JANE, "Two")
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Answer"])
    await house.until(lambda: len(house.thread("Jane Doe")) >= 3)
    await house.wind(60)
    shown = [text.splitlines()[-1] for text in house.thread("Jane Doe")]
    assert shown == ["One", "Two", "Answer"]
