"""What the listeners on experts and calls work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import Refused, Unauthorized
from bot.services.accounts import LOG_IN_AGAIN, Account, Accounts
from bot.services.calls import Calls
from bot.services.clarity_writing import Writing
from bot.services.experts import Experts
from bot.services.policy import Act
from bot.slack.desk import Room


@dataclass(frozen=True)
class ExpertDesk:
    """One installation, as a listener on Clarity sees it."""

    room: Room
    accounts: Accounts
    experts: Experts
    calls: Calls
    writing: Writing

    async def account(self, user_id: str, *, spending: bool = False) -> Account:
        """The account this person acts with, if they may: their own, or the shared one. Raises Refused."""
        account = await self.accounts.of(user_id)
        act = Act.OWN_EXPERTS
        if account.shared:
            act = Act.SPEND if spending else Act.SHARED_EXPERTS
        await self.room.directory.check(user_id, act)
        async with self.watching(account):
            return await self.accounts.learn(account)

    @asynccontextmanager
    async def watching(self, account: Account) -> AsyncIterator[None]:
        """Where Clarity does not accept the account's token in this block, that is noted and told, once."""
        try:
            yield
        except Unauthorized as error:
            await self.accounts.refused(account.owner)
            if account.shared:
                raise
            raise Refused(LOG_IN_AGAIN) from error
