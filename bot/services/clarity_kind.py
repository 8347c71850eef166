"""What every effect on Clarity has in common: whose account, the right to it, trouble told, the record kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Invalid, Rejected, Unauthorized
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Ambiguous, Done, Guard, Operation, State
from bot.services import posts, record
from bot.services.accounts import Account, Accounts, refusal
from bot.services.calls import Calls
from bot.services.contacts import May
from bot.services.policy import Act
from bot.store import operations as ledger_rows
from bot.store.clarity import SHARED
from bot.store.engine import Store, Tx

_PATIENCE = timedelta(minutes=10)
_TOLD = (State.READY, State.UNCONFIRMED, State.FAILED)


@dataclass(frozen=True)
class Means:
    """What these kinds work with."""

    store: Store
    ledger: Ledger
    accounts: Accounts
    calls: Calls
    may: May


class ClarityKind:
    """What all share: whose account, the right to it, trouble told, the record kept."""

    name = ""
    harmless = False
    patience = _PATIENCE
    looks: Sequence[float] = (0.5, 3)

    def __init__(self, means: Means) -> None:
        self.means = means

    async def account(self, operation: Operation) -> Account:
        """The account it goes out on, if whoever asked may still use it; raises Rejected."""
        owner = operation.payload["owner"]
        if owner == SHARED and operation.asked_by is not None:
            await self.means.may(operation.asked_by, Act.SPEND)
        account = await self.means.accounts.by_owner(owner)
        if account is None:
            raise Rejected("This Clarity account is not connected any more. Nothing was sent.", service="Clarity")
        async with self._accepted(account):
            return await self.means.accounts.learn(account)

    @asynccontextmanager
    async def _accepted(self, account: Account) -> AsyncIterator[None]:
        """Where Clarity does not accept the account's token in this block, that is noted, and said to its owner."""
        try:
            yield
        except Unauthorized as error:
            await self.means.accounts.refused(account.owner)
            raise Unauthorized(refusal(account), service="Clarity", status=error.status) from error

    async def marker(self, operation: Operation) -> int | None:
        """What was known upstream before sending."""
        account = await self.account(operation)
        async with self._accepted(account):
            return await self.known(account, operation)

    async def known(self, account: Account, operation: Operation) -> int:
        """What tells this one from earlier ones of the same words: a highest id, or a count."""
        return 0

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Do it, once."""
        account = await self.account(operation)
        guard()
        try:
            async with self._accepted(account):
                return await self.do(account, operation)
        except Invalid as error:
            raise Rejected(str(error), service="Clarity", fields=error.fields) from error

    async def do(self, account: Account, operation: Operation) -> Done:
        """The call to Clarity itself."""
        raise Rejected("This cannot be done.", service="Clarity")

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look for it."""
        if operation.marker is None:
            return Absent(certain=True)
        account = await self.account(operation)
        async with self._accepted(account):
            return await self.look(account, operation)

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """The look itself."""
        return Absent()

    async def unbound(self, candidates: Sequence[str]) -> list[str]:
        """Those of the candidates that are no other operation's."""
        async with self.means.store.read() as tx:
            taken = await ledger_rows.bound(tx, candidates)
        return [one for one in candidates if one not in taken]

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Write how it stands, tell whoever asked, and follow what came of it."""
        await record.follow(tx, operation)
        if operation.state is State.SENT:
            await self.sent(tx, operation)
        elif operation.state in (State.FAILED, State.CANCELLED):
            await self.undone(tx, operation)
        await self._tell(tx, operation)

    async def _tell(self, tx: Tx, operation: Operation) -> None:
        if operation.state not in (State.SENDING, State.UNKNOWN):
            await self.means.ledger.ask_after(tx, posts.notice_key(operation.id), posts.notice_update(operation.id))
        if operation.state in _TOLD and (operation.state is not State.READY or operation.reason):
            await self.means.ledger.ask(tx, posts.notice(operation.id, None, operation.payload["to"]))

    async def sent(self, tx: Tx, operation: Operation) -> None:
        """What follows when it was done."""

    async def undone(self, tx: Tx, operation: Operation) -> None:
        """What follows when it certainly was not, or a person left it at that."""
