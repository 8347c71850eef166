"""Lists and who is on them: read from Clearstream, which alone knows, and changed through the ledger.

Where it is said how many people a change reaches, they were counted a moment before, and the change is refused when
there are more of them by then (``bot.services.list_kinds``).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clearstream.audience import Search
from bot.clearstream.client import Clearstream
from bot.clearstream.endpoints import every
from bot.clearstream.models import Subscriber
from bot.operations.ledger import Ledger
from bot.operations.model import Intention
from bot.services import record
from bot.services.broadcast_audience import FRESH, LISTS, Audience
from bot.services.broadcast_fields import ListChoice, search
from bot.store import broadcasts as rows
from bot.store.engine import Tx

CREATE = "list.create"
RENAME = "list.rename"
DELETE = "list.delete"
ADD = "subscriber.add"

_RECORDED = {CREATE: "new list", RENAME: "rename list", DELETE: "delete list", ADD: "add subscriber"}
"""What the record calls them."""

KNOWN_ALREADY = (
    "Clearstream's API has no way to put somebody on a list who is a subscriber already: they text one of the list's "
    "keywords, or it is done on Clearstream's own site."
)
"""What is said wherever one would look for it."""

PEOPLE = 20
"""Subscribers on a page."""

_AT_ONCE = 100
_TOLD_EVERY = 500


@dataclass(frozen=True)
class People:
    """A page of a list's subscribers; ``more``: there is another one."""

    items: tuple[Subscriber, ...]
    page: int
    more: bool


@dataclass(frozen=True)
class Count:
    """Who is on a list, as far as the account's subscribers were ``looked_at``; ``alone`` are on no other list."""

    looked_at: int
    on_it: int
    alone: int
    done: bool


@dataclass(frozen=True)
class Going:
    """A list to be deleted, as it was when it was said that ``alone`` of those on it would be opted out.

    ``force``: also with people on it, though with no more of them than then.
    """

    list: ListChoice
    alone: int
    force: bool


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be added: ``number`` in E.164, ``lists`` by their ids; both parts of an auto-response or none."""

    number: str
    lists: tuple[int, ...]
    first: str = ""
    last: str = ""
    email: str = ""
    header: str = ""
    body: str = ""

    def payload(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        answer = {"autoresponse_header": self.header, "autoresponse_body": self.body} if self.body else {}
        named = {"first": self.first, "last": self.last, "email": self.email}
        return {
            "number": self.number,
            "lists": list(self.lists),
            **{name: value for name, value in named.items() if value},
            **answer,
        }


def key(kind: str, draft: str) -> str:
    """The unique key of a draft's change."""
    return f"{kind}:{draft}"


def tidy(name: str) -> str:
    """A list's name with single spaces, as people see it."""
    return " ".join(name.split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are certainly one; whether capitals make a difference is for Clearstream to say."""
    return tidy(one) == tidy(other)


def meant(lists: Sequence[ListChoice], words: str) -> list[ListChoice]:
    """The lists somebody may mean by a name, an id or a part of a name: one where that is certain."""
    wanted = tidy(words).casefold()
    exact = [one for one in lists if tidy(one.name).casefold() == wanted or str(one.id) == wanted]
    return exact or search(lists, words)


def in_order(lists: Iterable[ListChoice]) -> tuple[ListChoice, ...]:
    """Lists by their names."""
    return tuple(sorted(lists, key=lambda one: (one.name.casefold(), one.id)))


class Lists:
    """Reads lists, and asks for changes; each in the caller's transaction, with the record of it."""

    def __init__(self, clearstream: Clearstream, ledger: Ledger, audience: Audience) -> None:
        self._clearstream = clearstream
        self._ledger = ledger
        self._audience = audience

    async def all(self) -> tuple[ListChoice, ...]:
        """All lists by their names, with how many are on each now. Raises UpstreamError."""
        return in_order(await self._audience.lists_now())

    async def kept(self) -> tuple[ListChoice, ...]:
        """All lists as they were last fetched; asks nobody upstream."""
        return await self._audience.lists()

    async def one(self, list_id: int) -> ListChoice:
        """One list as it is now; raises NotFound."""
        found = await self._clearstream.list(list_id)
        return ListChoice(found.id, found.name or f"List {found.id}", found.subscriber_count)

    async def people(self, list_id: int, page: int, search: Search | None = None) -> People:
        """A page of a list's subscribers, all or those a search finds. Raises UpstreamError.

        Whether there is another page is asked: what a page says of their number is not to be trusted.
        """
        found = await self._page(list_id, page, search)
        following = await self._page(list_id, page + 1, search) if found else ()
        return People(found, page, more=bool(following) and following != found)

    async def _page(self, list_id: int, page: int, search: Search | None) -> tuple[Subscriber, ...]:
        return (await self._clearstream.list_subscribers_page(list_id, page, PEOPLE, search)).items

    async def counted(self, list_id: int) -> AsyncIterator[Count]:
        """Who is on a list and on no other: told every now and then while all subscribers are looked at, and at last.

        Clearstream tells of nobody's lists but in the listing of the whole account.
        """
        looked_at = alone = 0
        on_it: set[str] = set()
        async for person in every(lambda page: self._clearstream.subscribers_page(page, _AT_ONCE)):
            looked_at += 1
            ids = {one.id for one in person.lists}
            if list_id in ids and person.mobile_number not in on_it:
                on_it.add(person.mobile_number)
                alone += len(ids) == 1
            if not looked_at % _TOLD_EVERY:
                yield Count(looked_at, len(on_it), alone, done=False)
        yield Count(looked_at, len(on_it), alone, done=True)

    async def taken(self, tx: Tx, name: str, but: int | None = None) -> bool:
        """Whether another list is known to have this name, by what was fetched a moment ago; asks nobody upstream."""
        row = await rows.kept_value(tx, LISTS)
        if row is None or tx.now - row["fetched_at"] > FRESH:
            return False
        return any(same_name(one["name"], name) and one["id"] != but for one in row["value"])

    async def create(self, tx: Tx, name: str, by: str, draft: str) -> bool:
        """Ask for a new list; False where this draft was asked for already."""
        return await self._ask(tx, CREATE, "lists", name, {"name": name}, by, draft)

    async def rename(self, tx: Tx, one: ListChoice, name: str, by: str, draft: str) -> bool:
        """Ask for a list to get another name; False where this draft was asked for already."""
        payload = {"list": one.id, "was": one.name, "name": name}
        return await self._ask(tx, RENAME, f"list:{one.id}", one.name, payload, by, draft)

    async def delete(self, tx: Tx, going: Going, by: str, draft: str) -> bool:
        """Ask for a list to be deleted; False where this draft was asked for already."""
        one = going.list
        payload = {"list": one.id, "name": one.name, "subscribers": one.subscribers}
        payload |= {"force": going.force, "opted_out": going.alone}
        return await self._ask(tx, DELETE, f"list:{one.id}", one.name, payload, by, draft)

    async def add(self, tx: Tx, newcomer: Newcomer, by: str, draft: str) -> bool:
        """Ask for somebody to be added; False where this draft was asked for already."""
        number = newcomer.number
        return await self._ask(tx, ADD, f"contact:{number}", number, newcomer.payload(), by, draft)

    async def _ask(
        self, tx: Tx, kind: str, lane: str, subject: str, payload: dict[str, Any], by: str, draft: str
    ) -> bool:
        # ``to``: should it fail when nobody looks on any more, whoever asked is told in private.
        intention = Intention(kind=kind, key=key(kind, draft), payload={**payload, "to": by}, lane=lane, asked_by=by)
        return await record.asked(tx, self._ledger, intention, _RECORDED[kind], subject, payload)
