"""Listeners are found by their name, whatever else is listened to."""

import re
from typing import Any

import pytest

from bot.slack.listening import Listen, Listeners


def hears(name: str, heard: list[str]) -> Listen:
    """A listener that notes that it was called."""

    async def listen(ack: Any, body: dict[str, Any]) -> None:
        heard.append(name)
        await ack()

    return listen


class App:
    """What Bolt is told to bring."""

    def __init__(self) -> None:
        self.brought: dict[str, Listen] = {}

    def __getattr__(self, kind: str) -> Any:
        return lambda _: lambda listen: self.brought.setdefault(kind, listen)


async def pressed(listeners: Listeners, action_id: str) -> int:
    """Press something; how often it was acknowledged."""
    app, acks = App(), []

    async def ack(*_: Any) -> None:
        acks.append(1)

    listeners.mount(app)  # type: ignore[arg-type]
    await app.brought["action"](ack=ack, body={"actions": [{"action_id": action_id}]})
    return len(acks)


async def test_a_name_goes_before_a_pattern_and_patterns_in_their_order() -> None:
    """Though the pattern for everything was registered first of all."""
    heard: list[str] = []
    listeners = Listeners()
    listeners.action(re.compile("page"))(hears("pages", heard))
    listeners.action(re.compile(".*"))(hears("unknown", heard))
    listeners.action("page.first")(hears("first", heard))
    for name in ("page.first", "page.2", "something else"):
        assert await pressed(listeners, name) == 1
    assert heard == ["first", "pages", "unknown"]


async def test_what_nobody_listens_to_is_acknowledged() -> None:
    """Slack would show its user an error otherwise, and send it again."""
    assert await pressed(Listeners(), "nothing") == 1


def test_two_cannot_listen_to_one_name() -> None:
    """It would depend on their order who hears it."""
    listeners = Listeners()
    listeners.command("/sms")(hears("one", []))
    with pytest.raises(ValueError, match="/sms"):
        listeners.command("/sms")(hears("other", []))
