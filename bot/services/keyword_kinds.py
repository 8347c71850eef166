"""Changes to keywords as operations.

Each is looked at before it is made once more: a keyword of a name exists once, so none is made twice; and what somebody
else changed meanwhile is neither overwritten nor deleted.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from bot.clearstream.client import Clearstream
from bot.errors import Invalid, NotFound, Rejected, Unprocessable
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Done, Guard, Kind, Operation, State
from bot.services import posts, record
from bot.services.contacts import May
from bot.services.keywords import CREATE, DELETE, EDIT, Fields
from bot.services.policy import Act
from bot.store.engine import Store, Tx

_PATIENCE = timedelta(minutes=10)

_WATCHED = timedelta(seconds=6)
"""For so long whoever asked looks at the window that tells how it ends; later they are told in private."""

_CHANGED = "Somebody changed this keyword meanwhile. Nothing was changed or deleted: look at it again."
_LATE = "Clearstream could not be asked in time. Look at the keyword before you try again."


class _Change:
    """What all three share: the right to it, a limit in time, the record, and a word to whoever asked."""

    harmless = True
    patience = _PATIENCE
    looks: Sequence[float] = (1.0,)

    def __init__(self, store: Store, ledger: Ledger, clearstream: Clearstream, may: May) -> None:
        self.clearstream = clearstream
        self._store = store
        self._ledger = ledger
        self._may = may

    async def marker(self, operation: Operation) -> int | None:
        """None: the keyword itself is looked at."""
        return None

    async def prepared(self, operation: Operation) -> None:
        """Raise Rejected where it is too late for it, or whoever asked may not do it any more."""
        if self._store.clock.now() > operation.created_at + _PATIENCE:
            raise Rejected(_LATE, service="Clearstream")
        if operation.asked_by is not None:
            await self._may(operation.asked_by, Act.KEYWORDS)

    async def standing(self, name: str) -> Fields | None:
        """What a keyword does now; None where there is none."""
        try:
            return Fields.of(await self.clearstream.keyword(name))
        except NotFound:
            return None

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """The record says how it ended; a failure nobody waits for any more is told in private."""
        await record.follow(tx, operation)
        if operation.state is State.FAILED and tx.now - operation.created_at > _WATCHED:
            await self._ledger.ask(tx, posts.notice(operation.id, None, operation.payload["to"]))


class CreateKind(_Change):
    """``POST /keywords``."""

    name = CREATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Make it; one that is there after a doubt is the one made before."""
        await self.prepared(operation)
        fields = _wanted(operation)
        guard()
        try:
            await _checked(lambda: self.clearstream.create_keyword(fields.name, **fields.settings()))
        except Unprocessable:
            if not operation.doubts or await self._made(fields) is None:
                raise
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Look for it; one of the name that does something else is somebody else's, and Clearstream will say so."""
        return await self._made(_wanted(operation)) or Absent(certain=True)

    async def _made(self, fields: Fields) -> Done | None:
        now = await self.standing(fields.name)
        return Done() if now is not None and now.digest == fields.digest else None


class EditKind(_Change):
    """``PATCH /keywords/<name>``."""

    name = EDIT

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it, if it still is what the person had before them."""
        await self.prepared(operation)
        fields = _wanted(operation)
        now = Fields.of(await self.clearstream.keyword(fields.name))
        if now.digest == fields.digest:
            return Done()
        if now.digest != operation.payload["seen"]:
            raise Rejected(_CHANGED, service="Clearstream")
        guard()
        await _checked(lambda: self.clearstream.update_keyword(fields.name, **fields.settings()))
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Look whether it does what was wanted."""
        fields = _wanted(operation)
        now = await self.standing(fields.name)
        return Done() if now is not None and now.digest == fields.digest else Absent(certain=True)


class DeleteKind(_Change):
    """``DELETE /keywords/<name>``."""

    name = DELETE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Delete it, if it still is what the person had before them; one already gone is deleted."""
        await self.prepared(operation)
        name = operation.payload["name"]
        now = await self.standing(name)
        if now is None:
            return Done()
        if now.digest != operation.payload["seen"]:
            raise Rejected(_CHANGED, service="Clearstream")
        guard()
        with suppress(NotFound):
            await self.clearstream.delete_keyword(name)
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Look whether it is gone."""
        return Done() if await self.standing(operation.payload["name"]) is None else Absent(certain=True)


def _wanted(operation: Operation) -> Fields:
    names = ("name", "lists", "reply", "header", "body")
    return Fields.unpacked({name: operation.payload[name] for name in names})


async def _checked(change: Callable[[], Awaitable[object]]) -> None:
    """Make the change; what our own checks say against it counts as Clearstream's refusal: nothing was sent."""
    try:
        await change()
    except Invalid as error:
        raise Rejected(str(error), service="Clearstream", fields=error.fields) from error


def kinds(store: Store, ledger: Ledger, clearstream: Clearstream, may: May) -> list[Kind]:
    """All of them."""
    what = (store, ledger, clearstream, may)
    return [CreateKind(*what), EditKind(*what), DeleteKind(*what)]
