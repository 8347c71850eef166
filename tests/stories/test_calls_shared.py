"""The shared account: everybody in the calls channel sees it, who may spend acts on it, also beside an own account."""

import asyncio

from bot.sandbox.clarity import cast
from bot.sandbox.slack.model import Message
from tests.club import Club


async def test_a_call_for_the_team_says_whose_account_is_asked(lounge: Club) -> None:
    """It is no call for whoever reads it; its message, and the reminder, say so, and who of the team connected it."""
    lounge.clarity.someone_requests(cast.SHARED, "ninapark", "Wholesale prices", 1)
    message = await lounge.call_told(lounge.bob, "Wholesale prices")
    assert "Nina Park asks the shared account for a call" in message.text()
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Dialing" in message.text(), "dialing")
    assert "Call with Nina Park" in message.text()
    assert "connected by @Alice Admin" in message.text()


async def need_told(club: Club) -> Message:
    """A need that the shared account, Alice's own and Carol's own see, as it stands in the calls channel."""
    club.clarity.odd.ids = True
    await club.start(calls_poll_seconds=3)
    await club.log_in(club.alice, "alice")
    await club.log_in(club.carol, "carol")
    await club.wind(4)
    club.clarity.someone_posts_need("zoewalsh", "Who knows *vegan* <!here> caterers?")
    return await club.call_told(club.bob, "<!here> caterers")


async def test_a_need_is_told_once_to_each_reader(closed: Club) -> None:
    """In the calls channel for the team; in private to who does not read that, and not to Alice a second time."""
    need = await need_told(closed)
    assert "Zoë Walsh posted a need in an organization of the shared account" in need.text()
    await closed.until(lambda: [m for m in closed.carol.dm() if "<!here> caterers" in m.text()], "told to Carol")
    await closed.wind(8)
    assert not [m for m in closed.alice.dm() if "caterers" in m.text()]
    assert len([m for m in closed.bob.messages(closed.calls) if "caterers" in m.text()]) == 1
    assert need.pings == []


async def test_a_need_for_the_team_is_fulfilled_on_the_shared_account(closed: Club) -> None:
    """Also by who has an account of their own; who may not spend is refused; twice it is done once, and linked."""
    need = await need_told(closed)
    await closed.bob.click("Fulfill", need)
    await closed.told(closed.bob, "You may not spend")
    assert "for the team?" in str(need.blocks)
    await closed.alice.click("Fulfill", need)
    await closed.alice.click("Fulfill", need)
    await closed.told(closed.alice, "offered to fulfill this need already")
    said = await closed.told(closed.alice, "A call with Zoë Walsh is set up")
    assert "[Open its message]" in said
    (posted,) = closed.clarity.requests_since(method="POST", path="needs/*/fulfill")
    assert posted.whose == cast.SHARED


async def test_a_message_to_the_team_is_answered_on_the_shared_account(lounge: Club) -> None:
    """**Reply** goes out where the message came in, though Alice has an account of her own; the modal says so."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.wind(12)
    lounge.clarity.someone_writes("elenarusso", cast.SHARED, "Are you open on Monday?")
    message = await lounge.call_told(lounge.bob, "Elena Russo wrote to the shared account")
    await lounge.alice.click("Reply", message)
    assert "for the team" in (await lounge.filled(lounge.alice)).text()
    await lounge.alice.type("Message", "We are")
    await lounge.alice.submit()
    await lounge.until(lambda: lounge.clarity.requests_since(method="POST", path="messages/*"), "the answer")
    (posted,) = lounge.clarity.requests_since(method="POST", path="messages/*")
    assert posted.whose == cast.SHARED


async def test_who_logged_in_with_the_team_s_account_is_told_once(lounge: Club) -> None:
    """Call and message stand in the calls channel, which they read; pressed in two places it is dialled once."""
    await lounge.log_in(lounge.alice, cast.SHARED)
    await lounge.wind(12)
    lounge.clarity.someone_requests(cast.SHARED, "ninapark", "Wholesale prices", 24)
    lounge.clarity.someone_writes("ninapark", cast.SHARED, "Did you see it?")
    message = await lounge.call_told(lounge.bob, "Wholesale prices")
    await lounge.call_told(lounge.bob, "Did you see it?")
    await lounge.wind(25)
    assert not [m for m in lounge.alice.dm() if "Nina Park" in m.text()]
    listed = await lounge.expert(lounge.alice, "calls callback")
    (block,) = (each["block_id"] for each in listed.blocks if "Wholesale prices" in str(each))
    await asyncio.gather(lounge.alice.click("Connect", message), lounge.alice.click("Connect", listed, block=block))
    await lounge.until(lambda: "Completed" in message.text(), "its end")
    dialled = lounge.clarity.requests_since(method="POST", path="calls/*/connect")
    assert [each.status for each in dialled].count(200) == 1


async def test_their_own_requests_are_told_to_them_alone(lounge: Club) -> None:
    """What somebody asks for on their own account is followed in private, whoever else's account that is."""
    await lounge.log_in(lounge.alice, cast.SHARED)
    await lounge.alice.command("/expert", "request ninapark")
    await lounge.filled(lounge.alice)
    await lounge.alice.type("Reason", "A word in private")
    await lounge.alice.submit()
    await lounge.until(lambda: [m for m in lounge.alice.dm() if "A word in private" in m.text()], "told in private")
