"""Listeners are found by their name, whatever else is listened to."""

import re
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.listening import Listen, Listeners


def hears(name: str, heard: list[str]) -> Listen:
    """A listener that notes that it was called."""

    async def listen(ack: Any, body: dict[str, Any]) -> None:
        heard.append(name)
        await ack()

    return listen


async def pressed(listeners: Listeners, action_id: str) -> BoltResponse:
    """Press something, which Bolt brings; how it was answered."""
    return await brought(listeners, {"type": "block_actions", "actions": [{"action_id": action_id}]})


async def brought(listeners: Listeners, body: dict[str, Any]) -> BoltResponse:
    """What Bolt answers to something that came."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None)

    app = AsyncApp(name="test", authorize=authorize, request_verification_enabled=False)
    listeners.mount(app)
    return await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))


async def test_a_name_goes_before_a_pattern_and_patterns_in_their_order() -> None:
    """Though the pattern for everything was registered first of all."""
    heard: list[str] = []
    listeners = Listeners()
    listeners.action(re.compile("page"))(hears("pages", heard))
    listeners.action(re.compile(".*"))(hears("unknown", heard))
    listeners.action("page.first")(hears("first", heard))
    for name in ("page.first", "page.2", "something else"):
        assert (await pressed(listeners, name)).status == 200
    assert heard == ["first", "pages", "unknown"]


async def test_what_nobody_listens_to_is_acknowledged() -> None:
    """Slack would show its user an error otherwise, and send it again."""
    assert (await pressed(Listeners(), "nothing")).status == 200


async def test_each_kind_of_thing_goes_to_who_listens_to_it() -> None:
    """Under one and the same name; and what they acknowledge with is Bolt's answer."""
    listeners = Listeners()
    listeners.command("x")(says("command"))
    listeners.shortcut("x")(says("shortcut"))
    listeners.action("x")(says("action"))
    listeners.options("x")(says("options"))
    listeners.view_submission("x")(says("submission"))
    listeners.view_closed("x")(says("closed"))
    view, actions = {"view": {"callback_id": "x"}}, {"actions": [{"action_id": "x"}]}
    bodies: list[dict[str, Any]] = [
        {"command": "x"},
        {"type": "shortcut", "callback_id": "x"},
        {"type": "message_action", "callback_id": "x"},
        {"type": "block_actions", **actions},
        {"type": "block_suggestion", "action_id": "x"},
        {"type": "view_submission", **view},
        {"type": "view_closed", **view},
    ]
    answers = [(await brought(listeners, body)).body for body in bodies]
    assert answers == ["command", "shortcut", "shortcut", "action", "options", "submission", "closed"]


def says(words: str) -> Listen:
    """A listener that acknowledges with some words."""

    async def listen(ack: Any, body: dict[str, Any]) -> None:
        await ack(words)

    return listen


async def test_an_event_is_answered_when_it_was_heard_and_not_when_that_failed() -> None:
    """So that Slack brings it again; one that nobody listens to is not answered either."""
    heard: list[str] = []
    listeners = Listeners()

    async def listen(body: dict[str, Any]) -> None:
        heard.append(body["event"]["tab"])
        if heard == ["first"]:
            raise RuntimeError

    listeners.event("app_home_opened")(listen)
    answers = [await brought(listeners, event("app_home_opened", tab)) for tab in ("first", "second")]
    answers.append(await brought(listeners, event("team_join", "third")))
    assert [answer.status == 200 for answer in answers] == [False, True, False]
    assert heard == ["first", "second"]


def event(kind: str, tab: str) -> dict[str, Any]:
    """Something that happened."""
    return {"type": "event_callback", "event": {"type": kind, "user": "U1", "tab": tab}}


def test_two_cannot_listen_to_one_name() -> None:
    """It would depend on their order who hears it."""
    listeners = Listeners()
    listeners.command("/sms")(hears("one", []))
    with pytest.raises(ValueError, match="/sms"):
        listeners.command("/sms")(hears("other", []))
