"""/sms stats and /sms team; and the warning when credits run low."""

from datetime import timedelta

from bot.polling.account import CREDITS
from bot.sandbox.faults import Fault
from bot.services.broadcast_audience import ACCOUNT
from bot.store import broadcasts as rows
from bot.store import jobs
from tests.drive import House
from tests.hall import Hall


async def test_the_figures_are_those_of_the_readers_days(office: House) -> None:
    """Everything the account says, opt-ins as a chart by the reader's days, and the same in the fallback text."""
    office.bob.user.tz = "Pacific/Auckland"
    joined = office.clock.now() - timedelta(days=1)
    office.clearstream.state.opt_ins += [joined, joined, office.clock.now()]
    office.clearstream.state.account.credits = 1234
    await office.bob.command("/sms", "stats")
    shown = await office.told(office.bob, "Blue Sushi")
    for words in ("Credits: 1,234", "Subscribers: 2", "Plan: $29 · $29 a month · 500 credits · 5 keywords"):
        assert words in shown
    assert "Opt-ins: 3 in the past 7 days" in shown
    assert "Messages: 0 this week, 0 this month, 0 this year, 0 in all" in shown
    assert "Opt-outs: 0 (0.0%)" in shown
    assert "Days are those of your time zone, Pacific/Auckland." in shown
    message = office.bob.ephemerals()[-1]
    (chart,) = [block for block in message.blocks if block["type"] == "data_visualization"]
    points = {point["label"]: point["value"] for point in chart["chart"]["series"][0]["data"]}
    assert sorted(points.values()) == [0, 0, 0, 0, 0, 1, 2]
    for label, count in points.items():
        assert f"{label}: {count}" in message.fallback
    for line in ("Credits: 1,234", "Opt-outs: 0 (0.0%)", "3 in the past 7 days", "Pacific/Auckland"):
        assert line in message.fallback


async def test_where_slack_knows_no_charts_the_words_say_the_same(office: House) -> None:
    """The figures come all the same."""
    office.slack.faults.refuse("response_url", "invalid_blocks")
    await office.bob.command("/sms", "stats")
    await office.told(office.bob, "Opt-ins by day: ")
    assert not office.bob.ephemerals()[-1].blocks


async def test_the_team_is_listed(office: House) -> None:
    """Who can sign in, with what they are told by e-mail; to everyone in the channel, and to nobody else."""
    office.clearstream.add_user("Sue <!channel>", "sue@blue.sushi")
    await office.bob.command("/sms", "team")
    shown = await office.told(office.bob, "2 users")
    assert "Robert\nrobert@blue.sushi · owner" in shown
    assert "Sue <!channel>\nsue@blue.sushi" in shown
    assert office.bob.ephemerals()[-1].pings == []
    await office.carol.command("/sms", "team", channel="general")
    await office.told(office.carol, "You may not look at the account")


async def test_clearstream_down_is_said(office: House) -> None:
    """With a reference, to who asked."""
    office.clearstream.faults.add(Fault.UNAVAILABLE, path="account", count=None)
    await office.bob.command("/sms", "stats")
    assert "reference" in await office.told(office.bob, "down for maintenance")


async def looked(hall: Hall, credits: int) -> None:
    """The account has so many credits, and its turn to be looked at has come."""
    hall.clearstream.state.account.credits = credits
    mark = hall.clearstream.log.mark()
    assert hall.bot is not None
    async with hall.bot.store.write() as tx:
        await rows.let_go(tx, ACCOUNT)
        await jobs.wake(tx, CREDITS)
    await hall.until(lambda: hall.clearstream.requests_since(mark, path="account"), "a look at the account")
    await hall.wind(3)


async def test_few_credits_are_told_once_each_time_they_fall(hall: Hall) -> None:
    """In the broadcasts channel; not again while they stay low, not after a restart, and again after the next fall."""

    def warnings() -> list[str]:
        return [m.text() for m in hall.alice.messages(hall.broadcasts) if "left" in m.text()]

    await looked(hall, 100)
    assert not warnings()
    await looked(hall, 60)
    assert "Only 60 credits left." in warnings()[0]
    await hall.again()
    await looked(hall, 40)
    await looked(hall, 500)
    assert len(warnings()) == 1
    await looked(hall, 1)
    assert "Only 1 credit left." in warnings()[1]
