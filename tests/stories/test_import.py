"""Importing subscribers from a CSV, as people see it."""

from tests.hall import Hall

PEOPLE = """First Name,Last Name,Mobile,E-mail
Ann,Archer,(200) 555-2001,ann@example.com
Ben,Brook,200-555-2002,
Ann,,+1 200 555 2001,
Cid,,12,
Jane,Doe,+12005551000,
"""


async def columns(hall: Hall, content: str | bytes = PEOPLE, name: str = "people.csv") -> None:
    """Alice chooses a file, and its columns are shown."""
    await hall.alice.command("/sms", "import")
    await hall.until(lambda: hall.modal.title == "Import subscribers", "the modal")
    await hall.alice.upload("CSV file", name, content)
    await hall.alice.submit()
    await hall.until(lambda: "Lists" in hall.modal.text(), "the columns")


async def checked(hall: Hall, content: str | bytes = PEOPLE) -> str:
    """She confirms the columns; what would happen."""
    await columns(hall, content)
    await hall.alice.choose("Customers", "Lists")
    await hall.alice.submit()
    await hall.until(lambda: "Nothing was changed" in hall.modal.text(), "the dry run")
    return hall.modal.text()


def told(hall: Hall) -> str:
    """The message that follows it."""
    return [m.text() for m in hall.alice.dm() if "Import" in m.text()][-1]


async def test_people_are_imported_after_a_dry_run(hall: Hall) -> None:
    """Columns recognised, numbers normalised, duplicates merged; what failed comes back as a file with the reason."""
    would = await checked(hall)
    print(would)
    await hall.alice.submit()
    await hall.until(lambda: "not-imported" in told(hall) or "Imported" in told(hall), "the end")
    print(told(hall))
    for m in hall.alice.dm(): print(m.text(), m.files, [hall.slack.workspace.files[f].content for f in m.files])
    print(await hall.record())
    assert 0
