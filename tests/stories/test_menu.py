"""The menu behind three dots: contact, history, delete, opt out; and who may."""

from tests.drive import JANE, House


def seen(person: object) -> str:
    """What somebody has before them in a modal."""
    modal = getattr(person, "modal", None)
    return modal.text() if modal else ""


async def test_contact_shows_the_card(office: House) -> None:
    """Name, number, status, e-mail and lists, with Edit, Text and Opt out."""
    lists = list(office.clearstream.state.subscribers[JANE].lists)
    office.clearstream.add_subscriber(JANE, "Jane", "Doe", email="jane@example.com", lists=lists)
    header = await office.text_in(JANE, "Hello")
    await office.bob.choose("Contact", on=header)
    await office.until(lambda: "jane@example.com" in seen(office.bob))
    text = seen(office.bob)
    assert "Jane Doe · +1 200-555-1000" in text
    assert "Status: ACTIVE" in text
    assert "Lists: Customers" in text
    assert office.bob.modal is not None
    assert office.bob.buttons(office.bob.modal) == ["Edit", "Text", "Opt out"]


async def test_a_card_shows_what_was_changed_on_it(office: House) -> None:
    """When **Edit** on it is done and closed, the card beneath has the new name."""
    await office.alice.choose("Contact", on=await office.text_in(JANE, "I married"))
    await office.until(lambda: "Jane Doe" in seen(office.alice))
    await office.alice.click("Edit")
    await office.until(lambda: "Last name" in seen(office.alice))
    await office.alice.type("Last name", "Roe")
    await office.alice.submit()
    await office.until(lambda: "is changed" in seen(office.alice))
    await office.alice.close()
    await office.until(lambda: "Jane Roe · +1 200-555-1000" in seen(office.alice))


async def test_history_shows_the_texts_page_by_page(office: House) -> None:
    """All texts of the conversation as Clearstream has them, with who wrote them, older ones on Older."""
    for count in range(1, 18):
        office.clearstream.receive(JANE, f"text {count}")
    await office.until(lambda: len(office.thread("Jane Doe")) == 17)
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", "All read.")
    await office.bob.submit()
    await office.until(lambda: "All read." in office.thread("Jane Doe")[-1])
    await office.alice.choose("History", on=office.header("Jane Doe"))
    await office.until(lambda: "text 17" in seen(office.alice))
    assert "↩ @Bob Baker" in seen(office.alice)
    assert "text 3\n" not in seen(office.alice)
    await office.alice.click("Older")
    await office.until(lambda: "text 3" in seen(office.alice))
    assert seen(office.alice).index("text 1\n") < seen(office.alice).index("text 3")
    await office.alice.click("Newer")
    await office.until(lambda: "text 17" in seen(office.alice))


async def test_delete_asks_once_more_and_leaves_what_was_said_in_slack(house: House) -> None:
    """After Delete the conversation is gone from Clearstream; the header says so and has no buttons any more."""
    await house.start()
    header = await house.text_in(JANE, "Please forget me")
    await house.alice.choose("Delete conversation", on=header)
    await house.until(lambda: "cannot be undone" in seen(house.alice))
    assert house.clearstream.thread_id(JANE) is not None
    await house.alice.submit()
    await house.until(lambda: house.clearstream.thread_id(JANE) is None)
    gone = house.alice.messages(house.texts)[-1]
    await house.until(lambda: "Deleted in Clearstream" in gone.text())
    assert house.alice.buttons(gone) == []
    assert "Please forget me" in house.alice.thread(gone)[0].text()
    await house.told(house.alice, "deleted in Clearstream")

    await house.text_in(JANE, "It is me again")
    assert house.header("Jane Doe").ts != gone.ts


async def test_opt_out_asks_once_more_and_shows_on_the_header(house: House) -> None:
    """After Opt out they are off every list, and the header says that they may not be textable."""
    await house.start()
    header = await house.text_in(JANE, "No more please")
    await house.alice.choose("Opt out", on=header)
    await house.until(lambda: "every list" in seen(house.alice))
    assert house.clearstream.state.subscribers[JANE].status == "ACTIVE"
    await house.alice.submit()
    await house.until(lambda: house.clearstream.state.subscribers[JANE].status != "ACTIVE")
    await house.until(lambda: "opted out" in house.header("Jane Doe").text())
    await house.told(house.alice, "opted out of every list")


async def test_who_is_no_sender_may_neither_delete_nor_opt_out(office: House) -> None:
    """Bob is told who can, beside the header and not in a thread he has not opened; nothing opens or happens."""
    header = await office.text_in(JANE, "Hello")
    await office.bob.choose("Delete conversation", on=header)
    told = await office.told(office.bob, "delete a conversation")
    assert "You may not delete a conversation. The workspace's admins can. Nothing was done." in told
    await office.bob.choose("Opt out", on=header)
    assert "The workspace's admins can" in await office.told(office.bob, "opt somebody out")
    assert [each.thread_ts for each in office.bob.ephemerals()] == [None, None]
    assert office.bob.modal is None
    assert office.clearstream.thread_id(JANE) is not None


async def test_deleting_twice_deletes_once_and_is_told(office: House) -> None:
    """The second delivery of Delete is told so."""
    header = await office.text_in(JANE, "Hello")
    await office.alice.choose("Delete conversation", on=header)
    sent = await office.alice.submit()
    assert sent is not None
    again = await office.slack.redeliver(sent)
    assert "asked for already" in str(again.response)
    await office.until(lambda: office.clearstream.thread_id(JANE) is None)
    assert len(office.clearstream.requests_since(method="DELETE")) == 1


async def test_a_card_of_nobody_says_so(office: House) -> None:
    """Where Clearstream has no such subscriber, the window says so instead of loading for ever."""
    header = await office.text_in(JANE, "Hello")
    del office.clearstream.state.subscribers[JANE]
    await office.bob.choose("Contact", on=header)
    await office.until(lambda: "is no subscriber" in seen(office.bob))
