"""What goes out to Clearstream about broadcasts, as operations: sending one, and deleting one that is scheduled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message
from bot.errors import Invalid, NotFound, Rejected
from bot.operations.model import Absent, Ambiguous, Done, Guard, Kind, Operation, State, Superseded
from bot.services import record
from bot.services.broadcast_audience import ACCOUNT, MESSAGES
from bot.services.broadcast_fields import Ready
from bot.services.broadcast_following import JOB, Following
from bot.services.broadcast_model import State as Stands
from bot.services.broadcast_model import as_json
from bot.services.broadcast_showing import SEND, Showing
from bot.services.broadcasts import CANCEL
from bot.services.contacts import May
from bot.services.policy import Act
from bot.services.texts import same_text
from bot.store import broadcasts as rows
from bot.store import jobs as job_rows
from bot.store import operations as ledger_rows
from bot.store.engine import Store, Tx

_PATIENCE = timedelta(minutes=10)
"""A broadcast that could not leave for so long is not sent any more: it would come as a surprise."""

_PAGES_OF_EVIDENCE = 5
_NEAR = timedelta(minutes=15)
"""Clearstream's clock and ours may differ so much."""

_LOOKING = "No answer came. Switchboard looks in Clearstream whether it was sent."
_TWICE = "An earlier try of it may have gone out."


@dataclass(frozen=True)
class Means:
    """What these kinds work with."""

    store: Store
    clearstream: Clearstream
    showing: Showing
    may: May

    async def check(self, person: str, act: Act) -> None:
        """Whether somebody may (still) do this. Raises Rejected with who it is: everybody in the channel reads it."""
        try:
            await self.may(person, act)
        except Rejected as error:
            words = f"<@{person}> may not {act.words} (any more). Nothing was sent or changed."
            raise Rejected(words, service="Switchboard") from error


class SendKind:
    """``POST /messages``; sent again only when a person says so.

    One whose fate is unknown is looked for in Clearstream's list: same header, text, lists and time, newer than the
    newest before it was sent, and no other operation's.
    """

    name = SEND
    harmless = False
    patience = _PATIENCE
    looks: Sequence[float] = (0.5, 3, 15)

    def __init__(self, means: Means) -> None:
        self._means = means
        self._following = Following(means.showing)

    async def marker(self, operation: Operation) -> int | None:
        """The highest id among Clearstream's newest messages."""
        page = await self._means.clearstream.messages_page()
        return max((message.id for message in page), default=0)

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Send it, if all who stand for it still may: who wrote it, who approved it, who pressed the button."""
        ready = Ready.of(_ready_part(operation))
        await self._check(operation)
        if ready.when is not None and ready.when <= self._means.store.clock.now():
            raise Rejected("The time it was to be sent at has passed. Nothing was sent.", service="Switchboard")
        guard()
        try:
            message = await self._means.clearstream.send_message(
                ready.header,
                ready.body,
                lists=[one.id for one in ready.lists],
                subscribers=ready.numbers,
                when=ready.when,
                timezone=ready.timezone,
                facebook=ready.facebook,
                twitter=ready.twitter,
            )
        except Invalid as error:
            raise Rejected(str(error), service="Clearstream", fields=error.fields) from error
        return _done(message)

    async def _check(self, operation: Operation) -> None:
        async with self._means.store.read() as tx:
            row = await rows.get(tx, operation.payload["broadcast"])
        if row is None or row["version"] != operation.payload["version"]:
            raise Superseded("It was changed meanwhile. Nothing was sent.")
        if row["decided_by"] is not None:
            await self._means.check(row["decided_by"], Act.APPROVE)
        for person in dict.fromkeys((row["author"], row["sent_by"])):
            if person is not None:
                await self._means.check(person, Act.BROADCAST)

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Look for it among the messages; where others of the same words are open too, only if all are there.

        Two broadcasts that say the same to the same lists cannot be told apart one by one: were one missing, nobody
        could say whose it is. Where none is, they were sent in the order of their ids.
        """
        if operation.marker is None:
            return Absent(certain=True)
        async with self._means.store.read() as tx:
            others = [Operation.of(row) for row in await rows.rivals(tx, SEND, operation.id)]
        open_ones = [operation, *(other for other in others if other.marker is not None)]
        newer = await self._newer(min(one.marker or 0 for one in open_ones))
        async with self._means.store.read() as tx:
            taken = await ledger_rows.bound(tx, [_bound(message.id) for message in newer])
        return one_of([message for message in newer if _bound(message.id) not in taken], operation, open_ones)

    async def _newer(self, marker: int) -> list[Message]:
        """Messages that are newer than the marker."""
        newer: list[Message] = []
        for number in range(1, _PAGES_OF_EVIDENCE + 1):
            page = await self._means.clearstream.messages_page(number)
            newer.extend(message for message in page if message.id > marker)
            if not len(page) or any(message.id <= marker for message in page):
                break
        return newer

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Write how the broadcast stands, and show it."""
        await record.follow(tx, operation)
        identity, version = operation.payload["broadcast"], operation.payload["version"]
        if operation.state is State.SENT:
            await rows.let_go(tx, ACCOUNT)
            await rows.let_go(tx, MESSAGES)
            await self._following.became(tx, identity, version, Message.model_validate(operation.result["message"]))
            return
        values = _stands(operation)
        row = await rows.get(tx, identity, lock=True)
        if values and row is not None and row["version"] == version:
            row = await rows.change(tx, identity, **values) or row
            unconfirmed = operation.state is State.UNCONFIRMED
            await (self._means.showing.redraw(tx, row) if unconfirmed else self._means.showing.show(tx, row))


def _ready_part(operation: Operation) -> dict[str, Any]:
    return {name: operation.payload[name] for name in Ready.__dataclass_fields__}


def _stands(operation: Operation) -> dict[str, Any]:
    """What the broadcast's row says while its operation is in this state."""
    reason, state = operation.reason, operation.state
    nothing_there = {"message_id": None, "message": None, "next_look": None, "follow_until": None}
    if state is State.READY:
        return {"state": Stands.LEAVING, "reason": reason}
    if state is State.UNKNOWN:
        return {"state": Stands.LEAVING, "reason": _LOOKING, **nothing_there}
    if state is State.UNCONFIRMED:
        return {"state": Stands.UNCONFIRMED, "reason": reason, **nothing_there}
    if state is State.FAILED:
        words = [reason or "It could not be sent.", *([_TWICE] if operation.doubts else [])]
        return {"state": Stands.FAILED, "reason": " ".join(words)}
    return {"state": Stands.UNDONE, "reason": reason} if state is State.CANCELLED else {}


def could_be(message: Message, operation: Operation) -> bool:
    """Whether a message is, by all it says, what an operation has sent; never where nothing can have left yet."""
    payload, text = operation.payload, message.text
    lists = {one["id"] for one in payload["lists"]}
    recipients = message.stats.recipients
    return (
        operation.marker is not None
        and message.id > operation.marker
        and same_text(text.body or "", payload["body"])
        and same_text(text.header or "", payload["header"])
        and {one.id for one in message.lists} == lists
        and (bool(lists) or recipients is None or recipients <= len(payload["numbers"]))
        and _in_time(message, operation)
    )


def one_of(
    messages: Sequence[Message], operation: Operation, open_ones: Sequence[Operation]
) -> Done | Absent | Ambiguous:
    """Which of these messages, nobody's so far, an operation has become; ``open_ones`` holds it and others in doubt."""
    alike = {message.id for message in messages if could_be(message, operation)}
    rivals = [one for one in open_ones if any(could_be(m, one) for m in messages if m.id in alike)]
    rivals.sort(key=lambda one: (one.marker, one.sent_at, one.id))
    left = sorted((m for m in messages if any(could_be(m, one) for one in rivals)), key=lambda message: message.id)
    if not alike or len(left) < len(rivals):
        return Absent()
    mine = left[rivals.index(operation)]
    if len(left) > len(rivals) or mine.id not in alike:
        return Ambiguous(len(alike))
    return _done(mine)


def _in_time(message: Message, operation: Operation) -> bool:
    when = operation.payload["when"]
    wanted = datetime.fromisoformat(when) if when else operation.sent_at
    return message.sent_at is None or wanted is None or abs(message.sent_at - wanted) <= _NEAR


def _bound(message_id: int) -> str:
    return f"clearstream:message:{message_id}"


def _done(message: Message) -> Done:
    return Done(bound=_bound(message.id), result={"message": as_json(message)})


class CancelKind:
    """``DELETE /messages/<id>`` of a scheduled one; deleted twice it does no harm."""

    name = CANCEL
    harmless = True
    patience = _PATIENCE
    looks: Sequence[float] = (1.0,)

    def __init__(self, means: Means) -> None:
        self._means = means

    async def marker(self, operation: Operation) -> int | None:
        """None: the message has an id."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Delete it, if whoever asked still may; one that is not there (any more) is cancelled."""
        if operation.asked_by is not None:
            await self._means.check(operation.asked_by, Act.BROADCAST)
        guard()
        try:
            await self._means.clearstream.delete_message(operation.payload["message"])
        except NotFound:
            return Done()
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Whether it is gone."""
        try:
            await self._means.clearstream.message(operation.payload["message"])
        except NotFound:
            return Done()
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Say what came of it; where it was refused, look at once how the message stands."""
        await record.follow(tx, operation)
        identity = operation.payload["broadcast"]
        row = await rows.get(tx, identity, lock=True)
        if row is None:
            return
        values: dict[str, Any]
        if operation.state is State.SENT:
            values = {"state": Stands.CANCELLED, "stopped_by": operation.asked_by, "reason": None, "next_look": None}
            await self._means.showing.show(tx, await rows.change(tx, identity, **values) or row)
        elif operation.state is State.FAILED:
            why = f"It was not cancelled. {operation.reason or ''}".strip()
            values = {"cancels": row["cancels"] + 1, "reason": why, "next_look": tx.now}
            await self._means.showing.show(tx, await rows.change(tx, identity, **values) or row)
            await job_rows.wake(tx, JOB)


def kinds(means: Means) -> list[Kind]:
    """All of them."""
    return [SendKind(means), CancelKind(means)]
