"""Changing the account itself: its name, its phone number, and whether it collects e-mail addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clearstream.client import Clearstream
from bot.errors import Invalid, MaybeSent, NotSent, Rejected
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Done, Guard, Intention, Operation, State
from bot.services import posts, record
from bot.services.broadcast_audience import ACCOUNT
from bot.services.contacts import May
from bot.services.policy import Act
from bot.store import broadcasts as rows
from bot.store.engine import Tx

CHANGE = "account.change"

BUSINESS, PHONE, COLLECT = "business", "phone", "collect_emails"
"""Clearstream's names of what can be changed."""

_WATCHED = timedelta(seconds=8)
"""Whoever asked looks on for so long; what fails later is told them in private."""


def key(draft: str) -> str:
    """The unique key of a saved draft."""
    return f"{CHANGE}:{draft}"


async def ask(ledger: Ledger, tx: Tx, values: Mapping[str, Any], by: str, draft: str) -> bool:
    """Ask for the account to be changed; False where this draft was asked for already."""
    payload = {"values": dict(values), "to": by}
    intention = Intention(kind=CHANGE, key=key(draft), payload=payload, lane=CHANGE, asked_by=by)
    return await record.asked(tx, ledger, intention, "change account", ", ".join(values), values)


@dataclass(frozen=True)
class ChangeKind:
    """``PATCH /account``: made twice it does no harm."""

    ledger: Ledger
    clearstream: Clearstream
    may: May

    name = CHANGE
    harmless = True
    patience = timedelta(minutes=10)
    looks: Sequence[float] = (1.0,)

    async def marker(self, operation: Operation) -> int | None:
        """None: what it changes is looked at itself."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Make the change, if whoever asked still may."""
        if operation.asked_by is not None:
            await self.may(operation.asked_by, Act.SETUP)
        guard()
        try:
            await self.clearstream.update_account(**operation.payload["values"])
        except Invalid as error:
            raise Rejected(str(error), service="Clearstream", fields=error.fields) from error
        except MaybeSent as error:
            sentence = f"{error.service} gave no clear answer. Asking it once more does no harm."
            raise NotSent(sentence, service=error.service, status=error.status) from error
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Made once more it does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The record says how it ended, and what is kept of the account is fetched anew."""
        await record.follow(tx, operation)
        if operation.state is State.SENT:
            await rows.let_go(tx, ACCOUNT)
        elif operation.state is State.FAILED and tx.now - operation.created_at > _WATCHED:
            await self.ledger.ask(tx, posts.notice(operation.id, None, operation.payload["to"]))
