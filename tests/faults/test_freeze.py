"""A process that stands still between claiming and sending, past its lease, and goes on as if nothing had happened."""

import asyncio

import pytest

from tests.drive import JANE
from tests.faults.bots import Nursery, until
from tests.faults.copies import Copies, SqliteCopies
from tests.faults.crashing import LEASE
from tests.faults.lanes import ANSWER, QUESTION, Lane, a_text_stands, kept_when
from tests.faults.world import World


@pytest.mark.parametrize("where", ["before POST /v1/threads/*/replies", "after POST /v1/threads/*/replies"])
async def test_a_frozen_sender_sends_at_most_once(copies: Copies, nursery: Nursery, where: str) -> None:
    """Frozen just before or just after its request: one text on the phone and in Slack, whoever else looked for it.

    On PostgreSQL another process meanwhile takes over, and leaves to a person what it cannot find.
    """
    async with World() as world:
        lane = Lane(world, await kept_when(world, a_text_stands, copies, nursery), copies, nursery)
        frozen = await lane.begin(freeze_at=where)
        await world.bob.click("Reply", world.roots()[0])
        await lane.until(lambda: world.bob.modal is not None, "the modal", frozen)
        await world.bob.type("Message", ANSWER)
        frozen.arm()
        await asyncio.gather(world.bob.submit(), until(lambda: frozen.frozen, world.text))
        if isinstance(copies, SqliteCopies):
            await asyncio.sleep(LEASE * 1.5)
        else:
            other = await lane.another()
            await lane.until(lambda: len(world.thread()) == 2, "what became of the answer", other)
            assert await lane.rest(other)
            assert ("Unconfirmed" in world.thread()[1]) == where.startswith("before")
        frozen.wake()
        await lane.until(lambda: len(world.phone()) == 1 and _stand(world) == 1, "the answer in Slack", frozen)
        assert await lane.rest(frozen)
        assert world.phone() == [ANSWER], world.text()
        assert _stand(world) == 1
        assert "Unconfirmed" not in world.text()


def _stand(world: World) -> int:
    """How often the answer stands under the header."""
    return len([text for text in world.thread() if ANSWER in text and "your text" not in text])


@pytest.mark.parametrize("where", ["before POST /api/chat.postMessage", "after POST /api/chat.postMessage"])
async def test_a_frozen_post_stands_there_once(copies: Copies, nursery: Nursery, where: str) -> None:
    """A text whose post was frozen is posted by another process; the late twin is taken away."""
    async with World() as world:
        lane = Lane(world, await kept_when(world, a_text_stands, copies, nursery), copies, nursery)
        frozen = await lane.begin(freeze_at=where)
        frozen.arm()
        world.line.receive(JANE, "Another text")
        await until(lambda: frozen.frozen, world.text)
        if isinstance(copies, SqliteCopies):
            await asyncio.sleep(LEASE * 1.5)
        else:
            other = await lane.another()
            await lane.until(lambda: len(world.thread()) == 2, "the text", other)
            assert await lane.rest(other)
        frozen.wake()
        await lane.until(lambda: len(world.thread()) == 2, "the text once", frozen)
        assert await lane.rest(frozen)
        assert [text.splitlines()[-1] for text in world.thread()] == [QUESTION, "Another text"], (
            world.text() + frozen.log()
        )
        assert len(world.roots()) == 1
