"""An unconfirmed text turns up in the poll at the moment in which a person decides about it."""

import asyncio

from sqlalchemy import text

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Reply, Subscriber, Thread
from bot.operations.ledger import Ledger
from bot.operations.model import Operation, State
from bot.services.arrivals import Arrivals, conversation_row
from bot.services.conversations import Conversations
from bot.services.policy import Act
from bot.services.setup import Setup
from bot.services.text_kinds import ReplyKind
from bot.services.texts import Texts, Typed, reply_key
from bot.store import conversations as rows
from bot.store import operations as ledger_rows
from bot.store.engine import Store
from tests.clock import WoundClock

WORDS = "Yes, we do."


async def _may(person: str, act: Act) -> None:
    """Everybody may."""


async def _somebody_waits(store: Store) -> bool:
    async with store.read() as tx:
        return bool(await tx.value(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def test_a_decision_and_the_poll_that_finds_the_text_do_not_wait_for_each_other(
    postgresql_url: str, clock: WoundClock
) -> None:
    """The poll holds the conversation, who decides the operation: both come to their end, and the decision holds."""
    store, setup = Store(postgresql_url, clock), Setup("C1")
    ledger = Ledger(store)
    conversations = Conversations(ledger, setup)
    line = Clearstream.with_key("key", "http://127.0.0.1:9", timeout=1)
    ledger.register([ReplyKind(store, ledger, setup, line, _may)])
    thread = Thread(id=7, unread=False, replied_at=clock.now(), subscriber=Subscriber(mobile_number="+12005551000"))
    reply = Reply(id=1, incoming=False, text=WORDS, sent_at=clock.now())
    async with store.write() as tx:
        await rows.add(tx, [conversation_row(thread)])
        await Texts(ledger, conversations).reply(tx, thread.id, Typed("draft", WORDS, "U1"))
        asked = await ledger.by_key(tx, reply_key("draft"))
        assert asked is not None
        row = await ledger_rows.move(tx, asked.id, expected=[State.READY], state=State.UNCONFIRMED)
        assert row is not None
        unconfirmed = Operation.of(row)

    async def decide() -> Operation | None:
        async with store.write() as tx:
            return await ledger.send_anyway(tx, unconfirmed.id, unconfirmed.fence)

    async with store.write() as tx:
        await rows.get(tx, thread.id, lock=True)
        deciding = asyncio.create_task(decide())
        while not await _somebody_waits(store):
            pass
        await Arrivals(ledger, conversations, setup).arrived(tx, thread, (reply,))
    decided = await deciding
    assert decided is not None and decided.state is State.READY
    await line.aclose()
    await store.close()
