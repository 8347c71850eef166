"""/sms add: somebody new on lists, INACTIVE until they confirm; what is wrong stands beside its field."""

from bot.sandbox.faults import Fault
from bot.sandbox.slack.model import View
from tests.drive import JANE, House

MARY = "+12005557777"


def modal(office: House) -> View:
    """What Alice has before her; raises LookupError where that is nothing."""
    if office.alice.modal is None:
        raise LookupError("a modal")
    return office.alice.modal


async def shown(office: House, words: str) -> str:
    """Alice's modal when these words stand in it."""
    await office.until(lambda: words in modal(office).text(), words)
    return modal(office).text()


async def begun(office: House, number: str = "(200) 555-7777") -> None:
    """Alice has the form before her, with a number and her customers."""
    await office.alice.command("/sms", f"add {number}")
    await shown(office, "Auto-response")
    await office.alice.type("Lists", "cust")
    await office.alice.choose(next(iter(office.alice.offered.values()))[0]["value"], "Lists")


async def test_somebody_is_added_and_asked_to_confirm(office: House) -> None:
    """With name, e-mail and auto-response; it is said that they are INACTIVE until they confirm, and when they do, they
    get the auto-response.
    """
    await begun(office)
    assert "INACTIVE until they confirm" in modal(office).text()
    for field, words in {"First name": "Mary", "Last name": "Moe", "E-mail": "mary@moe.example"}.items():
        await office.alice.type(field, words)
    await office.alice.type("Auto-response", "Good to have you!")
    await office.until(lambda: "*27* of 158 characters" in modal(office).text(), "the counter")
    assert "Lists: Customers (2)" in modal(office).text()
    first = await office.alice.submit()
    done = await shown(office, "Mary Moe +1 200-555-7777 is added to Customers.")
    assert "*INACTIVE until they confirm*" in done
    assert first is not None
    await office.slack.deliveries.deliver("interactive", first.payload)
    mary = office.clearstream.state.subscribers[MARY]
    assert (mary.first, mary.last, mary.email, mary.status) == ("Mary", "Moe", "mary@moe.example", "INACTIVE")
    assert len(office.on_phone(MARY)) == 1
    office.clearstream.receive(MARY, "YES")
    assert office.on_phone(MARY)[1:] == ["Blue Sushi: Good to have you!"]
    assert await office.record() == [("Alice Admin", "add subscriber", "done")]


async def test_what_is_wrong_is_said_beside_its_field(office: House) -> None:
    """All of it at once, and what was typed stays; nothing is asked of Clearstream."""
    alice = office.alice
    await alice.command("/sms", "add 12")
    await shown(office, "Number: 12")
    await alice.submit()
    assert "Please complete this required field." in modal(office).text(), "nobody is added to no list"
    await alice.type("Lists", "cust")
    await alice.choose("Customers (2)", "Lists")
    await alice.type("E-mail", "mary@")
    await alice.type("Header", "")
    await alice.type("Auto-response", "Grüße ✨ " + "x" * 200)
    await alice.submit()
    wrong = modal(office).text()
    for sentence in (
        "This is not a phone number",
        "Enter an e-mail address",
        "Write a header",
        "These characters cannot be sent in a text: ✨",
    ):
        assert f"! {sentence}" in wrong
    assert "E-mail: mary@" in wrong
    await alice.type("Auto-response", "x" * 160)
    await alice.type("Header", "Blue Sushi")
    await alice.submit()
    assert "12 characters too long: 170 of 158" in modal(office).text()
    assert not office.clearstream.requests_since(method="POST")


async def test_who_is_a_subscriber_already_cannot_be_added(office: House) -> None:
    """It is said how they are known, and that Clearstream's API has no way to do it; with another number it goes on."""
    await begun(office, JANE)
    await office.alice.type("First name", "Janet")
    await office.alice.submit()
    told = await shown(office, "Jane Doe, +1 200-555-1000, is known to Clearstream already (ACTIVE, on Customers).")
    assert "Clearstream's API has no way to put somebody on a list who is a subscriber already" in told
    assert "First name: Janet" in told
    assert "Lists: Customers" in told
    await office.alice.type("Number", MARY)
    await office.alice.submit()
    await shown(office, "Janet +1 200-555-7777 is added to Customers.")
    outcomes = [outcome for _, act, outcome in await office.record() if act == "add subscriber"]
    assert outcomes == ["failed", "done"]


async def test_what_clearstream_refuses_stands_under_its_field(office: House) -> None:
    """A list that was deleted meanwhile: its words, with a reference, and the rest as it was typed."""
    await begun(office)
    await office.alice.type("Last name", "Moe")
    office.clearstream.state.lists.clear()
    await office.alice.submit()
    told = await shown(office, "There is no list 1000. (reference")
    assert told.index("Lists: Customers") < told.index("There is no list") < told.index("First name")
    assert "Last name: Moe" in told
    assert MARY not in office.clearstream.state.subscribers


async def test_nobody_is_asked_twice_to_confirm(office: House) -> None:
    """Added and the answer lost, or lost on the way: they are added once, and have one text."""
    for number, fault in ((MARY, Fault.LOSE_AFTER), ("+12005557778", Fault.LOSE_BEFORE)):
        office.clearstream.faults.add(fault, method="POST", path="subscribers")
        await begun(office, number)
        await office.alice.submit()
        await shown(office, "is added to Customers.")
        await office.alice.close()
        assert len(office.on_phone(number)) == 1


async def test_where_one_would_wonder_it_is_said(office: House) -> None:
    """A number nobody has can be added from there; who is a subscriber already has lists that cannot be changed."""
    await office.alice.command("/sms", "find (200) 555-7777")
    await office.told(office.alice, "Nobody found")
    await office.alice.click("Add subscriber")
    await shown(office, "Number: +12005557777")
    await office.alice.close()
    await office.alice.command("/sms", "find Jane")
    await office.told(office.alice, "Jane Doe")
    await office.alice.click("Edit")
    assert "Lists cannot be changed here. Clearstream's API has no way" in await shown(office, "First name: Jane")


async def test_who_may_not_add_is_told_who_can(office: House) -> None:
    """No modal opens; and whoever loses the right while typing adds nobody."""
    await office.bob.command("/sms", "add")
    assert "The workspace's admins can." in await office.told(office.bob, "You may not add subscribers.")
    assert office.bob.modal is None
    await begun(office)
    office.slack.admin.set_admin(office.alice.user, is_admin=False)
    await office.alice.submit()
    await shown(office, "You may not add subscribers.")
    assert MARY not in office.clearstream.state.subscribers
