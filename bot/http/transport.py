"""Connections, credentials and the retrying of reads: everything of httpx that is set up once.

Credentials are put on a request beneath everything that logs or raises, so neither httpx's log lines nor its
exceptions can hold them. The loggers named in ``NOISY`` are besides kept at WARNING: below it they write whole
addresses, and those hold phone numbers.
"""

import asyncio
import functools
import logging
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import httpx
from httpx_retries import Retry, RetryTransport

from bot.errors import SettingsError
from bot.http.answers import retry_after

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of an answer that are read; a longer one makes no sense to us."""
LONGEST_WAIT = 2.0
"""Seconds a read waits inside itself when it is asked to; a longer wait is for the caller to plan."""
MOST_AT_ONCE = 20
"""Requests to one service that are under way at the same time."""
NOISY = ("httpx", "httpcore", "httpx_retries")
"""Loggers that write addresses below WARNING."""

# Cookies are neither kept nor sent: one person's would carry their identity into another's request.
_HEADERS = httpx.Headers(
    {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "keep-alive",
        "User-Agent": "switchboard-bot",
    }
)
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

    def signed(self, url: httpx.URL) -> httpx.URL:
        """The address with these behind its query."""
        if not self.params:
            return url
        return httpx.URL(f"{url}{'&' if url.query else '?'}{urlencode(self.params)}")

    def check(self, service: str) -> None:
        """Raise SettingsError, without quoting it, where one of them cannot be sent."""
        usable = all(value and value.isascii() and value.isprintable() for value in self.headers.values())
        if not usable or any(" " in value for value in self.headers.values()):
            raise SettingsError(f"The key for {service} is empty or holds a character no key has. Copy it once more.")
        if not all(value.strip() for value in self.params.values()):
            raise SettingsError(f"The token for {service} is empty. Copy it once more.")


class Connections:
    """At most ``MOST_AT_ONCE`` connections to one service, shared by all who ask it.

    Each is a pool of its own, asked by one exchange at a time: in a pool of many every request looks through all of
    them, again and again, which soon costs more than the request. One whose exchange did not come to its end is given
    up. Raises SettingsError for an address that cannot be used.
    """

    def __init__(self, service: str, base_url: str, timeout: float) -> None:
        self._base_url = _address(service, base_url)
        self._timeout = timeout
        self._extensions = {"timeout": httpx.Timeout(timeout, connect=timeout / 4).as_dict()}
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._idle: list[httpx.AsyncBaseTransport] = []
        self._opened: list[httpx.AsyncBaseTransport] = []
        self._closed = False
        for name in NOISY:
            logging.getLogger(name).setLevel(logging.WARNING)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """A connection for one exchange, the one used last first.

        Raises TimeoutError where none gets free in time, and ConnectError once they are closed.
        """
        async with asyncio.timeout(self._timeout / 4):
            await self._free.acquire()
        try:
            connection = self._take()
            try:
                yield connection
            except BaseException:
                # Cut off before its first request has begun, it would stay taken for ever in the library's eyes.
                self._opened.remove(connection)
                await connection.aclose()
                raise
            self._idle.append(connection)
        finally:
            self._free.release()

    def request(self, method: str, path: str, extensions: Mapping[str, Any], **contents: Any) -> httpx.Request:
        """A request to be sent over one of them; ``contents`` are its query, form or JSON as httpx names them."""
        extensions = {**self._extensions, **extensions}
        url = self._base_url + path.lstrip("/")
        return httpx.Request(method, url, headers=_HEADERS, extensions=extensions, **contents)

    async def aclose(self) -> None:
        """Close them; requests under way fail, and later ones are not sent."""
        self._closed = True
        for connection in [*self._opened]:
            await connection.aclose()

    def _take(self) -> httpx.AsyncBaseTransport:
        if self._closed:
            raise httpx.ConnectError("the connections are closed")
        if self._idle:
            return self._idle.pop()
        self._opened.append(RetryTransport(transport=_Signing(), retry=_READS_ONLY))
        return self._opened[-1]


def _address(service: str, base_url: str) -> str:
    """The address that every path is put behind, if it is one."""
    try:
        if httpx.URL(base_url).scheme in ("http", "https"):
            return base_url.rstrip("/") + "/"
    except httpx.InvalidURL:
        pass
    raise SettingsError(f"The address of {service} must begin with https:// (or http://).")


class _Signing(httpx.AsyncBaseTransport):
    """A connection that signs each request on its way out."""

    def __init__(self) -> None:
        # A connection that was idle is soon replaced: a write on one that the server is just closing ends in doubt.
        limits = httpx.Limits(max_connections=1, keepalive_expiry=2.0)
        self._connection = httpx.AsyncHTTPTransport(verify=_trust(), limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        extensions = dict(request.extensions)
        credentials: Credentials = extensions.pop(_CREDENTIALS)
        headers = httpx.Headers(request.headers)
        headers.update(credentials.headers)
        url = credentials.signed(request.url)
        signed = httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=extensions)
        return await self._connection.handle_async_request(signed)

    async def aclose(self) -> None:
        await self._connection.aclose()


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
        self, connections: Connections, credentials: Credentials, method: str, path: str, **contents: Any
    ) -> None:
        """Send the request with its credentials and read the answer; raises one of ``LOST``."""
        extensions = {"trace": self._trace, _CREDENTIALS: credentials}
        request = connections.request(method, path, extensions, **contents)
        async with (
            connections.one() as connection,
            aclosing(await connection.handle_async_request(request)) as response,
        ):
            self.status, self.headers = response.status_code, response.headers
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise TooLong("longer than is read")
            self.content = bytes(content)

    async def _trace(self, event: str, _: Mapping[str, Any]) -> None:
        self.begun = self.begun or event.endswith("send_request_headers.started")
