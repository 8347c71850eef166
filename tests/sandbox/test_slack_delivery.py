"""How the Slack stand-in reaches the app: Socket Mode, signed HTTP, retries, response URLs, and faults on purpose."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Channel, Person, Registration, Shortcut, SlackStandIn
from tests.clock import WoundClock
from tests.sandbox.slack_app import bolt, client, over_http, over_sockets

MANIFEST = {
    "features": {
        "slash_commands": [{"command": "/sms", "description": "Texts", "should_escape": True}],
        "shortcuts": [{"name": "Start", "callback_id": "start", "type": "global"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "channels:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
}


@pytest.fixture
async def slack(clock: WoundClock) -> AsyncIterator[SlackStandIn]:
    """A workspace whose time stands still, with an app that has ``/sms``, **Start** and hears messages."""
    registration = Registration.from_manifest(MANIFEST)
    async with SlackStandIn(
        registration, now=clock.seconds, patience=1, ack_seconds=0.2, retry_delays=(0, 0.01, 0.02)
    ) as stand_in:
        stand_in.limits.enabled = False
        stand_in.workspace.add_channel("inbox", [stand_in.workspace.add_user("ada", "Ada Lovelace")])
        yield stand_in


@pytest.fixture
def told() -> list[Any]:
    """What the app was told."""
    return []


@pytest.fixture
def app(slack: SlackStandIn, told: list[Any]) -> AsyncApp:
    """An app that acks the command and the button and keeps what it was told."""
    app = bolt(slack)

    @app.command("/sms")
    @app.action("press")
    async def keep(ack: Any, body: Any) -> None:
        told.append(body)
        await ack()

    return app


def test_a_manifest_decides_what_there_is(slack: SlackStandIn) -> None:
    """Commands, shortcuts, events and scopes."""
    assert slack.registration.commands["/sms"].escapes
    assert slack.registration.shortcuts == [Shortcut("Start", "start", "global")]
    assert slack.scopes == {"chat:write", "commands", "channels:history"}
    with pytest.raises(LookupError, match="no global shortcut 'Stop'"):
        slack.registration.shortcut("Stop", "global")


async def test_an_escaping_command_gets_ids(slack: SlackStandIn, ada: Person, app: AsyncApp) -> None:
    """Names of people and channels arrive as Slack writes them."""
    async with over_sockets(app, slack):
        delivery = await ada.command("/sms", "text @ada about #inbox or @nobody")
    assert delivery is not None
    channel = slack.workspace.channel("inbox").id
    assert delivery.payload["text"] == f"text <@{ada.user.id}|ada> about <#{channel}|inbox> or @nobody"


async def test_nobody_connected_and_nobody_answering(slack: SlackStandIn, ada: Person, app: AsyncApp) -> None:
    """The person reads what Slack says in each case."""
    await ada.command("/sms")
    assert 'failed with the error "dispatch_failed"' in ada.ephemerals()[-1].text()
    slack.deliveries.ack_seconds = 0.02

    @app.middleware
    async def too_slow(next: Any) -> None:
        await asyncio.sleep(0.1)
        await next()

    async with over_sockets(app, slack):
        delivery = await ada.command("/sms")
        assert 'failed with the error "operation_timeout"' in ada.ephemerals()[-1].text()
        assert delivery is not None
        await slack.wait_for(lambda: delivery.late)
    assert not delivery.acked
    assert slack.complaints == ["late ack of /sms"]


async def test_each_envelope_goes_to_one_of_the_connections(
    slack: SlackStandIn, ada: Person, app: AsyncApp, told: list[Any]
) -> None:
    """Two connections share the work."""
    other = bolt(slack)
    heard: list[str] = []

    @other.command("/sms")
    async def keep(ack: Any) -> None:
        heard.append("other")
        await ack()

    async with over_sockets(app, slack), over_sockets(other, slack):
        for _ in range(4):
            await ada.command("/sms")
    assert (len(heard), len(told)) == (2, 2)


async def test_a_connection_is_refreshed_without_losing_anything(
    slack: SlackStandIn, ada: Person, app: AsyncApp
) -> None:
    """Told to disconnect, the client opens a new connection and goes on."""
    async with over_sockets(app, slack):
        await slack.sockets.refresh()
        await slack.connected()
        delivery = await ada.command("/sms")
        assert delivery is not None
        assert delivery.acked


async def test_a_broken_line_is_noticed_by_both_ends(slack: SlackStandIn, app: AsyncApp) -> None:
    """Without a goodbye the connection is gone here, and the client sees an end."""
    async with over_sockets(app, slack) as handler:
        slack.sockets.cut()
        await slack.wait_for(lambda: not slack.sockets.connected)
        await handler.client.connect_to_new_endpoint(force=True)
        await slack.connected()


async def test_no_more_than_ten_connections_and_tickets_work_once(slack: SlackStandIn, api: AsyncWebClient) -> None:
    """The eleventh is told why and closed."""
    async with aiohttp.ClientSession() as http:
        sockets = []
        for _ in range(11):
            url = (await api.apps_connections_open(app_token=slack.app_token))["url"]
            sockets.append(await http.ws_connect(url))
        first = await sockets[0].receive_json()
        last = await sockets[10].receive_json()
        assert (first["type"], first["num_connections"]) == ("hello", 1)
        assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
        assert (await http.get(url.replace("ws://", "http://"))).status == 403
        await sockets[0].ping(b"sdk-ping-pong:1")
        for socket in sockets:
            await socket.close()


async def test_an_app_that_dies_while_it_works_is_noticed_at_once(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient
) -> None:
    """A connection that ends with something unanswered counts as no answer."""
    slack.deliveries.ack_seconds = 60
    url = (await api.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(url)
        typing = asyncio.ensure_future(ada.command("/sms"))
        while (await socket.receive_json())["type"] != "slash_commands":
            pass
        await socket.close()
        delivery = await typing
    assert delivery is not None
    assert delivery.problem == "operation_timeout"


async def test_http_requests_are_signed(slack: SlackStandIn, ada: Person) -> None:
    """The signature holds over the raw body, and the time is the real one."""
    seen: list[tuple[dict[str, str], str]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(({key.lower(): value for key, value in request.headers.items()}, await request.text()))
        return web.Response()

    server = web.Application()
    server.router.add_post("/", take)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    delivery = await ada.command("/sms", "find “Jane”")
    await runner.cleanup()
    headers, body = seen[0]
    assert delivery is not None
    assert delivery.acked
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert abs(time.time() - int(headers["x-slack-request-timestamp"])) < 10
    assert headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("way", [over_sockets, over_http])
async def test_an_event_is_retried_until_it_is_acked(
    slack: SlackStandIn, ada: Person, inbox: Channel, way: Any
) -> None:
    """The same ``event_id`` arrives again, numbered."""
    secret = slack.signing_secret
    app = AsyncApp(name="test", client=client(slack), signing_secret=secret, process_before_response=True)
    ids: list[str] = []

    @app.event("message")
    async def fail_twice(body: Any) -> None:
        ids.append(body["event_id"])
        if len(ids) < 3:
            raise RuntimeError("no database")

    slack.deliveries.ack_seconds = 0.1
    async with way(app, slack):
        await ada.say("hello", inbox)
        await slack.settled()
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert slack.deliveries.log[-1].acked
    assert slack.deliveries.log[-1].retries == 2


async def test_the_app_hears_only_what_it_subscribed_to_where_it_is(
    slack: SlackStandIn, ada: Person, api: AsyncWebClient
) -> None:
    """Not in private channels without the subscription, not where it is no member; edits and deletions it does hear."""
    secret = slack.workspace.add_channel("secret", [ada.user], private=True)
    outside = slack.workspace.add_channel("outside", [ada.user], bot_is_member=False)
    await ada.say("x", secret)
    await ada.say("x", outside)
    note = await ada.say("x", "inbox")
    await ada.edit(note, "y")
    await ada.delete(note)
    await slack.settled()
    bodies = [each.payload["event"] for each in slack.deliveries.log]
    assert [each.get("subtype") for each in bodies] == [None, "message_changed", "message_deleted"]
    assert (bodies[1]["message"]["text"], bodies[1]["previous_message"]["text"]) == ("y", "x")
    assert bodies[2]["deleted_ts"] == note.ts


async def test_the_same_thing_delivered_twice(slack: SlackStandIn, ada: Person, app: AsyncApp, told: list[Any]) -> None:
    """Tests can repeat a delivery as Slack does when it is unsure."""
    async with over_sockets(app, slack):
        delivery = await ada.command("/sms", "once")
        assert delivery is not None
        again = await slack.redeliver(delivery)
    assert again.acked
    first, second = told
    assert first == second
