"""Exporting a list as a CSV, as people see it."""

import csv

from bot.sandbox.clearstream import Fault
from tests.hall import Hall


def told(hall: Hall) -> str:
    """The newest message on an export."""
    return [message.text() for message in hall.alice.dm() if "xport" in message.text()][-1]


def files(hall: Hall) -> list[str]:
    """What lies in the files Alice was sent, oldest first."""
    held = hall.slack.workspace.files
    return [held[name].content for message in hall.alice.dm() for name in message.files]


async def test_a_list_is_exported_to_the_person(hall: Hall) -> None:
    """All of its subscribers, once; what looks like a formula is only text; the message says how many they are.

    A page that fails on the way is asked for again, and a second command names what there is.
    """
    customers = next(iter(hall.clearstream.state.lists))
    for number in range(250):
        hall.clearstream.add_subscriber(f"+1200556{number:04d}", f"P{number}", "Last", lists=[customers])
    hall.clearstream.add_subscriber("+12005570000", "=HYPERLINK(0)", 'Comma, "Quote"', lists=[customers])
    hall.clearstream.faults.add(
        Fault.RATE_LIMITED, method="GET", path="lists/*/subscribers", skip=1, count=None, retry_after=5
    )
    hall.clock.advance(600)
    await hall.wind(1)
    await hall.alice.command("/sms", "export cust")
    await hall.told(hall.alice, "is being exported")
    await hall.until(lambda: "It goes on by itself. Clearstream gets too many requests" in told(hall), "why it waits")
    assert "40% · 100 of 253 subscribers" in told(hall)
    hall.clearstream.faults.clear()
    await hall.until(lambda: files(hall), "the file")
    rows = [*csv.DictReader(files(hall)[0].removeprefix("\ufeff").splitlines())]
    assert len({row["mobile_number"] for row in rows}) == len(rows) == 253
    assert rows[0]["mobile_number"] == "+12005551000"
    assert (rows[-1]["first"], rows[-1]["last"]) == ("'=HYPERLINK(0)", 'Comma, "Quote"')
    await hall.until(lambda: "*253* subscribers, in the file below" in told(hall), "the end")
    assert "too many requests" not in told(hall)
    assert ("Alice Admin", "export", "done") in await hall.record()
    await hall.alice.command("/sms", "export")
    await hall.told(hall.alice, "“Customers”")


async def test_who_may_not_export_is_told_who_can(hall: Hall) -> None:
    """And a list that is gone is said to be, where it is asked for and where it went meanwhile."""
    await hall.bob.command("/sms", "export Customers")
    await hall.told(hall.bob, "The workspace's admins can.")
    await hall.alice.command("/sms", "export Costumers")
    await hall.told(hall.alice, "There is no list “Costumers”. Nothing was exported.")
    hall.clearstream.state.lists.clear()
    await hall.alice.command("/sms", "export Customers")
    await hall.until(lambda: "Not exported: Customers" in told(hall), "the end")
    assert files(hall) == []
