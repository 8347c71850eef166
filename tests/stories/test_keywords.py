"""/sms keywords: listed, made, changed and deleted, each once, with what is wrong beside its field."""

from functools import partial

from bot.sandbox.faults import Fault
from bot.sandbox.slack.model import View
from tests.drive import House


def line(house: House) -> None:
    """The account has a keyword, and two lists beside the first."""
    house.clearstream.add_list("Events")
    customers = next(iter(house.clearstream.state.lists))
    house.clearstream.add_keyword("bluesushi", lists=[customers], autoresponse=("Blue Sushi", "Thanks for joining!"))


def modal(house: House) -> View:
    """What Alice has before her; LookupError where that is nothing, or still loading."""
    view = house.alice.modal
    if view is None or "One moment" in view.text():
        raise LookupError("a modal")
    return view


def _shows(house: House, words: str) -> bool:
    return words in modal(house).text()


async def new(house: House, name: str) -> None:
    """Alice opens **New keyword**, and fills in its name, a list and an auto-reply."""
    await house.alice.command("/sms", "keywords")
    await house.alice.click("New keyword")
    await house.until(lambda: "Keyword" in modal(house).text(), "the modal")
    await house.alice.type("Keyword", name)
    await house.alice.type("Opt-in lists", "eve")
    await house.alice.choose("Events (0)", "Opt-in lists")
    await house.alice.choose("FIRST", "Auto-reply")
    await house.alice.type("Message", "See you there!")


async def test_keywords_are_listed_for_everyone_in_the_channel(office: House) -> None:
    """With their number, lists, auto-reply, opt-ins, and how many more there may be, a page at a time."""
    line(office)
    office.clearstream.state.account.plan.keywords = 11
    for number in range(8):
        office.clearstream.add_keyword(f"word{number}")
    await office.bob.command("/sms", "keywords")
    shown = await office.told(office.bob, "*2* more are available")
    assert "bluesushi to 55498\nJoins Customers\nAuto-reply ALWAYS: Blue Sushi: Thanks for joining!\n0 opt-ins" in shown
    assert "word0 to 55498\nJoins no list\nNo auto-reply" in shown
    assert "word7" not in shown
    await office.bob.click("Next")
    await office.until(lambda: "word7" in office.bob.ephemerals()[-1].text(), "the second page")
    await office.bob.click("Delete")
    assert "The workspace's admins can" in await office.told(office.bob, "You may not change keywords")
    await office.bob.click("New keyword")
    await office.told(office.bob, "You may not change keywords")
    assert office.bob.modal is None
    assert len(office.clearstream.state.keywords) == 9


async def test_a_keyword_is_made_changed_and_deleted(office: House) -> None:
    """Each as typed, each in the record, a button pressed twice counting once."""
    house = office
    line(house)
    await new(house, "redsushi")
    assert modal(house).text().count("Blue Sushi") == 1, "the header is the business"
    await house.until(lambda: "*24* of 158" in modal(house).text(), "the count")
    await house.alice.submit()
    await house.until(lambda: "The keyword *redsushi* is there." in modal(house).text(), "the end of it")
    made = house.clearstream.state.keywords["redsushi"]
    assert (made.opt_in, [house.clearstream.state.lists[one].name for one in made.lists]) == (True, ["Events"])
    assert (made.setting, made.autoresponse and made.autoresponse.line) == ("FIRST", "Blue Sushi: See you there!")
    await house.alice.close()

    await house.alice.command("/sms", "keywords")
    shown = await house.told(house.alice, "redsushi to 55498")
    assert "Joins Events" in shown
    await house.alice.click("Edit", block=house.alice.ephemerals()[-1].blocks[6]["block_id"])
    await house.until(lambda: "redsushi" in modal(house).text(), "the modal")
    await house.alice.unchoose("Events (0)", "Opt-in lists")
    await house.alice.choose("OFF", "Auto-reply")
    await house.alice.submit()
    await house.until(lambda: "is changed" in modal(house).text(), "the end of it")
    made = house.clearstream.state.keywords["redsushi"]
    assert (made.opt_in, made.autoresponse) == (False, None)
    await house.alice.close()

    await house.alice.command("/sms", "keywords")
    await house.told(house.alice, "redsushi to 55498\nJoins no list")
    listed = house.alice.ephemerals()[-1]
    block = listed.blocks[6]["block_id"]
    await house.alice.click("Delete", listed, block=block)
    await house.alice.click("Delete", listed, block=block)
    await house.told(house.alice, "The keyword *redsushi* is deleted.")
    assert list(house.clearstream.state.keywords) == ["bluesushi"]
    acts = ("new keyword", "edit keyword", "delete keyword")
    assert await house.record() == [("Alice Admin", act, "done") for act in acts]


async def test_what_is_wrong_is_said_beside_its_field(office: House) -> None:
    """What can be seen at once before anything is asked; what Clearstream alone knows with the rest kept."""
    line(office)
    await new(office, "red sushi")
    await office.alice.submit()
    assert "! A keyword has 4 to 25 letters or digits, and no spaces." in modal(office).text()
    await office.alice.type("Keyword", "redsushi")
    await office.alice.type("Message", "x" * 160)
    await office.alice.submit()
    assert "! Header and message are together 12 characters too long" in modal(office).text()
    await office.alice.type("Message", "")
    await office.alice.submit()
    assert "! Write something" in modal(office).text()
    await office.alice.type("Message", "Hi")
    await office.alice.choose("OFF", "Auto-reply")
    await office.alice.submit()
    assert "! Choose when to send the auto-reply" in modal(office).text()
    await office.alice.choose("NEW", "Auto-reply")
    assert not office.clearstream.requests_since(0, method="POST", path="keywords")

    await office.alice.type("Keyword", "BLUESUSHI")
    await office.alice.submit()
    await office.until(lambda: "The name has already been taken." in modal(office).text(), "the refusal")
    shown = modal(office).text()
    assert (
        shown.index("Keyword: BLUESUSHI") < shown.index("already been taken") < shown.index("Opt-in lists: Events (0)")
    )
    assert "Message: Hi" in shown
    await office.alice.type("Keyword", "redsushi")
    await office.alice.submit()
    await office.until(lambda: "is there" in modal(office).text(), "the end of it")
    assert office.clearstream.state.keywords["redsushi"].setting == "NEW"
    await office.alice.close()

    office.clearstream.state.account.plan.keywords = 2
    await new(office, "onemore")
    await office.alice.submit()
    await office.until(lambda: "Your plan allows no more keywords." in modal(office).text(), "the refusal")
    assert "Keyword: onemore" in modal(office).text()


async def test_what_somebody_else_changed_meanwhile_stays(office: House) -> None:
    """Neither overwritten nor deleted: whoever looks at what was is told to look again."""
    line(office)
    await office.alice.command("/sms", "keywords")
    await office.told(office.alice, "bluesushi")
    await office.alice.click("Edit")
    await office.until(lambda: "bluesushi" in modal(office).text(), "the modal")
    office.clearstream.state.keywords["bluesushi"].setting = "NEW"
    await office.alice.choose("OFF", "Auto-reply")
    await office.alice.submit()
    await office.until(lambda: "Somebody changed this keyword meanwhile" in modal(office).text(), "the refusal")
    await office.alice.close()
    await office.alice.click("Delete")
    await office.told(office.alice, "Somebody changed this keyword meanwhile")
    assert office.clearstream.state.keywords["bluesushi"].setting == "NEW"


async def test_a_lost_answer_makes_no_second_keyword(office: House) -> None:
    """It is looked for, and found; one that was never made is made then."""
    line(office)
    for fault, name in ((Fault.LOSE_AFTER, "redsushi"), (Fault.LOSE_BEFORE, "oldsushi")):
        office.clearstream.faults.add(fault, method="POST", path="keywords")
        await new(office, name)
        await office.alice.submit()
        await office.until(partial(_shows, office, f"*{name}* is there"), "the end of it")
        await office.alice.close()
    assert len(office.clearstream.requests_since(0, method="POST", path="keywords")) == 3
    assert [outcome for _, _, outcome in await office.record()] == ["done", "done"]


async def test_a_change_that_fails_late_is_told_in_private(office: House) -> None:
    """Clearstream is down for longer than anybody waits: it is not deleted as a surprise, and they are told."""
    line(office)
    await office.alice.command("/sms", "keywords")
    await office.told(office.alice, "bluesushi")
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="keywords/*", count=None)
    await office.alice.click("Delete")
    await office.until(lambda: any("not done yet" in m.text() for m in office.alice.ephemerals()), "the word")
    office.clock.advance(600)
    office.clearstream.faults.clear()
    await office.until(lambda: any("your keyword" in m.text() for m in office.alice.dm()), "the notice")
    assert "was *not deleted*" in office.alice.dm()[-1].text()
    assert "bluesushi" in office.clearstream.state.keywords
