"""The record, as admins read it: ``/sms audit``."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.faults import Fault
from bot.services.audit import Line
from bot.slack.audit import blocks
from bot.store import upkeep
from tests.drive import JANE, JOHN, House


async def acts(house: House) -> None:
    """Bob claims and answers Jane, Alice texts John."""
    header = await house.text_in(JANE, "Hello")
    await house.bob.click("Claim", header)
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "=1+1 is <two>")
    await house.bob.submit()
    await house.until(lambda: house.on_phone(JANE))
    await house.alice.command("/sms", f"text {JOHN}")
    await house.until(lambda: house.alice.modal and "Header: Blue Sushi" in house.alice.modal.text())
    await house.alice.type("Message", "News")
    await house.alice.submit()
    await house.told(house.alice, "Your text went out")


async def audit(house: House, words: str = "") -> list[str]:
    """The lines Alice reads."""
    before = len(house.alice.ephemerals())
    await house.alice.command("/sms", f"audit {words}")
    await house.until(lambda: len(house.alice.ephemerals()) > before)
    return [line for line in house.alice.ephemerals()[-1].text().splitlines() if " · " in line]


async def test_admins_read_who_did_what_on_whom_and_how_it_ended(office: House) -> None:
    """Newest first, as many as asked for, by a person or on a number or a name; nobody else may read it."""
    await acts(office)
    lines = await audit(office)
    assert len(lines) == 3
    assert "@Alice Admin · *text* · +1 200-555-1001 · “News” · done" in lines[0]
    assert "@Bob Baker · *reply* · +1 200-555-1000 · “=1+1 is <two>” · done" in lines[1]
    assert "@Bob Baker · *claim* · +1 200-555-1000" in lines[2]
    assert len(await audit(office, "1")) == 1
    assert [("Bob" in line) for line in await audit(office, "50 @bob")] == [True, True]
    assert len(await audit(office, f"<@{office.alice.user.id}>")) == 1
    assert len(await audit(office, "+1 200-555-1000")) == len(await audit(office, "jane doe")) == 2
    assert await audit(office, "somebody else") == []
    await office.bob.command("/sms", "audit")
    assert "The workspace's admins can." in await office.told(office.bob, "You may not see the record.")


async def test_it_is_exported_as_a_csv_and_kept_for_as_long_as_setup_says(office: House) -> None:
    """To whoever pressed, in private; that it was exported is recorded too. What is older is forgotten by and by."""
    await acts(office)
    await audit(office)
    await office.alice.click("Export CSV")
    await office.told(office.alice, "3 lines: the file is in your direct messages.")
    file = office.slack.workspace.files[office.alice.dm()[-1].files[0]]
    head, *lines = file.content.splitlines()
    assert head == "\ufeffwhen,who,name,what,on whom,outcome,reference,detail"
    assert f"{office.bob.user.id},Bob Baker,reply,{JANE},done,," in lines[1]
    assert ("Alice Admin", "export record", "done") in await office.record()
    assert office.bot is not None
    async with office.bot.store.write() as tx:
        days = await office.bot.setup.record_days(tx)
        assert await upkeep.forget_record(tx, tx.now - timedelta(days=days)) == 0
        assert await upkeep.forget_record(tx, tx.now + timedelta(seconds=1)) == 4


def test_no_line_shows_an_id_of_ours() -> None:
    """It says nothing to anybody who reads it; the CSV has it."""
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for subject, shown in ((f"broadcast {'0c' * 16}", "broadcast"), ("c4" * 16, ""), (JANE, "+1 200-555-1000")):
        one = Line(1, at, "U1", "undo", subject, "done", None, {"text": "Doors open"})
        assert blocks.subject(one) == shown
        assert subject not in blocks.line(one)
        assert subject in blocks.cells(one, {})


async def test_what_somebody_decides_is_found_by_the_number_it_was_about(office: House) -> None:
    """**Send anyway** on a text stands beside the text itself."""
    office.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="threads/*/replies")
    await office.text_in(JANE, "Hello")
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", "Hi")
    await office.bob.submit()
    await office.until(lambda: "Unconfirmed" in office.thread("Jane Doe")[-1])
    await office.alice.click("Send anyway")
    await office.told(office.alice, "It is being sent again.")
    lines = await audit(office, JANE)
    assert [line.split("*")[1] for line in lines] == ["send anyway", "claim", "reply"]
