"""/sms inbox: open conversations, newest first, with Open, Reply and Claim."""

from bot.sandbox.slack.model import Message
from tests.drive import JANE, JOHN, House


async def listed(office: House, words: str = "inbox") -> Message:
    """Bob's list."""
    await office.bob.command("/sms", words)
    await office.until(office.bob.ephemerals)
    return office.bob.ephemerals()[-1]


async def test_open_conversations_are_listed_newest_first(house: House) -> None:
    """Each with its status, latest text and buttons; one that is done is left out."""
    await house.start()
    await house.text_in(JANE, "First")
    await house.text_in(JOHN, "Second")
    done = await house.text_in("+12005559999", "Third")
    await house.bob.click("Done", done)
    await house.until(lambda: "Done" not in house.bob.buttons(house.header("555-9999")))
    inbox = await listed(house)
    text = inbox.text()
    assert "2 open, newest first" in text
    assert text.index("John Doe · +1 200-555-1001") < text.index("Jane Doe · +1 200-555-1000")
    assert "555-9999" not in text
    assert house.bob.buttons(inbox) == ["Open", "Reply", "Claim"] * 2


async def test_it_is_answered_at_once_where_the_right_is_known(office: House) -> None:
    """The second time the answer is the acknowledgement itself."""
    await office.text_in(JANE, "Hello")
    await listed(office)
    delivery = await office.bob.command("/sms", "inbox")
    assert delivery is not None
    assert delivery.response["blocks"]


async def test_open_leads_to_the_thread(office: House) -> None:
    """Where there is a header, Open is a link to it."""
    header = await office.text_in(JANE, "Hello")
    inbox = await listed(office)
    await office.bob.click("Open", inbox)
    (link,) = office.bob.opened
    assert f"/archives/{office.texts.id}/p{header.ts.replace('.', '')}" in link
    assert f"thread_ts={header.ts}" in link


async def test_open_makes_the_thread_first_where_there_is_none(house: House) -> None:
    """An old conversation gets its header, with the texts that wait for an answer; then the link is there."""
    house.clearstream.receive(JANE, "From before the first start")
    await house.start()
    inbox = await listed(house)
    assert not house.headers()
    await house.bob.click("Open", inbox)
    await house.told(house.bob, "stands in the inbox channel now")
    await house.until(lambda: "From before the first start" in house.thread("Jane Doe")[0])
    await house.bob.click("Open", house.bob.ephemerals()[-1])
    assert house.header("Jane Doe").ts.replace(".", "") in house.bob.opened[-1]
    await house.bob.click("Open", inbox)
    await house.until(lambda: sum("stands in" in each.text() for each in house.bob.ephemerals()) == 2)
    assert len(house.headers()) == 1


async def test_claim_in_the_list_claims_and_the_list_shows_it(office: House) -> None:
    """The list is drawn anew in its place: Claim has become Release."""
    await office.text_in(JANE, "Hello")
    inbox = await listed(office)
    await office.bob.click("Claim", inbox)
    await office.until(lambda: "claimed by @Bob Baker" in office.header("Jane Doe").text())
    await office.until(lambda: any("Release" in office.bob.buttons(each) for each in office.bob.ephemerals()))
    (inbox,) = office.bob.ephemerals()
    await office.bob.click("Release", inbox)
    await office.until(lambda: any("Claim" in office.bob.buttons(each) for each in office.bob.ephemerals()))


async def test_claim_in_a_stale_list_tells_who_was_faster(office: House) -> None:
    """The list says so and shows how it stands now."""
    header = await office.text_in(JANE, "Hello")
    inbox = await listed(office)
    await office.alice.click("Claim", header)
    await office.until(lambda: "claimed by" in office.header("Jane Doe").text())
    await office.bob.click("Claim", inbox)
    told = await office.told(office.bob, "@Alice Admin was faster")
    assert "claimed by @Alice Admin" in told
    assert "[Release]" in told


async def test_reply_in_the_list_opens_the_modal(office: House) -> None:
    """As on the header."""
    await office.text_in(JANE, "Hello")
    inbox = await listed(office)
    modal = await office.open_modal(office.bob, "Reply", inbox)
    assert "Jane Doe" in modal.text()
    await office.bob.type("Message", "Hi")
    await office.bob.submit()
    await office.until(lambda: office.on_phone(JANE) == ["Hi"])


async def test_it_has_pages(unopened: House) -> None:
    """Older and Newer turn them in place; a number opens one; past the end is the last."""
    office = unopened
    for count in range(19):
        office.clearstream.receive(f"+1200557{1000 + count}", "Hello")
    await office.start()
    inbox = await listed(office)
    assert "19 open, newest first (page 1 of 3)" in inbox.text()
    assert office.bob.buttons(inbox)[-1] == "Older"
    await office.bob.click("Older", inbox)
    await office.told(office.bob, "page 2 of 3")
    assert len(office.bob.ephemerals()) == 1
    assert office.bob.buttons(office.bob.ephemerals()[-1])[-2:] == ["Newer", "Older"]
    assert "page 3 of 3" in (await listed(office, "inbox 3")).text()
    last = (await listed(office, "inbox 99")).text()
    assert "There is no page 99" in last
    assert "page 3 of 3" in last


async def test_what_is_no_page_is_said(office: House) -> None:
    """With an example of how to write one."""
    for words in ("0", "-1", "two", "1.5", "²", "9" * 40):
        await office.bob.command("/sms", f"inbox {words}")
        assert "is no page: write `/sms inbox 2`" in await office.told(office.bob, words[:30])


async def test_an_empty_inbox_is_said_kindly(office: House) -> None:
    """Nothing is open."""
    assert "every conversation is done" in (await listed(office)).text()
