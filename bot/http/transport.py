"""Connections, credentials and the retrying of reads: everything of httpx that is set up once.

Credentials are put on a request beneath everything that logs or raises, so neither httpx's log lines nor its
exceptions can hold them. The loggers named in ``NOISY`` are besides kept at WARNING: below it they write whole
addresses, and those hold phone numbers.
"""

import functools
import logging
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
from httpx_retries import Retry, RetryTransport

from bot.errors import SettingsError
from bot.http.answers import retry_after

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of an answer that are read; a longer one makes no sense to us."""
LONGEST_WAIT = 2.0
"""Seconds a read waits inside itself when it is asked to; a longer wait is for the caller to plan."""
NOISY = ("httpx", "httpcore", "httpx_retries")
"""Loggers that write addresses below WARNING."""

_CREDENTIALS = "credentials"
"""Under this name a request carries its credentials down to where it is signed."""

LOST = (httpx.HTTPError, TimeoutError)
"""What ends a request without a whole answer."""
SLOW = (httpx.TimeoutException, TimeoutError)
"""Of these, the ones that mean it took too long."""


class TooLong(httpx.DecodingError):
    """The answer is longer than ``BODY_LIMIT``."""


class _AskAgain(Exception):
    """The service asked a read to wait, shortly enough to do it here."""


def _short_wait(response: httpx.Response) -> None:
    """Has a read repeated after 429 or 503, unless the service asks for a longer wait than we can afford."""
    if response.status_code in (429, 503) and retry_after(response.headers, default=0.0) <= LONGEST_WAIT:
        raise _AskAgain


_READS_ONLY = Retry(
    total=2,
    allowed_methods=["GET"],
    status_forcelist=[500, 502, 504],
    retry_on_exceptions=[httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout, _AskAgain],
    validate_response=_short_wait,
    backoff_factor=0.2,
    max_backoff_wait=LONGEST_WAIT,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: what is put on a request out of sight. Nothing of it stands in its ``repr``.

    ``headers`` and ``params`` (query string) go with the request; ``also_secret`` are more words not to be told.
    """

    headers: Mapping[str, str] = field(repr=False)
    params: Mapping[str, str] = field(repr=False)
    also_secret: Sequence[str] = field(default=(), repr=False)

    @property
    def secrets(self) -> list[str]:
        """Every word that must not be told, also as it stands in an address; the longest first."""
        words = {word for word in (*self.headers.values(), *self.params.values(), *self.also_secret) if word}
        spelled = {spelling for word in words for spelling in (word, quote(word, safe=""), quote_plus(word))}
        return sorted(spelled, key=len, reverse=True)

    def and_params(self, params: Mapping[str, str]) -> "Credentials":
        """These and some more for the query string."""
        return replace(self, params={**self.params, **params})

    def check(self, service: str) -> None:
        """Raise SettingsError, without quoting it, where one of them cannot be sent."""
        usable = all(value and value.isascii() and value.isprintable() for value in self.headers.values())
        if not usable or any(" " in value for value in self.headers.values()):
            raise SettingsError(f"The key for {service} is empty or holds a character no key has. Copy it once more.")
        if not all(value.strip() for value in self.params.values()):
            raise SettingsError(f"The token for {service} is empty. Copy it once more.")


def open_client(service: str, base_url: str, timeout: float) -> httpx.AsyncClient:
    """A client of one service; each request brings its own ``Credentials`` (see ``Exchange.run``).

    Raises SettingsError for a base address that cannot be used.
    """
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError(f"The address of {service} must begin with https:// (or http://).")
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4),
        follow_redirects=False,
        # Different people ask over these connections: a cookie would carry one's identity into another's request.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"Accept": "application/json", "User-Agent": "switchboard-bot"},
        transport=RetryTransport(transport=_Signing(), retry=_READS_ONLY),
    )


class _Signing(httpx.AsyncBaseTransport):
    """The connections, shared by all who ask; each request is signed on its way into them."""

    def __init__(self) -> None:
        # Idle connections are dropped early: a write on one that the server is just closing ends in doubt.
        limits = httpx.Limits(max_connections=20, keepalive_expiry=2.0)
        self._connections = httpx.AsyncHTTPTransport(verify=_trust(), limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        extensions = dict(request.extensions)
        credentials: Credentials = extensions.pop(_CREDENTIALS)
        headers = httpx.Headers(request.headers)
        for name, value in credentials.headers.items():
            headers[name] = value
        signed = httpx.Request(
            request.method,
            request.url.copy_merge_params(credentials.params) if credentials.params else request.url,
            headers=headers,
            stream=request.stream,
            extensions=extensions,
        )
        return await self._connections.handle_async_request(signed)

    async def aclose(self) -> None:
        await self._connections.aclose()


@functools.cache
def _trust() -> ssl.SSLContext:
    """The certificates we trust, read once: it takes longer than everything else about a client."""
    return httpx.create_ssl_context()


class Exchange:
    """What is known of one request so far, however it ends."""

    def __init__(self) -> None:
        self.begun = False
        """Whether anything may have been written to a connection."""
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.content = b""

    async def run(
        self, client: httpx.AsyncClient, credentials: Credentials, method: str, path: str, **arguments: Any
    ) -> None:
        """Send the request with its credentials and read the answer; raises one of ``LOST``."""
        extensions = {"trace": self._trace, _CREDENTIALS: credentials}
        async with client.stream(method, path, extensions=extensions, **arguments) as response:
            self.status, self.headers = response.status_code, response.headers
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise TooLong("longer than is read")
            self.content = bytes(content)

    async def _trace(self, event: str, _: Mapping[str, Any]) -> None:
        self.begun = self.begun or event.endswith("send_request_headers.started")
