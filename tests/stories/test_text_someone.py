"""Text someone: one person, in their conversation where there is one, else as a message with a header."""

import pytest

from bot.sandbox.faults import Fault
from tests.drive import JANE, JOHN, House


def seen(office: House) -> str:
    """What Bob has before him."""
    return office.bob.modal.text() if office.bob.modal else ""


async def texting(office: House, words: str, until: str) -> None:
    """Bob types ``/sms text`` in #general, where the bot is not, and waits until the modal says something."""
    await office.bob.command("/sms", f"text {words}", channel="general")
    await office.until(lambda: until in seen(office), f"{until} in the modal")


@pytest.mark.parametrize("words", ["+1 200-555-1000", "(200) 555-1000", "<tel:+12005551000|200-555-1000>", "Jane"])
async def test_where_there_is_a_conversation_it_goes_out_there(office: House, words: str) -> None:
    """By number or name: the modal says so, there is no header, and it is a reply in the thread."""
    await office.text_in(JANE, "Hello")
    await texting(office, words, "It goes out *in your conversation*")
    assert "Jane Doe · +1 200-555-1000" in seen(office)
    assert "Header" not in seen(office)
    assert "0* of 160" in seen(office)
    await office.bob.type("Message", "Hello Jane")
    await office.bob.submit()
    assert "in your conversation" in await office.told(office.bob, "went out")
    await office.until(lambda: office.on_phone(JANE) == ["Hello Jane"])
    await office.until(lambda: "Hello Jane" in office.thread("Jane Doe")[-1])
    assert office.clearstream.requests_since(method="POST", path="messages") == []


async def test_who_or_what_came_between_is_told_on_the_first_send(office: House) -> None:
    """Alice claims and Jane texts while Bob writes: the first Send asks once more, what he typed stays, the next sends.

    The same where there was no conversation when he began.
    """
    header = await office.text_in(JANE, "Hello")
    await texting(office, "Jane", "It goes out *in your conversation*")
    await office.alice.click("Claim", header)
    await office.text_in(JANE, "Never mind")
    await office.bob.type("Message", "Hello Jane")
    await office.until(lambda: "*10* of 160" in seen(office))
    await office.bob.submit()
    for words in ("Not sent yet", "@Alice Admin", "A new text came in", "Message: Hello Jane"):
        assert words in seen(office)
    assert office.on_phone(JANE) == []
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["Hello Jane"])

    await texting(office, JOHN, "Header: Blue Sushi")
    await office.bob.type("Message", "Hello John")
    await office.text_in(JOHN, "Are you there?")
    await office.bob.submit()
    assert "A new text came in" in seen(office)
    assert "It goes out *in your conversation*" in seen(office)
    assert office.on_phone(JOHN) == []


async def test_where_there_is_none_it_goes_out_as_a_message_with_a_header(house: House) -> None:
    """The modal says so, with the account's name as header; the channel shows what went out."""
    await house.start()
    await texting(house, "+1 200-555-1001", "Header: Blue Sushi")
    assert "There is no conversation yet: it goes out *as a message with a header*" in seen(house)
    assert "John Doe · +1 200-555-1001" in seen(house)
    await house.bob.type("Message", "We miss you")
    await house.until(lambda: f"*{len('Blue Sushi') + len('We miss you')}* of 158" in seen(house))
    await house.bob.submit()
    assert "as a message with the header “Blue Sushi”" in await house.told(house.bob, "Your text went out")
    await house.wind(3)
    assert house.on_phone(JOHN) == ["Blue Sushi: We miss you"]
    await house.until(lambda: "We miss you" in house.bob.messages(house.texts)[-1].text())
    assert "@Bob Baker, your text went out" in house.bob.messages(house.texts)[-1].text()


async def test_a_name_several_people_have_offers_them(office: House) -> None:
    """All are offered; what is typed meanwhile stays; the choice says how it will go out."""
    await office.text_in(JANE, "Hello")
    await texting(office, "Doe", "Choose one")
    await office.bob.type("Message", "Which one?")
    await office.until(lambda: "*10* of" in seen(office))
    await office.bob.choose("John Doe · +1 200-555-1001", "To")
    await office.until(lambda: "as a message with a header" in seen(office))
    await office.bob.choose("Jane Doe · +1 200-555-1000", "To")
    await office.until(lambda: "in your conversation" in seen(office))
    assert "Message: Which one?" in seen(office)
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["Which one?"])


async def test_a_name_nobody_has_is_said(office: House) -> None:
    """The modal stays open for a number or another name."""
    await texting(office, "“Zed Zeppelin”", "Nobody called “Zed Zeppelin” was found")
    await office.bob.type("To", "john")
    await office.bob.choose("John Doe · +1 200-555-1001", "To")
    await office.until(lambda: "Header: Blue Sushi" in seen(office))


async def test_the_global_shortcut_opens_it_empty_and_tells_in_private(office: House) -> None:
    """Suggestions come from what is stored and from Clearstream; how it ended is told in a direct message."""
    await office.text_in(JANE, "Hello")
    await office.bob.shortcut("Text someone")
    await office.until(lambda: "One person" in seen(office))
    await office.bob.type("To", "doe")
    offered = [option["text"]["text"] for options in office.bob.offered.values() for option in options]
    assert sorted(offered) == ["Jane Doe · +1 200-555-1000", "John Doe · +1 200-555-1001"]
    await office.bob.choose("Jane Doe · +1 200-555-1000", "To")
    await office.until(lambda: "in your conversation" in seen(office))
    await office.bob.type("Message", "Hi")
    await office.bob.submit()
    await office.until(lambda: any("Your text went out" in each.text() for each in office.bob.dm()))
    await office.until(lambda: office.on_phone(JANE) == ["Hi"])


async def test_a_number_typed_into_to_is_offered(office: House) -> None:
    """In any form people write."""
    await office.bob.command("/sms", "text")
    await office.bob.type("To", "(200) 555-7777")
    await office.bob.choose("+1 200-555-7777", "To")
    await office.until(lambda: "is no subscriber" in seen(office))


async def test_suggestions_come_from_the_store_while_clearstream_is_down(office: House) -> None:
    """Who is stored is offered all the same."""
    await office.text_in(JANE, "Hello")
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="subscribers", count=None)
    await office.bob.command("/sms", "text")
    await office.bob.type("To", "doe")
    await office.bob.choose("Jane Doe · +1 200-555-1000", "To")


async def test_header_and_message_together_have_158_characters(office: House) -> None:
    """158 go out, 159 are told beside the field by how much, a missing header beside its field."""
    await texting(office, "+1 200-555-1001", "Header: Blue Sushi")
    await office.bob.type("Message", "x" * 149)
    await office.bob.submit()
    assert "! Header and message are together 1 character too long: 159 of 158" in seen(office)
    await office.bob.type("Header", "   ")
    await office.bob.submit()
    assert "! Write a header" in seen(office)
    await office.bob.type("Header", "Blue Sushi")
    await office.bob.type("Message", "x" * 148)
    await office.bob.submit()
    await office.told(office.bob, "Your text went out")
    await office.wind(3)
    assert office.on_phone(JOHN) == [f"Blue Sushi: {'x' * 148}"]


async def test_nobody_chosen_is_told_beside_the_field(office: House) -> None:
    """Slack itself asks for To; nothing is sent."""
    await office.bob.command("/sms", "text")
    await office.bob.type("Message", "Hello?")
    assert await office.bob.submit() is None
    assert "Please complete this required field" in seen(office)


async def test_sending_twice_sends_once_and_is_told(office: House) -> None:
    """The second delivery of Send is told that it was sent already."""
    await texting(office, "+1 200-555-1001", "Header: Blue Sushi")
    await office.bob.type("Message", "Once")
    sent = await office.bob.submit()
    assert sent is not None
    again = await office.slack.redeliver(sent)
    assert "sent already" in str(again.response)
    await office.told(office.bob, "Your text went out")
    assert len(office.clearstream.requests_since(method="POST", path="messages")) == 1


async def test_what_stands_against_texting_somebody_is_said_before(office: House) -> None:
    """Opted out, unconfirmed, or no subscriber at all: the modal says so when they are chosen."""
    office.clearstream.add_subscriber(JOHN, "John", "Doe", status="OPTED_OUT")
    await texting(office, "+1 200-555-1001", "They opted out")
    await office.bob.close()
    await texting(office, "+1 200-555-7777", "is no subscriber")


async def test_the_modal_says_who_has_the_conversation(office: House) -> None:
    """Before anything is typed."""
    header = await office.text_in(JANE, "Hello")
    await office.alice.click("Claim", header)
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    await texting(office, "Jane", "Claimed by @Alice Admin")
