"""The modal Reply: what stands in it, how it counts, and what it does not let through."""

from itertools import pairwise

from bot.sandbox.slack.model import View
from tests.drive import JANE, House


async def replying(office: House, *texts: str) -> View:
    """Bob has Reply open on Jane's conversation."""
    header = None
    for words in texts or ("Do you deliver?",):
        header = await office.text_in(JANE, words)
    return await office.open_modal(office.bob, "Reply", header)


async def test_the_modal_shows_to_whom_and_the_last_texts(office: House) -> None:
    """Name, number and the last texts, oldest first, then the field, the count and the saved replies."""
    modal = await replying(office, "one", "two", "three")
    text = modal.text()
    assert modal.title == "Reply"
    assert "To Jane Doe · +1 200-555-1000" in text
    assert text.index("one") < text.index("two") < text.index("three")
    assert "0* of 160 characters" in text
    assert "Saved replies" in text
    assert text.endswith("[Cancel] [Send]")


async def test_texts_from_before_the_first_start_are_fetched_into_the_modal(unopened: House) -> None:
    """Of a conversation the bot knows little of, the last texts come from Clearstream a moment later."""
    office = unopened
    for words in ("long ago", "an old answer"):
        office.clearstream.receive(JANE, words)
    office.clearstream.site_read(office.clearstream.thread_id(JANE) or 0)
    await office.start()
    header = await office.text_in(JANE, "new")
    await office.open_modal(office.bob, "Reply", header)
    await office.until(lambda: office.bob.modal and "long ago" in office.bob.modal.text())


async def test_it_counts_while_one_types(office: House) -> None:
    """The count follows what is typed, a character of the extension table as two."""
    await replying(office)
    await office.bob.type("Message", "x" * 10)
    await office.until(lambda: office.bob.modal and "*10* of 160" in office.bob.modal.text())
    await office.bob.type("Message", "x" * 10 + "€[]")
    await office.until(lambda: office.bob.modal and "*16* of 160" in office.bob.modal.text())
    assert office.bob.modal is not None
    assert "x" * 10 + "€[]" in office.bob.modal.text()


async def test_it_counts_at_most_once_a_second_and_the_last_for_certain(office: House) -> None:
    """Fast typing changes the view once a second, and what is typed last is counted in the end."""
    await replying(office)
    before = len(office.slack.called("views.update"))
    for length in range(1, 16):
        await office.bob.type("Message", "x" * length)
        await office.wind(0.2)
    await office.until(lambda: office.bob.modal and "*15* of 160" in office.bob.modal.text())
    drawn = office.slack.called("views.update")[before:]
    assert 3 <= len(drawn) <= 5
    assert all(later.at - earlier.at >= 0.99 for earlier, later in pairwise(drawn))


async def test_160_characters_are_sent_and_161_are_refused_beside_the_field(office: House) -> None:
    """One too many is told by how much, nothing is sent, and what was typed stays."""
    await replying(office)
    await office.bob.type("Message", "x" * 161)
    await office.bob.submit()
    assert office.bob.modal is not None
    assert "1 character too long: 161 of 160" in office.bob.modal.text()
    assert "x" * 161 in office.bob.modal.text()
    assert office.on_phone(JANE) == []
    await office.bob.type("Message", "x" * 160)
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["x" * 160])
    assert office.bob.modal is None


async def test_characters_that_cannot_be_texted_are_named_beside_the_field(office: House) -> None:
    """Emoji and curly quotes are named with what to write instead; nothing is sent, what was typed stays."""
    await replying(office)
    await office.bob.type("Message", "Sure 😀 “yes”")
    await office.until(lambda: office.bob.modal and "cannot be texted: `😀`" in office.bob.modal.text())
    await office.bob.submit()
    assert office.bob.modal is not None
    text = office.bob.modal.text()
    assert '! These characters cannot be sent in a text: 😀, “ (write "), ” (write ").' in text
    assert "Sure 😀 “yes”" in text
    assert office.on_phone(JANE) == []


async def test_an_empty_text_is_not_sent(office: House) -> None:
    """White space alone is told to be nothing."""
    await replying(office)
    await office.bob.type("Message", "   ")
    await office.bob.submit()
    assert office.bob.modal is not None
    assert "Write something" in office.bob.modal.text()
    assert office.on_phone(JANE) == []


async def test_an_answer_goes_out_once_however_often_the_modal_is_submitted(house: House) -> None:
    """A submission delivered twice sends one text; the second is told that it was sent already."""
    await house.start()
    await replying(house)
    await house.bob.type("Message", "Yes, until ten.")
    sent = await house.bob.submit()
    assert sent is not None
    again = await house.slack.redeliver(sent)
    assert again.response["response_action"] == "update"
    assert "sent already" in str(again.response["view"])
    await house.until(lambda: len(house.thread("Jane Doe")) == 2)
    await house.wind(3)
    assert house.on_phone(JANE) == ["Yes, until ten."]
    assert len(house.thread("Jane Doe")) == 2


async def test_the_same_words_sent_twice_on_purpose_arrive_twice(office: House) -> None:
    """Two modals, one text each: both go out."""
    await office.text_in(JANE, "Sure?")
    for _ in range(2):
        await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
        await office.bob.type("Message", "Yes.")
        await office.bob.submit()
        await office.until(lambda: office.bob.modal is None)
    await office.until(lambda: office.on_phone(JANE) == ["Yes.", "Yes."])
    await office.until(lambda: len(office.thread("Jane Doe")) == 3)


async def test_closing_the_modal_sends_nothing(office: House) -> None:
    """Cancel forgets what was typed, and leaves the conversation as it is."""
    await replying(office)
    await office.bob.type("Message", "Hm")
    await office.bob.close()
    await office.text_in(JANE, "Hello?")
    assert office.on_phone(JANE) == []
    assert "New" in office.header("Jane Doe").text()
