"""Lists and the people on them ("Lists" and "Subscribers" in the document)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.clearstream.checks import Checks, changed, given, ids
from bot.clearstream.endpoints import Endpoints, every
from bot.clearstream.models import List, Page, Subscriber


@dataclass(frozen=True, slots=True)
class Search:
    """Whom to look for: parts of a name or number, all of them (``and``) or any (``or``)."""

    first: str | None = None
    last: str | None = None
    mobile_number: str | None = None
    operator: Literal["or", "and"] = "or"

    def query(self) -> dict[str, str]:
        """The parameters of the search; the operator only where there is something to join."""
        parts = given(first=self.first or None, last=self.last or None, mobile_number=self.mobile_number or None)
        return {**parts, "operator": self.operator} if len(parts) > 1 else parts


class ListEndpoints(Endpoints):
    """GET and POST /lists, GET, PATCH and DELETE /lists/<id>, GET /lists/<id>/subscribers."""

    async def lists_page(self, page: int = 1, limit: int | None = None) -> Page[List]:
        """One page of the account's lists; ``limit`` is 100 where None."""
        return await self._page(List, "/lists", page, limit)

    def lists(self) -> AsyncIterator[List]:
        """All lists of the account."""
        return every(self.lists_page)

    async def list(self, list_id: int) -> List:
        """The list with this id; raises NotFound."""
        return await self._one(List, "GET", "/lists/{id}", {"id": list_id})

    async def create_list(self, name: str) -> List:
        """Create a list; ``name`` must be unique in the account."""
        return await self._one(List, "POST", "/lists", form=_named(name))

    async def update_list(self, list_id: int, name: str) -> List:
        """Rename a list; ``name`` must be unique in the account."""
        return await self._one(List, "PATCH", "/lists/{id}", {"id": list_id}, form=_named(name))

    async def delete_list(self, list_id: int, *, force: bool = False) -> None:
        """Delete a list. One with subscribers needs ``force``, which opts out who is on no other list."""
        await self._delete("/lists/{id}", {"id": list_id}, {"force_delete": "1"} if force else None)

    async def list_subscribers_page(
        self, list_id: int, page: int = 1, limit: int | None = None, search: Search | None = None
    ) -> Page[Subscriber]:
        """One page of a list's subscribers, without their lists; ``limit`` is 20 where None."""
        query = search.query() if search else None
        return await self._page(Subscriber, "/lists/{id}/subscribers", page, limit, parts={"id": list_id}, query=query)

    def list_subscribers(self, list_id: int, search: Search | None = None) -> AsyncIterator[Subscriber]:
        """All subscribers of a list that ``search`` finds, without their lists."""
        return every(lambda page: self.list_subscribers_page(list_id, page, search=search))


class SubscriberEndpoints(Endpoints):
    """GET and POST /subscribers, GET, PATCH and DELETE /subscribers/<number>; numbers in E.164."""

    async def subscribers_page(
        self, page: int = 1, limit: int | None = None, search: Search | None = None
    ) -> Page[Subscriber]:
        """One page of the account's subscribers; ``limit`` is 20 where None."""
        return await self._page(Subscriber, "/subscribers", page, limit, query=search.query() if search else None)

    def subscribers(self, search: Search | None = None) -> AsyncIterator[Subscriber]:
        """All subscribers that ``search`` finds."""
        return every(lambda page: self.subscribers_page(page, search=search))

    async def subscriber(self, number: str) -> Subscriber:
        """The subscriber with this number; raises NotFound."""
        return await self._one(Subscriber, "GET", "/subscribers/{number}", {"number": _checked(number)})

    async def create_subscriber(
        self,
        number: str,
        lists: Sequence[int],
        *,
        first: str | None = None,
        last: str | None = None,
        email: str | None = None,
        autoresponse_header: str | None = None,
        autoresponse_body: str | None = None,
    ) -> Subscriber:
        """Create a subscriber on at least one list; INACTIVE until they confirm by text.

        The autoresponse is what they receive after that: both parts or neither.
        """
        checks = Checks()
        checks.number(number)
        checks.that(lists, "lists", "Choose at least one list.")
        checks.email(email)
        if autoresponse_header is not None or autoresponse_body is not None:
            checks.words(autoresponse_header or "", autoresponse_body or "", "autoresponse_")
        checks.done()
        names = given(first=first, last=last, email=email)
        answer = given(autoresponse_header=autoresponse_header, autoresponse_body=autoresponse_body)
        form: Mapping[str, str] = {"mobile_number": number, "lists": ids(lists), **names, **answer}
        return await self._one(Subscriber, "POST", "/subscribers", form=form)

    async def update_subscriber(
        self, number: str, *, first: str | None = None, last: str | None = None, email: str | None = None
    ) -> Subscriber:
        """Change what is given; None leaves a thing as it is, an empty string clears it."""
        checks = Checks()
        checks.number(number)
        checks.email(email)
        checks.done()
        form = changed(given(first=first, last=last, email=email))
        return await self._one(Subscriber, "PATCH", "/subscribers/{number}", {"number": number}, form=form)

    async def delete_subscriber(self, number: str) -> None:
        """Delete a subscriber, which opts them out of all lists."""
        await self._delete("/subscribers/{number}", {"number": _checked(number)})


def _named(name: str) -> dict[str, str]:
    checks = Checks()
    checks.required(name, "name", "a name for the list")
    checks.done()
    return {"name": name}


def _checked(number: str) -> str:
    checks = Checks()
    checks.number(number)
    checks.done()
    return number
