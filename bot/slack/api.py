"""Slack's Web API as the rest of us needs it: no retries of its own, and every failure one of our errors.

Slack says most failures as HTTP 200 with ``ok: false``; they are told apart by their name.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import MaybeSent, RateLimited, Rejected, ServerFault, Unreachable
from bot.http.answers import retry_after
from bot.slack.hosts import is_slacks

SERVICE = "Slack"

#: Said when Slack itself failed on the way: nobody can tell whether it took place.
_FAULTS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown_error"})

#: Said of a channel or of the installation; they mend when a person mends them.
MENDABLE = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)

_TAKE_JSON = frozenset({"chat", "views", "reactions"})

Observe = Callable[[str, str, str, int | str | None, float], None]
"""Told of every call: service, method, Slack's method, HTTP status (``refused`` for ``ok: false``), seconds."""

_REFUSED = "refused"
_SAID = 80
"""Bytes that are kept of why an answer was not taken."""


class SlackRefused(Rejected):
    """Slack said no for certain; ``code`` is its own name for why."""

    def __init__(self, code: str, method: str) -> None:
        super().__init__(f"Slack refused {method}: {code}.", service=SERVICE, status=200)
        self.code = code


class SlackApi:
    """One bot's calls. ``timeout`` in seconds covers a whole call."""

    def __init__(self, token: str, base_url: str, observe: Observe, *, timeout: int = 10) -> None:
        self.base_url = base_url
        self._observe = observe
        self._token = token
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections underneath; made when they are first needed, inside the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout), connector=aiohttp.TCPConnector(limit=50)
            )
        return self._session

    @property
    def authorization(self) -> dict[str, str]:
        """The headers that carry the token: for Slack alone."""
        return {"Authorization": f"Bearer {self._token}"}

    @property
    def client(self) -> AsyncWebClient:
        """Slack's own client on these connections."""
        if self._client is None:
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self.base_url,
                timeout=self._timeout,
                session=self.session,
                retry_handlers=[],
            )
        return self._client

    def with_token(self, token: str) -> "SlackApi":
        """The same for another token, over the same connections."""
        other = SlackApi(token, self.base_url, self._observe, timeout=self._timeout)
        other._session = self._session
        return other

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call one method; its answer. Raises SlackRefused, RateLimited, Unreachable or MaybeSent."""
        return (await self.hear(method, **arguments))[0]

    async def hear(self, method: str, **arguments: Any) -> tuple[dict[str, Any], dict[str, str]]:
        """As ``call``; the answer, and its headers by their names in lower case, where Slack tells scopes and time."""
        status: int | str | None = None
        started = time.monotonic()
        body = {name: value for name, value in arguments.items() if value is not None}
        try:
            # Methods that only read take no JSON (Slack's reference, "Request URL" of each).
            if method.partition(".")[0] in _TAKE_JSON:
                answer = await self.client.api_call(method, json=body)
            else:
                answer = await self.client.api_call(method, data=body)
            status = answer.status_code
        except SlackApiError as error:
            status = _REFUSED if error.response.status_code == 200 else error.response.status_code
            raise _failure(error, method) from None
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{SERVICE} cannot be reached; nothing was sent.", service=SERVICE) from error
        except (aiohttp.ClientError, TimeoutError, SlackClientError, json.JSONDecodeError) as error:
            raise MaybeSent(f"{SERVICE} did not answer {method}.", service=SERVICE) from error
        finally:
            self._observe(SERVICE, "POST", method, status, time.monotonic() - started)
        data: dict[str, Any] = dict(answer.data) if isinstance(answer.data, dict) else {}
        return data, {name.lower(): str(value) for name, value in answer.headers.items()}

    async def update_view(self, view_id: str, view: dict[str, Any]) -> bool:
        """Draw a modal anew; False where nobody has it open any more. Raises as ``call`` does."""
        try:
            await self.call("views.update", view_id=view_id, view=view)
        except SlackRefused as error:
            if error.code in ("not_found", "view_not_found"):
                return False
            raise
        return True

    async def respond(self, url: str, body: dict[str, Any]) -> None:
        """Answer an interaction at its ``response_url`` (five times within 30 minutes). Raises as ``call`` does.

        The address comes with the payload: it is used where it is Slack's own, and leads nowhere else.
        """
        if not is_slacks(url, self.base_url):
            raise SlackRefused("not_slacks_address", "response_url")
        started, status = time.monotonic(), None
        try:
            async with self.session.post(url, json=body, allow_redirects=False) as answer:
                status, said = answer.status, (await answer.read())[:_SAID]
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{SERVICE} cannot be reached; nothing was sent.", service=SERVICE) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise MaybeSent(f"{SERVICE} did not take the answer.", service=SERVICE) from error
        finally:
            self._observe(SERVICE, "POST", "response_url", status, time.monotonic() - started)
        if status != 200:
            raise SlackRefused(said.decode(errors="replace") or str(status), "response_url")


def _failure(error: SlackApiError, method: str) -> Exception:
    response = error.response
    if response.status_code == 429:
        return _limited(response.headers, method)
    if response.status_code >= 500:
        return ServerFault(f"{SERVICE} failed on {method}.", service=SERVICE, status=response.status_code)
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error") or "unknown_error")
    if code in ("ratelimited", "rate_limited"):
        return _limited(response.headers, method)
    if code in _FAULTS:
        return ServerFault(f"{SERVICE} failed on {method}.", service=SERVICE, status=response.status_code)
    return SlackRefused(code, method)


def _limited(headers: Mapping[str, str], method: str) -> RateLimited:
    seconds = retry_after({name.lower(): value for name, value in headers.items()}, default=1.0)
    return RateLimited(
        f"{SERVICE} takes no more {method} for a moment.", service=SERVICE, retry_after=max(seconds, 0.1)
    )
