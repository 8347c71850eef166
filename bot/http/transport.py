"""Connections, credentials and the retrying of reads: everything of httpx that is set up once.

Credentials are put on a request beneath everything that logs or raises, so neither httpx's log lines nor its
exceptions can hold them. The loggers named in ``NOISY`` are besides kept at WARNING: below it they write whole
addresses, and those hold phone numbers.
"""

import functools
import logging
import ssl
from collections.abc import Mapping
from typing import Any

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


def open_client(
    service: str, base_url: str, headers: Mapping[str, str], params: Mapping[str, str], timeout: float
) -> httpx.AsyncClient:
    """A client of one service whose every request carries ``headers`` and ``params`` as credentials.

    Raises SettingsError, without quoting them, for a base address or a credential that cannot be used.
    """
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError(f"The address of {service} must begin with https:// (or http://).")
    if not all(value and value.isascii() and value.isprintable() and " " not in value for value in headers.values()):
        raise SettingsError(f"The key for {service} is empty or holds a character no key has. Copy it once more.")
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4),
        follow_redirects=False,
        headers={"Accept": "application/json", "User-Agent": "switchboard-bot"},
        transport=RetryTransport(transport=_Credentials(headers, params), retry=_READS_ONLY),
    )


class _Credentials(httpx.AsyncBaseTransport):
    """The connections, each request signed on its way into them."""

    def __init__(self, headers: Mapping[str, str], params: Mapping[str, str]) -> None:
        self._headers, self._params = dict(headers), dict(params)
        # Idle connections are dropped early: a write on one that the server is just closing ends in doubt.
        limits = httpx.Limits(max_connections=20, keepalive_expiry=2.0)
        self._connections = httpx.AsyncHTTPTransport(verify=_trust(), limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        signed = httpx.Request(
            request.method,
            request.url.copy_merge_params(self._params) if self._params else request.url,
            headers=[*request.headers.raw, *((name.encode(), value.encode()) for name, value in self._headers.items())],
            stream=request.stream,
            extensions=request.extensions,
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

    async def run(self, client: httpx.AsyncClient, method: str, path: str, **arguments: Any) -> None:
        """Send the request and read the answer; raises one of ``LOST``."""
        async with client.stream(method, path, extensions={"trace": self._trace}, **arguments) as response:
            self.status, self.headers = response.status_code, response.headers
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise TooLong("longer than is read")
            self.content = bytes(content)

    async def _trace(self, event: str, _: Mapping[str, Any]) -> None:
        self.begun = self.begun or event.endswith("send_request_headers.started")
