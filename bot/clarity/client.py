"""``Clarity``: one async method for every endpoint of the document."""

from typing import Self

from bot.clarity.calls import CallEndpoints
from bot.clarity.community import NeedEndpoints, OrganizationEndpoints
from bot.clarity.lists import ListEndpoints
from bot.clarity.members import MemberEndpoints
from bot.clarity.messages import MessageEndpoints
from bot.http import ApiClient, Observe

BASE_URL = "https://api.clarity.fm/v1/"
"""Where all endpoints begin."""


def open_api(base_url: str = BASE_URL, *, timeout: float = 20.0, observe: Observe | None = None) -> ApiClient:
    """Connections to Clarity for any number of people (see ``Clarity.of``); close them with ``aclose``.

    Raises SettingsError for an address that cannot be one.
    """
    return ApiClient(service="Clarity", base_url=base_url, timeout=timeout, observe=observe)


class Clarity(MemberEndpoints, CallEndpoints, NeedEndpoints, OrganizationEndpoints, MessageEndpoints, ListEndpoints):
    """Clarity's API, version 1, as one member: the one whose OAuth token it holds.

    The token goes with every request as ``oauth_token`` and is nowhere to be seen. What cannot be right raises Invalid
    before anything is sent, with ``fields`` by the document's parameter names; everything else that goes wrong raises
    an UpstreamError (see ``ApiClient.request``): Unauthorized where the token is refused.
    """

    @classmethod
    def with_token(
        cls, token: str, base_url: str = BASE_URL, *, timeout: float = 20.0, observe: Observe | None = None
    ) -> Self:
        """One member with connections of their own; raises SettingsError for a token or address that cannot be one."""
        return cls.of(token, open_api(base_url, timeout=timeout, observe=observe))

    @classmethod
    def of(cls, token: str, api: ApiClient) -> Self:
        """One member among many over the connections of ``api``, which stays for others when this one is dropped.

        Raises SettingsError for an empty token.
        """
        return cls(api.signed({"oauth_token": token}))

    def __repr__(self) -> str:
        return "<Clarity>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, for everybody who shares them."""
        await self._api.aclose()
