"""Who listens to what: a middleware of Bolt's that finds who is meant by the name of what came.

Bolt asks one listener after another whether it is meant, so that each press costs more with every button there is;
here it is looked up.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.interaction import Ack

log = structlog.get_logger(__name__)

Listen = Callable[..., Awaitable[None]]
"""A listener as ``Boundary.listener`` makes it: called with ``ack`` and ``body``."""

Register = Callable[[Listen], Listen]


class _Kind:
    """The listeners to one kind of thing, by its name; patterns are tried in their order where no name fits."""

    def __init__(self, name_of: Callable[[Mapping[str, Any]], Any]) -> None:
        self._name_of = name_of
        self.named: dict[str, Listen] = {}
        self.patterns: list[tuple[re.Pattern[str], Listen]] = []

    def register(self, name: str | re.Pattern[str]) -> Register:
        """Register under a name, or for all names in which a pattern is found."""

        def keep(listen: Listen) -> Listen:
            if isinstance(name, str):
                if name in self.named:
                    raise ValueError(f"two listen to {name}")
                self.named[name] = listen
            else:
                self.patterns.append((name, listen))
            return listen

        return keep

    async def dispatch(self, ack: Ack, body: dict[str, Any]) -> None:
        """Give it to whoever listens; what nobody listens to is acknowledged, and nothing is done."""
        name = str(self._name_of(body))
        found = self.named.get(name)
        if found is None:
            found = next((listen for pattern, listen in self.patterns if pattern.search(name)), None)
        if found is None:
            log.warning("slack.nobody_listens", name=name[:80])
            await ack()
            return
        await found(ack=ack, body=body)


class Listeners(AsyncMiddleware):
    """Everything Switchboard listens to; registered as with Bolt, and given to it at the end with ``mount``."""

    def __init__(self) -> None:
        self._commands = _Kind(lambda body: body.get("command"))
        self._shortcuts = _Kind(lambda body: body.get("callback_id"))
        self._actions = _Kind(lambda body: (body.get("actions") or [{}])[0].get("action_id"))
        self._options = _Kind(lambda body: body.get("action_id"))
        self._submissions = _Kind(_callback_id)
        self._closed = _Kind(_callback_id)
        self._events: dict[str, Listen] = {}
        self._pressed = {
            "shortcut": self._shortcuts,
            "message_action": self._shortcuts,
            "block_actions": self._actions,
            "block_suggestion": self._options,
            "view_submission": self._submissions,
            "view_closed": self._closed,
        }

        self.command = self._commands.register
        self.shortcut = self._shortcuts.register
        self.action = self._actions.register
        self.options = self._options.register
        self.view_submission = self._submissions.register
        self.view_closed = self._closed.register

    def event(self, kind: str) -> Register:
        """Listen to an event of Slack's."""

        def keep(listen: Listen) -> Listen:
            if kind in self._events:
                raise ValueError(f"two listen to {kind}")
            self._events[kind] = listen
            return listen

        return keep

    @property
    def commands(self) -> frozenset[str]:
        """The commands that are listened to; the manifest names the same, as it does those below."""
        return frozenset(self._commands.named)

    @property
    def shortcuts(self) -> frozenset[str]:
        """The callback ids of the shortcuts."""
        return frozenset(self._shortcuts.named)

    @property
    def events(self) -> frozenset[str]:
        """The types of the events."""
        return frozenset(self._events)

    @property
    def suggests(self) -> bool:
        """Whether there are menus that ask for what to offer."""
        return bool(self._options.named)

    def mount(self, app: AsyncApp) -> None:
        """Let Bolt bring everything here, after its own looks at who asks."""
        app.use(self)

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Give what came to whoever listens, and answer as they acknowledged; Bolt goes on with what is none of it."""
        body, ack = req.body, req.context.ack
        kind = self._commands if "command" in body else self._pressed.get(str(body.get("type")))
        if kind is not None:
            await kind.dispatch(ack, body)
            return ack.response
        listen = self._events.get(str((body.get("event") or {}).get("type")))
        if listen is None:
            await next()
            return None
        await listen(body=body)
        return await ack()


def _callback_id(body: Mapping[str, Any]) -> Any:
    return (body.get("view") or {}).get("callback_id")
