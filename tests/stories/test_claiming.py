"""Who has a conversation: claiming, releasing, answering, done."""

import asyncio

from tests.drive import JANE, House


async def test_a_text_nobody_has_claimed_or_answered_is_new(office: House) -> None:
    """The header says New, and offers Reply, Claim, Done and the menu."""
    header = await office.text_in(JANE, "Anybody there?")
    assert "New" in header.text()
    assert "claimed" not in header.text()
    assert office.bob.buttons(header) == ["Reply", "Claim", "Done"]


async def test_claiming_shows_on_the_header_and_mentions_the_person_in_the_thread(house: House) -> None:
    """Claim becomes Release, the status is Open, and Slack tells the claimer of the next text."""
    await house.start()
    header = await house.text_in(JANE, "Anybody there?")
    await house.bob.click("Claim", header)
    await house.until(lambda: "claimed by @Bob Baker" in house.header("Jane Doe").text())
    assert "Open" in house.header("Jane Doe").text()
    assert house.bob.buttons(house.header("Jane Doe")) == ["Reply", "Release", "Done"]
    await house.until(lambda: "@Bob Baker claimed" in house.thread("Jane Doe")[-1])

    await house.text_in(JANE, "Hello?")
    newest = house.bob.thread(house.header("Jane Doe"))[-1]
    assert house.bob.notified_of(newest)
    assert not house.alice.notified_of(newest)


async def test_anyone_in_the_channel_may_release(office: House) -> None:
    """Alice lets go of what Bob has; the header is New again and the thread says who did it."""
    header = await office.text_in(JANE, "Anybody there?")
    await office.bob.click("Claim", header)
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    await office.alice.click("Release", office.header("Jane Doe"))
    await office.until(lambda: "claimed by" not in office.header("Jane Doe").text())
    assert "New" in office.header("Jane Doe").text()
    await office.until(lambda: "@Alice Admin released" in office.thread("Jane Doe")[-1])


async def test_who_comes_second_is_told_who_was_faster(office: House) -> None:
    """Two press Claim at once: one has it, the other is told by whom, and the thread says it once."""
    header = await office.text_in(JANE, "Anybody there?")
    await asyncio.gather(office.alice.click("Claim", header), office.bob.click("Claim", header))
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    alice_has_it = "claimed by @Alice" in office.header("Jane Doe").text()
    first, second = (office.alice, office.bob) if alice_has_it else (office.bob, office.alice)
    assert f"@{first.user.real_name} was faster" in await office.told(second, "faster")
    assert not first.ephemerals()
    assert sum("claimed" in line for line in office.thread("Jane Doe")) <= 1


async def test_pressing_claim_twice_claims_once(office: House) -> None:
    """The second delivery of one press is told that it was done already; the thread says it once."""
    header = await office.text_in(JANE, "Anybody there?")
    press = await office.bob.click("Claim", header)
    assert press is not None
    await office.slack.redeliver(press)
    assert "already" in await office.told(office.bob, "claimed it already")
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    await office.wind(3)
    assert sum("claimed" in line for line in office.thread("Jane Doe")) == 1


async def test_answering_claims_a_conversation_nobody_has(office: House) -> None:
    """Whoever answers has claimed it, and is mentioned by the answer itself."""
    header = await office.text_in(JANE, "Anybody there?")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Yes!")
    await office.bob.submit()
    await office.until(lambda: "claimed by @Bob Baker" in office.header("Jane Doe").text())
    await office.until(lambda: "Yes!" in office.thread("Jane Doe")[-1])
    assert "Open" in office.header("Jane Doe").text()
    await office.text_in(JANE, "Great")
    assert office.bob.notified_of(office.bob.thread(office.header("Jane Doe"))[-1])


async def test_done_is_reopened_by_a_new_text(office: House) -> None:
    """Done shows on the header and takes the button away, until they text again."""
    header = await office.text_in(JANE, "Thanks, bye")
    await office.bob.click("Done", header)
    await office.until(lambda: "Done" in office.header("Jane Doe").text().splitlines()[1])
    assert "Done" not in office.bob.buttons(office.header("Jane Doe"))
    await office.text_in(JANE, "One more thing")
    await office.until(lambda: "New" in office.header("Jane Doe").text())


async def test_done_is_reopened_by_an_answer(office: House) -> None:
    """Answering what was done opens it again, also for who has it claimed."""
    header = await office.text_in(JANE, "Thanks, bye")
    await office.bob.click("Claim", header)
    await office.until(lambda: "Release" in office.bob.buttons(office.header("Jane Doe")))
    await office.bob.click("Done", office.header("Jane Doe"))
    await office.until(lambda: "Done" not in office.bob.buttons(office.header("Jane Doe")))
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", "See you")
    await office.bob.submit()
    await office.until(lambda: "Open" in office.header("Jane Doe").text())


async def test_done_pressed_twice_is_told(office: House) -> None:
    """The second press learns that it is done already."""
    header = await office.text_in(JANE, "Thanks, bye")
    press = await office.bob.click("Done", header)
    assert press is not None
    await office.slack.redeliver(press)
    await office.told(office.bob, "done already")


async def test_releasing_twice_is_told(office: House) -> None:
    """The second Release learns that nobody has it."""
    header = await office.text_in(JANE, "Anybody there?")
    await office.bob.click("Claim", header)
    await office.until(lambda: "Release" in office.bob.buttons(office.header("Jane Doe")))
    press = await office.bob.click("Release", office.header("Jane Doe"))
    assert press is not None
    await office.slack.redeliver(press)
    await office.told(office.bob, "released already")
