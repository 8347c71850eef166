"""kill -9 between any two steps, and nothing is lost or doubled: real processes, real time, both databases."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

from tests.drive import JANE
from tests.faults.bots import Nursery, until
from tests.faults.copies import Copies, SqliteCopies
from tests.faults.lanes import ANSWER, QUESTION, Lane, a_text_stands, kept_when, nothing
from tests.faults.world import World
from tests.quiet import allow

LANES = 4
"""How many runs go on side by side: most of their time they wait."""


Story = Callable[[Lane, int], Awaitable[bool]]
"""Tells it once, with a bot that dies at the given step; whether the bot outlived the story."""


async def tell(story: Story, beginning: Callable[[World], Awaitable[None]], copies: Copies, nursery: Nursery) -> int:
    """Tell a story with a bot that dies at step 1, 2, 3, … until one outlives it; how many died."""
    allow(180)
    worlds = [World() for _ in range(LANES)]
    async with worlds[0], worlds[1], worlds[2], worlds[3]:
        kept = await kept_when(worlds[0], beginning, copies, nursery)
        lanes = [Lane(world, kept, copies, nursery) for world in worlds]
        # Just before a step everything is as just after the one before it, so half of them tell the same. Of the
        # others PostgreSQL, where each costs twice as much, tells every second one: chaos kills there too.
        stride = 2 if isinstance(copies, SqliteCopies) else 4
        for first in count(2, stride * LANES):
            steps = [first + stride * number for number in range(LANES)]
            outlived = await asyncio.gather(*map(story, lanes, steps))
            if any(outlived):
                return steps[outlived.index(True)] - 1
    raise AssertionError


async def test_a_text_reaches_slack_once_wherever_the_bot_is_killed(copies: Copies, nursery: Nursery) -> None:
    """From the poll that finds it to the header drawn anew: the text stands under one header, once."""

    async def story(lane: Lane, step: int) -> bool:
        world, bot = lane.world, await lane.begin(die_at=step)
        bot.arm()
        world.line.receive(JANE, QUESTION)
        await until(lambda: bool(world.thread()) or not bot.alive, world.text)
        outlived = await lane.rest(bot)
        if not outlived:
            bot = await lane.another()
            await lane.until(lambda: bool(world.thread()), "the text in Slack", bot)
            assert await lane.rest(bot)
        assert len(world.roots()) == 1, world.text()
        assert [QUESTION in text for text in world.thread()] == [True], world.text()
        await bot.kill()
        return outlived

    died = await tell(story, nothing, copies, nursery)
    assert died > 14, "there are more steps than that on the way"


async def test_a_reply_reaches_the_phone_once_wherever_the_bot_is_killed(copies: Copies, nursery: Nursery) -> None:
    """From **Send** to the text under the header: on the phone once, or **Unconfirmed** and not on the phone."""

    async def story(lane: Lane, step: int) -> bool:
        world, bot = lane.world, await lane.begin(die_at=step)
        await world.bob.click("Reply", world.roots()[0])
        await lane.until(lambda: world.bob.modal is not None, "the modal", bot)
        await world.bob.type("Message", ANSWER)
        bot.arm()
        delivery = await world.bob.submit()
        assert delivery is not None
        await until(lambda: len(world.thread()) == 2 or not bot.alive, world.text)
        outlived = await lane.rest(bot)
        if not outlived:
            bot = await lane.another()
            if not delivery.acked:
                again = await world.bob.submit()
                assert again is not None and again.acked
            await lane.until(lambda: len(world.thread()) == 2, "the answer, or what became of it, in Slack", bot)
            assert await lane.rest(bot)
        told = [text for text in world.thread() if ANSWER in text]
        stands = [text for text in told if "your text" not in text]
        assert len(world.roots()) == 1
        assert stands or ["Unconfirmed" in text for text in told] == [True], world.text()
        assert world.phone() == [ANSWER] * len(stands) and len(stands) < 2, world.text()
        await bot.kill()
        return outlived

    died = await tell(story, a_text_stands, copies, nursery)
    assert died > 12, "there are more steps than that on the way"
