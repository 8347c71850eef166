"""Saved replies: started from, saved and removed in the modal Reply."""

from tests.drive import JANE, House

OPEN_TILL_TEN = "We are open until ten."


async def replying(office: House) -> None:
    """Bob has Reply open on Jane's conversation."""
    header = office.header("Jane Doe") if office.headers() else await office.text_in(JANE, "Are you open?")
    await office.open_modal(office.bob, "Reply", header)


def seen(office: House) -> str:
    """What Bob has before him."""
    return office.bob.modal.text() if office.bob.modal else ""


async def save(office: House, words: str) -> None:
    """Bob types something and saves it."""
    await office.bob.type("Message", words)
    await office.bob.choose("Save this text as a reply")
    await office.until(lambda: "Saved:" in seen(office))


async def test_what_is_typed_can_be_saved_and_started_from_later(house: House) -> None:
    """Saved once, it is there for everybody, replaces what stands in the field, and is sent."""
    await house.start()
    await replying(house)
    assert "none yet" in seen(house)
    await save(house, OPEN_TILL_TEN)
    assert OPEN_TILL_TEN in seen(house)
    await house.bob.close()
    await house.open_modal(house.alice, "Reply", house.header("Jane Doe"))
    await house.alice.type("Message", "Well, let me see")
    await house.alice.choose(OPEN_TILL_TEN, "Saved replies")
    await house.until(lambda: house.alice.modal and f"Message: {OPEN_TILL_TEN}" in house.alice.modal.text())
    assert house.alice.modal is not None
    assert "Well, let me see" not in house.alice.modal.text()
    assert f"*{len(OPEN_TILL_TEN)}* of 160" in house.alice.modal.text()
    await house.alice.submit()
    await house.until(lambda: house.on_phone(JANE) == [OPEN_TILL_TEN])


async def test_a_saved_reply_can_be_removed(house: House) -> None:
    """Remove in the list takes it away, there and in the modal below, which keeps what is typed."""
    await house.start()
    await replying(house)
    await save(house, OPEN_TILL_TEN)
    await house.bob.type("Message", "Hm")
    await house.bob.choose("Remove a saved reply")
    await house.until(lambda: house.bob.modal and house.bob.modal.title == "Saved replies")
    assert OPEN_TILL_TEN in seen(house)
    await house.bob.click("Remove")
    await house.until(lambda: "There are no saved replies" in seen(house))
    await house.bob.close()
    await house.until(lambda: "none yet" in seen(house))
    assert "Message: Hm" in seen(house)


async def test_saving_the_same_again_is_told(office: House) -> None:
    """One text is saved once."""
    await replying(office)
    await save(office, OPEN_TILL_TEN)
    await office.bob.choose("Save this text as a reply")
    await office.until(lambda: "saved already" in seen(office))


async def test_what_could_not_be_sent_is_not_saved(office: House) -> None:
    """Too long, or with characters that cannot be texted: the modal says why."""
    await replying(office)
    await office.bob.type("Message", "😀" * 3)
    await office.bob.choose("Save this text as a reply")
    await office.until(lambda: "Not saved. These characters" in seen(office))
    assert "none yet" in seen(office)


async def test_one_that_another_removed_meanwhile_is_told(office: House) -> None:
    """Choosing what is gone leaves the field as it is and says so."""
    await replying(office)
    await save(office, OPEN_TILL_TEN)
    await office.bob.close()
    await office.open_modal(office.alice, "Reply", office.header("Jane Doe"))
    await replying(office)
    await office.bob.choose("Remove a saved reply")
    await office.bob.click("Remove")
    await office.until(lambda: "There are no saved replies" in seen(office))
    await office.alice.type("Message", "Hello")
    await office.alice.choose(OPEN_TILL_TEN, "Saved replies")
    await office.until(lambda: office.alice.modal and "removed meanwhile" in office.alice.modal.text())
    assert office.alice.modal is not None
    assert "Message: Hello" in office.alice.modal.text()


async def test_the_same_one_can_be_chosen_again(office: House) -> None:
    """After the words were changed, choosing it once more brings it back."""
    await replying(office)
    await save(office, OPEN_TILL_TEN)
    for typed in ("Hm", "Hm, hm"):
        await office.bob.type("Message", typed)
        await office.bob.choose(OPEN_TILL_TEN, "Saved replies")
        await office.until(lambda: f"Message: {OPEN_TILL_TEN}" in seen(office))
        assert office.bob.modal is not None
        chosen = [block for block in office.bob.modal.state.values() if "reply.saved" in block]
        assert [each["reply.saved"]["selected_option"] for each in chosen] == [None]
