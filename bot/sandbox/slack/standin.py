"""The stand-in of Slack, put together."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from bot.sandbox.slack.administration import Administration
from bot.sandbox.slack.delivery import Deliveries
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Event, callback
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.model import Clock, Message, User
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.record import Call, Record
from bot.sandbox.slack.registration import Registration
from bot.sandbox.slack.responses import ResponseUrls
from bot.sandbox.slack.screens import Screens, Triggers
from bot.sandbox.slack.server import Server
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.transport import Delivery, HttpDelivery
from bot.sandbox.slack.workspace import Workspace

Found = TypeVar("Found")


class SlackStandIn:
    """Slack on a loopback socket: strict, stateful, with people who press and type.

    ``now`` gives the stand-in's time (rate limits, triggers, response URLs); acks, retries of events and signatures
    go by real time. ``registration`` says what the app registered. ``record_dir`` gets each call as a JSON line.
    ``patience`` is how long (real seconds) a person looks for something that is not there yet.
    """

    def __init__(
        self,
        registration: Registration | None = None,
        *,
        now: Clock = time.time,
        record_dir: Path | None = None,
        burst: int = 2,
        ack_seconds: float = 3.0,
        retry_delays: Sequence[float] = (0, 60, 300),
        patience: float = 5.0,
        bot_token: str = "",
        app_token: str = "",
        signing_secret: str = "",
    ) -> None:
        self.registration = registration or Registration()
        self.scopes = set(self.registration.scopes)
        self.app_scopes = {"connections:write"}
        self.now = now
        self.patience = patience
        self.bot_token = bot_token or f"xoxb-{secrets.token_hex(16)}"
        self.app_token = app_token or f"xapp-1-{secrets.token_hex(16)}"
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.url = ""
        self.workspace = Workspace(now)
        self.record = Record(record_dir)
        self.limits = Limits(now, burst=burst)
        self.faults = Faults()
        self.triggers = Triggers(self.workspace)
        self.screens = Screens(self.workspace)
        self.responses = ResponseUrls(self)
        self.sockets = Sockets(self.workspace, self.record)
        self.deliveries = Deliveries(
            self.workspace, self.record, self.sockets, ack_seconds=ack_seconds, retry_delays=retry_delays
        )
        self.admin = Administration(self)
        self._people: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None

    # Life

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; with port 0 on any free one."""
        self._runner = web.AppRunner(Server(self).application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://{host}:{bound}/"
        self.sockets.base_url = f"ws://{host}:{bound}/"
        self.workspace.files_url = f"{self.url}files/"

    async def stop(self) -> None:
        """End every connection and stop listening."""
        await self.deliveries.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> "SlackStandIn":
        await self.start()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()

    def deliver_to(self, url: str) -> None:
        """From now on deliver by signed HTTP to this URL instead of Socket Mode."""
        if self.deliveries.http is None:
            self.deliveries.http = HttpDelivery(url, self.signing_secret, time.time)
        self.deliveries.http.url = url

    @property
    def api_url(self) -> str:
        """The base of the Web API, for ``AsyncWebClient(base_url=…)``."""
        return f"{self.url}api/"

    def dump(self) -> str:
        """All that lasts, as JSON text."""
        return json.dumps({"workspace": self.workspace.dump()})

    def load(self, text: str) -> None:
        """Become what ``dump`` saw."""
        self.workspace.load(json.loads(text)["workspace"])

    # Watching

    @property
    def revision(self) -> int:
        """Rises with every change anybody could notice."""
        return self.workspace.changes.revision

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; returns what ends it."""
        return self.workspace.changes.listen(listener)

    async def wait_for(self, predicate: Callable[[], Found | None], timeout: float | None = None) -> Found:
        """The first truthy value of ``predicate``; a ``LookupError`` counts as "not yet".

        Raises ``TimeoutError`` with all that everybody sees after ``timeout`` (default ``patience``) real seconds.
        """
        return await self.workspace.changes.wait_for(
            predicate, self.patience if timeout is None else timeout, self.text
        )

    def text(self) -> str:
        """Everything everybody sees, for messages about failed tests."""
        return "\n".join(f"== {person.user.real_name}\n{person.text()}" for person in self._people.values())

    async def connected(self, timeout: float | None = None) -> None:
        """Wait until the bot is connected by Socket Mode."""
        await self.wait_for(lambda: self.sockets.connected, timeout)

    async def settled(self) -> None:
        """Wait until no event is on its way to the app."""
        await self.deliveries.settled()

    # People

    def person(self, user: User | str) -> Person:
        """Somebody to press and type as: a user, their id or name. The same one each time."""
        found = next(
            (each for each in self.workspace.users.values() if user in (each.id, each.name) or user is each), None
        )
        if found is None:
            raise LookupError(f"nobody is called {user!r}")
        return self._people.setdefault(found.id, Person(self, found.id))

    # The record

    @property
    def calls(self) -> list[Call]:
        """Every call, ack and response the bot made, in order."""
        return self.record.calls

    @property
    def complaints(self) -> list[str]:
        """What a correct app never does, as it happened."""
        return self.record.complaints

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.record.calls if call.method == method]

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver the same thing once more."""
        return await self.deliveries.again(delivery)

    # Used by the parts

    def tell(self, event: Event) -> None:
        """Let the app hear of an event it subscribed to, where it can see it."""
        if event.subscription not in self.registration.events or not self._app_sees(event):
            return
        event_id = self.workspace.new_id("Ev")
        self.deliveries.deliver_event(callback(self.workspace, event, event_id))

    def _app_sees(self, event: Event) -> bool:
        channel = self.workspace.channels.get(str(event.body.get("channel")))
        return (
            channel is None or self.workspace.bot.id in channel.members or event.subscription == "member_left_channel"
        )

    def need_scope(self, scope: str) -> None:
        """Raises ``SlackError`` missing_scope where the app was not granted it."""
        if scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def permalink(self, message: Message) -> str:
        """The address of a message; replies carry their thread."""
        link = f"https://{self.workspace.domain}.example.test/archives/{message.channel}/p{message.ts.replace('.', '')}"
        return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link
