"""kill -9 in the middle of an import: another process goes on with it, and nobody is asked twice to confirm."""

import asyncio
from contextlib import AsyncExitStack

from tests.faults.bots import Nursery, until
from tests.faults.copies import Copies
from tests.faults.lanes import Lane, kept_when, nothing
from tests.faults.world import World

PEOPLE = 60
NUMBERS = [f"+1200557{number:04d}" for number in range(PEOPLE)]
STEPS = (24, 118)
"""While the first requests are under way; when some rows are settled already, and more have left."""


async def begun(world: World) -> None:
    """Alice imports a file: all the way to **Import**."""
    alice = world.slack.person("alice")

    async def shows(words: str) -> None:
        await until(lambda: alice.modal is not None and words in alice.modal.text(), world.text)

    await alice.command("/sms", "import")
    await shows("CSV file")
    await alice.upload("CSV file", "people.csv", "number\n" + "\n".join(NUMBERS))
    await alice.submit()
    await shows("Lists")
    await alice.choose("Customers", "Lists")
    await alice.submit()
    await shows("new subscribers")


def told(world: World) -> list[str]:
    """The messages that follow imports."""
    return [message.text() for message in world.slack.person("alice").dm() if "people.csv" in message.text()]


async def killed(lane: Lane, step: int) -> tuple[int, list[int]]:
    """The story, with a bot that dies at this step, and another one: how many messages tell of the import in the end,
    and how many texts came to each phone.
    """
    world, bot = lane.world, await lane.begin(die_at=step)
    await begun(world)
    bot.arm()
    pressed = await world.slack.person("alice").submit()
    await until(lambda: not bot.alive, lambda: f"its end\n{bot.log()}")
    bot = await lane.another()
    if pressed is None or not pressed.acked:
        await world.slack.person("alice").submit()
    await lane.until(lambda: any(f"*{PEOPLE}* created" in text for text in told(world)), "the end of it", bot)
    assert await lane.rest(bot)
    await bot.kill()
    return len(told(world)), [len(world.line.phone(number)) for number in NUMBERS]


async def test_a_killed_import_is_gone_on_with_and_nobody_is_asked_twice(copies: Copies, nursery: Nursery) -> None:
    """Wherever the process dies: each row is imported once, and one message tells of it."""
    worlds = [World() for _ in STEPS]
    async with AsyncExitStack() as open_worlds:
        for world in worlds:
            world.line.add_list("Customers")
            await open_worlds.enter_async_context(world)
        kept = await kept_when(worlds[0], nothing, copies, nursery)
        lanes = [Lane(world, kept, copies, nursery) for world in worlds]
        assert await asyncio.gather(*map(killed, lanes, STEPS)) == [(1, [1] * PEOPLE)] * len(STEPS)
