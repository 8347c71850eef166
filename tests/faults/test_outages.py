"""Clearstream that refuses, limits or is away, a bot that was away, and two of them at once."""

import asyncio
from datetime import timedelta

from bot.polling.inbox import NAME
from bot.sandbox.faults import Fault
from tests.clock import settle_until
from tests.drive import JANE
from tests.faults.rig import REPLIES, Rig, each_somewhere
from tests.polling.watch import number

ANSWER = "Yes, at seven."


async def test_a_limit_of_clearstream_is_waited_out_in_order(rig: Rig) -> None:
    """429 with a Retry-After of 40: the first reply waits so long, the second behind it; both go out once, in order."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.RATE_LIMITED, method="POST", path=REPLIES, retry_after=40)
    begun = rig.clock.now()
    await rig.answer("First")
    await rig.answer("Second")
    await rig.until(lambda: len(rig.on_phone(JANE)) == 2)
    await rig.rest()
    assert rig.on_phone(JANE) == ["First", "Second"]
    posts = rig.clearstream.requests_since(method="POST", path=REPLIES)
    assert [post.status for post in posts] == [429, 200, 200]
    assert posts[1].at - begun >= timedelta(seconds=40)
    assert rig.bodies() == ["Anybody there?", "First", "Second"]


async def test_a_reply_with_a_key_that_is_refused_fails_with_a_reason(rig: Rig) -> None:
    """Nothing was sent, and the conversation's thread says so, with the text and a reference."""
    await rig.opened()
    rig.clearstream.api_key = "another"
    await rig.answer(ANSWER)
    await rig.until(lambda: rig.notice("not sent"))
    notice = rig.notice("not sent").text()
    assert ANSWER in notice and "key" in notice and "reference" in notice
    assert rig.on_phone(JANE) == []


async def test_a_reply_to_a_clearstream_that_is_away_leaves_when_it_is_back(rig: Rig) -> None:
    """Nothing left this machine, so it may go by itself later; until then the thread says that it has not left."""
    await rig.opened()
    port = rig.clearstream.port
    await rig.clearstream.stop()
    await rig.answer(ANSWER)
    await rig.until(lambda: rig.notice("has not left yet"))
    assert ANSWER in rig.notice("has not left yet").text()
    await rig.clearstream.start(port=port)
    await rig.until(lambda: rig.on_phone(JANE))
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]
    assert rig.notice("went out")


async def test_a_text_that_comes_while_the_bot_is_down_is_there_when_it_is_up(rig: Rig) -> None:
    """Known and unknown numbers, several texts: all are posted, in order, once."""
    await rig.opened()
    await rig.stop()
    for words in ("One", "Two", "Three", "Four", "Five"):
        rig.clock.advance(60)
        rig.clearstream.receive(JANE, words)
    rig.clearstream.receive(number(1), "Somebody new")
    rig.clock.advance(3600)
    await rig.start()
    await rig.rest()
    assert rig.bodies() == ["Anybody there?", "One", "Two", "Three", "Four", "Five"]
    assert rig.bodies("200-000-0001") == ["Somebody new"]
    assert len(rig.headers()) == 2


async def test_a_reply_under_way_when_the_bot_stops_is_not_lost(rig: Rig) -> None:
    """The bot is told to stop while Clearstream has not answered yet: the next start finds what became of it."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.STALL_AFTER, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: [each for each in rig.clearstream.requests_since(path=REPLIES) if each.stage == "after"])
    assert rig.bot is not None
    bot, rig.bot = rig.bot, None
    await bot.stop(grace=0.1)
    rig.clearstream.faults.release()
    rig.clock.advance(30)
    await rig.start()
    await rig.until(lambda: len(rig.bodies()) == 2)
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]


async def test_after_an_hour_without_clearstream_everything_comes_in_order(
    rig: Rig,
) -> None:
    """150 texts in 40 conversations while it was down: each stands in Slack once, in the order they were sent.

    Slack's pace is another test's: here it takes whatever comes.
    """
    rig.intervals = ()
    await rig.start()
    rig.slack.limits.enabled = False
    rig.clearstream.faults.add(Fault.UNAVAILABLE, count=None)
    sent: dict[int, list[str]] = {}
    for text in range(150):
        rig.clock.advance(24)
        person = text * 7 % 40
        sent.setdefault(person, []).append(f"Text {text}")
        rig.clearstream.receive(number(person), f"Text {text}")
        if text == 75:
            await rig.poll()
    rig.clearstream.faults.clear()
    rig.clock.advance(60)
    await rig.poll()
    await rig.rest()
    assert {person: rig.bodies(_called(person)) for person in sent} == sent
    assert len(rig.headers()) == 40
    assert rig.strays() == []


def _called(person: int) -> str:
    return f"200-000-{person:04d}"


@each_somewhere("fault", Fault.LOSE_AFTER, Fault.ERROR_AFTER)
async def test_a_message_to_one_person_whose_answer_is_lost_is_found(rig: Rig, fault: Fault) -> None:
    """``/sms text`` to a number without a conversation: it went out once, and the channel shows that it did."""
    await rig.start()
    rig.clearstream.faults.add(fault, method="POST", path="messages")
    await text_someone(rig)
    await rig.until(lambda: rig.on_phone(JANE) and "went out" in rig.slack.text())
    await rig.rest()
    assert len(rig.on_phone(JANE)) == 1
    assert ANSWER in rig.on_phone(JANE)[0]
    assert "Unconfirmed" not in rig.slack.text()


async def test_a_message_to_one_person_that_did_not_go_out_is_unconfirmed(rig: Rig) -> None:
    """Its text, **Check again** and **Send anyway** stand in the inbox channel; pressed, it goes out once."""
    await rig.start()
    rig.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await text_someone(rig)
    await rig.until(lambda: "Unconfirmed" in rig.slack.text())
    await rig.rest()
    assert rig.on_phone(JANE) == []
    notice = next(message for message in rig.alice.messages(rig.texts) if "Unconfirmed" in message.text())
    assert ANSWER in notice.text()
    await rig.bob.click("Send anyway", notice)
    await rig.until(lambda: rig.on_phone(JANE))
    await rig.rest()
    assert len(rig.on_phone(JANE)) == 1


async def text_someone(rig: Rig) -> None:
    """Bob texts Jane, who has no conversation yet."""
    await rig.bob.command("/sms", "text +1 200-555-1000")
    await rig.until(lambda: rig.bob.modal and "Header" in rig.bob.modal.text(), "the modal")
    await rig.bob.type("Header", "Blue Sushi")
    await rig.bob.type("Message", ANSWER)
    await rig.bob.submit()
    await rig.until(lambda: rig.bob.modal is None, "the modal to close")


async def test_two_replicas_poll_once_an_interval_and_post_each_text_once(shared_rig: Rig) -> None:
    """Two bots on one database: one poll every fifteen seconds, each text once, in order, within Slack's limit."""
    rig = shared_rig
    await rig.opened("Zero")
    one = rig.bot
    two = await rig.start()
    assert one is not None and one.jobs is not None and two.jobs is not None
    for words in ("One", "Two", "Three"):
        rig.clearstream.receive(JANE, words)
    mark = rig.clearstream.log.mark()
    for _ in range(30):
        await asyncio.gather(one.jobs.tick(NAME), two.jobs.tick(NAME))
        await rig.clock.wind(1)
    asked = rig.clearstream.requests_since(mark, path="threads")
    assert len([request for request in asked if request.query["page"] == "1"]) == 2
    await settle_until(rig._rests, rig.clock)
    assert rig.bodies() == ["Zero", "One", "Two", "Three"]
    assert len(rig.headers()) == 1
    await one.stop()
