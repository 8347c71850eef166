"""Asking an expert for a call, as people do it."""

from typing import Any

import pytest

from bot.sandbox.clarity import cast
from bot.sandbox.slack.person import Person
from tests.club import Club


async def ask(club: Club, person: Person, reason: str = "How to price a set menu", who: str = "ninapark") -> Any:
    """Open **Request a call**, give a reason, and submit."""
    await person.command("/expert", f"request {who}")
    await club.filled(person)
    await person.type("Reason", reason)
    return await person.submit()


def sent(club: Club) -> list[Any]:
    """What Clarity was asked to do."""
    return club.clarity.requests_since(method="POST", path="calls")


async def test_a_call_is_asked_for_and_followed(lounge: Club) -> None:
    """On one's own account: one POST with reason and hours, one message in private, which follows it to its end."""
    await lounge.log_in(lounge.alice, "alice")
    await ask(lounge, lounge.alice)
    message = await lounge.call_told(lounge.alice, "How to price a set menu")
    assert "Call with Nina Park" in message.text()
    assert "Waiting for Nina Park to connect it" in message.text()
    said = await lounge.told(lounge.alice, "The call with Nina Park is requested")
    assert "[Open its message]" in said
    assert "$240.00 per hour" in message.text()
    assert "[Connect]" not in message.text()
    (posted,) = sent(lounge)
    assert posted.whose == "alice"
    assert posted.form == {
        "expert_id": str(lounge.clarity.member("ninapark").id),
        "reason": "How to price a set menu",
        "expires_in": "72",
    }
    call = max(lounge.clarity.state.calls)
    lounge.clarity.someone_connects(call)
    await lounge.until(lambda: "Completed after 0:16" in message.text(), "its end")
    assert "$1.07" in message.text()
    assert message in lounge.alice.dm()
    assert ("Alice Admin", "call request", "done") in await lounge.record()


async def test_on_the_shared_account_it_stands_in_the_calls_channel(lounge: Club) -> None:
    """Who may spend asks on the shared account; everybody in the calls channel sees how it goes."""
    await ask(lounge, lounge.alice)
    await lounge.call_told(lounge.bob, "How to price a set menu")
    assert sent(lounge)[0].whose == cast.SHARED


async def test_who_may_not_spend_is_told_who_can(lounge: Club) -> None:
    """Bob is no sender: he may search on the shared account, but not ask for a call; nothing is sent."""
    assert "Nina Park" in (await lounge.expert(lounge.bob, "search pricing")).text()
    said = (await lounge.expert(lounge.bob, "request ninapark")).text()
    assert "You may not spend" in said
    assert "can" in said
    assert not sent(lounge)


async def test_everyone_acts_for_themselves_on_their_own_account(lounge: Club) -> None:
    """With an account of his own Bob asks for calls."""
    await lounge.log_in(lounge.bob, "bob")
    await ask(lounge, lounge.bob)
    await lounge.call_told(lounge.bob, "How to price a set menu")
    assert sent(lounge)[0].whose == "bob"


async def test_senders_may_spend(closed: Club) -> None:
    """``SENDERS`` names who may spend on the shared account."""
    await closed.start(senders=[closed.bob.user.id])
    await ask(closed, closed.bob)
    await closed.call_told(closed.bob, "How to price a set menu")


async def test_what_cannot_be_is_said_beside_its_field(lounge: Club) -> None:
    """A reason over 140 characters is counted beside it, with what was typed kept; then it goes out, once."""
    await ask(lounge, lounge.alice, "x" * 141)
    assert lounge.alice.modal is not None
    assert "141 of 140" in lounge.alice.modal.text()
    assert "x" * 141 in lounge.alice.modal.text()
    assert not sent(lounge)
    await lounge.alice.type("Reason", "x" * 140)
    await lounge.alice.submit()
    await lounge.until(lambda: sent(lounge), "the request")
    assert sent(lounge)[0].form["reason"] == "x" * 140


@pytest.mark.parametrize(("who", "words"), [("alice", "is you"), ("nosuchperson", "no member")])
async def test_nobody_to_call(lounge: Club, who: str, words: str) -> None:
    """Oneself and a member there is not each have their sentence, in the window."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.alice.command("/expert", f"request {who}")
    assert words in (await lounge.filled(lounge.alice)).text()
    assert not sent(lounge)


async def test_submitted_twice_it_is_sent_once(lounge: Club) -> None:
    """The second submission of the same window is told that it was sent already."""
    await lounge.alice.command("/expert", "request ninapark")
    view = await lounge.filled(lounge.alice)
    await lounge.alice.type("Reason", "Twice")
    first = await lounge.alice.submit()
    assert first is not None
    again = await lounge.slack.deliveries.deliver("interactive", first.payload)
    assert "already" in str(again.response)
    assert view is not None
    await lounge.call_told(lounge.alice, "Twice")
    assert len(sent(lounge)) == 1


async def test_an_answer_lost_after_it_was_made_is_found(club: Club) -> None:
    """Clarity made the call, its answer got lost: it is found among the calls, and nobody is asked anything."""
    await club.start()
    club.clarity.faults.add("lose_after", method="POST", path="calls")
    await ask(club, club.alice)
    await club.call_told(club.alice, "How to price a set menu")
    assert len(sent(club)) == 1
    assert "Unconfirmed" not in club.alice.text()


async def test_an_answer_lost_before_is_unconfirmed(club: Club) -> None:
    """Nobody can tell: the channel has it as **Unconfirmed** with its words; **Check again** looks; then it is sent."""
    await club.start()
    club.clarity.faults.add("lose_before", method="POST", path="calls")
    await ask(club, club.alice)
    notice = await club.call_told(club.bob, "Unconfirmed")
    assert "How to price a set menu" in notice.text()
    assert club.bob.buttons(notice)[:2] == ["Check again", "Send anyway"]
    assert len(sent(club)) == 1
    await club.alice.click("Check again", notice)
    await club.told(club.alice, "Looking once more")
    await club.wind(5)
    assert len(sent(club)) == 1
    await club.alice.click("Send anyway", notice)
    await club.until(lambda: len(sent(club)) == 2, "sent once more")
    await club.until(lambda: "Unconfirmed" not in notice.text(), "the notice follows")
    await club.call_told(club.bob, "Call with Nina Park")


async def test_only_who_may_spend_decides_on_the_shared_account(closed: Club) -> None:
    """Bob is no sender: **Send anyway** is refused to him, and says who can."""
    await closed.start()
    closed.clarity.faults.add("lose_before", method="POST", path="calls")
    await ask(closed, closed.alice)
    notice = await closed.call_told(closed.bob, "Unconfirmed")
    await closed.bob.click("Send anyway", notice)
    await closed.told(closed.bob, "You may not spend")
    assert len(sent(closed)) == 1


async def test_on_one_s_own_account_one_decides_alone(closed: Club) -> None:
    """The notice is in private, and **Send anyway** is for who owns the account."""
    await closed.start()
    await closed.log_in(closed.bob, "bob")
    closed.clarity.faults.add("lose_before", method="POST", path="calls")
    await ask(closed, closed.bob)
    notice = await closed.call_told(closed.bob, "Unconfirmed")
    assert notice in closed.bob.dm()
    await closed.bob.click("Send anyway", notice)
    await closed.until(lambda: len(sent(closed)) == 2, "sent once more")


async def test_a_login_that_is_not_accepted_any_more_says_so(closed: Club) -> None:
    """The token was refused when the request was to leave: log in again, and nothing was sent."""
    await closed.start(calls_poll_seconds=600)
    await closed.log_in(closed.alice, "alice")
    await closed.alice.command("/expert", "request ninapark")
    await closed.filled(closed.alice)
    await closed.alice.type("Reason", "Too late")
    closed.clarity.revoke("alice")
    await closed.alice.submit()
    notice = await closed.call_told(closed.alice, "was *not sent*")
    assert "does not accept your login any more" in notice.text()
    assert "/expert login" in notice.text()
    assert "key" not in notice.text()


async def test_what_clarity_refuses_is_said(lounge: Club) -> None:
    """A refusal is told with Clarity's reason to whoever asked, where the calls are told."""
    lounge.clarity.faults.add("rate_limited", method="POST", path="calls", count=None, retry_after=700)
    await ask(lounge, lounge.alice)
    notice = await lounge.call_told(lounge.bob, "too many requests")
    assert "request" in notice.text()
    assert "text" not in notice.text()
