"""Two at one conversation: whoever writes learns of it before anything is sent."""

import asyncio

from bot.sandbox.faults import Fault as ClearstreamFault
from bot.sandbox.slack.record import Call
from tests.drive import JANE, House
from tests.quiet import quiet


async def writing(office: House) -> None:
    """Bob is writing an answer to Jane."""
    header = await office.text_in(JANE, "Do you deliver?")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Yes, we do.")


async def alice_answers_slowly(house: House) -> None:
    """She presses **Send**, and Clearstream is slow to take it."""
    house.clearstream.faults.add(ClearstreamFault.STALL_BEFORE, method="POST", path="threads/*/replies")
    await house.alice.submit()
    await house.until(lambda: house.clearstream.requests_since(method="POST", path="threads/*/replies"))


def seen(office: House) -> str:
    """What Bob has before him in the modal."""
    return office.bob.modal.text() if office.bob.modal else ""


async def test_a_claim_by_another_shows_at_once_in_the_open_modal(house: House) -> None:
    """While Bob writes, Alice claims: his modal says so, what he typed stays, and Send sends."""
    await house.start()
    await writing(house)
    await house.alice.click("Claim", house.header("Jane Doe"))
    await house.until(lambda: "@Alice Admin has *claimed*" in seen(house))
    assert "Yes, we do." in seen(house)
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Yes, we do."])
    assert house.bob.modal is None


async def test_a_text_that_comes_meanwhile_shows_at_once_in_the_open_modal(office: House) -> None:
    """While Bob writes, Jane texts again: her text stands in his modal, and he is told."""
    await writing(office)
    office.clearstream.receive(JANE, "Never mind, thanks")
    await office.until(lambda: "A new text came in" in seen(office))
    assert "Never mind, thanks" in seen(office)
    assert "Yes, we do." in seen(office)


async def test_an_answer_by_another_shows_at_once_in_the_open_modal(office: House) -> None:
    """While Bob writes, Alice answers: her text stands in his modal."""
    await writing(office)
    await office.open_modal(office.alice, "Reply", office.header("Jane Doe"))
    await office.alice.type("Message", "Until ten!")
    await office.alice.submit()
    await office.until(lambda: "Until ten!" in seen(office))
    assert "@Alice Admin has *claimed*" in seen(office)


async def test_who_could_not_be_told_at_once_is_told_on_the_first_send(house: House) -> None:
    """The live change fails: the first Send asks once more with what was typed kept, the second one sends."""
    await house.start()
    await writing(house)
    house.slack.faults.refuse("views.update", "internal_error", times=100)
    await house.alice.click("Claim", house.header("Jane Doe"))
    house.clearstream.receive(JANE, "Never mind, thanks")
    await house.until(lambda: len(house.thread("Jane Doe")) == 3)
    assert "claimed" not in seen(house)
    await house.bob.submit()
    assert "Not sent yet" in seen(house)
    assert "@Alice Admin has *claimed*" in seen(house)
    assert "Never mind, thanks" in seen(house)
    assert "Yes, we do." in seen(house)
    assert house.on_phone(JANE) == []
    house.slack.faults.clear()
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Yes, we do."])
    assert house.bob.modal is None


async def test_the_first_send_asks_also_when_the_change_was_too_late(office: House) -> None:
    """A claim a moment before Send, with its news still on the way: Send asks first."""
    await writing(office)
    news = asyncio.Event()

    async def held_back(_: object) -> None:
        await news.wait()

    office.slack.faults.before("views.update", held_back)
    await office.alice.click("Claim", office.header("Jane Doe"))
    while "claim" not in [act for _, act, _ in await office.record()]:
        await quiet()
    await office.bob.submit()
    assert "Not sent yet" in seen(office)
    assert office.on_phone(JANE) == []
    news.set()


async def test_a_claim_that_is_let_go_again_is_no_news(office: House) -> None:
    """Alice claims and releases while Bob writes: the modal says so no longer, and Send sends."""
    await writing(office)
    await office.alice.click("Claim", office.header("Jane Doe"))
    await office.until(lambda: "has *claimed*" in seen(office))
    await office.alice.click("Release", office.header("Jane Doe"))
    await office.until(lambda: "has *claimed*" not in seen(office))
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["Yes, we do."])


async def test_opening_a_conversation_another_has_says_so(office: House) -> None:
    """Reply on what Alice has claimed says so from the beginning, and one Send is enough."""
    header = await office.text_in(JANE, "Do you deliver?")
    await office.alice.click("Claim", header)
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    modal = await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    assert "@Alice Admin has *claimed*" in modal.text()
    await office.bob.type("Message", "Yes!")
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["Yes!"])
    assert "claimed by @Alice Admin" in office.header("Jane Doe").text()


async def test_an_answer_of_another_that_is_on_its_way_is_told_on_the_first_send(house: House) -> None:
    """Alice has the conversation and has just pressed Send; Clearstream is slow: Bob's first Send says so."""
    await house.start()
    header = await house.text_in(JANE, "Do you deliver?")
    await house.alice.click("Claim", header)
    await house.until(lambda: "claimed by" in house.header("Jane Doe").text())
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Yes, we do.")
    await house.open_modal(house.alice, "Reply", header)
    await house.alice.type("Message", "Until ten!")
    await alice_answers_slowly(house)
    await house.bob.submit()
    assert "Not sent yet" in seen(house)
    assert "is on its way" in seen(house)
    house.clearstream.faults.release()
    await house.until(lambda: "Until ten!" in seen(house))
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE) == ["Until ten!", "Yes, we do."])


async def test_it_is_told_also_where_slack_has_not_yet_said_that_the_modal_is_open(house: House) -> None:
    """Bob has it before him and writes while Slack's answer to its opening is late: he is told, once."""
    await house.start()
    header = await house.text_in(JANE, "Do you deliver?")
    await house.open_modal(house.alice, "Reply", header)
    await house.alice.type("Message", "Until ten!")
    late = asyncio.Event()

    async def withheld(_: Call) -> None:
        await late.wait()

    unhook = house.slack.faults.after("views.open", withheld)
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Yes, we do.")
    await alice_answers_slowly(house)
    await house.bob.submit()
    assert "is on its way" in seen(house)
    await house.bob.submit()
    assert house.bob.modal is None
    unhook()
    late.set()
    house.clearstream.faults.release()
    await house.until(lambda: house.on_phone(JANE) == ["Until ten!", "Yes, we do."])
