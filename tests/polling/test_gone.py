"""Conversations that are not in Clearstream any more, and what comes after."""

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.services import posts
from bot.store import conversations
from bot.store.engine import Row
from tests.polling.watch import Watch, furnish, number


async def shown(watch: Watch, line: ClearstreamStandIn) -> int:
    """A conversation with a header in Slack; its id."""
    furnish(line, 3)
    await watch.tick()
    line.receive(number(1), "A text")
    await watch.next_poll()
    thread = line.thread_id(number(1)) or 0
    async with watch.store.write() as tx:
        await conversations.change(tx, thread, channel="C1", root_ts="1.000001")
    return thread


async def stored(watch: Watch, conversation_id: int) -> Row:
    """A conversation as it is stored."""
    async with watch.store.read() as tx:
        row = await conversations.get(tx, conversation_id)
    assert row is not None
    return row


async def test_one_deleted_on_the_site_is_noticed_by_the_sweep(watch: Watch, line: ClearstreamStandIn) -> None:
    """Within the hour its header is drawn anew; a later text of that number is another conversation."""
    thread = await shown(watch, line)
    line.site_delete(thread)
    watch.clock.advance(3600)
    await watch.tick()
    assert (await stored(watch, thread))["gone_at"] is not None
    assert {"conversation": thread} in await watch.asked(posts.HEADER_UPDATE)
    again = line.receive(number(1), "Me again")
    await watch.next_poll()
    assert (await watch.found())[-1] == (again.id if again else 0)
    assert line.thread_id(number(1)) != thread


async def test_one_taken_for_deleted_is_back_with_its_next_text(watch: Watch, line: ClearstreamStandIn) -> None:
    """Clearstream said once that it was not there: a new text in it shows that it is."""
    thread = await shown(watch, line)
    async with watch.store.write() as tx:
        await conversations.change(tx, thread, gone_at=tx.now)
    line.receive(number(1), "Still here")
    await watch.next_poll()
    assert (await stored(watch, thread))["gone_at"] is None
