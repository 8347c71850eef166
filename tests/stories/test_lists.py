"""/sms lists and /sms list: seen by everyone in the channel, changed by senders, searched and paged."""

from functools import partial

from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.model import Message, View
from bot.sandbox.slack.person import Person
from tests.drive import JANE, JOHN, House

TYPE_IT = "Type the list's name"


async def lists(office: House, person: Person | None = None, words: str = "lists") -> Message:
    """What somebody is told when they ask for lists."""
    person = person or office.alice
    before = len(person.ephemerals())
    await person.command("/sms", words)
    await office.until(lambda: len(person.ephemerals()) > before, words)
    return person.ephemerals()[-1]


def modal(person: Person) -> View:
    """What somebody has before them; raises LookupError where that is nothing."""
    if person.modal is None:
        raise LookupError("a modal")
    return person.modal


async def asked(office: House, words: str, on: Message, button: str) -> str:
    """Alice presses a button on an answer; her modal when these words stand in it."""
    await office.alice.click(button, on)
    await office.until(lambda: words in modal(office.alice).text(), words)
    return modal(office.alice).text()


async def shown(office: House, words: str) -> str:
    """Alice's modal when these words stand in it."""
    await office.until(lambda: words in modal(office.alice).text(), words)
    return modal(office.alice).text()


async def test_everyone_in_the_channel_sees_the_lists(office: House) -> None:
    """By name, with how many are on each, also those one can mean by a part, a name or an id; and their subscribers."""
    line = office.clearstream
    vips, kitchen = line.add_list("VIPs").id, line.add_list("VIPs of the kitchen").id
    line.add_subscriber("+12005552000", "Ann", "Ash", lists=[vips])
    answer = (await lists(office, office.bob)).text()
    assert "*Lists*: 3" in answer
    assert f"VIPs\n1 subscriber · id {vips}" in answer
    assert answer.index("2 subscribers") < answer.index(f"id {vips}") < answer.index(f"id {kitchen}")
    for words in ("list vips", f"list {vips}", "lists “VIPs”"):
        assert "Ann Ash · +1 200-555-2000" in (await lists(office, office.bob, words)).text()
    assert "3 lists could be “i”" not in (await lists(office, office.bob, "list kitchen")).text()
    assert "2 lists could be “vip”" in (await lists(office, office.bob, "list vip")).text()
    assert "There is no list “pets”" in (await lists(office, office.bob, "list pets")).text()
    assert "/sms list Customers" in (await lists(office, office.bob, "list")).text()
    await office.bob.click("Contact", await lists(office, office.bob, f"list {vips}"))
    await office.until(lambda: "Lists: VIPs" in modal(office.bob).text(), "the card")


async def test_who_is_on_a_list_is_paged_and_searched(office: House) -> None:
    """By parts of first name, last name and number, any or all of them; a page at a time."""
    line, bob = office.clearstream, office.bob
    crowd = line.add_list("Crowd").id
    for count in range(45):
        line.add_subscriber(f"+1200556{1000 + count}", f"Kim{count:02}", "Odd" if count % 2 else "Even", lists=[crowd])
    answer = await lists(office, bob, "list Crowd")
    assert "page 1" in answer.text()
    assert "[Previous]" not in answer.text()
    for words in ("Kim20", "Kim40"):
        await bob.click("Next", answer)
        await office.until(partial(_in, words, answer), words)
    assert "[Next]" not in answer.text()
    await bob.click("Search", answer)
    await office.until(lambda: "First name" in modal(bob).text(), "the search")
    await bob.submit()
    assert "Write a part of a name or number" in modal(bob).text()
    await bob.type("First name", "kim1")
    await bob.type("Last name", "odd")
    await bob.submit()
    await office.until(lambda: "[Next]" in modal(bob).text(), "any of these")
    await bob.type("Number", "+1 (200) 556-101")
    await bob.click("Next", modal(bob))
    await office.until(lambda: "page 2" in modal(bob).text(), "the page after it")
    await bob.choose("All of these (and)", "Match")
    await bob.submit()
    await office.until(lambda: "*5* found" in modal(bob).text(), "all of these")
    assert "Kim11 Odd" in modal(bob).text()
    assert "Number: +1 (200) 556-101" in modal(bob).text()


def _in(words: str, message: Message) -> bool:
    return words in message.text()


async def test_a_new_list_and_a_new_name(office: House) -> None:
    """A name that is taken is said beside its field, by what is known or by Clearstream, and what was typed stays."""
    alice, line = office.alice, office.clearstream
    answer = await lists(office)
    await asked(office, "Name", answer, "New list")
    await alice.type("Name", " Customers ")
    await alice.submit()
    assert "! Another list has this name." in modal(alice).text()
    line.add_list("Guests")
    await alice.type("Name", "guests")
    await alice.submit()
    refused = await shown(office, ":warning: The name has already been taken. (reference")
    assert "Name: guests" in refused
    await alice.type("Name", "New   guests")
    first = await alice.submit()
    await shown(office, "The list “New guests” is made")
    assert first is not None
    await office.until(partial(_in, "New guests\n0 subscribers", answer), "the answer drawn anew")
    await office.slack.deliveries.deliver("interactive", first.payload)
    assert [one.name for one in line.state.lists.values()] == ["Customers", "Guests", "New guests"]
    await alice.close()
    await asked(office, "Name: New guests", await lists(office, words="list new guests"), "Rename")
    line.faults.add(Fault.LOSE_AFTER, method="PATCH", path="lists/*")
    await alice.type("Name", "Old guests")
    await alice.submit()
    await shown(office, "The list “New guests” is called “Old guests” now")
    assert [act for who, act, ended in await office.record() if ended == "done"] == ["new list", "rename list"]


async def test_a_list_is_deleted_when_its_name_was_typed(office: House) -> None:
    """It is said how many are on no other list; nothing is forced before the name stands there as it is."""
    line, alice = office.clearstream, office.alice
    vips = line.add_list("VIPs").id
    line.state.subscribers[JOHN].lists.append(vips)
    answer = await lists(office, words="list Customers")
    question = await asked(office, TYPE_IT, answer, "Delete")
    assert "*2 subscribers* on it. *1 person* is on no other list: they *would be opted out*" in question
    await alice.type(TYPE_IT, "customers")
    await alice.submit()
    assert "! Type the name exactly as it is: Customers" in modal(alice).text()
    assert not line.requests_since(method="DELETE")
    await alice.type(TYPE_IT, "Customers")
    await alice.submit()
    await shown(office, "The list “Customers” is deleted. 1 subscriber who was on no other list: opted out.")
    await office.until(partial(_in, "This list is deleted.", answer), "the answer drawn anew")
    (request,) = line.requests_since(method="DELETE")
    assert request.form == {"force_delete": "1"}
    assert line.state.subscribers[JANE].status == "OPTED_OUT"
    assert line.state.subscribers[JOHN].status == "ACTIVE"
    assert ("Alice Admin", "delete list", "done") in await office.record()


async def test_a_large_account_is_counted_to_its_end(office: House) -> None:
    """However many pages of subscribers there are; meanwhile the modal tells how far it has come."""
    line = office.clearstream
    crowd = line.add_list("Crowd").id
    for count in range(700):
        line.add_subscriber(f"+1200556{1000 + count}", lists=[crowd, 1000] if count % 7 else [crowd])
    seen: list[str] = []

    async def meanwhile(request: RequestInfo) -> None:
        if request.path == "subscribers" and request.stage == "before":
            office.clock.advance(1)
            seen.append(modal(office.alice).text())

    line.log.hooks.append(meanwhile)
    question = await asked(office, TYPE_IT, await lists(office, words="list Crowd"), "Delete")
    assert "*700 subscribers* on it. *100 people* are on no other list" in question
    assert any("500 subscribers of the account looked at so far" in words for words in seen)


async def test_a_search_that_fails_keeps_what_was_typed(office: House) -> None:
    """Clearstream's trouble stands under the fields, and the next search finds."""
    await asked(office, "First name", await lists(office, words="list Customers"), "Search")
    down = office.clearstream.faults.add(Fault.UNAVAILABLE, path="lists/*/subscribers", count=None)
    await office.alice.type("First name", "Jane")
    await office.alice.submit()
    assert "First name: Jane" in await shown(office, "down for maintenance")
    office.clearstream.faults.rules.remove(down)
    await office.alice.submit()
    await shown(office, "*1* found")


async def test_a_list_that_nobody_is_on_needs_no_name(office: House) -> None:
    """And is not forced: where somebody joined meanwhile it stays, and that is said."""
    line, alice = office.clearstream, office.alice
    empty = line.add_list("Empty").id
    question = await asked(office, "Nobody is on it", await lists(office, words="list Empty"), "Delete")
    assert TYPE_IT not in question
    line.state.subscribers[JOHN].lists.append(empty)
    await alice.submit()
    await shown(office, "1 more person is on the list by now. It was not deleted")
    line.state.subscribers[JOHN].lists.remove(empty)
    await alice.close()
    await asked(office, "Nobody is on it", await lists(office, words="list Empty"), "Delete")
    await alice.submit()
    await shown(office, "The list “Empty” is deleted.")
    (request,) = line.requests_since(method="DELETE")
    assert request.form == {}


async def test_who_may_not_is_told_who_can(office: House) -> None:
    """Carol may not even see them; Bob may not change them, nor Alice, who is no admin any more when she submits."""
    for words in ("lists", "list Customers"):
        await office.carol.command("/sms", words, channel="general")
        told = partial(_denied, office.carol, "Everyone in #texts can")
        await office.until(told, words)
    assert "Jane" not in office.carol.text()
    answer = await lists(office, office.bob)
    for count, button in enumerate(("New list", "Rename", "Delete"), start=1):
        await office.bob.click(button, answer)
        told = partial(_refused, office.bob, count)
        await office.until(told, button)
    assert office.bob.modal is None
    await asked(office, "Name", await lists(office), "New list")
    await office.alice.type("Name", "Mine")
    office.slack.admin.set_admin(office.alice.user, is_admin=False)
    await office.alice.submit()
    await shown(office, "You may not change lists. The workspace's admins can.")
    assert [one.name for one in office.clearstream.state.lists.values()] == ["Customers"]


def _denied(person: Person, words: str) -> bool:
    said = person.ephemerals("general")[-1].text()
    return "You may not see the lists and who is on them." in said and words in said


def _refused(person: Person, count: int) -> bool:
    return sum("You may not change lists." in one.text() for one in person.ephemerals()) == count


async def test_a_lost_answer_makes_no_second_list(office: House) -> None:
    """Made and the answer lost: it is found. Lost on the way: it is made after all. Once each."""
    for name, fault in (("One", Fault.LOSE_AFTER), ("Two", Fault.LOSE_BEFORE)):
        office.clearstream.faults.add(fault, method="POST", path="lists")
        await asked(office, "Name", await lists(office), "New list")
        await office.alice.type("Name", name)
        await office.alice.submit()
        await shown(office, f"The list “{name}” is made")
        await office.alice.close()
    assert [one.name for one in office.clearstream.state.lists.values()] == ["Customers", "One", "Two"]


async def test_what_fails_late_is_told_in_private(office: House) -> None:
    """While Clearstream is down the modal says that it waits; given up, whoever asked hears of it."""
    office.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="lists", count=None)
    await asked(office, "Name", await lists(office), "New list")
    await office.alice.type("Name", "Late")
    await office.alice.submit()
    await shown(office, "This is *not done yet*")
    office.clock.advance(600)
    await office.told(office.alice, "your new list was *not made*")
    assert not any("not made" in one.text() for one in office.alice.messages(office.texts))


async def test_hostile_and_endless_names_are_shown_as_characters(office: House) -> None:
    """A list and its people with markup, tricks and no end: Slack takes it, and nobody is pinged."""
    evil = office.clearstream.add_list("<!channel> *x* " + "n" * 300).id
    for count in range(25):
        office.clearstream.add_subscriber(
            f"+1200557{1000 + count}", "<!here> `a` " + "f" * 200, "l" * 200, lists=[evil], email=f"{'e' * 200}@x.de"
        )
    for words in ("lists", f"list {evil}"):
        answer = await lists(office, words=words)
        assert answer.pings == []
        assert "<!channel> *x*" in answer.text()
    await asked(office, TYPE_IT, answer, "Delete")
    await office.alice.close()
    await asked(office, "Name: <!channel>", answer, "Rename")
