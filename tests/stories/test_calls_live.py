"""A call that waits for somebody: told, connected, followed live, reminded of."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.sandbox.clarity.model import Fate
from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.model import Message
from tests.club import Club


async def asked(club: Club, reason: str = "Your text line", hours: int = 72, who: str = "alice") -> Message:
    """Nina asks Alice for a call; the message that tells her."""
    club.clarity.someone_requests(who, "ninapark", reason, hours)
    return await club.call_told(club.alice, reason)


def dialled(club: Club) -> list[RequestInfo]:
    """How often Clarity was asked to dial."""
    return club.clarity.requests_since(method="POST", path="calls/*/connect")


async def test_one_message_goes_from_request_to_end(club: Club) -> None:
    """Who, reason, rate, time left, Connect; then dialing, answered, in progress with a clock, length and cost."""
    await club.start()
    await club.log_in(club.alice, "alice")
    message = await asked(club)
    for words in ("Nina Park asks you for a call", "$90.00 per hour", "71 h left, until 20", "[Connect]"):
        assert words in message.text()
    assert "<!date^" in str(message.blocks)
    await club.alice.click("Connect", message)
    await club.until(lambda: "Connecting" in message.text() or "Dialing" in message.text(), "what happens")
    assert "asks you" not in message.text()
    await club.until(lambda: "Dialing" in message.text(), "dialing")
    assert "[Connect]" not in message.text()
    await club.until(lambda: "In progress" in message.text(), "the clock")
    await club.until(lambda: "Completed after 0:16, $0.40" in message.text(), "the end")
    assert len(dialled(club)) == 1
    assert [m for m in club.alice.dm() if "Your text line" in m.text()] == [message]
    assert ("Alice Admin", "connect", "done") in await club.record()


async def test_connect_pressed_twice_at_once_dials_once(club: Club) -> None:
    """Both clicks in flight: one POST; the second is told that it was done already."""
    await club.start()
    await club.log_in(club.alice, "alice")
    message = await asked(club)
    await asyncio.gather(club.alice.click("Connect", message), club.alice.click("Connect", message))
    await club.told(club.alice, "connected already")
    await club.until(lambda: "Dialing" in message.text(), "dialing")
    await club.wind(5)
    assert len(dialled(club)) == 1


async def test_connected_elsewhere_meanwhile(lounge: Club) -> None:
    """The call was connected on Clarity's own site: pressing says why it was not done, and the message follows it."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    lounge.clarity.someone_connects(max(lounge.clarity.state.calls))
    await lounge.alice.click("Connect", message)
    notice = await lounge.call_told(lounge.alice, "already been connected")
    assert "not" in notice.text()
    await lounge.until(lambda: "Completed" in message.text(), "its end")


async def test_the_message_follows_what_is_connected_elsewhere(lounge: Club) -> None:
    """Without any press the message leaves "waiting" as the call does."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    lounge.clarity.someone_connects(max(lounge.clarity.state.calls))
    await lounge.until(lambda: "In progress" in message.text(), "the clock")
    await lounge.until(lambda: "Completed" in message.text(), "its end")


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ("seeker_unavailable", "Nina Park did not answer"),
        ("expert_unavailable", "Alice Admin did not answer"),
        ("canceled", "Canceled by Nina Park"),
    ],
)
async def test_why_not(lounge: Club, fate: Fate, words: str) -> None:
    """A call that does not take place says why."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    lounge.clarity.will_end(max(lounge.clarity.state.calls), fate)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: words in message.text(), words)
    mark = lounge.clarity.log.mark()
    await lounge.wind(20)
    assert not lounge.clarity.requests_since(mark, path=f"calls/{max(lounge.clarity.state.calls)}")


async def test_an_unknown_status_is_shown_as_it_is(lounge: Club) -> None:
    """A state nobody knows is no end; markup in it is plain."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Dialing" in message.text(), "dialing")
    lounge.clarity.set_status(max(lounge.clarity.state.calls), "on_hold <!here>")
    await lounge.until(lambda: "on_hold <!here>" in message.text(), "the unknown state")
    assert message.pings == []
    lounge.clarity.set_status(max(lounge.clarity.state.calls), "canceled")
    await lounge.until(lambda: "Canceled" in message.text(), "its end")


async def test_only_the_expert_connects(lounge: Club) -> None:
    """On the shared account a press needs the right to spend; on somebody's own it is theirs."""
    message = await asked(lounge, "For the team", who="bluesushi")
    await lounge.bob.click("Connect", message)
    await lounge.told(lounge.bob, "You may not spend")
    assert not dialled(lounge)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: dialled(lounge), "dialled")


async def test_a_reminder_and_the_expiry_are_said_once(lounge: Club) -> None:
    """An hour before it expires there is a reminder with Connect; then it says that it expired, and Connect is gone."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge, hours=2)
    listed = await lounge.expert(lounge.alice, "calls callback")
    for minutes in (50, 20, 40):
        lounge.clock.advance(minutes * 60)
        await lounge.wind(12)
        reminders = [m for m in lounge.alice.dm() if "more." in m.text() and "Nina Park" in m.text()]
        assert len(reminders) == (minutes != 50)
    assert "min more" in reminders[0].text()
    assert "[Connect]" in reminders[0].text()
    lounge.clock.advance(900)
    await lounge.until(lambda: "Expired" in message.text(), "the expiry")
    await lounge.until(lambda: "[Connect]" not in reminders[0].text(), "the reminder")
    assert "[Connect]" not in message.text()
    await lounge.wind(12)
    expired = [m for m in lounge.alice.dm() if "has expired" in m.text() and "Nina Park" in m.text()]
    assert len(expired) == 1
    block = next(b["block_id"] for b in listed.blocks if "Your text line" in str(b) and "Connect" in str(b))
    await lounge.alice.click("Connect", listed, block=block)
    await lounge.told(lounge.alice, "has expired")
    assert not dialled(lounge)


async def test_what_is_told_in_private_stays_private_where_slack_refuses_it(lounge: Club) -> None:
    """A reminder that cannot be posted to Alice waits for her; the calls channel never reads it."""
    await lounge.log_in(lounge.alice, "alice")
    await asked(lounge, hours=2)
    refused = lounge.slack.faults.refuse("chat.postMessage", "restricted_action")
    lounge.clock.advance(70 * 60)
    await lounge.until(lambda: not refused.times, "the refusal")
    await lounge.call_told(lounge.alice, "min more.")
    assert not [m for m in lounge.alice.messages(lounge.calls) if "Nina Park" in m.text()]


async def test_a_reminder_offers_connect_while_that_can_be_pressed(lounge: Club) -> None:
    """While the call is being connected it does not; where that was left as it was, it does again."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge, hours=2)
    lounge.clock.advance(70 * 60)
    reminder = await lounge.call_told(lounge.alice, "min more.")
    lounge.clarity.faults.add(Fault.LOSE_BEFORE, method="POST", path="calls/*/connect")
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Nina Park asked you for waits no more." in reminder.text(), "connecting")
    notice = await lounge.call_told(lounge.alice, "Unconfirmed")
    assert "[Connect]" not in reminder.text()
    await lounge.alice.click("Leave it", notice)
    await lounge.until(lambda: "[Connect]" in reminder.text(), "that it may be pressed again")
    await lounge.alice.click("Connect", reminder)
    await lounge.until(lambda: len(dialled(lounge)) == 2, "dialled")
    await lounge.until(lambda: "[Connect]" not in reminder.text(), "the reminder")


async def test_the_time_left_does_not_stand_still(lounge: Club) -> None:
    """As hours go by, the message of a call that waits says how many are left."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge, hours=6)
    assert "5 h left, until" in message.text()
    lounge.clock.advance(7200)
    await lounge.until(lambda: "3 h left, until" in message.text(), "the time left")


async def test_a_connect_left_in_doubt_can_be_pressed_again(lounge: Club) -> None:
    """Nobody can tell whether Clarity was reached: the message says so; **Leave it** gives **Connect** back."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    lounge.clarity.faults.add("lose_before", method="POST", path="calls/*/connect")
    await lounge.alice.click("Connect", message)
    notice = await lounge.call_told(lounge.alice, "Unconfirmed")
    await lounge.until(lambda: "Nobody can tell" in message.text(), "the doubt")
    assert "[Connect]" not in message.text()
    await lounge.alice.click("Leave it", notice)
    await lounge.until(lambda: "[Connect]" in message.text(), "Connect")
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Dialing" in message.text(), "dialing")


async def test_clarity_fails_while_a_call_is_followed(lounge: Club) -> None:
    """Down or senseless, the message keeps what it said; it goes on when Clarity does."""
    await lounge.log_in(lounge.alice, "alice")
    message = await asked(lounge)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Dialing" in message.text(), "dialing")
    before = message.text()
    lounge.clarity.faults.add("garbage", path="calls/*", count=4)
    lounge.clarity.faults.add("error_before", path="calls/*", count=6)
    await lounge.wind(2)
    assert message.text() == before
    await lounge.until(lambda: "Completed" in message.text(), "its end")


async def test_a_call_that_never_ends_is_said_to_be_left_alone(lounge: Club) -> None:
    """After four hours nobody looks any more: the message says so in place of a clock that stands still."""
    await lounge.log_in(lounge.alice, "alice")
    lounge.clarity.pace.talk = timedelta(hours=9)
    message = await asked(lounge)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "In progress" in message.text(), "the clock")
    assert "not followed" not in message.text()
    lounge.clock.advance(timedelta(hours=4).total_seconds())
    await lounge.until(lambda: "not followed any longer" in message.text(), "the cap")
    mark = lounge.clarity.log.mark()
    await lounge.wind(8)
    assert not lounge.clarity.requests_since(mark, path=f"calls/{max(lounge.clarity.state.calls)}")


async def test_a_change_is_on_the_screen_in_time_and_the_clock_is_calm(lounge: Club) -> None:
    """A change shows at most LIVE_CALL_POLL_SECONDS + 1 s later; the clock alone is drawn every 15 s at most."""
    await lounge.log_in(lounge.alice, "alice")
    lounge.clarity.pace.talk = timedelta(seconds=40)
    message = await asked(lounge)
    call = max(lounge.clarity.state.calls)
    since: dict[str, float] = {}

    async def note(_: RequestInfo) -> None:
        now = lounge.clarity.state.calls[call]
        since.setdefault(now.status, now.updated_at.timestamp())

    lounge.clarity.on_request(note)
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Completed" in message.text(), "its end")
    updates = [(each.at, str(each.arguments["blocks"])) for each in lounge.slack.called("chat.update")]
    for status, words in {"expert_answered": "In progress", "call_completed": "Completed"}.items():
        assert min(at for at, drawn in updates if words in drawn) - since[status] <= 4, status
    clocks = [at for at, drawn in updates if "In progress" in drawn]
    assert all(late - early >= 15 for early, late in pairwise(clocks)), clocks
    assert len(clocks) >= 3
    assert all(early[1] != late[1] for early, late in pairwise(updates))
