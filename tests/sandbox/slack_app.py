"""A small app as anybody might write with Bolt, to hold against the Slack stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def section(text: str, **rest: Any) -> Json:
    """A section of plain text."""
    return {"type": "section", "text": plain(text), **rest}


def button(label: str, action_id: str = "press", **rest: Any) -> Json:
    """A button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **rest}


def actions(*elements: Json, **rest: Any) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements), **rest}


def field(label: str, element: Json, block_id: str = "field", **rest: Any) -> Json:
    """An input block."""
    return {"type": "input", "label": plain(label), "element": element, "block_id": block_id, **rest}


def text_field(label: str = "Message", block_id: str = "field", **element: Any) -> Json:
    """An input block to type into."""
    dispatch = {"dispatch_action": True} if "dispatch_action_config" in element else {}
    return field(label, {"type": "plain_text_input", "action_id": "typed", **element}, block_id, **dispatch)


def options(*labels: str) -> list[Json]:
    """Options whose values are their labels in lower case."""
    return [{"text": plain(label), "value": label.lower()} for label in labels]


def modal(*blocks: Json, title: str = "A modal", submit: str | None = "Send", **rest: Any) -> Json:
    """A modal."""
    view = {"type": "modal", "callback_id": "modal", "title": plain(title), "blocks": list(blocks), **rest}
    return view | ({"submit": plain(submit)} if submit else {})


def client(slack: SlackStandIn) -> AsyncWebClient:
    """The bot's client; it tries nothing twice."""
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def bolt(slack: SlackStandIn) -> AsyncApp:
    """An app without listeners that acks before it works on nothing."""
    return AsyncApp(name="test", client=client(slack), signing_secret=slack.signing_secret)


@asynccontextmanager
async def over_sockets(app: AsyncApp, slack: SlackStandIn) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app, connected by Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=60)
    before = slack.sockets.connected
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.wait_for(lambda: slack.sockets.connected > before)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(app: AsyncApp, slack: SlackStandIn) -> AsyncIterator[str]:
    """The app, listening for signed requests."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", events)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.deliver_to(url)
    try:
        yield url
    finally:
        await runner.cleanup()


async def forever() -> None:
    """What a listener does that never answers."""
    await asyncio.Event().wait()
