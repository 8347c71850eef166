"""What the listeners on experts and calls work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import Refused, Unauthorized
from bot.services.accounts import LOG_IN_AGAIN, NOT_SHARED, Account, Accounts, refusal
from bot.services.calls import Calls
from bot.services.clarity_writing import Writing
from bot.services.experts import Experts
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.desk import Room
from bot.slack.interaction import Interaction
from bot.store import clarity as rows
from bot.store.clarity import SHARED

_LOOK_EVERY = 0.25
_LOOK_TIMES = 32


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

    async def account_of(self, owner: str | None, user_id: str, *, spending: bool = False) -> Account:
        """The account a button is about, if this person may use it; without ``owner`` their own or the shared one.

        Raises Refused.
        """
        if owner is None:
            return await self.account(user_id, spending=spending)
        shared = owner == SHARED
        if not shared and owner != user_id:
            raise Refused(f"This is <@{owner}>'s: only they can do it. Nothing was done.")
        shared_act = Act.SPEND if spending else Act.SHARED_EXPERTS
        await self.room.directory.check(user_id, shared_act if shared else Act.OWN_EXPERTS)
        account = await self.accounts.by_owner(owner)
        if account is None:
            raise Refused(NOT_SHARED if shared else LOG_IN_AGAIN)
        async with self.watching(account):
            return await self.accounts.learn(account)

    async def message_of(self, owner: str, call_id: int) -> str | None:
        """The address of a call's message, if it stands in Slack within a few seconds."""
        for _ in range(_LOOK_TIMES):
            async with self.room.store.read() as tx:
                row = await rows.call(tx, owner, call_id)
            if row is None or row["ts"] is not None or not row["told"]:
                break
            await self.room.store.clock.sleep(_LOOK_EVERY)
        if row is None or row["ts"] is None:
            return None
        return f"{self.room.team_url.rstrip('/')}/archives/{row['channel']}/p{row['ts'].replace('.', '')}"

    async def tell_of_call(self, interaction: Interaction, said: str, owner: str, call_id: int) -> None:
        """Tell a person what came of what they did, with a link to the call's message where there is one."""
        address = await self.message_of(owner, call_id)
        link = [] if address is None else [b.actions([b.link_button("Open its message", ids.EXPERT_LINK, address)])]
        await interaction.tell(b.escape(said), [b.named(said), *link])

    @asynccontextmanager
    async def watching(self, account: Account) -> AsyncIterator[None]:
        """Where Clarity does not accept the account's token in this block, that is noted and told, once."""
        try:
            yield
        except Unauthorized as error:
            await self.accounts.refused(account.owner)
            raise Refused(refusal(account)) from error
