"""A story told again and again, each time from the same beginning, by bots in processes of their own."""

from collections.abc import Awaitable, Callable

from tests.drive import JANE
from tests.faults.bots import Bot, Nursery, until
from tests.faults.copies import Copies
from tests.faults.world import Kept, World

QUESTION = "Do you have a table?"
ANSWER = "Yes, at seven."


class Lane:
    """One world in which a story is told again and again, each time from the same beginning."""

    def __init__(self, world: World, kept: Kept, copies: Copies, nursery: Nursery) -> None:
        self.world = world
        self.kept = kept
        self.copies = copies
        self.nursery = nursery
        self.url = ""

    async def begin(self, *, die_at: int = 0, freeze_at: str = "") -> Bot:
        """Everything as it was kept, and a bot that will die or freeze."""
        self.url = await self.copies.copy()
        self.world.go_back(self.kept)
        return await self.nursery.bot(self.world.settings(self.url), die_at=die_at, freeze_at=freeze_at)

    async def another(self) -> Bot:
        """A bot that does what it should, on the same database."""
        return await self.nursery.bot(self.world.settings(self.url))

    async def rest(self, bot: Bot) -> bool:
        """Wait until nothing is under way, and two polls have found nothing more; False where the bot dies first."""
        line = self.world.line
        mark = line.log.mark()

        async def rests() -> bool:
            polls = len(line.requests_since(mark, path="threads"))
            return not bot.alive or (polls > 2 and not await self.copies.under_way(self.url))

        await until(rests, lambda: f"{self.world.text()}\n{bot.log()}")
        return bot.alive

    async def until(self, holds: Callable[[], bool], what: str, bot: Bot) -> None:
        """Wait for it."""
        await until(holds, lambda: f"{what}\n{self.world.text()}\n{bot.log()}")


async def nothing(world: World) -> None:
    """The first start alone."""


async def a_text_stands(world: World) -> None:
    """The first start, and a text that is shown."""
    world.line.receive(JANE, QUESTION)
    await until(lambda: len(world.thread()) == 1, world.text)


async def kept_when(
    world: World, beginning: Callable[[World], Awaitable[None]], copies: Copies, nursery: Nursery
) -> Kept:
    """Let a bot live through the beginning on the base of the copies; everything as it is when it has come to rest."""
    bot = await nursery.bot(world.settings(copies.base))
    await beginning(world)

    async def rests() -> bool:
        return not await copies.under_way(copies.base)

    await until(rests, world.text)
    await bot.kill()
    await copies.keep()
    return world.keep()
