"""Three replicas on one PostgreSQL: whoever presses where, and whoever sends, it counts once."""

import asyncio
from contextlib import AsyncExitStack

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import State
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.services.office import BOB, CAROL, UNDO, Desk, customers, opened

BROADCASTS = 6


async def test_three_replicas_send_each_once(postgresql_url: str, clock: WoundClock) -> None:
    """All press at once, on different replicas; all of them work; one is undone in the moment in which it leaves."""
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(ClearstreamStandIn(now=clock.now, tick_seconds=None))
        large = Fields(lists=(customers(line, 5),), header="Us", body="Hungry?")
        desks = []
        for name in ("one", "two", "three"):
            store = Store(postgresql_url, clock)
            stack.push_async_callback(store.close)
            desks.append(await stack.enter_async_context(opened(Desk(store, clock, line, name))))
        drafts = [f"d{number}" for number in range(BROADCASTS)]
        for draft in drafts:
            await asyncio.gather(*(_pressed(desk, large, draft) for desk in desks))
        waiting = [await desks[0].now(draft) for draft in drafts]
        assert {one.state for one in waiting} == {State.WAITING}
        for one in waiting:
            decisions = await asyncio.gather(
                desks[0].press(desks[0].broadcasts.approve, one.id, one.version, BOB),
                desks[1].press(desks[1].broadcasts.decline, one.id, one.version, CAROL, "No."),
                desks[2].press(desks[2].broadcasts.approve, one.id, one.version, CAROL),
            )
            assert [pressed.done for pressed in decisions].count(True) == 1
        approved = [one.id for one in waiting if (await desks[0].now(one.id)).state is State.HELD]
        await asyncio.gather(*(desk.work() for desk in desks))
        clock.advance(UNDO)
        undone, *_ = await asyncio.gather(
            *(desks[0].press(desks[0].broadcasts.undo, draft, BOB) for draft in approved[:1]),
            *(desk.work() for desk in desks),
        ) or [None]
        await asyncio.gather(*(desk.work() for desk in desks))
        stayed = 1 if undone is not None and undone.done else 0
        assert len(line.state.messages) == desks[0].posts == len(approved) - stayed
        for draft in approved[stayed:]:
            assert (await desks[2].now(draft)).state is State.QUEUED


async def _pressed(desk: Desk, fields: Fields, draft: str) -> None:
    """Keep the same draft, and press what the preview offers."""
    await desk.submit(await desk.write(fields, draft=draft))
