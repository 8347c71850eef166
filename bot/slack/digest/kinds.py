"""The kind of operation that tells a digest."""

from bot.operations.model import Absent, Done, Guard, Operation
from bot.services.digest_figures import DIGEST, Figures
from bot.slack.digest import blocks
from bot.slack.posting import Drawn, Post, standing


class DigestKind(Post):
    """A digest, told once."""

    name = DIGEST

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Tell what was counted when it fell due."""
        channel = await self.reach.place(operation.payload["to"])
        figures = Figures.of(operation.payload["figures"])
        answer = await self.reach.posted(
            operation, Drawn(channel, blocks.text(figures), blocks.message(figures)), guard
        )
        return standing(channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()
