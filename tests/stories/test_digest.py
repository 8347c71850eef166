"""The digest: what a day or a week came to, told once when it is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.sandbox.slack import blockkit
from bot.sandbox.slack.model import Message
from bot.services import digest
from bot.services.digest import Choice, Every, Period, newest_due
from bot.services.digest_figures import Figures, Point, Sent, points, times_to_answer
from bot.slack.digest import blocks
from tests.drive import JANE, JOHN
from tests.hall import WORDS, Hall

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC", "Africa/Cairo"])
TIMES = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, 60 * minutes)
)


def digests(hall: Hall) -> list[Message]:
    """The digests in #broadcasts."""
    return [message for message in hall.alice.messages(hall.broadcasts) if "The day: " in message.text()]


async def choose(hall: Hall, every: Every) -> None:
    """Choose a digest in #broadcasts, in Berlin's time."""
    assert hall.bot is not None
    async with hall.bot.store.write() as tx:
        await digest.set_zone(tx, BERLIN, hall.alice.user.id)
        await digest.choose(tx, every, hall.broadcasts.id, hall.alice.user.id)


async def test_a_day_is_told_the_morning_after(hall: Hall) -> None:
    """Texts, the time to an answer, a broadcast and its rates; as blocks with a chart, and the same in words."""
    await choose(hall, Every.DAILY)
    await hall.text_in(JANE, "Is it open?")
    await hall.text_in(JOHN, "And me?")
    hall.clock.advance(600)
    await hall.open_modal(hall.bob, "Reply", hall.header("Jane Doe"))
    await hall.bob.type("Message", "Until nine")
    await hall.bob.submit()
    await hall.until(lambda: hall.on_phone(JANE) == ["Until nine"], "the answer")
    await hall.send()
    await hall.shows("*Sent*")
    assert digests(hall) == []
    hall.clock.advance(_until_nine(hall))
    await hall.until(lambda: digests(hall), "the digest")
    told = digests(hall)[0]
    for words in ("The day: Monday, 2 March 2026", "those of Europe/Berlin", "*2* in, *1* out", "10 min* (1 answer)"):
        assert words in told.text() and words in told.fallback
    assert "Texts by time of day" in told.text() and "10–12: 2 in, 1 out" in told.fallback
    assert f"{WORDS}\n2 recipients · 0 replies (0.0%) · 0 opt-outs (0.0%)" in told.text()
    assert "*Calls*: none" in told.text()


def _until_nine(hall: Hall) -> float:
    """Seconds to nine the next morning in Berlin."""
    now = datetime.fromtimestamp(hall.clock.seconds(), ZoneInfo(BERLIN))
    return (now.replace(hour=9, minute=0, second=0) + timedelta(days=1) - now).total_seconds()


async def test_a_due_one_outlives_whoever_was_to_tell_it(halls: Hall) -> None:
    """Nobody ran when it fell due: it is told when somebody does, once the texts are read, and never again."""
    await halls.start()
    await choose(halls, Every.DAILY)
    await halls.text_in(JANE, "Is it open?")
    await halls.stop()
    halls.clearstream.receive(JOHN, "Somebody there?")
    halls.clock.advance(_until_nine(halls) + 3600)
    await halls.start()
    await halls.until(lambda: digests(halls), "the digest")
    assert "*2* in" in digests(halls)[0].text()
    halls.clock.advance(70)
    await halls.wind(2)
    assert len(digests(halls)) == 1


async def test_a_choice_that_makes_no_sense_is_refused(hall: Hall) -> None:
    """No channel, no such time zone; and what was due before it was chosen is not told."""
    assert hall.bot is not None
    async with hall.bot.store.write() as tx:
        with pytest.raises(Invalid, match="channel"):
            await digest.choose(tx, Every.DAILY, None, "U1")
        with pytest.raises(Invalid, match="time zone"):
            await digest.set_zone(tx, "Middle/Earth", "U1")
        await digest.choose(tx, Every.WEEKLY, "C1", "U1")
        chosen = await digest.choice(tx)
        await digest.choose(tx, Every.WEEKLY, "C2", "U1")
        assert await digest.choice(tx) == Choice(Every.WEEKLY, "C2", "UTC", chosen.since)
    assert newest_due(chosen, hall.clock.now()) is None


@given(TIMES, ZONES, st.sampled_from([Every.DAILY, Every.WEEKLY]))
def test_every_moment_has_its_period_and_none_is_left_out(now: datetime, zone: str, every: Every) -> None:
    """The newest that is due has ended, is told at nine, and the next begins where it ended, whatever clocks do."""
    period = newest_due(Choice(every, "C1", zone, datetime(2020, 1, 1, tzinfo=UTC)), now)
    assert period is not None and period.start < period.end < period.due <= now
    following = Period(every, zone, period.first + timedelta(days=period.days))
    assert following.start == period.end and following.due > now
    assert period.due.astimezone(ZoneInfo(zone)).hour == 9


@given(TIMES, ZONES, st.sampled_from([Every.DAILY, Every.WEEKLY]))
def test_every_text_of_a_period_stands_in_its_chart(now: datetime, zone: str, every: Every) -> None:
    """Also those in an hour that comes twice."""
    period = newest_due(Choice(every, "C1", zone, datetime(2020, 1, 1, tzinfo=UTC)), now)
    assert period is not None
    quarters = int((period.end - period.start) / timedelta(minutes=15))
    drawn = points(period, [(period.start + n * timedelta(minutes=15), n % 2 == 0, 1) for n in range(quarters)])
    assert sum(point.incoming + point.outgoing for point in drawn) == quarters
    assert len({point.label for point in drawn}) == len(drawn) == (7 if every is Every.WEEKLY else 12)


def test_the_time_to_answer_counts_from_the_first_text_nobody_had_answered() -> None:
    """Two texts and one answer are one wait; an answer to nobody is none; another conversation begins anew."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def at(minutes: int) -> datetime:
        return noon + timedelta(minutes=minutes)

    talks = [(1, True, at(-60)), (1, False, at(-50)), (1, True, at(0)), (1, True, at(5)), (1, False, at(9))]
    talks += [(1, False, at(10)), (2, False, at(1)), (2, True, at(2)), (3, True, at(-5)), (3, False, at(4))]
    assert times_to_answer(talks, noon) == [timedelta(minutes=9), timedelta(minutes=9)]


def test_slack_takes_the_largest_digest() -> None:
    """Five broadcasts with wild words, a week of texts, calls; blocks and words say the same; it is kept as it is."""
    week = tuple(Point(label, 12345, 9999) for label in ("Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28"))
    sent = tuple(Sent(f"<!channel> {n} " + "x" * 88, 12345, 12, 1) for n in range(5))
    figures = Figures(
        Every.WEEKLY, BERLIN, date(2026, 2, 23), (*week, Point("Sun 1", 0, 0)), 812, 5400.0, sent, 9, 61725, 60, 5,
        calls=3, call_seconds=3725, call_cost=Decimal("104.30"), read_until=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    assert Figures.of(figures.stored()) == figures
    assert blockkit.message_complaints(blocks.message(figures)) == []
    words = blocks.text(figures)
    assert "The week: 23 February to 1 March 2026" in words
    assert "median time to answer: *1 h 30 min* (812 answers)" in words
    assert "*Broadcasts* from Slack: *9* to 61,725 recipients · 60 replies (0.1%) · 5 opt-outs (0.0%)" in words
    assert "Mon 23: 12,345 in, 9,999 out" in words and "Sun 1" not in words
    assert "*3*, 1:02:05 in all, $104.30" in words and "and 4 more" in words
    assert "<!channel>" not in words
