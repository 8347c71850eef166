"""Experts and calls as people live them."""

from tests.drive import Club


async def test_an_expert_is_found_and_asked_for_a_call(club: Club) -> None:
    """Search shows cards; a request is recorded, sent once, and has a message that follows it."""
    await club.start()
    assert "Connected" in await club.log_in(club.alice, "alice")
    await club.alice.command("/expert", "search pricing")
    await club.until(lambda: "Nina Park" in club.alice.text())
    nina = club.clarity.member("ninapark").id
    await club.alice.click("Request call", block=f"member:{nina}")
    await club.alice.type("Reason", "How to price a set menu")
    await club.alice.submit()
    await club.until(lambda: club.clarity.requests_since(method="POST", path="calls"))
    await club.until(lambda: any("How to price a set menu" in m.text() for m in club.alice.dm()))
    assert len(club.clarity.requests_since(method="POST", path="calls")) == 1


async def test_a_request_is_connected_and_followed_to_its_end(club: Club) -> None:
    """Somebody asks for a call; Connect dials; one message goes from dialing to done, with length and cost."""
    await club.start()
    await club.log_in(club.alice, "alice")
    club.clarity.someone_requests("alice", "ninapark", "Your text line", 72)
    await club.until(lambda: any("Your text line" in m.text() for m in club.alice.dm()))
    message = next(m for m in club.alice.dm() if "Your text line" in m.text())
    assert "Nina Park" in message.text() and "[Connect]" in message.text()
    await club.alice.click("Connect", message)
    await club.until(lambda: "Dialing" in message.text() or "answered" in message.text(), what="dialing")
    await club.until(lambda: "In progress" in message.text(), what="the clock")
    await club.until(lambda: "Completed" in message.text(), what="the end", within=4000)
    assert "$" in message.text()
    assert "[Connect]" not in message.text()
    assert len(club.clarity.requests_since(method="POST", path="calls/*/connect")) == 1
