"""The first start floods nothing: one summary, and what is unread when somebody asks for it."""

from tests.drive import JANE, JOHN, House


def numbers(many: int) -> list[str]:
    """So many phone numbers."""
    return [f"+1200556{1000 + each}" for each in range(many)]


async def test_a_first_start_posts_one_summary_and_nothing_else(house: House) -> None:
    """However much is in Clearstream, one message says how many conversations there are and how many unread."""
    for number in numbers(7):
        house.clearstream.receive(number, "An old text")
    house.clearstream.site_read(house.clearstream.thread_id(numbers(1)[0]) or 0)
    await house.start()
    await house.until(lambda: house.bob.messages(house.texts))
    await house.wind(3)
    (summary,) = house.bob.messages(house.texts)
    assert "7 conversations" in summary.text()
    assert "6 unread" in summary.text()
    assert house.bob.buttons(summary) == ["Show unread"]


async def test_an_old_conversation_enters_slack_with_its_first_new_text(office: House) -> None:
    """What was there before the first start stays out of Slack until something new comes."""
    await office.stop()
    office.clearstream.receive(JOHN, "While the bot was down")
    await office.start()
    await office.until(lambda: "While the bot was down" in office.thread("John Doe")[0])
    assert len(office.headers()) == 1


async def test_show_unread_posts_up_to_twenty(unopened: House) -> None:
    """Twenty of twenty-three unread conversations come, the newest, with their texts; the rest on Show more."""
    house = unopened
    house.intervals, house.slack.limits.enabled = (), False  # their pace is another story
    for number in numbers(23):
        house.clearstream.receive(number, f"From {number}")
    await house.start()
    await house.until(lambda: house.bob.messages(house.texts))
    await house.bob.click("Show unread")
    assert "20 conversations are on the way" in await house.told(house.bob, "There are more")
    await house.until(lambda: len(house.headers()) == 20 and len(house.thread("556-1022")) == 1)
    titles = sorted(header.text().splitlines()[0] for header in house.headers())
    assert titles == [f"+1 200-556-{1000 + each}" for each in range(3, 23)]
    assert "From +12005561022" in house.thread("556-1022")[0]
    more = await house.bob.click("Show more")
    assert more is not None
    await house.slack.redeliver(more)
    await house.told(house.bob, "3 conversations are on the way")
    await house.until(lambda: len(house.headers()) == 23)


async def test_show_unread_pressed_twice_shows_each_once(house: House) -> None:
    """The second delivery of the press is told that it was done."""
    office = house
    office.clearstream.receive(JANE, "Unread")
    await office.start()
    await office.until(lambda: any("1 unread" in each.text() for each in office.bob.messages(office.texts)))
    press = await office.bob.click("Show unread")
    assert press is not None
    await office.slack.redeliver(press)
    await office.told(office.bob, "shown already")
    await office.until(lambda: len(office.thread("Jane Doe")) == 1)
    assert len(office.headers()) == 1


async def test_with_nothing_unread_there_is_no_button(office: House) -> None:
    """An empty account is greeted without anything to press."""
    await office.until(lambda: office.bob.messages(office.texts))
    (summary,) = office.bob.messages(office.texts)
    assert "0 conversations" in summary.text()
    assert office.bob.buttons(summary) == []
