"""The people behind the numbers: looked up in Clearstream, changed, opted out; and conversations deleted there.

These changes can be made twice without harm, so one whose answer was lost is looked at and made again by itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.clearstream.audience import Search
from bot.clearstream.client import Clearstream
from bot.clearstream.models import Subscriber
from bot.clearstream.numbers import e164
from bot.errors import Invalid, MaybeSent, NotFound, NotSent, Rejected, Unavailable
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Done, Guard, Intention, Operation, State
from bot.services import posts, record
from bot.services.conversations import Conversations
from bot.services.policy import Act
from bot.services.setup import Setup
from bot.store import conversations as rows
from bot.store.engine import Store, Tx

EDIT = "subscriber.edit"
OPT_OUT = "subscriber.opt_out"
DELETE = "conversation.delete"

_RECORDED = {EDIT: "edit contact", OPT_OUT: "opt out", DELETE: "delete conversation"}
"""What the record calls them."""

FOUND_AT_MOST = 10

May = Callable[[str, Act], Awaitable[None]]
"""Raises Rejected where a person may not do a thing (any more), Unreachable where nobody can say."""


def key(kind: str, draft: str) -> str:
    """The unique key of a draft's change."""
    return f"{kind}:{draft}"


class Contacts:
    """Looks people up, and asks for changes."""

    def __init__(self, clearstream: Clearstream, ledger: Ledger) -> None:
        self._clearstream = clearstream
        self._ledger = ledger

    async def find(self, words: str) -> list[Subscriber]:
        """Subscribers by number, whole or in part, or by name; at most ten."""
        number = e164(words)
        if number is not None:
            try:
                return [await self._clearstream.subscriber(number)]
            except NotFound:
                return []
        found: list[Subscriber] = []
        for search in searches_for(words):
            found = list(await self._clearstream.subscribers_page(1, limit=FOUND_AT_MOST, search=search))
            if found:
                break
        return found[:FOUND_AT_MOST]

    async def one(self, number: str) -> Subscriber:
        """The subscriber with a number (E.164); raises NotFound."""
        return await self._clearstream.subscriber(number)

    async def edit(self, tx: Tx, number: str, values: dict[str, str], by: str, draft: str) -> bool:
        """Ask for a contact to be changed; False where this draft was asked for already."""
        return await self._ask(tx, EDIT, number, {"number": number, **values}, by, draft)

    async def opt_out(self, tx: Tx, number: str, by: str, draft: str) -> bool:
        """Ask for somebody to be opted out of everything; False where this draft was asked for already."""
        return await self._ask(tx, OPT_OUT, number, {"number": number}, by, draft)

    async def delete(self, tx: Tx, conversation_id: int, by: str, draft: str) -> bool:
        """Ask for a conversation to be deleted in Clearstream; False where this draft was asked for already."""
        row = await rows.get(tx, conversation_id)
        subject = row["number"] if row else None
        return await self._ask(tx, DELETE, subject, {"conversation": conversation_id, "number": subject}, by, draft)

    async def _ask(self, tx: Tx, kind: str, subject: str | None, payload: dict[str, Any], by: str, draft: str) -> bool:
        intention = Intention(kind=kind, key=key(kind, draft), payload=payload, lane=f"contact:{subject}", asked_by=by)
        return await record.asked(tx, self._ledger, intention, _RECORDED[kind], subject, payload)


def searches_for(words: str) -> list[Search]:
    """How to ask Clearstream for what a person typed, the likeliest first; the first that finds somebody is enough.

    Digits are part of a number. Of several words the first are the first name, and the last the last name; or all of
    them are one of the two.
    """
    digits = "".join(character for character in words if character.isdigit())
    if digits and not any(character.isalpha() for character in words):
        return [Search(mobile_number=digits)]
    parts = words.split()
    splits = list(dict.fromkeys((1, len(parts) - 1))) if len(parts) > 1 else []
    both = [Search(first=" ".join(parts[:at]), last=" ".join(parts[at:]), operator="and") for at in splits]
    whole = " ".join(parts)
    return [*both, Search(first=whole, last=whole, operator="or")]


class _Change:
    """What all three share: harmless to repeat, tried for a while, recorded, and checked once more before it leaves."""

    harmless = True
    patience = timedelta(minutes=10)
    looks: Sequence[float] = (1.0,)
    act: Act
    watched = timedelta()
    """For so long whoever asked looks at the modal that tells how it ends; the channel hears of what fails later."""

    def __init__(self, store: Store, ledger: Ledger, setup: Setup, clearstream: Clearstream, may: May) -> None:
        self.store = store
        self.clearstream = clearstream
        self.may = may
        self.conversations = Conversations(ledger, setup)
        self._ledger = ledger
        self._setup = setup

    async def marker(self, operation: Operation) -> int | None:
        """None: what it changes is looked at itself."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Make the change, if whoever asked still may; without a clear answer once more, ever more rarely."""
        if operation.asked_by is not None:
            await self.may(operation.asked_by, self.act)
        guard()
        try:
            await self.change(operation)
        except Invalid as error:
            raise Rejected(str(error), service="Clearstream", fields=error.fields) from error
        except NotFound:
            if self.act is Act.EDIT_CONTACT:
                raise
        except MaybeSent as error:
            raise _to_be_repeated(error) from error
        return Done()

    async def change(self, operation: Operation) -> None:
        """The change itself."""
        raise NotFound("There is nothing to change.", service="Clearstream")

    async def find(self, operation: Operation) -> Done | Absent:
        """Made once more it does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The record says how it ended, the conversation shows it, and whoever asked is told of a failure."""
        await record.follow(tx, operation)
        if operation.state is State.SENT:
            await self.show(tx, operation)
        elif operation.state is State.FAILED and tx.now - operation.created_at >= self.watched:
            row = await rows.by_number(tx, operation.payload["number"])
            channel = (row["channel"] if row else None) or await self._setup.inbox_channel(tx)
            await self._ledger.ask(tx, posts.notice(operation.id, row["id"] if row else None, channel))

    async def show(self, tx: Tx, operation: Operation) -> None:
        """Write the change into what is stored, and draw it."""

    async def on_number(self, tx: Tx, number: str, **values: Any) -> None:
        """Change the conversation of a number, where there is one, and draw it."""
        row = await rows.by_number(tx, number)
        changed = await rows.change(tx, row["id"], **values) if row else None
        if changed is not None:
            await self.conversations.show(tx, changed)


def _to_be_repeated(error: MaybeSent) -> NotSent:
    """What may have been done counts as not done where doing it once more does no harm."""
    what = "is down for maintenance" if isinstance(error, Unavailable) else "gave no clear answer"
    sentence = f"{error.service} {what}. Asking it once more does no harm."
    return NotSent(sentence, service=error.service, status=error.status)


class EditKind(_Change):
    """``PATCH /subscribers/<number>``."""

    name = EDIT
    act = Act.EDIT_CONTACT
    watched = timedelta(seconds=6)

    async def change(self, operation: Operation) -> None:
        """Send the names and the e-mail address."""
        payload = operation.payload
        await self.clearstream.update_subscriber(
            payload["number"], first=payload.get("first"), last=payload.get("last"), email=payload.get("email")
        )

    async def show(self, tx: Tx, operation: Operation) -> None:
        """The header has the new name."""
        values = {name: operation.payload.get(name) or None for name in ("first", "last", "email")}
        await self.on_number(tx, operation.payload["number"], **values)


class OptOutKind(_Change):
    """``DELETE /subscribers/<number>``."""

    name = OPT_OUT
    act = Act.OPT_OUT

    async def change(self, operation: Operation) -> None:
        """Opt them out of all lists; somebody already gone is opted out."""
        await self.clearstream.delete_subscriber(operation.payload["number"])

    async def show(self, tx: Tx, operation: Operation) -> None:
        """The header says so."""
        await self.on_number(tx, operation.payload["number"], subscriber_status="OPTED OUT")


class DeleteKind(_Change):
    """``DELETE /threads/<id>``."""

    name = DELETE
    act = Act.DELETE

    async def change(self, operation: Operation) -> None:
        """Delete it; one already gone is deleted."""
        await self.clearstream.delete_thread(operation.payload["conversation"])

    async def show(self, tx: Tx, operation: Operation) -> None:
        """The header says so and has no buttons any more."""
        row = await rows.change(tx, operation.payload["conversation"], gone_at=tx.now)
        if row is not None:
            await self.conversations.show(tx, row)
