"""``ApiClient``: asks one service and answers with its JSON, or raises an error a person can be told."""

import asyncio
import copy
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import structlog

from bot.errors import UpstreamError
from bot.http import failures
from bot.http.answers import explanation, http_date, parse_json, retry_after
from bot.http.transport import LOST, SLOW, Connections, Credentials, Exchange, TooLong

Observe = Callable[[str, str, str, int | None, float], None]
"""Told of every request: service, method, route, status (None without an answer), seconds."""

_WORDS_LIMIT = 300
_ANGLES = str.maketrans("<>", "‹›")
_TRICKS = re.compile("[\u0000-\u0008\u000e-\u001f\u007f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that only hide, or turn the reading around."""
_NUMBER = re.compile(r"\+\d[\d\s().-]{5,}\d|(?<![\w.:-])\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4,9}(?![\w:-])")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful (2xx) answer; its contents stay out of its ``repr``.

    ``body`` is the parsed JSON (None for an empty body), ``date`` the server's clock in UTC where it told it.
    """

    status: int
    date: datetime | None
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    text: str = field(repr=False)


class ApiClient:
    """Asks one service over HTTP and answers with its JSON.

    ``service`` is its name for people; ``headers`` and ``params`` (query string) are its credentials and go with every
    request; ``secrets`` are further words that no error may repeat. ``timeout`` bounds a whole request in seconds,
    retries included. Reads (GET) are tried up to three times; everything else exactly once, because repeating a write
    is a decision for whoever keeps the record of it.
    """

    def __init__(
        self,
        *,
        service: str,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        timeout: float = 20.0,
        observe: Observe | None = None,
    ) -> None:
        self.service = service
        self._credentials = Credentials(headers or {}, params or {}, tuple(secrets))
        self._credentials.check(service)
        self._connections = Connections(service, base_url, timeout)
        self._timeout = timeout
        self._observe = observe

    def __repr__(self) -> str:
        return f"<ApiClient {self.service}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; requests under way fail."""
        await self._connections.aclose()

    def signed(self, params: Mapping[str, str]) -> Self:
        """The same client for somebody else: ``params`` (query string) are credentials that go with its every request.

        It shares the connections of this one and costs next to nothing; closing either closes them. Raises
        SettingsError, without quoting it, for a credential that cannot be one.
        """
        other = copy.copy(self)
        other._credentials = self._credentials.and_params(params)
        other._credentials.check(self.service)
        return other

    async def request(
        self,
        method: str,
        path: str,
        *,
        route: str,
        query: Mapping[str, str | int] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        plain: bool = False,
    ) -> Answer:
        """Make one request and return its 2xx answer.

        ``path`` is below the base address, its parts encoded (see ``expand``); ``route`` is its template and all that
        metrics and logs ever see. ``plain`` accepts an answer that is not JSON; its ``body`` is None.
        Raises an UpstreamError: Unreachable before anything was sent, Rejected or RateLimited for 4xx, ServerFault or
        Unavailable for 5xx; for a lost or senseless answer MaybeSent after a write, NotSent after a GET.
        """
        exchange, started = Exchange(), time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                await exchange.run(
                    self._connections, self._credentials, method, path, params=query, data=form, json=json
                )
        except LOST as error:
            # A refusal is clear from its status even when its explanation got lost on the way.
            if exchange.status is None or exchange.status < 400:
                raise self._lost(method, exchange, error) from _frameless(error)
        finally:
            self._report(method, route, exchange.status, time.perf_counter() - started)
        return self._judge(method, exchange, plain=plain)

    def senseless(self, method: str, status: int | None = None) -> UpstreamError:
        """The error for a successful answer that nobody can read: MaybeSent after a write, NotSent after a GET."""
        return failures.lost(self.service, method, "answered in a way that makes no sense", status)

    def _report(self, method: str, route: str, status: int | None, seconds: float) -> None:
        log.debug("asked upstream", service=self.service, method=method, route=route, status=status, seconds=seconds)
        if self._observe:
            self._observe(self.service, method, route, status, seconds)

    def _lost(self, method: str, exchange: Exchange, error: BaseException) -> UpstreamError:
        if not exchange.begun:
            return failures.unreachable(self.service, method)
        if isinstance(error, TooLong):
            return self.senseless(method, exchange.status)
        what = "did not answer in time" if isinstance(error, SLOW) else "broke off before it had answered"
        return failures.lost(self.service, method, what, exchange.status)

    def _judge(self, method: str, exchange: Exchange, *, plain: bool) -> Answer:
        status = exchange.status or 0
        if status >= 400:
            raise self._failure(method, status, exchange)
        if not 200 <= status < 300:
            raise self.senseless(method, status)
        body = None
        try:
            body = parse_json(exchange.content) if exchange.content.strip() else None
        except ValueError as error:
            if not plain:
                raise self.senseless(method, status) from error
        text = exchange.content.decode("utf-8", errors="replace")
        return Answer(status, http_date(exchange.headers.get("date")), exchange.headers, body, text)

    def _failure(self, method: str, status: int, exchange: Exchange) -> UpstreamError:
        words, fields = explanation(exchange.content)
        words = self._clean(_NUMBER.sub("(number)", words))
        # Which of several numbers is wrong must be said beside the field it was typed into, and only there.
        fields = {name: [self._clean(sentence) for sentence in said] for name, said in fields.items()}
        if status == 429:
            return failures.rate_limited(self.service, method, retry_after(exchange.headers), words)
        if status < 500:
            return failures.refused(self.service, method, status, words, fields)
        return failures.broken(self.service, method, status, words)

    def _clean(self, words: str) -> str:
        """The service's own words in one line of sensible length, without our credentials."""
        for secret in self._credentials.secrets:
            words = words.replace(secret, "…")
        # These words are said in Slack, too: nothing in them may be taken for a mention or a link there.
        words = " ".join(_TRICKS.sub("", words).translate(_ANGLES).split())
        return words if len(words) <= _WORDS_LIMIT else words[: _WORDS_LIMIT - 1] + "…"


def _frameless(error: BaseException) -> BaseException:
    """The error in its own words alone: in the frames beneath it lies the address with the credentials in it."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
