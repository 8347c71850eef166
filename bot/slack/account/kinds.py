"""The kinds of operation that tell a channel of the account: few credits, used keywords."""

from bot.errors import NotSent
from bot.operations.model import Absent, Done, Guard, Kind, Operation
from bot.services import posts
from bot.slack.account import told
from bot.slack.blocks import Block
from bot.slack.posting import Drawn, Post, Reach, standing


class _Told(Post):
    """What both share: posted in the channel that is set for it now, and looked for there."""

    def drawn(self, operation: Operation) -> tuple[str, list[Block]]:
        """Its text, and its blocks."""
        raise NotSent("There is nothing to tell.", service="Slack")

    async def set_channel(self) -> str | None:
        """The channel that is set for it now."""
        async with self.reach.store.read() as tx:
            return await self.reach.setup.inbox_channel(tx)

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        channel = await self.reach.place(await self.set_channel())
        text, blocks = self.drawn(operation)
        answer = await self.reach.posted(operation, Drawn(channel, text, blocks), guard)
        return standing(channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(await self.set_channel())
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()


class LowCreditsKind(_Told):
    """The warning that credits run low, in the broadcasts channel."""

    name = posts.LOW_CREDITS

    async def set_channel(self) -> str | None:
        """The broadcasts channel."""
        async with self.reach.store.read() as tx:
            return await self.reach.setup.broadcasts_channel(tx)

    def drawn(self, operation: Operation) -> tuple[str, list[Block]]:
        """How many are left."""
        return told.low_credits(operation.payload)


class KeywordUsedKind(_Told):
    """That people texted keywords, in the inbox channel."""

    name = posts.KEYWORD_USED

    def drawn(self, operation: Operation) -> tuple[str, list[Block]]:
        """Who texted what."""
        return told.keyword_used(operation.payload)


def kinds(reach: Reach) -> list[Kind]:
    """All of them."""
    return [LowCreditsKind(reach), KeywordUsedKind(reach)]
