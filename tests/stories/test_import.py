"""Importing subscribers from a CSV, as people see it."""

import csv
from functools import partial

from bot.sandbox.clearstream import Fault
from bot.sandbox.slack.model import Channel, File, Message
from bot.sandbox.slack.transport import Delivery
from bot.services import transfers
from bot.services.import_model import RowState
from bot.store import imports as rows
from tests.drive import JANE, JOHN
from tests.hall import Hall

PEOPLE = """First Name,Last Name,Mobile,E-mail
Ann,Archer,(200) 555-2001,ann@example.com
Ben,Brook,200-555-2002,
,,+1 200 555 2002,ben@example.com
Ann,,+1 200 555 2001,
Ann,,2005552001,
=1+1,,12,
Janet,Doe,+12005551000,
"""
ANN, BEN = "+12005552001", "+12005552002"


async def chosen(hall: Hall, content: str | bytes, name: str = "people.csv") -> None:
    """Alice chooses a file and goes on."""
    await hall.alice.command("/sms", "import")
    await hall.until(lambda: hall.modal.title == "Import subscribers", "the modal")
    await hall.alice.upload("CSV file", name, content)
    await hall.alice.submit()


async def checked(hall: Hall, *, update: bool = False) -> str:
    """She confirms the columns; what would happen."""
    await hall.until(lambda: "Lists" in hall.modal.text(), "the columns")
    await hall.alice.choose("Customers", "Lists")
    if update:
        await hall.alice.choose("names", "import.update")
    await hall.alice.submit()
    await hall.until(lambda: "Nothing was changed" in hall.modal.text(), "the dry run")
    return hall.modal.text()


async def begun(hall: Hall, content: str) -> Delivery:
    """All the way to **Import**; what Slack delivered then."""
    await chosen(hall, content)
    await checked(hall)
    pressed = await hall.alice.submit()
    assert pressed is not None
    return pressed


def told(hall: Hall) -> str:
    """The message that follows it."""
    return [message.text() for message in hall.alice.dm() if "Import" in message.text()][-1]


def reports(hall: Hall) -> list[list[dict[str, str]]]:
    """The rows that came back."""
    held = hall.slack.workspace.files
    texts = [held[name].content for message in hall.alice.dm() for name in message.files]
    return [[*csv.DictReader(text.removeprefix("\ufeff").splitlines())] for text in texts]


def people(count: int) -> str:
    """A file of so many."""
    return "number,first\n" + "".join(f"+1200557{number:04d},P{number}\n" for number in range(count))


async def test_people_are_imported_after_a_dry_run(halls: Hall) -> None:
    """Columns recognised, numbers normalised, duplicates merged; what failed comes back with the reason."""
    await halls.start()
    await chosen(halls, PEOPLE.encode("utf-16"))
    would = await checked(halls)
    for line in ("*2* new subscribers", "*1* on the list already", "*3* rows repeat a number", "Line 7: “12” is not"):
        assert line in would
    assert ANN not in halls.clearstream.state.subscribers
    await halls.alice.submit()
    assert halls.alice.modal is None
    await halls.told(halls.alice, "*people.csv* is being imported. A direct message to you tells how far it is.")
    await halls.until(lambda: reports(halls), "what came back")
    ann, ben = (halls.clearstream.state.subscribers[number] for number in (ANN, BEN))
    assert (ann.first, ann.last, ann.email, ann.status) == ("Ann", "Archer", "ann@example.com", "INACTIVE")
    assert (ben.first, ben.email) == ("Ben", "ben@example.com")
    [[row]] = reports(halls)
    assert (row["First Name"], row["Mobile"], row["Line"]) == ("'=1+1", "12", "7")
    assert "is not a phone number" in row["Reason"]
    became = "*2* created · *1* on the list already · *1* not imported · *3* repeated rows merged"
    assert became in told(halls)
    assert ("Alice Admin", "import", "done") in await halls.record()


async def test_what_is_no_csv_is_refused_where_it_was_chosen(hall: Hall) -> None:
    """Too large, a workbook, no numbers in it: said in the modal, where another file can be chosen."""
    await chosen(hall, "x" * (11 * 1024 * 1024))
    assert "10 MB is the most" in hall.modal.text()
    await hall.alice.close()
    await chosen(hall, b"PK\x03\x04" + bytes(100))
    await hall.until(lambda: "This is a spreadsheet, not a CSV" in hall.modal.text(), "what is wrong")
    await hall.alice.upload("CSV file", "towns.csv", "name,town\nAnn,Rome\n")
    await hall.alice.submit()
    await hall.until(lambda: "holds phone numbers" in hall.modal.text(), "what is wrong")
    await hall.alice.upload("CSV file", "people.csv", PEOPLE)
    await hall.alice.submit()
    await hall.until(lambda: "Lists" in hall.modal.text(), "the columns")
    await hall.alice.type("Country", "XX")
    await hall.alice.choose("Mobile", "Last name")
    await hall.alice.choose("Customers", "Lists")
    await hall.alice.submit()
    assert {*hall.modal.errors} == {"import.column.last", "import.country"}


async def test_what_is_checked_twice_at_once_is_one_import(halls: Hall) -> None:
    """**Check** is delivered twice: the last look counts, and one that ends when all is imported changes nothing."""
    bot = await halls.start()
    await chosen(halls, people(30))
    await halls.until(lambda: "Lists" in halls.modal.text(), "the columns")
    await halls.alice.choose("Customers", "Lists")
    stalled = halls.clearstream.faults.add(Fault.STALL_BEFORE, method="GET", path="subscribers")
    pressed = await halls.alice.submit()
    assert pressed is not None
    await halls.until(lambda: stalled.hits, "the first look to be under way")
    await halls.slack.redeliver(pressed)
    await halls.until(lambda: "*30* new subscribers" in halls.modal.text(), "the dry run")
    await halls.alice.submit()
    await halls.until(lambda: "Imported people.csv" in told(halls), "the end")
    halls.clearstream.faults.clear()
    await halls.until(lambda: not bot.busy, "the first look to end")
    async with bot.store.read() as tx:
        row = await rows.oldest(tx, transfers.IMPORT, [transfers.State.DONE])
        assert row is not None
        assert await rows.counts(tx, row["id"]) == {RowState.CREATED: 30}


async def share(hall: Hall, *names: str, where: Channel | None = None, content: str = PEOPLE) -> Message:
    """Alice shares files, in #texts where it is not said where."""
    there = where or hall.texts
    files = [
        File(id=f"F{name}{there.id}", name=name, title=name, user=hall.alice.user.id, content=content, uploaded=True)
        for name in names or ("people.csv",)
    ]
    return await hall.alice.say("Here they are", there, files=files)


async def test_what_the_shortcut_cannot_import_is_said(hall: Hall) -> None:
    """No file, several, one the bot may not read, one that is no CSV, nowhere to put anybody: with what to do."""
    elsewhere = hall.slack.workspace.add_channel("elsewhere", [hall.alice.user], bot_is_member=False)
    refused = {
        "There is no file on this message.": await hall.alice.say("No file", hall.texts),
        "There are several files on this message": await share(hall, "a.csv", "b.csv"),
        "Slack does not let Switchboard read this file. Invite Switchboard": await share(hall, where=elsewhere),
        "This is not a CSV file. Nothing was imported.": await share(hall, "people.pdf", content="%PDF-1.7"),
    }
    for words, message in refused.items():
        await hall.alice.message_shortcut("Import subscribers", message)
        await hall.until(partial(_shown, hall, words), words)
        await hall.alice.close()
    hall.clearstream.state.lists.clear()
    await hall.wind(2)
    await hall.alice.message_shortcut("Import subscribers", await share(hall))
    await hall.until(partial(_shown, hall, "There is no list to put anybody on yet."), "that there is none")


def _shown(hall: Hall, words: str) -> bool:
    return words in hall.modal.text()


async def test_whoever_opted_out_is_not_brought_back(hall: Hall) -> None:
    """They come back in the file, with the reason, as does a number a spreadsheet has cut off."""
    hall.clearstream.add_subscriber(JOHN, "John", "Doe", status="OPTED_OUT")
    await begun(hall, f"number,first\n{JOHN},John\n2.00556E+09,Kim\n{ANN},Ann\n")
    await hall.until(lambda: reports(hall), "what came back")
    john, kim = reports(hall)[0]
    assert john["Reason"] == "They have opted out. Only they themselves can come back, by texting a keyword."
    assert "A spreadsheet has cut this number off (2.00556E+09)" in kim["Reason"]
    assert hall.clearstream.state.subscribers[JOHN].status == "OPTED_OUT"
    assert ANN in hall.clearstream.state.subscribers


async def test_a_shared_file_is_imported_by_whoever_may(hall: Hall) -> None:
    """The message shortcut, here with the names of who is known already; the token goes to nobody but Slack."""
    message = await share(hall)
    await hall.alice.message_shortcut("Import subscribers", message)
    assert "*1* subscriber already: their name and e-mail are written" in await checked(hall, update=True)
    await hall.alice.submit()
    await hall.until(lambda: "*2* created · *1* changed" in told(hall), "the end")
    assert hall.clearstream.state.subscribers[JANE].first == "Janet"
    await hall.bob.message_shortcut("Import subscribers", message)
    await hall.until(lambda: "admins can" in (hall.bob.modal.text() if hall.bob.modal else ""), "the refusal")
    await hall.bob.command("/sms", "import")
    await hall.told(hall.bob, "You may not import subscribers. The workspace's admins can.")
    address = hall.slack.workspace.files_url
    hall.slack.workspace.files_url = address.replace("127.0.0.1", "localhost")
    await hall.alice.message_shortcut("Import subscribers", message)
    await hall.until(lambda: "does not lie in Slack itself" in hall.modal.text(), "the refusal")


async def test_nobody_is_created_twice_whatever_becomes_of_it(hall: Hall) -> None:
    """Answers are lost, and the bot is stopped in the middle: it goes on, and each is asked to confirm once."""
    spoil = partial(hall.clearstream.faults.add, method="POST", path="subscribers")
    spoil(Fault.LOSE_AFTER, skip=3, count=2)
    spoil(Fault.ERROR_BEFORE, skip=9, count=2)
    spoil(Fault.STALL_AFTER, skip=70, count=1)
    await begun(hall, people(100))
    await hall.until(lambda: len(hall.clearstream.state.subscribers) > 60, "some to be created")
    await hall.stop()
    hall.clearstream.faults.clear()
    await hall.start()
    await hall.until(lambda: "Imported people.csv" in told(hall), "the end")
    assert "*100* created" in told(hall)
    assert [len(hall.on_phone(f"+1200557{number:04d}")) for number in range(100)] == [1] * 100


async def test_an_import_can_be_stopped(hall: Hall) -> None:
    """What was not reached comes back in a file; what is delivered twice is begun once."""
    hall.clearstream.faults.add(Fault.RATE_LIMITED, method="POST", path="subscribers", count=None, retry_after=30)
    pressed = await begun(hall, people(50))
    assert "begun already" in str((await hall.slack.redeliver(pressed)).response)
    await hall.until(lambda: "too many requests" in told(hall), "why it waits")
    await hall.alice.click("Stop")
    await hall.until(lambda: reports(hall), "what was not imported")
    assert "*50* not imported" in told(hall)
    assert "Stopped by @Alice Admin" in told(hall)
    assert {row["Reason"] for row in reports(hall)[0]} == {"The import ended before it was this row's turn."}
    assert hall.clearstream.state.subscribers.keys() == {JANE, JOHN}
    assert [act for _, act, _ in await hall.record()] == ["import", "stop import"]
