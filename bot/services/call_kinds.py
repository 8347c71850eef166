"""What goes out to Clarity, as operations: asking for a call, connecting one, writing a message, needs.

None of them is harmless: a call that was asked for twice rings twice. One whose fate is unknown is looked for in what
Clarity lists, among what is newer than was known before and is no other operation's.
"""

from dataclasses import replace
from typing import Any

from bot.clarity.models import Call
from bot.operations.model import Absent, Ambiguous, Done, Operation, State
from bot.services.accounts import Account
from bot.services.calls import CONNECT, REQUEST
from bot.services.clarity_kind import ClarityKind, Means
from bot.services.followed import ASKED, IN_DOUBT, as_json
from bot.store.engine import Tx

MESSAGE = "clarity.message"
NEED = "clarity.need"
FULFILL = "clarity.fulfill"

ON_CLARITY = (REQUEST, CONNECT, MESSAGE, NEED, FULFILL)
"""Every kind of effect on Clarity."""


class RequestKind(ClarityKind):
    """``POST /calls``."""

    name = REQUEST

    async def known(self, account: Account, operation: Operation) -> int:
        """The highest id among the calls this account has asked for."""
        return max((call.id for call in await account.client.requested_calls()), default=0)

    async def do(self, account: Account, operation: Operation) -> Done:
        """Ask for the call."""
        payload = operation.payload
        call = await account.client.create_call(payload["expert"], payload["reason"], payload["hours"])
        return _call_done(call)

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """Among the calls asked for: the same expert and reason."""
        payload = operation.payload
        calls = {
            f"clarity:call:{call.id}": call
            for call in await account.client.requested_calls()
            if call.id > (operation.marker or 0)
            and call.expert_id == payload["expert"]
            and call.reason.strip() == payload["reason"].strip()
        }
        left = await self.unbound(list(calls))
        if len(left) > 1:
            return Ambiguous(len(left))
        return _call_done(calls[left[0]]) if left else Absent()

    async def sent(self, tx: Tx, operation: Operation) -> None:
        """Its message follows it from now on."""
        call = Call.model_validate(operation.result["call"])
        await self.means.calls.appeared(tx, operation.payload["owner"], call, tell=True, by=operation.asked_by)


class ConnectKind(ClarityKind):
    """``POST /calls/<id>/connect``."""

    name = CONNECT

    async def marker(self, operation: Operation) -> int | None:
        """Nothing need be known: a call that was dialled is not pending any more."""
        return 0

    async def do(self, account: Account, operation: Operation) -> Done:
        """Dial."""
        call = await account.client.connect_call(operation.payload["call"])
        return _call_done(call, bound=False)

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """A call that was dialled is not pending any more."""
        call = await account.client.call(operation.payload["call"])
        return Absent() if call.pending else _call_done(call, bound=False)

    async def sent(self, tx: Tx, operation: Operation) -> None:
        """Its message follows it live."""
        owner = operation.payload["owner"]
        await self.means.calls.follow(tx, owner, operation.payload["call"])
        await self.means.calls.observed(tx, owner, Call.model_validate(operation.result["call"]))

    async def undone(self, tx: Tx, operation: Operation) -> None:
        """**Connect** may be pressed again; and what Clarity says of the call by now is looked at."""
        await self.means.calls.connect_failed(tx, operation.payload["owner"], operation.payload["call"])

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The call's message says whether it is being connected, or that nobody can tell."""
        await super().settled(tx, operation)
        how = {State.UNCONFIRMED: IN_DOUBT, State.READY: ASKED, State.UNKNOWN: ASKED}.get(operation.state)
        if how is not None:
            await self.means.calls.connecting(tx, operation.payload["owner"], operation.payload["call"], how)


class MessageKind(ClarityKind):
    """``POST /messages/<member>``. A message has no id: it is told apart by how many there are of the same words."""

    name = MESSAGE

    async def known(self, account: Account, operation: Operation) -> int:
        """How many messages of these words this account has written to the member already."""
        return await self._same(account, operation)

    async def _same(self, account: Account, operation: Operation) -> int:
        payload = operation.payload
        talk = await account.client.messages(payload["member"])
        return sum(
            1
            for message in talk.messages
            if message.member_id != payload["member"] and message.text.strip() == payload["text"].strip()
        )

    async def do(self, account: Account, operation: Operation) -> Done:
        """Write it."""
        await account.client.send_message(operation.payload["member"], operation.payload["text"])
        return Done()

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """One more of these words than before is ours."""
        more = await self._same(account, operation) - (operation.marker or 0)
        if more > 1:
            return Ambiguous(more)
        return Done() if more == 1 else Absent()


class NeedKind(ClarityKind):
    """``POST /needs``."""

    name = NEED

    async def known(self, account: Account, operation: Operation) -> int:
        """How many needs of these words this account has posted already."""
        return await self._same(account, operation)

    async def _same(self, account: Account, operation: Operation) -> int:
        wanted = operation.payload["text"].strip()
        return sum(
            1
            for need in await account.client.needs()
            if need.requester_id == account.member_id and need.description.strip() == wanted
        )

    async def do(self, account: Account, operation: Operation) -> Done:
        """Post it."""
        await account.client.create_need(operation.payload["text"], paid=operation.payload["paid"])
        return Done()

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """One more of these words than before is ours."""
        more = await self._same(account, operation) - (operation.marker or 0)
        return Done() if more == 1 else Ambiguous(more) if more > 1 else Absent()


class FulfillKind(ClarityKind):
    """``POST /needs/<id>/fulfill``, which asks the member who posted the need for a call."""

    name = FULFILL

    async def known(self, account: Account, operation: Operation) -> int:
        """The highest id among the calls of this account that are pending."""
        return max((call.id for call in await self._pending(account)), default=0)

    async def _pending(self, account: Account) -> list[Call]:
        return [*await account.client.requested_calls(), *await account.client.callback_calls()]

    async def do(self, account: Account, operation: Operation) -> Done:
        """Fulfil it."""
        return _fulfilled(await account.client.fulfill_need(operation.payload["need"]), account)

    async def look(self, account: Account, operation: Operation) -> Done | Absent | Ambiguous:
        """A new pending call with the member who posted the need."""
        requester = operation.payload["requester"]
        calls = {
            f"clarity:call:{call.id}": call
            for call in await self._pending(account)
            if call.id > (operation.marker or 0) and requester in (call.seeker_id, call.expert_id)
        }
        left = await self.unbound(list(calls))
        if len(left) > 1:
            return Ambiguous(len(left))
        return _fulfilled(calls[left[0]], account) if left else Absent()

    async def sent(self, tx: Tx, operation: Operation) -> None:
        """The call that came of it has its message."""
        payload, result, by = operation.payload, operation.result, operation.asked_by
        call, ours = Call.model_validate(result["call"]), bool(result["waits_for_us"])
        await self.means.calls.appeared(tx, payload["owner"], call, tell=True, by=by, waits_for_us=ours)


def _fulfilled(call: Call, account: Account) -> Done:
    done = _call_done(call)
    return replace(done, result={**done.result, "waits_for_us": call.expert_id == account.member_id})


def _call_done(call: Call, *, bound: bool = True) -> Done:
    result: dict[str, Any] = {"call": as_json(call)}
    return Done(bound=f"clarity:call:{call.id}" if bound else None, result=result)


def kinds(means: Means) -> list[ClarityKind]:
    """All of them."""
    return [RequestKind(means), ConnectKind(means), MessageKind(means), NeedKind(means), FulfillKind(means)]
