"""Writing on Clarity: messages, needs, and fulfilling one; each asks the ledger, in the caller's transaction."""

from typing import Any

from bot.operations.ledger import Ledger
from bot.operations.model import Intention, State
from bot.services import record
from bot.services.accounts import Account
from bot.services.call_kinds import FULFILL, MESSAGE, NEED
from bot.services.calls import Calls
from bot.store.engine import Tx

_UNDONE = (State.FAILED, State.CANCELLED)


def key(kind: str, draft: str) -> str:
    """The unique key of a draft."""
    return f"{kind}:{draft}"


class Writing:
    """Asks for things to be written."""

    def __init__(self, ledger: Ledger, calls: Calls) -> None:
        self._ledger = ledger
        self._calls = calls

    async def message(self, tx: Tx, account: Account, member: int, text: str, by: str, draft: str) -> bool:
        """Write to a member; False where this draft was sent already."""
        return await self._ask(tx, MESSAGE, account, {"member": member, "text": text}, by, draft, subject=str(member))

    async def need(self, tx: Tx, account: Account, text: str, *, paid: bool, by: str, draft: str) -> bool:
        """Post a need; False where this draft was posted already."""
        return await self._ask(tx, NEED, account, {"text": text, "paid": paid}, by, draft, subject=None)

    async def fulfill(self, tx: Tx, account: Account, need: int, requester: int, by: str) -> str | None:
        """Fulfill a need; the operation's key, None where this account has done so already."""
        payload = {"need": need, "requester": requester}
        draft, tries = f"{account.owner}:{need}", 0
        while (before := await self._ledger.by_key(tx, key(FULFILL, draft))) and before.state in _UNDONE:
            tries += 1
            draft = f"{account.owner}:{need}:{tries}"
        fresh = await self._ask(tx, FULFILL, account, payload, by, draft, subject=str(need))
        return key(FULFILL, draft) if fresh else None

    async def _ask(
        self, tx: Tx, kind: str, account: Account, payload: dict[str, Any], by: str, draft: str, *, subject: str | None
    ) -> bool:
        whole = {**payload, "owner": account.owner, "to": await self._calls.place(tx, account.owner, by)}
        intention = Intention(
            kind=kind,
            key=key(kind, draft),
            payload=whole,
            lane=f"clarity:{account.owner}:{kind}:{subject or ''}",
            asked_by=by,
        )
        if not await self._ledger.ask(tx, intention):
            return False
        await record.write(
            tx, actor=by, act=kind, subject=subject, outcome="asked", operation_key=intention.key, detail=payload
        )
        return True
