"""What all endpoints share: one thing, one page, everything page by page, and deletions."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.clearstream.checks import Checks
from bot.clearstream.models import Item, Page
from bot.clearstream.reading import Model
from bot.errors import Rejected
from bot.http import Answer
from bot.http.routes import Form, Parts, Query, Routes

One = TypeVar("One", bound=Model)

_PAGE_FIGURES = ("count", "total", "current_page", "pages", "limit", "unread", "available")


class Endpoints(Routes):
    """A part of Clearstream's API over ``api``, which brings the key and the errors."""

    async def _one(
        self,
        model: type[One],
        method: str,
        route: str,
        parts: Parts | None = None,
        *,
        query: Query | None = None,
        form: Form | None = None,
    ) -> One:
        """The one thing a request answers with, inside ``data`` or bare."""
        answer = await self._ask(method, route, parts, query=query, form=form)
        body = answer.body.get("data", answer.body) if isinstance(answer.body, dict) else None
        if not body:
            raise self._api.senseless(method, answer.status)
        return self._read(model, body, method, answer.status)

    async def _page(
        self,
        model: type[Item],
        route: str,
        page: int,
        limit: int | None,
        *,
        parts: Parts | None = None,
        query: Query | None = None,
    ) -> Page[Item]:
        """One page of a listing; a missing ``limit`` leaves its size to the service."""
        checks = Checks()
        checks.paging(page, limit)
        checks.done()
        asked: dict[str, str | int] = {"page": page, **({"limit": limit} if limit else {}), **(query or {})}
        answer = await self._ask("GET", route, parts, query=asked)
        items = self._read_all(model, answer)
        figures = {name: _figure(answer.body.get(name)) for name in _PAGE_FIGURES}
        return Page(items, date=answer.date, **figures)

    async def _delete(self, route: str, parts: Parts, form: Form | None = None) -> None:
        """Delete one thing. Any 2xx means it is gone, unless the answer says in so many words that it is not."""
        answer = await self._ask("DELETE", route, parts, form=form, plain=True)
        body = answer.body if isinstance(answer.body, dict) else {}
        inner = body.get("data")
        if (inner if isinstance(inner, dict) else body).get("deleted") is False:
            service = self._api.service
            raise Rejected(f"{service} did not delete it. Nothing was changed.", service=service, status=answer.status)

    def _read(self, model: type[One], body: Any, method: str, status: int) -> One:
        try:
            return model.from_answer(body)
        except ValidationError as error:
            raise self._api.senseless(method, status) from error

    def _read_all(self, model: type[One], answer: Answer) -> tuple[One, ...]:
        """The things in a listing's ``data``; null is an empty one, none at all makes no sense."""
        if not isinstance(answer.body, dict) or "data" not in answer.body:
            raise self._api.senseless("GET", answer.status)
        return self._things(model, answer.body["data"], answer.status)


def _figure(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


async def every(fetch: Callable[[int], Awaitable[Page[Item]]]) -> AsyncIterator[Item]:
    """Everything from the first page to the first empty one, whatever the pages say of their number.

    A page that repeats the one before also ends it: some servers answer with their last page for ever.
    """
    number, before = 1, None
    while (page := await fetch(number)) and page.items != before:
        for item in page:
            yield item
        number, before = number + 1, page.items
