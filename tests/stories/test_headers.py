"""What stands in the inbox channel and when: one header a conversation, every text in its thread, once."""

from tests.drive import JANE, JOHN, House

STRANGER = "+12005559999"


async def test_a_header_shows_name_number_status_and_the_latest_text(office: House) -> None:
    """Name and number as people write them, the status, and the text that came last."""
    await office.text_in(JANE, "Hello")
    header = await office.text_in(JANE, "Do you deliver?")
    lines = header.text().splitlines()
    assert lines[0] == "Jane Doe · +1 200-555-1000"
    assert "New" in lines[1]
    await office.until(lambda: office.header("Jane Doe").text().splitlines()[2] == "Do you deliver?")


async def test_somebody_without_a_name_is_called_by_their_number(office: House) -> None:
    """A stranger's conversation is titled with the number alone."""
    header = await office.text_in(STRANGER, "Who is this?")
    assert header.text().splitlines()[0] == "+1 200-555-9999"


async def test_a_long_name_leaves_room_for_the_number(office: House) -> None:
    """However long the name, the number stands on the header, and Slack takes the message."""
    office.clearstream.add_subscriber(JANE, "Ermintrude " * 20, "of Wolfenbüttel " * 20)
    header = await office.text_in(JANE, "It is I", called="Ermintrude")
    title = header.text().splitlines()[0]
    assert title.startswith("Ermintrude Ermintrude")
    assert title.endswith("… · +1 200-555-1000")


async def test_each_conversation_has_one_header_and_each_text_one_place(house: House) -> None:
    """Texts of two people, mixed, stand under their own header, in order, once."""
    await house.start()
    for number, words in ((JANE, "one"), (JOHN, "uno"), (JANE, "two"), (JOHN, "due"), (JANE, "three")):
        house.clearstream.receive(number, words)
    await house.until(lambda: len(house.thread("Jane Doe")) == 3 and len(house.thread("John Doe")) == 2)
    assert [text.splitlines()[-1] for text in house.thread("Jane Doe")] == ["one", "two", "three"]
    assert [text.splitlines()[-1] for text in house.thread("John Doe")] == ["uno", "due"]
    assert len(house.headers()) == 2


async def test_a_text_after_a_silence_also_shows_in_the_channel(office: House) -> None:
    """Within INBOX_BUMP_MINUTES a text is in the thread alone; after them it shows in the channel too."""
    await office.text_in(JANE, "First")
    await office.text_in(JANE, "Soon after")
    assert not [message for message in office.bob.messages(office.texts) if message.is_reply]
    office.clock.advance(29 * 60)
    await office.text_in(JANE, "Within the half hour")
    assert not [message for message in office.bob.messages(office.texts) if message.is_reply]
    office.clock.advance(30 * 60)
    await office.text_in(JANE, "Long after")
    shown = [message.text() for message in office.bob.messages(office.texts) if message.is_reply]
    assert len(shown) == 1
    assert "Long after" in shown[0]


async def test_texts_sent_from_clearstreams_own_site_appear_too(house: House) -> None:
    """An answer from the site stands in the thread with who wrote it; the conversation counts as answered."""
    await house.start()
    await house.text_in(JANE, "Anybody there?")
    thread_id = house.clearstream.thread_id(JANE)
    assert thread_id is not None
    house.clearstream.site_reply(thread_id, "We are here")
    await house.until(lambda: len(house.thread("Jane Doe")) == 2)
    author, *_, words = house.thread("Jane Doe")[1].splitlines()
    assert author.startswith("↩ Robert")
    assert words == "We are here"
    await house.until(lambda: "Open" in house.header("Jane Doe").text())
    assert "claimed" not in house.header("Jane Doe").text()
    assert "↩ We are here" in house.header("Jane Doe").text()


async def test_a_text_without_words_is_said_to_be_one(office: House) -> None:
    """A picture comes as an empty text: the thread says so instead of showing nothing."""
    office.clearstream.receive(JANE, "  ")
    await office.until(lambda: "without words" in office.thread("Jane Doe")[0])
    assert "without words" in office.header("Jane Doe").text()


async def test_a_very_long_text_is_there_to_its_last_word(office: House) -> None:
    """A text longer than one block of Slack's is shown whole in the thread."""
    office.clearstream.receive(JANE, "word " * 900 + "end")
    await office.until(lambda: office.thread("Jane Doe")[0].endswith("end"))
    assert office.thread("Jane Doe")[0].count("word") == 900
    assert office.header("Jane Doe").text().count("word") > 500
