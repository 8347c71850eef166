"""Changes of lists, and people added, as operations.

Names of lists and numbers of people are unique in Clearstream, so none of these can happen twice: one whose answer was
lost is looked for, and made again by itself where it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clearstream.client import Clearstream
from bot.clearstream.models import List, Subscriber
from bot.clearstream.numbers import readable
from bot.errors import Invalid, MaybeSent, NotFound, NotSent, Rejected, Unprocessable, UpstreamError
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Done, Guard, Kind, Operation, State
from bot.services import posts, record
from bot.services.broadcast_audience import LISTS
from bot.services.contacts import May
from bot.services.lists import ADD, CREATE, DELETE, KNOWN_ALREADY, RENAME, same_name
from bot.services.policy import Act
from bot.store import broadcasts as rows
from bot.store.engine import Store, Tx

_WATCHED = timedelta(seconds=6)
"""Whoever asked looks on for so long; what fails later is told them in private."""


@dataclass(frozen=True)
class Means:
    """What these kinds work with."""

    store: Store
    ledger: Ledger
    clearstream: Clearstream
    may: May


class _Change:
    """What all share: harmless to repeat, tried for a while, recorded, and checked once more before it leaves."""

    name: str
    act = Act.LISTS
    harmless = True
    patience = timedelta(minutes=10)
    looks: Sequence[float] = (1.0,)

    def __init__(self, means: Means) -> None:
        self.means = means
        self.clearstream = means.clearstream

    async def marker(self, operation: Operation) -> int | None:
        """None: what it changes is looked at itself."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Make the change, if whoever asked still may.

        Without a clear answer it is looked for, and made again; without one a second time, ever more rarely.
        """
        if operation.asked_by is not None:
            await self.means.may(operation.asked_by, self.act)
        try:
            return await self.change(operation, guard)
        except Invalid as error:
            raise Rejected(str(error), service="Clearstream", fields=error.fields) from error
        except MaybeSent as error:
            if not operation.doubts:
                raise
            return await self._looked(operation, error)

    async def _looked(self, operation: Operation, error: MaybeSent) -> Done:
        """What became of it; raises NotSent where it was not made."""
        try:
            found = await self.find(operation)
        except UpstreamError:
            raise error from None
        if isinstance(found, Done):
            return found
        sentence = f"{error.service} gave no clear answer, and it was not done."
        raise NotSent(sentence, service=error.service, status=error.status) from error

    async def change(self, operation: Operation, guard: Guard) -> Done:
        """The change itself; asks the guard directly before it."""
        raise NotFound("There is nothing to change.", service="Clearstream")

    async def find(self, operation: Operation) -> Done | Absent:
        """Whether it was made."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The record says how it ended, lists are fetched anew, and a late failure is told to whoever asked."""
        await record.follow(tx, operation)
        if operation.state is State.SENT:
            await rows.let_go(tx, LISTS)
        elif operation.state is State.FAILED and tx.now - operation.created_at > _WATCHED:
            await self.means.ledger.ask(tx, posts.notice(operation.id, None, operation.payload["to"]))


class CreateKind(_Change):
    """``POST /lists``."""

    name = CREATE

    async def marker(self, operation: Operation) -> int | None:
        """The highest id of a list there is: what is newer and has the name is ours."""
        return max([one.id async for one in self.clearstream.lists()], default=0)

    async def change(self, operation: Operation, guard: Guard) -> Done:
        """Make it; a name that is taken after an earlier try may be taken by that."""
        guard()
        try:
            return _made(await self.clearstream.create_list(operation.payload["name"]))
        except Unprocessable:
            found = await self.find(operation) if operation.doubts else Absent()
            if isinstance(found, Done):
                return found
            raise

    async def find(self, operation: Operation) -> Done | Absent:
        """Look for a newer list of this name."""
        if operation.marker is None:
            return Absent(certain=True)
        async for one in self.clearstream.lists():
            if one.id > operation.marker and same_name(one.name or "", operation.payload["name"]):
                return _made(one)
        return Absent()


def _made(one: List) -> Done:
    return Done(bound=f"clearstream:list:{one.id}", result={"list": one.id})


class RenameKind(_Change):
    """``PATCH /lists/<id>``."""

    name = RENAME

    async def change(self, operation: Operation, guard: Guard) -> Done:
        """Give it the name."""
        guard()
        await self.clearstream.update_list(operation.payload["list"], operation.payload["name"])
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Whether it has the name."""
        one = await self.clearstream.list(operation.payload["list"])
        return Done() if one.name == operation.payload["name"] else Absent(certain=True)


class DeleteKind(_Change):
    """``DELETE /lists/<id>``, with ``force_delete`` only where somebody typed the list's name."""

    name = DELETE

    async def change(self, operation: Operation, guard: Guard) -> Done:
        """Delete it, as it was when it was said what that does; one already gone is deleted."""
        payload = operation.payload
        try:
            self._still_as_said(operation, await self.clearstream.list(payload["list"]))
            guard()
            await self.clearstream.delete_list(payload["list"], force=payload["force"])
        except NotFound:
            return Done()
        return Done()

    def _still_as_said(self, operation: Operation, now: List) -> None:
        said, name = operation.payload["subscribers"], operation.payload["name"]
        if now.name is not None and now.name != name:
            raise Rejected(f"The list is called “{now.name}” by now. It was not deleted.", service="Switchboard")
        if now.subscriber_count is not None and said is not None and now.subscriber_count > said:
            more = now.subscriber_count - said
            joined = "1 more person is" if more == 1 else f"{more:,} more people are"
            sentence = f"{joined} on the list by now. It was not deleted: look once more at what that does."
            raise Rejected(sentence, service="Switchboard")

    async def find(self, operation: Operation) -> Done | Absent:
        """Whether it is gone."""
        try:
            await self.clearstream.list(operation.payload["list"])
        except NotFound:
            return Done()
        return Absent(certain=True)


class AddKind(_Change):
    """``POST /subscribers``."""

    name = ADD
    act = Act.ADD

    async def marker(self, operation: Operation) -> int | None:
        """1 where Clearstream knows the number already, else 0."""
        return int(await self._known(operation) is not None)

    async def _known(self, operation: Operation) -> Subscriber | None:
        try:
            return await self.clearstream.subscriber(operation.payload["number"])
        except NotFound:
            return None

    async def change(self, operation: Operation, guard: Guard) -> Done:
        """Add them; who was known before cannot be added, and it is said how they are known."""
        payload = operation.payload
        names = ("first", "last", "email", "autoresponse_header", "autoresponse_body")
        values = {name: payload.get(name) for name in names}
        guard()
        try:
            return _added(await self.clearstream.create_subscriber(payload["number"], payload["lists"], **values))
        except Unprocessable as error:
            known = await self._known(operation) if not error.fields or "mobile_number" in error.fields else None
            if known is None:
                raise
            if operation.doubts and not operation.marker:
                return _added(known)
            sentence = known_already(known)
            fields = {**error.fields, "mobile_number": [sentence]}
            raise Rejected(sentence, service="Clearstream", status=422, fields=fields) from error

    async def find(self, operation: Operation) -> Done | Absent:
        """Whether somebody is there who was not before."""
        if operation.marker is None:
            return Absent(certain=True)
        known = await self._known(operation)
        return _added(known) if known is not None and not operation.marker else Absent()


def _added(person: Subscriber) -> Done:
    return Done(result={"status": person.status, "lists": [one.name or str(one.id) for one in person.lists]})


def known_already(person: Subscriber) -> str:
    """That somebody is a subscriber already, how, and what can be done, as one sentence after another."""
    number = readable(person.mobile_number)
    called = f"{person.name}, {number}," if person.name else number
    lists = ", ".join(one.name or str(one.id) for one in person.lists)
    where = f"on {lists}" if lists else "on no list"
    return f"{called} is known to Clearstream already ({person.status or 'no status'}, {where}). {KNOWN_ALREADY}"


def kinds(means: Means) -> list[Kind]:
    """All of them."""
    return [CreateKind(means), RenameKind(means), DeleteKind(means), AddKind(means)]
