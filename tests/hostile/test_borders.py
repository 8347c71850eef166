"""What comes over the wire may be anything: the right status, no traceback, and the bot goes on."""

import asyncio
import gzip
import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.slack.transport import signature
from bot.slack.connection import SignedHttp
from bot.slack.shapes import sound
from bot.web.server import Server
from tests.club import Club
from tests.drive import JANE
from tests.hostile.conftest import WEBHOOK_KEY, Headers, Send, request, sender

EVENTS = b"/slack/events"
WEBHOOK = f"/webhooks/clearstream/{WEBHOOK_KEY}".encode()
BOMB = gzip.compress(b"0" * 30_000_000)
"""Thirty megabytes in thirty kilobytes."""

NOW = str(int(time.time()))
DEEP = b"[" * 100_000

UNSIGNED: list[tuple[bytes, Headers, int]] = [
    (b"x", {"X-Slack-Signature": b"v0=\xe9\xff"}, 401),
    (b"x", {"X-Slack-Signature": "v0=é"}, 401),
    (b"x", {"X-Slack-Signature": "v0=1", "X-Slack-Request-Timestamp": "9" * 5000}, 401),
    (b"x", {"X-Slack-Signature": "v0=1", "X-Slack-Request-Timestamp": "nan"}, 401),
    (b"\xff\xfe", {"X-Slack-Signature": "v0=1"}, 401),
    (DEEP, {"X-Slack-Signature": "v0=1"}, 401),
    (b"not gzip", {"X-Slack-Signature": "v0=1", "Content-Encoding": "gzip"}, 401),
    (b"not brotli", {"X-Slack-Signature": "v0=1", "Content-Encoding": "br"}, 401),
    (BOMB, {"X-Slack-Signature": "v0=1", "Content-Encoding": "gzip"}, 401),
    (b"x" * (512 * 1024 + 1), {"X-Slack-Signature": "v0=1"}, 413),
]

AT_THE_WEBHOOK: list[tuple[bytes, Headers, int]] = [
    (b"", {}, 400),
    (b"null", {}, 400),
    (b"\xff\xfe\x00", {}, 400),
    (b'{"event": "x"', {}, 400),
    (b"[" * 60_000, {}, 400),
    (b'{"event":' * 7_000, {}, 400),
    (b'{"event": "x", "n": ' + b"9" * 5_000 + b"}", {}, 400),
    (b"not gzip", {"Content-Encoding": "gzip"}, 400),
    (BOMB, {"Content-Encoding": "gzip"}, 400),
    (b"x" * 70_000, {}, 413),
    (b'{"event": "keyword.used", "data": {"keyword": 5, "reply": {"id": 1e999}}}', {}, 200),
    (b'{"event": "keyword.used", "data": {"keyword": {"name": "A"}, "reply": {"id": ' + b"9" * 4000 + b"}}}", {}, 200),
]

PAGES: list[tuple[bytes, Headers, int]] = [
    (b"/clarity/login/", {}, 404),
    (b"/clarity/login/%ff%ed%a0%80%00", {}, 410),
    (b"/clarity/login/" + b"x" * 6000, {}, 410),
    (b"/clarity/callback", {"Cookie": b"switchboard_clarity=\xff\xfe"}, 502),
    (b"/clarity/callback?code=x", {"Cookie": b"switchboard_clarity=\xff\xfe"}, 410),
    (b"/clarity/callback?code=x&state=%ff", {"Cookie": b"switchboard_clarity=\xff\xfe"}, 400),
    (b"/clarity/callback?code=x&state=%00", {"Cookie": "switchboard_clarity=a"}, 400),
    (b"/clarity/callback?error=%00%ff<script>", {"Cookie": "switchboard_clarity=a"}, 502),
    (b"/clarity/callback?code=x", {"Cookie": "switchboard_clarity=a; switchboard_clarity=b"}, 410),
]


def said_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """No traceback was written: whoever sends rubbish fills no logs."""
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


KEYS = st.sampled_from(["type", "user", "view", "actions", "action_id", "event", "state", "values", "value", "text"])


async def test_rubbish_at_every_door_gets_its_status_and_no_traceback(
    fort: Club, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """Unsigned at Slack's door, with the key at Clearstream's, and at the pages of the browser; the bot works on."""
    wrong = []
    for body, headers, status in UNSIGNED:
        got, _ = await send(request(EVENTS, body, {"X-Slack-Request-Timestamp": NOW, **headers}))
        wrong += [] if got == status else [("events", body[:20], headers, got)]
    for body, headers, status in AT_THE_WEBHOOK:
        got, _ = await send(request(WEBHOOK, body, headers))
        wrong += [] if got == status else [("webhook", body[:20], headers, got)]
    for path, headers, status in PAGES:
        got, page = await send(request(path, b"", headers, "GET"))
        wrong += [] if got == status and b"<script>" not in page else [("page", path[:40], headers, got)]
    assert wrong == []
    said_nothing(caplog)
    await fort.text_in(JANE, "Are you there?")


BROKEN = [
    b"GET /clarity/login/secret-state-\xff HTTP/1.1\r\nHost: bot\r\n\r\n",
    request(WEBHOOK, b"{}", {"Content-Length": "-5"}),
    request(WEBHOOK, b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}),
    request(WEBHOOK + b"\xff", b"{}"),
    request(EVENTS, b"", {"X-Long": "y" * 20_000}),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


async def test_what_is_no_http_is_400_and_its_line_is_in_no_log(
    fort: Club, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """A request line holds a key or a state: it is not repeated where somebody mistyped the rest."""
    assert {(await send(one))[0] for one in BROKEN} == {400}
    said_nothing(caplog)
    assert WEBHOOK_KEY not in caplog.text
    assert "secret-state" not in caplog.text


SIGNED = [
    b"",
    b"[1]",
    b"null",
    b"{",
    DEEP,
    b'{"type": 5}',
    b"payload=",
    b"payload=%5B1%5D",
    b"payload=%7B",
    b"payload=" + DEEP,
    b"command=%00&user_id=",
    b"%ff=%fe",
    b'{"type": "event_callback", "event": []}',
    b'{"type": "event_callback", "event": {"type": "message", "user": {"a": 1}, "channel": 5, "ts": []}}',
    b'{"type": "event_callback", "event": {"type": "app_home_opened", "user": 7, "tab": "home"}}',
    b'{"type": "block_actions", "actions": 5}',
    b'{"type": "block_actions", "actions": [5], "user": "U1"}',
    b'{"type": "block_actions", "actions": [{"action_id": "inbox.claim", "value": {"a": 1}}], "user": ["U1"]}',
    b'{"type": "block_actions", "actions": [{"action_id": ["x"]}], "team": 1, "user": null, "view": 5}',
    b'{"type": "view_submission", "view": {"callback_id": "reply", "state": {"values": {"a": 5}}}}',
    b'{"type": "view_submission", "view": {"callback_id": "reply", "private_metadata": 5, "blocks": [5]}}',
    b'{"type": "view_submission", "view": "reply"}',
    b'{"type": "shortcut", "callback_id": {}}',
    b'{"type": "block_suggestion", "action_id": 5, "value": []}',
]


async def test_signed_nonsense_does_nothing_and_breaks_nothing(
    fort: Club, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Slack itself, or somebody with its secret, sends what makes no sense."""
    wrong = []
    for body in SIGNED:
        kind = "application/json" if body[:1] in b"{[" else "application/x-www-form-urlencoded"
        signed = signature(fort.slack.signing_secret, NOW, body.decode())
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": signed}
        got, _ = await send(request(EVENTS, body, headers))
        wrong += [(body[:90], got)] if got >= 500 else []
    assert wrong == []
    said_nothing(caplog)
    assert await fort.record() == []


async def test_a_body_that_never_ends_is_given_up() -> None:
    """Somebody who drips holds a connection for a while and no longer."""

    async def ready() -> dict[str, bool]:
        return {}

    async def page() -> bytes:
        return b""

    server = Server("127.0.0.1", 0, ready, page)
    server.add("POST", "/slack/events", SignedHttp(None, "secret", patience=0.05).handle)  # type: ignore[arg-type]
    await server.start()
    started = time.monotonic()
    assert (await sender(server.port)(request(EVENTS, b"x", {"Content-Length": "5000"})))[0] == 408
    assert time.monotonic() - started < 2
    await server.stop()


async def test_who_hangs_up_in_the_middle_is_forgotten(fort: Club, caplog: pytest.LogCaptureFixture) -> None:
    """Half a body, then silence: nothing is done, and nothing is written."""
    assert fort.bot is not None
    for path in (EVENTS, WEBHOOK):
        _, writer = await asyncio.open_connection("127.0.0.1", fort.bot.server.port)
        writer.write(request(path, b'{"event": "te', {"Content-Length": "500"}))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    await fort.text_in(JANE, "Hello?")
    said_nothing(caplog)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


UNSTORABLE = "\0\ud800"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(UNSTORABLE),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inside, max_size=5),
    max_leaves=12,
)


def said(part: object) -> Iterator[str]:
    """Every string that stands in it as a value."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, list | dict):
        for inside in part if isinstance(part, list) else part.values():
            yield from said(inside)


@given(JSON)
@example({"text": UNSTORABLE, "actions": [{"value": UNSTORABLE}]})
@example({"event": {"text": UNSTORABLE}})
@example({"message": {"text": UNSTORABLE}, "view": {"state": {"values": {"a": {"b": {"value": UNSTORABLE}}}}}})
def test_a_payload_is_sound_or_is_refused(payload: object) -> None:
    """Whatever stands in it; and what people typed in a sound one can be stored."""
    checked = sound(payload)
    if checked is not None:
        state, words = (checked.get("view") or {}).get("state"), (checked.get("message") or {}).get("text")
        for part in (checked.get("actions"), checked.get("event"), checked.get("text"), state, words):
            assert not {*UNSTORABLE} & {*"".join(said(part))}
