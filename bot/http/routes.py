"""What a part of any service's API has in common: it asks by route."""

from collections.abc import Mapping
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from bot.http.answers import expand
from bot.http.client import Answer, ApiClient
from bot.http.reading import Readable

Parts = Mapping[str, object]
"""What stands in the places of a route."""
Query = Mapping[str, str | int]
Form = Mapping[str, str]

One = TypeVar("One", bound=Readable)

_LONGEST = 20_000
"""Things that are read of an answer: a longer one was sent by nobody who means well."""

log = structlog.get_logger(__name__)


class Routes:
    """A part of a service's API over ``api``, which brings the credentials and the errors."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._left_out: dict[type[Readable], int] = {}

    async def _ask(
        self,
        method: str,
        route: str,
        parts: Parts | None = None,
        *,
        query: Query | None = None,
        form: Form | None = None,
        plain: bool = False,
    ) -> Answer:
        path = expand(route, **(parts or {}))
        return await self._api.request(method, path, route=route, query=query, form=form, plain=plain)

    def _things(self, model: type[One], said: Any, status: int) -> tuple[One, ...]:
        """The things of a list that was asked for, none where it is null. One that cannot be read is left out.

        The log tells of that when their number changes. What is no list, far too long, or has nothing in it that can
        be read makes no sense.
        """
        if not isinstance(said, list | None) or len(said or ()) > _LONGEST:
            raise self._api.senseless("GET", status)
        things = []
        for one in said or ():
            try:
                things.append(model.from_answer(one))
            except ValidationError:
                continue  # counted below
        left_out = len(said or ()) - len(things)
        if left_out and not things:
            raise self._api.senseless("GET", status)
        if left_out != self._left_out.get(model, 0):
            log.warning("upstream.unreadable", service=self._api.service, what=model.__name__, left_out=left_out)
            self._left_out[model] = left_out
        return tuple(things)
