"""``Clearstream``: one async method for every endpoint of the document."""

from typing import Self

from bot.clearstream.account import AccountEndpoints
from bot.clearstream.audience import ListEndpoints, SubscriberEndpoints
from bot.clearstream.inbox import InboxEndpoints
from bot.clearstream.keywords import KeywordEndpoints
from bot.clearstream.messages import MessageEndpoints
from bot.http import ApiClient, Observe

BASE_URL = "https://api.getclearstream.com/v1/"
"""Where all endpoints begin ("Basics")."""


def open_api(key: str, base_url: str = BASE_URL, *, timeout: float = 20.0, observe: Observe | None = None) -> ApiClient:
    """Connections with an API key; raises SettingsError for a key or address that cannot be one."""
    return ApiClient(
        service="Clearstream", base_url=base_url, headers={"X-Api-Key": key}, timeout=timeout, observe=observe
    )


class Clearstream(
    AccountEndpoints, ListEndpoints, SubscriberEndpoints, KeywordEndpoints, MessageEndpoints, InboxEndpoints
):
    """Clearstream's API, version 1; make one with ``with_key`` and close it with ``aclose`` or ``async with``.

    What cannot be right raises Invalid before anything is sent, with ``fields`` by the document's parameter names;
    everything else that goes wrong raises an UpstreamError (see ``ApiClient.request``).
    Listings come as ``…_page`` (one page with its figures) and under the plain name as an iterator over everything.
    """

    @classmethod
    def with_key(
        cls, key: str, base_url: str = BASE_URL, *, timeout: float = 20.0, observe: Observe | None = None
    ) -> Self:
        """The account an API key belongs to; raises SettingsError for a key or address that cannot be one."""
        return cls(open_api(key, base_url, timeout=timeout, observe=observe))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()
