"""The library and the stand-in, each written from the document alone, understand each other."""

from collections.abc import AsyncIterator

import pytest

from bot import errors
from bot.clearstream import Clearstream, Search
from bot.sandbox.clearstream import ClearstreamStandIn

JANE = "+12005551000"


@pytest.fixture
async def line() -> AsyncIterator[ClearstreamStandIn]:
    """A whole line of its own."""
    async with ClearstreamStandIn(tick_seconds=None) as standin:
        yield standin


@pytest.fixture
async def client(line: ClearstreamStandIn) -> AsyncIterator[Clearstream]:
    """The library, with the line's key."""
    async with Clearstream.with_key(line.api_key, line.url) as clearstream:
        yield clearstream


async def test_a_conversation_from_the_first_text_to_its_deletion(
    line: ClearstreamStandIn, client: Clearstream
) -> None:
    """A text comes in, is read, answered, and the conversation deleted."""
    received = line.receive(JANE, "Are you open? 🍣")
    assert received is not None
    [thread] = await client.threads_page()
    assert thread.subscriber.mobile_number == JANE
    assert [reply.text for reply in thread.recent_replies] == ["Are you open? 🍣"]
    sent = await client.send_reply(thread.id, "Yes: 5€ rolls [today]!")
    replies = [reply async for reply in client.replies(thread.id)]
    assert [(reply.id, reply.incoming) for reply in replies] == [(sent.id, False), (thread.recent_replies[0].id, True)]
    assert sent.text == "Yes: 5€ rolls [today]!"
    await client.delete_thread(thread.id)
    with pytest.raises(errors.NotFound):
        await client.thread(thread.id)


async def test_an_audience_is_built_and_taken_down(line: ClearstreamStandIn, client: Clearstream) -> None:
    """Lists, people, keywords and a broadcast, and what the line refuses in between."""
    customers = await client.create_list("Customers")
    with pytest.raises(errors.Unprocessable) as caught:
        await client.create_list("Customers")
    assert set(caught.value.fields) == {"name"}
    await client.create_subscriber(JANE, [customers.id], first="Jane")
    found = [person async for person in client.subscribers(Search(first="ja", last="nobody"))]
    assert [(person.name, person.status) for person in found] == [("Jane", "INACTIVE")]
    with pytest.raises(errors.Unprocessable) as refused:
        await client.send_message("Blue Sushi", "Hi", subscribers=[JANE])
    assert set(refused.value.fields) == {"subscribers"} and JANE not in str(refused.value)
    keyword = await client.create_keyword("redsushi", enable_opt_in=True, opt_in_lists=[customers.id])
    assert [each.name async for each in client.keywords()] == [keyword.name]
    await client.delete_keyword("redsushi")
    with pytest.raises(errors.Unprocessable):
        await client.delete_list(customers.id)
    await client.delete_list(customers.id, force=True)
    assert [each async for each in client.lists()] == []


async def test_a_revoked_key_is_said(line: ClearstreamStandIn, client: Clearstream) -> None:
    """The next request after the key was changed is refused, with what to do."""
    assert [user.owner for user in await client.users()] == [True]
    line.api_key = "another"
    with pytest.raises(errors.Unauthorized, match="check the key"):
        await client.account()
