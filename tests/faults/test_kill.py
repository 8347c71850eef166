"""kill -9 between any two steps, and nothing is lost or doubled: real processes, real time, both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from tests.drive import JANE
from tests.faults.bots import Bot, Nursery, until
from tests.faults.copies import Copies, PostgresCopies, SqliteCopies
from tests.faults.world import Kept, World

QUESTION = "Do you have a table?"
ANSWER = "Yes, at seven."
LANES = 4
"""How many runs go on side by side: most of their time they wait."""

CALM = 0.6
"""Real seconds in which whatever was to happen twice has happened: two polls and a look at the ledger."""


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    """Where bots come from."""
    nursery = Nursery(tmp_path)
    await nursery.open()
    yield nursery
    await nursery.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def unopened(request: pytest.FixtureRequest, tmp_path: Path) -> Copies:
    """A migrated database to be copied, of each kind."""
    if request.param == "sqlite":
        return SqliteCopies(request.getfixturevalue("sqlite_template"), tmp_path)
    return PostgresCopies(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def copies(unopened: Copies) -> AsyncIterator[Copies]:
    """A migrated database that can be copied, of each kind."""
    await unopened.open()
    yield unopened
    await unopened.close()


class Lane:
    """One world in which a story is told again and again, each time from the same beginning."""

    def __init__(self, world: World, kept: Kept, copies: Copies, nursery: Nursery) -> None:
        self.world = world
        self.kept = kept
        self.copies = copies
        self.nursery = nursery
        self._url = ""

    async def begin(self, *, die_at: int = 0, freeze_at: str = "") -> Bot:
        """Everything as it was kept, and a bot that will die or freeze."""
        self._url = await self.copies.copy()
        self.world.go_back(self.kept)
        return await self.nursery.bot(self.world.settings(self._url), die_at=die_at, freeze_at=freeze_at)

    async def another(self) -> Bot:
        """A bot that does what it should, on the same database."""
        return await self.nursery.bot(self.world.settings(self._url))

    async def until(self, holds: Callable[[], bool], what: str, bot: Bot) -> None:
        """Wait for it."""
        await until(holds, lambda: f"{what}\n{self.world.text()}\n{bot.log()}")


Story = Callable[[Lane, int], Awaitable[bool]]
"""Tells it once, with a bot that dies at the given step; whether the bot outlived the story."""


async def tell(story: Story, beginning: Callable[[World], Awaitable[None]], copies: Copies, nursery: Nursery) -> int:
    """Tell a story with a bot that dies at step 1, 2, 3, … until one outlives it; how many died."""
    worlds = [World() for _ in range(LANES)]
    async with worlds[0], worlds[1], worlds[2], worlds[3]:
        bot = await nursery.bot(worlds[0].settings(copies.base))
        await beginning(worlds[0])
        await asyncio.sleep(CALM)
        await bot.kill()
        await copies.keep()
        kept = worlds[0].keep()
        lanes = [Lane(world, kept, copies, nursery) for world in worlds]
        for first in count(1, LANES):
            outlived = await asyncio.gather(*(story(lane, first + number) for number, lane in enumerate(lanes)))
            if any(outlived):
                return first + outlived.index(True) - 1
    raise AssertionError


async def nothing(world: World) -> None:
    """The first start alone."""


async def a_text_stands(world: World) -> None:
    """The first start, and a text that is shown."""
    world.line.receive(JANE, QUESTION)
    await until(lambda: len(world.thread()) == 1, world.text)


async def test_a_text_reaches_slack_once_wherever_the_bot_is_killed(copies: Copies, nursery: Nursery) -> None:
    """From the poll that finds it to the header drawn anew: the text stands under one header, once."""

    async def story(lane: Lane, step: int) -> bool:
        world, bot = lane.world, await lane.begin(die_at=step)
        bot.arm()
        world.line.receive(JANE, QUESTION)
        await until(lambda: bool(world.thread()) or not bot.alive, world.text)
        outlived = await bot.lives(CALM)
        if not outlived:
            bot = await lane.another()
            await lane.until(lambda: bool(world.thread()), "the text in Slack", bot)
            await asyncio.sleep(CALM)
        assert len(world.roots()) == 1, world.text()
        assert [QUESTION in text for text in world.thread()] == [True], world.text()
        await bot.kill()
        return outlived

    died = await tell(story, nothing, copies, nursery)
    assert died > 20, "there are more steps than that on the way"


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
        outlived = await bot.lives(CALM)
        if not outlived:
            bot = await lane.another()
            if not delivery.acked:
                again = await world.bob.submit()
                assert again is not None and again.acked
            await lane.until(lambda: len(world.thread()) == 2, "the answer, or what became of it, in Slack", bot)
            await asyncio.sleep(CALM)
        told = [text for text in world.thread() if ANSWER in text]
        assert len(told) == 1, world.text()
        assert len(world.roots()) == 1
        unconfirmed = "Unconfirmed" in told[0]
        assert world.phone() == ([] if unconfirmed else [ANSWER]), world.text()
        await bot.kill()
        return outlived

    died = await tell(story, a_text_stands, copies, nursery)
    assert died > 12, "there are more steps than that on the way"
