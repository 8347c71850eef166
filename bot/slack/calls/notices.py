"""Notices on what goes out on Clarity: told where that account's calls are told, not in the inbox channel."""

from bot.operations.model import Absent, Done, Guard, Operation
from bot.services.call_kinds import ON_CLARITY
from bot.slack.inbox import blocks
from bot.slack.inbox.notices import NoticeKind
from bot.slack.posting import Drawn, standing


class PlacedNoticeKind(NoticeKind):
    """The notice on any operation; it takes the place of the one on texts alone where Clarity is connected."""

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the operation stands now, to the person or in the calls channel."""
        about = await self.about(operation)
        if about is None or about.kind not in ON_CLARITY:
            return await super().perform(operation, guard)
        channel = await self.reach.place(about.payload["to"])
        drawn = Drawn(channel, blocks.notice_text(about, None), blocks.notice(about, None))
        answer = await self.reach.posted(operation, drawn, guard)
        return standing(channel, answer["ts"], drawn.text)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        about = await self.about(operation)
        if about is None or about.kind not in ON_CLARITY:
            return await super().find(operation)
        channel = await self.reach.place(about.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()
