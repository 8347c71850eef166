"""The way in from Slack: Bolt on Socket Mode, or on signed HTTP."""

import asyncio
import contextlib
import itertools
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.errors import SettingsError, UpstreamError
from bot.slack.api import SlackApi, SlackRefused
from bot.slack.shapes import sound
from bot.under_way import UnderWay

log = structlog.get_logger(__name__)

_PING_SECONDS = 10
_LOOK_SECONDS = 0.25
"""How often it is looked whether the connection is still there: the SDK by itself looks each ``_PING_SECONDS``."""

_FAREWELL = 0.5
"""Seconds that closing the connection may take."""

_TURNS = 3
"""Of the loop, after which what was read from the connection has been begun."""

_SIGNED_FOR = 660
"""Seconds after which a signature is stale for certain: five minutes, and five a clock may be ahead."""

_BAD_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Identity:
    """Who the bot is, as ``auth.test`` says."""

    team_id: str | None
    team_url: str
    bot_id: str | None
    bot_user_id: str | None
    enterprise_id: str | None


async def identify(api: SlackApi) -> Identity:
    """Ask Slack who we are, for as long as it takes to reach it; SettingsError where the token is not accepted.

    Bolt would otherwise ask on the first request of a person, who would wait for it.
    """
    answer = await _patiently(api, "auth.test", "SLACK_BOT_TOKEN")
    return Identity(
        team_id=answer.get("team_id"),
        team_url=str(answer.get("url") or "https://slack.com/"),
        bot_id=answer.get("bot_id"),
        bot_user_id=answer.get("user_id"),
        enterprise_id=answer.get("enterprise_id"),
    )


async def _patiently(api: SlackApi, method: str, setting: str) -> dict[str, Any]:
    attempt = 0
    while True:
        try:
            return await api.call(method)
        except SlackRefused as error:
            if error.code in _BAD_TOKEN:
                raise SettingsError(
                    f"{setting} is not accepted by Slack ({error.code}). Copy it anew from your Slack app's settings."
                ) from error
            raise SettingsError(f"{setting}: Slack refused {method} ({error.code}).") from error
        except UpstreamError as error:
            if not attempt:
                log.warning("slack.unreachable", error=str(error))
        await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        attempt += 1


class _Known(AsyncAuthorize):
    """Tells Bolt who we are: always the same, so that nothing is put together for each press."""

    def __init__(self, identity: Identity, token: str) -> None:
        self._result = AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_token=token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )

    async def __call__(self, **_: Any) -> AuthorizeResult:
        """Whoever it is that asks: there is one workspace."""
        return self._result


def bolt_app(api: SlackApi, identity: Identity, token: str, signing_secret: str | None) -> AsyncApp:
    """Bolt, which acknowledges when a listener returns, and knows who it is without asking."""
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_says_something)
    return AsyncApp(
        name="switchboard",  # without a name Bolt walks the whole stack to find one
        client=api.client,
        signing_secret=signing_secret,
        authorize=_Known(identity, token),
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
        ssl_check_enabled=signing_secret is not None,
        url_verification_enabled=signing_secret is not None,
        attaching_function_token_enabled=False,  # there are no steps of workflows here
    )


def _says_something(record: logging.LogRecord) -> bool:
    """Bolt warns that the token in the environment is not used by itself; it is, by us."""
    return "`token`" not in record.getMessage()


class Socket:
    """The Socket Mode connection."""

    def __init__(self, app: AsyncApp, api: SlackApi, app_token: str) -> None:
        self._app = app
        self._token = app_token
        self._api = api
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=api.client, ping_interval=_PING_SECONDS)
        self._handler.client.socket_mode_request_listeners[:] = [self._handle]
        self._under_way = UnderWay()
        self._ending = False
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect. A token that Slack does not accept is a SettingsError; what else fails is tried again for ever."""
        tokened = self._api.with_token(self._token)
        answer = await _patiently(tokened, "apps.connections.open", "SLACK_APP_TOKEN")
        self._handler.client.wss_uri = answer["url"]
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Connect again as soon as the connection has ended: meanwhile Slack tells people that the app is away."""
        client, failures = self._handler.client, 0
        while not client.closed:
            await asyncio.sleep(_LOOK_SECONDS if not failures else _PAUSES[min(failures, len(_PAUSES)) - 1])
            if client.current_session is None or not client.current_session.closed:
                continue
            try:
                await client.connect_to_new_endpoint()
                failures = 0
            except (SlackClientError, aiohttp.ClientError, OSError) as error:
                failures += 1
                log.warning("slack.not_connected", failures=failures, error=type(error).__name__)

    async def connected(self) -> bool:
        """Whether Slack can reach us now."""
        return bool(await self._handler.client.is_connected())

    async def close(self, patience: float = 2.0) -> None:
        """Take nothing more. What has come is acknowledged first; for that Slack has ``patience`` seconds at the most.

        Slack gives what comes afterwards to another connection, where there is one.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._all_acknowledged()
        # Where people press all the while there is no lull. From here on nothing is begun; what was is acknowledged.
        self._ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await self._under_way.none()
        if self._watching is not None:
            self._watching.cancel()
        # Saying farewell takes as long as the other side lets it; cut off, the second time only tidies up.
        for _ in range(2):
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                async with asyncio.timeout(_FAREWELL):
                    await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _all_acknowledged(self) -> None:
        while True:
            await self._under_way.none()
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            if not self._under_way.number and self._handler.client.message_queue.empty():
                return

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._ending:
            return
        with self._under_way:
            payload = sound(request.payload)
            if payload is None:
                log.warning("slack.unreadable", type=request.type)
                await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
                return
            asked = AsyncBoltRequest(mode="socket_mode", body=payload)
            answer = await self._app.async_dispatch(asked)
            if answer.status == 200:  # what failed is left to Slack, which brings an event again
                await client.send_message(_acknowledgement(request.envelope_id, answer.body))


def _acknowledgement(envelope_id: str, body: str) -> str:
    """What is sent back for an envelope: Bolt's answer, an object written as JSON already, or words, or nothing."""
    envelope = f'"envelope_id": {json.dumps(envelope_id)}'
    if not body:
        return f"{{{envelope}}}"
    payload = body if body.startswith("{") else json.dumps({"text": body})
    return f'{{{envelope}, "payload": {payload}}}'


class _Done:
    """The signatures of requests that were taken lately: who sends one again has it from Slack's, or from a proxy's."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}

    def first_time(self, signature: str, now: float) -> bool:
        """Whether it was not taken before; it is from now on. ``now`` in seconds of any clock that goes forward."""
        for old in list(itertools.takewhile(lambda one: now - self._taken[one] > _SIGNED_FOR, self._taken)):
            del self._taken[old]
        fresh = signature not in self._taken
        self._taken.setdefault(signature, now)
        return fresh

    def forget(self, signature: str) -> None:
        """It came to nothing, so it may come again."""
        self._taken.pop(signature, None)


class SignedHttp:
    """``/slack/events``: requests that Slack signed. What is forged or stale is answered 401 and goes no further.

    The very same request is taken once: sent again it is answered, and nothing is done. A body may take ``patience``
    seconds to come: anybody may send one, as it is signed as a whole.
    """

    def __init__(self, app: AsyncApp, signing_secret: str, *, patience: float = 10.0) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._patience = patience
        self._done = _Done()

    async def handle(self, request: web.Request) -> web.Response:
        """One request."""
        try:
            async with asyncio.timeout(self._patience):
                raw = await request.read()
        except (TimeoutError, ConnectionError):
            return web.Response(status=408)
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not self._signed(raw, headers):
            return web.Response(status=401, text="invalid signature")
        asked = _read(raw.decode("utf-8"), dict(request.headers))
        if asked is None:
            log.warning("slack.unreadable", type=request.content_type)
            return web.Response(status=400, text="This is nothing that Slack sends.")
        signature = headers["x-slack-signature"]
        if not self._done.first_time(signature, time.monotonic()):
            log.warning("slack.replayed")
            return web.Response()
        taken = False
        try:
            answer = await to_aiohttp_response(await self._app.async_dispatch(asked))
            taken = answer.status == 200
        finally:
            if not taken:
                self._done.forget(signature)
        return answer

    def _signed(self, raw: bytes, headers: dict[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(raw, headers)
        except (ValueError, TypeError):  # a time that is no number; a signature that is not ASCII
            return False


def _read(raw: str, headers: dict[str, str]) -> AsyncBoltRequest | None:
    """A request as Bolt takes it; None for what Slack never sends, with which Bolt does not reckon."""
    try:
        asked = AsyncBoltRequest(body=raw, headers=headers)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    body = sound(asked.body)
    if body is None:
        return None
    asked.body = body
    return asked
