"""What is set in one replica holds in the others: for what leaves from the same moment, for what is shown at once."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.errors import Rejected
from bot.operations.ledger import Ledger
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.registration import Registration
from bot.services.policy import Act
from bot.services.setup import CHANGED, INBOX_CHANNEL, SENDERS, Setup
from bot.services.setup_changes import SetupChanges, key
from bot.slack.api import SlackApi
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.drive import MANIFEST
from tests.replicas.test_bell import hearing
from tests.slack.test_directory import Town


async def change(store: Store, draft: str, **values: Any) -> None:
    """Save **Setup** in the replica that has this store."""
    ledger = Ledger(store)
    changes = SetupChanges(ledger, Setup())
    async with store.write() as tx:
        await changes.ask(tx, values, "U1", draft)
        operation = await ledger.by_key(tx, key(draft))
        assert operation is not None
        await changes.make(tx, operation)


async def test_a_right_holds_in_every_replica(postgresql_url: str, clock: WoundClock) -> None:
    """Given and withdrawn in one, it is so in the other while the clock stands still.

    Where the bell is deaf the other may still show for two seconds what is no more; nothing leaves by it.
    """
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackStandIn(Registration.from_manifest(MANIFEST), now=clock.seconds))
        api = SlackApi(slack.bot_token, slack.api_url, lambda *_: None)
        stack.push_async_callback(api.close)
        here, there = Store(postgresql_url, clock), Store(postgresql_url, clock)
        stack.push_async_callback(here.close)
        stack.push_async_callback(there.close)
        town = Town(slack, there, api)
        bell = await hearing(stack, there)
        bell.on(CHANGED, town.directory.setup_changed)
        assert not await town.may(town.bob, Act.OPT_OUT)
        await change(here, "given", **{SENDERS: [town.bob.id]})
        async with asyncio.timeout(10):
            while not await town.may(town.bob, Act.OPT_OUT):  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(0.002)
        await town.directory.check_for_ledger(town.bob.id, Act.OPT_OUT)
        await bell.stop()
        await change(here, "withdrawn", **{SENDERS: None, INBOX_CHANNEL: "C_OTHER"})
        assert await town.may(town.bob, Act.OPT_OUT), "it is deaf, and has not looked"
        with pytest.raises(Rejected, match="You may not opt somebody out"):
            await town.directory.check_for_ledger(town.bob.id, Act.OPT_OUT)
        async with there.read() as tx:
            assert await Setup(town.texts.id).inbox_channel(tx) == "C_OTHER"
        clock.advance(2.1)
        assert not await town.may(town.bob, Act.OPT_OUT)
