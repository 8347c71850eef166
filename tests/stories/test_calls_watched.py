"""What Clarity tells by itself: new messages and needs, told once; lists asked for once an interval."""

from collections import Counter

from tests.club import Club


async def test_news_is_told_once_and_what_was_there_is_not(lounge: Club) -> None:
    """A new message and a new need are told once each, as plain characters; what was there at first is known."""
    lounge.clarity.odd.ids = True
    await lounge.stop()
    await lounge.start(clarity_oauth_token=None)
    await lounge.log_in(lounge.alice, "alice")
    await lounge.wind(12)
    assert not [m for m in lounge.alice.dm() if "wrote to you" in m.text() or "posted a need" in m.text()]
    lounge.clarity.someone_writes("ninapark", "alice", "<!channel> see *this*")
    lounge.clarity.someone_posts_need("samortiz", "Who knows <https://evil.example|leases>?", paid=True)
    message = await lounge.call_told(lounge.alice, "Nina Park wrote to you on Clarity")
    need = await lounge.call_told(lounge.alice, "<https://evil.example|leases>")
    assert "<!channel> see *this*" in message.text()
    assert message.pings == []
    assert "[Reply]" in message.text()
    assert "[Fulfill]" in need.text()
    await lounge.wind(25)
    assert len([m for m in lounge.alice.dm() if "wrote to you" in m.text()]) == 1
    assert len([m for m in lounge.alice.dm() if "evil.example" in m.text()]) == 1


async def test_each_list_is_asked_for_once_an_interval(lounge: Club) -> None:
    """At most one request per list and person in CALLS_POLL_SECONDS."""
    await lounge.log_in(lounge.alice, "alice")
    await lounge.wind(12)
    mark = lounge.clarity.log.mark()
    await lounge.wind(30)
    asked = Counter((info.whose, info.path) for info in lounge.clarity.requests_since(mark, method="GET"))
    assert set(asked.values()) <= {2, 3}
    assert {path for _, path in asked} == {"calls/callback", "calls/requested", "messages", "needs"}


async def test_a_call_goes_on_after_a_restart(lounge: Club) -> None:
    """The bot is stopped in the middle of a live call; the next one takes its message to the end."""
    await lounge.log_in(lounge.alice, "alice")
    lounge.clarity.someone_requests("alice", "ninapark", "Your text line", 72)
    message = await lounge.call_told(lounge.alice, "Your text line")
    await lounge.alice.click("Connect", message)
    await lounge.until(lambda: "Dialing" in message.text(), "dialing")
    await lounge.stop()
    lounge.clock.advance(10)
    await lounge.start()
    await lounge.until(lambda: "Completed after 0:16" in message.text(), "its end")
    assert len(lounge.clarity.requests_since(method="POST", path="calls/*/connect")) == 1


async def test_calls_are_listed_by_state(lounge: Club) -> None:
    """Who, how long and what it costs to the cent; Connect on those waiting; an unknown list is said to be none."""
    await lounge.log_in(lounge.alice, "alice")
    completed = (await lounge.expert(lounge.alice, "calls completed")).text()
    assert "Call with Sam Ortiz" in completed
    assert "31:44, $52.89" in completed
    waiting = await lounge.expert(lounge.alice, "calls callback")
    assert "Diego Flores" in waiting.text()
    assert "[Connect]" in waiting.text()
    everything = (await lounge.expert(lounge.alice, "calls")).text()
    assert "Waiting for you" in everything
    assert "Marcus Reid" in everything
    assert "There is no list" in (await lounge.expert(lounge.alice, "calls lost")).text()
    await lounge.alice.click("Connect", waiting)
    await lounge.until(lambda: lounge.clarity.requests_since(method="POST", path="calls/*/connect"), "dialled")


async def test_messages_and_needs(lounge: Club) -> None:
    """Conversations, one of them, Reply; needs, Post a need, and Fulfill once."""
    lounge.clarity.odd.ids = True
    await lounge.log_in(lounge.alice, "alice")
    assert "Sam Ortiz" in (await lounge.expert(lounge.alice, "messages")).text()
    one = await lounge.expert(lounge.alice, "messages samortiz")
    assert "line by line" in one.text()
    await lounge.alice.click("Reply", one)
    await lounge.filled(lounge.alice)
    await lounge.alice.type("Message", "Thank you again")
    await lounge.alice.submit()
    await lounge.until(lambda: lounge.clarity.requests_since(method="POST", path="messages/*"), "the message")
    needs = await lounge.expert(lounge.alice, "needs")
    assert "percentage rents" in needs.text()
    await lounge.alice.click("Fulfill", needs, block="need:0")
    await lounge.alice.click("Fulfill", needs, block="need:0")
    await lounge.told(lounge.alice, "already")
    await lounge.until(lambda: lounge.clarity.requests_since(method="POST", path="needs/*/fulfill"), "the offer")
    await lounge.wind(2)
    assert len(lounge.clarity.requests_since(method="POST", path="needs/*/fulfill")) == 1
    assert "Startup Kitchen" in (await lounge.expert(lounge.alice, "orgs")).text()
    assert "no organization" in (await lounge.expert(lounge.alice, "orgs 987654")).text()
