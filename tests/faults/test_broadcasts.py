"""kill -9 between claiming a broadcast and Clearstream's answer: sent once, or **Unconfirmed**, never twice."""

import asyncio
from itertools import count
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.operations.ledger import Ledger
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import State
from bot.services.broadcasts import Broadcasts
from bot.services.setup import Setup
from bot.store.engine import Store
from tests.drive import JANE
from tests.faults.bots import Bot, Nursery, until
from tests.faults.copies import Copies, SqliteCopies
from tests.faults.lanes import Lane, kept_when, nothing
from tests.faults.world import World

LANES = 4
DRAFT = "d1"
OPEN = (State.HELD, State.LEAVING)


@pytest.fixture
def unopened(sqlite_template: Path, tmp_path: Path) -> Copies:
    """One kind of database is enough: what differs between them is held by other kills."""
    return SqliteCopies(sqlite_template, tmp_path)


async def _submit(store: Store, author: str) -> None:
    """Somebody presses **Send**, where nothing waits for **Undo**."""
    broadcasts = Broadcasts(Ledger(store), Setup("C1", undo_seconds_default=0))
    fields = Fields(numbers=JANE, header="Us", body="Hungry?")
    async with store.write() as tx:
        draft = await broadcasts.keep(tx, DRAFT, author, fields)
        assert (await broadcasts.submit(tx, DRAFT, draft.version, author, ())).done


async def _stands(store: Store) -> State:
    async with store.read() as tx:
        return (await Broadcasts(Ledger(store), Setup()).get(tx, DRAFT)).state


async def _settled(store: Store, bot: Bot) -> bool:
    """Wait until it is known what became of it; False where the bot dies first."""

    async def settled() -> bool:
        return not bot.alive or await _stands(store) not in OPEN

    await until(settled, bot.log)
    return bot.alive


async def _story(lane: Lane, step: int) -> bool:
    """Tell it once, with a bot that dies at this step; whether it was outlived."""
    world, bot = lane.world, await lane.begin(die_at=step)
    mark = world.line.log.mark()
    store = Store(lane.url, Clock())
    bot.arm()
    await _submit(store, world.slack.person("alice").user.id)
    outlived = await _settled(store, bot)
    if not outlived:
        bot = await lane.another()
        assert await _settled(store, bot)
    state = await _stands(store)
    await store.close()
    await bot.kill()
    posts = len(world.line.requests_since(mark, method="POST", path="messages"))
    messages = len(world.line.state.messages)
    assert (state not in OPEN, posts < 2) == (True, True), f"{state}, {posts} posts, dead at step {step}"
    assert messages == 1 if state is not State.UNCONFIRMED else messages == 0, f"{state}, {messages} messages"
    return outlived


async def test_a_broadcast_leaves_once_wherever_the_bot_is_killed(copies: Copies, nursery: Nursery) -> None:
    """At every step from the claim to what is written of the answer."""
    worlds = [World() for _ in range(LANES)]
    async with worlds[0], worlds[1], worlds[2], worlds[3]:
        kept = await kept_when(worlds[0], nothing, copies, nursery)
        lanes = [Lane(world, kept, copies, nursery) for world in worlds]
        # Just before a step everything is as just after the one before it, so half of them tell the same.
        for first in count(2, 2 * LANES):
            steps = [first + 2 * number for number in range(LANES)]
            outlived = await asyncio.gather(*map(_story, lanes, steps))
            if any(outlived):
                died = steps[outlived.index(True)] - 1
                break
    assert died > 8, "there are more steps than that on the way"
