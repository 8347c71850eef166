"""The record: every act with who did it and how it ended."""

from bot.sandbox.faults import Fault
from bot.store import installation
from tests.drive import JANE, JOHN, House


async def test_every_act_is_recorded_with_its_outcome(house: House) -> None:
    """Claiming, answering, texting, opting out, deleting, saved replies: in their order, each with how it ended."""
    await house.start()
    header = await house.text_in(JANE, "Hello")
    await house.bob.click("Claim", header)
    await house.until(lambda: "Release" in house.bob.buttons(house.header("Jane Doe")))
    await house.alice.click("Release", header)
    await house.until(lambda: "Claim" in house.bob.buttons(house.header("Jane Doe")))
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Hi")
    await house.bob.choose("Save this text as a reply")
    await house.until(lambda: house.bob.modal and "Saved:" in house.bob.modal.text())
    await house.bob.submit()
    await house.until(lambda: "Hi" in house.thread("Jane Doe")[-1])
    await house.bob.click("Done", header)
    await house.bob.command("/sms", f"text {JOHN}")
    await house.until(lambda: house.bob.modal and "Header: Blue Sushi" in house.bob.modal.text())
    await house.bob.type("Message", "News")
    await house.bob.submit()
    await house.told(house.bob, "Your text went out")
    await house.alice.choose("Opt out", on=header)
    await house.until(lambda: house.alice.modal)
    await house.alice.submit()
    await house.told(house.alice, "opted out of every list")
    await house.alice.choose("Delete conversation", on=header)
    await house.until(lambda: house.alice.modal)
    await house.alice.submit()
    await house.told(house.alice, "is deleted in Clearstream")
    assert await house.record() == [
        ("Bob Baker", "claim", "done"),
        ("Alice Admin", "release", "done"),
        ("Bob Baker", "save reply", "done"),
        ("Bob Baker", "reply", "done"),
        ("Bob Baker", "claim", "done"),
        ("Bob Baker", "done", "done"),
        ("Bob Baker", "text", "done"),
        ("Alice Admin", "opt out", "done"),
        ("Alice Admin", "delete conversation", "done"),
    ]


async def test_the_record_says_on_whom_what_and_when(office: House) -> None:
    """The number, the words, the time; and for what failed the reference a person was told."""
    await office.text_in(JANE, "Hello")
    office.clearstream.receive(JANE, "STOP")
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", "Hi")
    await office.bob.submit()
    await office.until(lambda: "was *not sent*" in office.thread("Jane Doe")[-1])
    assert office.bot is not None
    async with office.bot.store.read() as tx:
        rows = await installation.last_records(tx, 10)
    reply = next(row for row in rows if row["act"] == "reply")
    assert reply["subject"] == JANE
    assert reply["detail"] == {"text": "Hi"}
    assert reply["outcome"] == "failed"
    assert reply["reference"] in office.thread("Jane Doe")[-1]
    assert abs((reply["at"] - office.clock.now()).total_seconds()) < 60


async def test_what_a_person_decides_is_recorded(office: House) -> None:
    """Unconfirmed, then Send anyway by Alice: both lines stand, and the first ends done."""
    await office.text_in(JANE, "Hello")
    office.clearstream.faults.add(Fault.UNAVAILABLE, method="POST", path="threads/*/replies")
    await office.open_modal(office.bob, "Reply", office.header("Jane Doe"))
    await office.bob.type("Message", "Hi")
    await office.bob.submit()
    await office.until(lambda: "Unconfirmed" in office.thread("Jane Doe")[-1])
    assert ("Bob Baker", "reply", "unconfirmed") in await office.record()
    await office.alice.click("Send anyway")
    await office.until(lambda: office.on_phone(JANE) == ["Hi"])
    await office.until(lambda: "went out" in office.thread("Jane Doe")[-1] or len(office.thread("Jane Doe")) == 3)
    record = await office.record()
    assert ("Alice Admin", "send anyway", "done") in record
    assert ("Bob Baker", "reply", "done") in record
