"""An answer of Clearstream that is lost on the way: looked for, found once, or left to a person."""

import asyncio

from bot.sandbox.faults import Fault
from tests.drive import JANE
from tests.faults.rig import REPLIES, Rig, each_somewhere

ANSWER = "Yes, at seven."
AFTER = [Fault.LOSE_AFTER, Fault.ERROR_AFTER]
BEFORE = [Fault.LOSE_BEFORE, Fault.UNAVAILABLE]


@each_somewhere("fault", *AFTER)
async def test_lost_after_it_went_out_it_is_found(rig: Rig, fault: Fault) -> None:
    """The reply is on the phone once and in Slack once, and nobody was asked anything."""
    await rig.opened()
    rig.clearstream.faults.add(fault, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: len(rig.bodies()) == 2)
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]
    assert "Unconfirmed" not in rig.slack.text()


@each_somewhere("fault", *BEFORE)
async def test_lost_before_it_went_out_it_is_unconfirmed(rig: Rig, fault: Fault) -> None:
    """It is not sent again by itself; the conversation's thread shows its text and what a person can do."""
    await rig.opened()
    rig.clearstream.faults.add(fault, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: rig.notice("Unconfirmed"))
    notice = rig.notice("Unconfirmed")
    assert ANSWER in notice.text()
    assert rig.bob.buttons(notice)[:2] == ["Check again", "Send anyway"]
    await rig.wind(5)
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == []
    assert rig.bodies() == ["Anybody there?"]


async def unconfirmed(rig: Rig) -> None:
    """An answer nobody can tell of."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: rig.notice("Unconfirmed"))
    await rig.rest()


async def test_check_again_finds_what_turned_up_late(rig: Rig) -> None:
    """It went out after all: the notice says so, and the text stands in the thread once."""
    await unconfirmed(rig)
    rig.clearstream.site_reply(rig.clearstream.thread_id(JANE) or 0, ANSWER)
    await rig.bob.click("Check again", rig.notice("Unconfirmed"))
    await rig.until(lambda: rig.notice("went out"))
    await rig.poll()
    await rig.rest()
    assert rig.bodies() == ["Anybody there?", ANSWER]
    assert rig.on_phone(JANE) == [ANSWER]


async def test_check_again_that_finds_nothing_leaves_it_to_the_person(rig: Rig) -> None:
    """It is as unconfirmed as before, with the same buttons, which work."""
    await unconfirmed(rig)
    await rig.bob.click("Check again", rig.notice("Unconfirmed"))
    await rig.until(lambda: "Looking" in rig.slack.text())
    await rig.rest()
    assert rig.on_phone(JANE) == []
    await rig.bob.click("Send anyway", rig.notice("Unconfirmed"))
    await rig.until(lambda: rig.notice("went out"))
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]


async def test_what_is_looked_for_cannot_be_decided_meanwhile(rig: Rig) -> None:
    """Send anyway while Check again still looks, and on a notice from before that look: each says why nothing was done.

    It stays unconfirmed, and can be decided after.
    """
    await unconfirmed(rig)
    notice = rig.notice("Unconfirmed")
    rig.clearstream.faults.add(Fault.STALL_BEFORE, method="GET", path=REPLIES)
    await rig.bob.click("Check again", notice)
    await rig.until(lambda: "Looking once more" in rig.slack.text())
    press = await rig.alice.click("Send anyway", notice)
    await rig.until(lambda: "It is being looked for just now" in rig.slack.text())
    rig.clearstream.faults.release()
    await rig.rest()
    assert press is not None
    await rig.slack.redeliver(press)
    await rig.until(lambda: "nobody can tell still" in rig.slack.text())
    assert rig.on_phone(JANE) == []
    await rig.alice.click("Send anyway", rig.notice("Unconfirmed"))
    await rig.until(lambda: rig.on_phone(JANE) == [ANSWER])
    assert "decided already" not in rig.slack.text()


async def test_a_poll_that_meets_it_settles_it_by_itself(rig: Rig) -> None:
    """The text turns up in the conversation while it is unconfirmed: nobody has to press anything.

    It stands there as Bob's from then on, and no longer as that of whoever owns the account.
    """
    await unconfirmed(rig)
    rig.clearstream.site_reply(rig.clearstream.thread_id(JANE) or 0, ANSWER)
    await rig.poll()
    await rig.until(lambda: rig.notice("went out"))
    await rig.rest()
    assert rig.bodies() == ["Anybody there?", ANSWER]
    assert "↩ @Bob Baker" in rig.thread("Jane Doe")[-1]


async def test_send_anyway_pressed_twice_sends_once(rig: Rig) -> None:
    """Alice and Bob press at the same time: one text leaves, and one of them is told that it was decided already."""
    await unconfirmed(rig)
    notice = rig.notice("Unconfirmed")
    await asyncio.gather(rig.bob.click("Send anyway", notice), rig.alice.click("Send anyway", notice))
    await rig.until(lambda: "decided already" in rig.slack.text() and rig.on_phone(JANE))
    await rig.rest()
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]


@each_somewhere("skip", 0, 1)
async def test_the_same_text_sent_twice_on_purpose_is_told_apart(rig: Rig, skip: int) -> None:
    """Two drafts with the same words, the answer to one lost after it went out: twice on the phone and in Slack."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.LOSE_AFTER, method="POST", path=REPLIES, skip=skip)
    await rig.answer(ANSWER)
    await rig.answer(ANSWER, rig.alice)
    await rig.until(lambda: len(rig.bodies()) == 3)
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER, ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER, ANSWER]
    assert "Unconfirmed" not in rig.slack.text()


async def test_of_two_equal_texts_one_that_did_not_go_out_is_unconfirmed(rig: Rig) -> None:
    """The first did not go out, the second did: the second is not taken for the first."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.answer(ANSWER, rig.alice)
    await rig.until(lambda: rig.notice("Unconfirmed") and rig.on_phone(JANE))
    await rig.rest()
    await rig.poll()
    await rig.rest()
    assert "@Bob Baker" in rig.notice("Unconfirmed").text()
    assert rig.on_phone(JANE) == [ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER]
    await rig.bob.click("Check again", rig.notice("Unconfirmed"))
    await rig.until(lambda: "Looking" in rig.slack.text())
    await rig.rest()
    assert rig.notice("Unconfirmed")


async def test_an_unconfirmed_reply_holds_nothing_back(rig: Rig) -> None:
    """More texts come in and go out while nobody decides; they stand in order."""
    await unconfirmed(rig)
    await rig.texted("Hello?")
    await rig.texted("Still there?")
    await rig.answer("We are.", rig.alice)
    await rig.until(lambda: rig.on_phone(JANE))
    await rig.rest()
    await rig.texted("Good.")
    assert rig.bodies() == ["Anybody there?", "Hello?", "Still there?", "We are.", "Good."]
    assert rig.on_phone(JANE) == ["We are."]
    await rig.bob.click("Send anyway", rig.notice("Unconfirmed"))
    await rig.until(lambda: len(rig.on_phone(JANE)) == 2)
    await rig.rest()
    assert rig.on_phone(JANE) == ["We are.", ANSWER]
    assert rig.bodies()[-1] == ANSWER


async def stalled(rig: Rig) -> None:
    """An answer that went out, with Clearstream's own answer still to come."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.STALL_AFTER, method="POST", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: [each for each in rig.clearstream.requests_since(path=REPLIES) if each.stage == "after"])


async def test_a_poll_that_sees_our_reply_before_its_answer_does_not_double_it(rig: Rig) -> None:
    """The poll meets a text that is being sent: it is left to whoever sends it."""
    await stalled(rig)
    await rig.poll()
    await rig.wind(1)
    assert rig.bodies() == ["Anybody there?"]
    rig.clearstream.faults.release()
    await rig.until(lambda: len(rig.bodies()) == 2)
    assert len(await rig.poll()) == 1
    await rig.rest()
    assert rig.bodies() == ["Anybody there?", ANSWER]


async def test_an_equal_text_from_the_site_at_the_same_time_is_shown_too(rig: Rig) -> None:
    """Somebody writes the same on Clearstream's site while ours is under way: both went out, both are shown."""
    await stalled(rig)
    rig.clearstream.site_reply(rig.clearstream.thread_id(JANE) or 0, ANSWER)
    await rig.poll()
    rig.clearstream.faults.release()
    await rig.until(lambda: len(rig.bodies()) == 2)
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER, ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER, ANSWER]
    assert sorted("@Bob Baker" in text for text in rig.thread("Jane Doe")[1:]) == [False, True]


async def test_two_that_could_be_ours_are_left_to_a_person(rig: Rig) -> None:
    """The answer is lost and an equal text came from the site: both are shown, and which is ours is not guessed."""
    await rig.opened()
    rig.clearstream.faults.add(Fault.LOSE_AFTER, method="POST", path=REPLIES)
    rig.clearstream.faults.add(Fault.STALL_BEFORE, method="GET", path=REPLIES)
    await rig.answer(ANSWER)
    await rig.until(lambda: rig.clearstream.requests_since(method="GET", path=REPLIES))
    rig.clearstream.site_reply(rig.clearstream.thread_id(JANE) or 0, ANSWER)
    rig.clearstream.faults.release()
    await rig.until(lambda: rig.notice("Unconfirmed"))
    await rig.poll()
    await rig.rest()
    assert rig.on_phone(JANE) == [ANSWER, ANSWER]
    assert rig.bodies() == ["Anybody there?", ANSWER, ANSWER]
