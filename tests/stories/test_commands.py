"""/sms: help, words nobody knows, and what Slack and editors make of what is typed."""

from tests.drive import JANE, House


async def test_help_says_what_one_can_do(office: House) -> None:
    """With buttons for the common things, at once, only to who asked, in any channel."""
    for typed in ("", "help", "HELP", "  help  "):
        delivery = await office.carol.command("/sms", typed, channel="general")
        assert delivery is not None
        assert delivery.response["blocks"], typed
    answer, *others = office.carol.ephemerals("general")
    assert [other.text() for other in others] == [answer.text()] * 3
    for word in ("inbox [page]", "text <number or name>", "broadcast", "broadcasts", "find <name or number>", "help"):
        assert f"/sms {word}" in answer.text()
    assert office.carol.buttons(answer) == ["Inbox", "Text someone", "New broadcast"]
    assert not office.alice.ephemerals()


async def test_the_buttons_under_the_help_work(office: House) -> None:
    """Inbox shows the list, Text someone opens the modal."""
    await office.text_in(JANE, "Hello")
    await office.bob.command("/sms")
    await office.bob.click("Inbox")
    await office.told(office.bob, "newest first")
    await office.bob.click("Text someone", office.bob.ephemerals()[0])
    await office.until(lambda: office.bob.modal and office.bob.modal.title == "Text someone")


NEAREST = {"inbx": "inbox", "txt Jane": "text", "fnd": "find", "hlep": "help", "+12005551000": "text"}


async def test_an_unknown_word_answers_with_the_help_and_the_nearest_command(office: House) -> None:
    """What was typed, what may have been meant, and all there is."""
    for typed, meant in NEAREST.items():
        await office.bob.command("/sms", typed)
        answer = office.bob.ephemerals()[-1]
        word, *_ = typed.split()
        assert f"There is no `/sms {word}`. Did you mean `/sms {meant}`?" in answer.text()
        assert "/sms find <name or number>" in answer.text()


async def test_a_hostile_word_pings_nobody(office: House) -> None:
    """What was typed is said back as characters."""
    await office.bob.command("/sms", "<!channel> *x*")
    (answer,) = office.bob.ephemerals()
    assert answer.pings == []


async def test_nothing_but_help_for_words_that_look_like_none(office: House) -> None:
    """Something like no word at all gets the help without a guess."""
    await office.bob.command("/sms", "ŧ" * 3000)
    (answer,) = office.bob.ephemerals()
    assert "Did you mean" not in answer.text()
    assert "/sms inbox" in answer.text()
