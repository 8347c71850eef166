"""/sms find: contact cards by name or number, and what one can do on them."""

from bot.sandbox.faults import Fault
from tests.drive import JANE, JOHN, House

WAYS = ["Jane", "jane doe", "+1 200-555-1000", "(200) 555-1000", "<tel:+12005551000|+1 200-555-1000>", "“Jane”"]


async def test_somebody_is_found_as_people_write_them(office: House) -> None:
    """By a part of the name, both names, and the number in whatever form, also as Slack pastes it."""
    for words in WAYS:
        await office.bob.command("/sms", f"find {words}")
        card = await office.told(office.bob, "Jane Doe · +1 200-555-1000")
        assert "Status: ACTIVE" in card
        assert "Lists: Customers" in card
        assert "John" not in card
        office.slack.workspace.dismiss(office.bob.ephemerals()[-1])


async def test_several_are_found_at_once(office: House) -> None:
    """A name two people have brings both their cards."""
    await office.bob.command("/sms", "find Doe")
    card = await office.told(office.bob, "Jane Doe")
    assert "John Doe" in card


async def test_who_has_opted_out_cannot_be_opted_out_again(office: House) -> None:
    """The card says how they stand, and has no button for it."""
    office.clearstream.state.subscribers[JANE].status = "OPTED_OUT"
    await office.bob.command("/sms", "find Jane")
    await office.told(office.bob, "Status: OPTED_OUT (opted out")
    assert office.bob.buttons(office.bob.ephemerals()[-1]) == ["Edit", "Text"]


async def test_a_first_name_of_two_words_is_found(office: House) -> None:
    """Where the name is split does not matter."""
    office.clearstream.add_subscriber("+12005552000", "Mary Ann", "Smith")
    for words in ("mary ann smith", "Mary Ann"):
        await office.bob.command("/sms", f"find {words}")
        await office.told(office.bob, "Mary Ann Smith · +1 200-555-2000")
        office.slack.workspace.dismiss(office.bob.ephemerals()[-1])


async def test_nobody_found_is_said(office: House) -> None:
    """With how it is searched."""
    for words in ("Nobody", "+1 200-555-7777", "777"):
        await office.bob.command("/sms", f"find {words}")
        await office.told(office.bob, f"Nobody found for “{words}”.")


async def test_find_without_words_says_what_to_write(office: House) -> None:
    """An example for a name and one for a number."""
    await office.bob.command("/sms", "find")
    assert "/sms find Jane" in await office.told(office.bob, "Say whom to find")


async def test_many_are_cut_and_it_is_said(office: House) -> None:
    """Ten cards are shown, with the advice to say more."""
    for count in range(12):
        office.clearstream.add_subscriber(f"+1200557{1000 + count}", "Kim", f"Number{count}")
    await office.bob.command("/sms", "find Kim")
    assert "The first 10 are shown" in await office.told(office.bob, "Kim Number0")


async def test_a_contact_is_edited_by_who_may(house: House) -> None:
    """Alice changes the name: Clearstream has it, and the header too."""
    await house.start()
    await house.text_in(JANE, "I married")
    await house.alice.command("/sms", "find Jane")
    await house.told(house.alice, "Jane Doe")
    await house.alice.click("Edit")
    await house.until(lambda: house.alice.modal and "First name: Jane" in house.alice.modal.text())
    await house.alice.type("Last name", "Roe")
    await house.alice.type("E-mail", "jane@roe.example")
    await house.alice.submit()
    await house.until(lambda: house.clearstream.state.subscribers[JANE].last == "Roe")
    assert house.clearstream.state.subscribers[JANE].email == "jane@roe.example"
    await house.until(lambda: house.headers() and "Jane Roe" in house.headers()[-1].text())
    await shown(house, "+1 200-555-1000 is changed.")


async def test_a_wrong_e_mail_address_is_told_beside_the_field(office: House) -> None:
    """Nothing is changed, and what was typed stays."""
    await office.alice.command("/sms", "find John")
    await office.told(office.alice, "John Doe")
    await office.alice.click("Edit")
    await office.until(lambda: office.alice.modal and "First name: John" in office.alice.modal.text())
    await office.alice.type("E-mail", "john@")
    await office.alice.submit()
    assert office.alice.modal is not None
    assert "! Enter an e-mail address like jane@example.com." in office.alice.modal.text()
    assert office.clearstream.state.subscribers[JOHN].email is None


async def test_who_is_no_sender_may_not_edit(office: House) -> None:
    """Bob is told who can."""
    await office.bob.command("/sms", "find John")
    await office.told(office.bob, "John Doe")
    await office.bob.click("Edit")
    assert "The workspace's admins can" in await office.told(office.bob, "change a contact")
    assert office.bob.modal is None


async def test_text_on_a_card_opens_text_someone_with_them(office: House) -> None:
    """Everyone in the channel may."""
    await office.bob.command("/sms", "find John")
    await office.told(office.bob, "John Doe")
    await office.bob.click("Text")
    await office.until(lambda: office.bob.modal and "John Doe · +1 200-555-1001" in office.bob.modal.text())


async def test_a_change_clearstream_refuses_is_told_beside_its_field(office: House) -> None:
    """In the modal, where all that was typed still stands; mended, it is made. What is about no field is told too."""
    await office.alice.command("/sms", "find John")
    await office.told(office.alice, "John Doe")
    await office.alice.click("Edit")
    await office.until(lambda: office.alice.modal and "First name: John" in office.alice.modal.text())
    await office.alice.type("First name", "Johnny")
    await office.alice.type("E-mail", "john@doe..example")
    await office.alice.submit()
    refused = await shown(office, "must be a valid e-mail address. (reference")
    assert refused.index("E-mail: john@doe..example") < refused.index("must be a valid") < refused.index("Lists cannot")
    assert "First name: Johnny" in refused
    await office.alice.type("E-mail", "john@doe.example")
    await office.alice.submit()
    await shown(office, "+1 200-555-1001 is changed.")
    john = office.clearstream.state.subscribers[JOHN]
    assert (john.first, john.email) == ("Johnny", "john@doe.example")
    await office.alice.close()
    await office.alice.click("Edit")
    await shown(office, "First name: Johnny")
    del office.clearstream.state.subscribers[JOHN]
    await office.alice.submit()
    assert "First name: Johnny" in await shown(office, "(reference")
    assert not any("not made" in each.text() for each in office.alice.messages(office.texts))


async def shown(office: House, words: str) -> str:
    """Alice's modal when these words stand in it."""
    await office.until(lambda: office.alice.modal and words in office.alice.modal.text(), words)
    assert office.alice.modal is not None
    return office.alice.modal.text()


async def test_a_change_while_clearstream_is_down_waits_and_that_is_told(office: House) -> None:
    """Whoever asked learns that it is not done yet; it is tried ever more rarely, and made when Clearstream is back."""
    header = await office.text_in(JANE, "Enough")
    await office.alice.choose("Opt out", on=header)
    await office.until(lambda: office.alice.modal)
    down = office.clearstream.faults.add(Fault.UNAVAILABLE, method="DELETE", path="subscribers/*", count=None)
    await office.alice.submit()
    told = await office.told(office.alice, "It is *not done yet*")
    assert "down for maintenance" in told
    assert down.hits <= 5
    office.clearstream.faults.clear()
    await office.until(lambda: "opted out" in office.header("Jane Doe").text())


async def test_clearstream_down_while_a_card_is_opened_is_said_in_the_window(office: House) -> None:
    """The window does not load for ever."""
    header = await office.text_in(JANE, "Hello")
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="subscribers/*", count=None)
    await office.bob.choose("Contact", on=header)
    await office.until(lambda: office.bob.modal and "down for maintenance" in office.bob.modal.text())
    assert office.bob.modal is not None
    assert "reference" in office.bob.modal.text()
