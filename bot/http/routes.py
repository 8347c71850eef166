"""What a part of any service's API has in common: it asks by route."""

from collections.abc import Mapping

from bot.http.answers import expand
from bot.http.client import Answer, ApiClient

Parts = Mapping[str, object]
"""What stands in the places of a route."""
Query = Mapping[str, str | int]
Form = Mapping[str, str]


class Routes:
    """A part of a service's API over ``api``, which brings the credentials and the errors."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

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
