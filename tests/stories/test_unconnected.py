"""Before everything is set: without a key to Clearstream, and without a channel."""

from tests.drive import JANE, House


async def test_without_a_key_every_way_in_says_how_to_set_it_up(unopened: House) -> None:
    """/sms, whatever follows, the shortcuts and old buttons: each names the setting."""
    await unopened.start(clearstream_api_key=None)
    for words in ("", "inbox", "text Jane", "nonsense"):
        await unopened.bob.command("/sms", words)
        assert "CLEARSTREAM_API_KEY" in unopened.bob.ephemerals()[-1].text()
    await unopened.bob.shortcut("Text someone")
    await unopened.until(lambda: any("CLEARSTREAM_API_KEY" in each.text() for each in unopened.bob.dm()))
    assert unopened.clearstream.requests_since() == []


async def test_an_old_button_without_a_key_says_so_too(office: House) -> None:
    """A key that was taken out of the settings: nothing is done."""
    header = await office.text_in(JANE, "Hello")
    await office.stop()
    await office.start(clearstream_api_key=None)
    await office.bob.click("Claim", header)
    await office.told(office.bob, "CLEARSTREAM_API_KEY")
    assert "claimed" not in header.text()


async def test_a_notice_on_a_text_without_a_key_says_what_to_set(office: House) -> None:
    """The key was taken out while a text was unconfirmed: deciding about it says so, and nothing is sent."""
    header = await office.text_in(JANE, "Hello")
    office.clearstream.faults.add("lose_before", method="POST", path="threads/*/replies")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "On my way")
    await office.bob.submit()
    await office.until(lambda: any("Unconfirmed" in said for said in office.thread("Jane Doe")), "the notice")
    notice = next(m for m in office.bob.thread(header) if "Unconfirmed" in m.text())
    await office.stop()
    await office.start(clearstream_api_key=None)
    mark = office.clearstream.log.mark()
    await office.bob.click("Check again", notice)
    await office.told(office.bob, "CLEARSTREAM_API_KEY")
    assert not office.clearstream.requests_since(mark)


async def test_without_a_channel_texts_wait_and_appear_once_there_is_one(house: House) -> None:
    """Nothing is lost meanwhile: with a channel set, the summary and every text appear, once, in order."""
    await house.start(inbox_channel=None)
    for words in ("one", "two"):
        house.clearstream.receive(JANE, words)
        await house.wind(3)
    assert house.bob.messages(house.texts) == []
    await house.stop()
    house.clearstream.receive(JANE, "three")
    await house.start(inbox_channel=house.texts.id)
    await house.until(lambda: len(house.thread("Jane Doe")) == 3)
    assert [text.splitlines()[-1] for text in house.thread("Jane Doe")] == ["one", "two", "three"]
    assert len(house.headers()) == 1
    assert sum("watching the text line" in each.text() for each in house.bob.messages(house.texts)) == 1


async def test_without_a_channel_admins_alone_may_act(unopened: House) -> None:
    """Nobody is in a channel that is not set; the refusal says who can, and how to change it."""
    await unopened.start(inbox_channel=None)
    await unopened.bob.command("/sms", "inbox")
    told = await unopened.told(unopened.bob, "You may not read the inbox")
    assert "The workspace's admins can" in told
    assert "INBOX_CHANNEL" in told
    await unopened.alice.command("/sms", "inbox")
    await unopened.told(unopened.alice, "every conversation is done")
