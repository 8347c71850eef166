"""The composition root: settings in, a running application out."""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot import experts
from bot.clearstream.client import Clearstream
from bot.clock import Clock
from bot.home import HomeParts
from bot.house import HouseParts, setup_of
from bot.http import ApiClient
from bot.line import LineParts
from bot.metrics import Metrics
from bot.monitoring.figures import Figures
from bot.operations.ledger import Ledger
from bot.operations.model import Operation, State
from bot.operations.runner import Limits, Runner
from bot.polling.jobs import Job, Jobs
from bot.polling.schedule import Ticks
from bot.polling.upkeep import UpkeepJob
from bot.services import call_kinds
from bot.services.accounts import Accounts
from bot.services.conversations import Conversations
from bot.services.setup import CHANGED
from bot.services.setup_changes import SetupChanges
from bot.settings import Settings
from bot.slack import routes
from bot.slack.api import SlackApi
from bot.slack.boundary import Boundary
from bot.slack.calls.kinds import Guests
from bot.slack.calls.kinds import kinds as call_posts
from bot.slack.connection import Identity, SignedHttp, Socket, bolt_app, identify
from bot.slack.desk import Room
from bot.slack.directory import Directory
from bot.slack.inbox.notices import kinds
from bot.slack.interaction import Background
from bot.slack.listening import Listeners
from bot.slack.posting import Reach
from bot.store import jobs as job_rows
from bot.store.bell import Bell
from bot.store.engine import Store
from bot.store.migrate import migrate
from bot.web.clarity import ClarityPages
from bot.web.server import Server

log = structlog.get_logger(__name__)

#: Seconds between two calls of a bucket: a post a second a channel, fifty changes a minute a workspace.
INTERVALS = (("slack.post", 1.006), ("slack.update", 1.2))

#: How long before its second a post is made ready to leave.
AHEAD = timedelta(milliseconds=60)

_TICK_SECONDS = 0.25
"""Between two looks at the jobs, at the least."""

_TO_ACKNOWLEDGE = 2.0
"""Seconds for what has come in to be acknowledged while stopping: Slack waits for three."""

_TO_CUT_OFF = 0.5
"""Seconds for what is cut off to come to its end."""

_TO_CLOSE = 1.0
"""Seconds after the grace by which everything is closed."""


def new_id() -> str:
    """An id that is nobody else's."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Parts:
    """What tests replace: time, ids, and how often jobs are looked at; with None they tick themselves."""

    clock: Clock = field(default_factory=Clock)
    new_id: Callable[[], str] = new_id
    tick_seconds: float | None = 1.0
    limits: Limits = field(default_factory=lambda: Limits(intervals=INTERVALS, ahead=AHEAD))


class Application:
    """Everything that runs, from ``start`` to ``stop``."""

    def __init__(self, settings: Settings, parts: Parts | None = None) -> None:
        self.settings = settings
        self.parts = parts or Parts()
        self.metrics = Metrics()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{new_id()[:8]}"
        self.store = Store(settings.database, self.parts.clock)
        self.setup = setup_of(settings)
        self.ledger = Ledger(self.store, self.parts.new_id)
        self.conversations = Conversations(self.ledger, self.setup)
        self.background = Background()
        self.listeners = Listeners()
        observe = self.metrics.observe_upstream
        self.slack = SlackApi(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, observe)
        self.figures = Figures(
            self.store, self.metrics, self.setup, self._ready, lambda: self.jobs.jobs if self.jobs else ()
        )
        self.server = Server(settings.host, settings.port, self._ready, self.figures.page, settings.installation)
        self.bell = Bell(self.store)
        self.runner = Runner(self.ledger, self.parts.limits, self.owner, self._performed, self.bell)
        self.reach = Reach(self.slack, self.store, self.ledger, self.setup, self.conversations)
        self.clearstream: Clearstream | None = None
        self.clarity: ApiClient | None = None
        self.accounts: Accounts | None = None
        self.socket: Socket | None = None
        self.jobs: Jobs | None = None
        self.ticks: Ticks | None = None

    async def start(self) -> None:
        """Start everything; SettingsError where a setting is wrong."""
        self.store.hold_alone()
        await self.store.reach()
        await migrate(self.store)
        await self.store.synchronise_clock()
        identity = await identify(self.slack)
        app = bolt_app(self.slack, identity, self._bot_token(), self._signing_secret())
        room, listeners = self._room(identity), self.listeners
        jobs = [*self._line(listeners, room), *await self._experts(listeners, room)]
        jobs += HomeParts(self.settings, room, self.reach, self.setup, self.accounts).register(listeners)
        routes.register_notices(listeners, room)
        routes.register_unknown(listeners, room.boundary)
        listeners.mount(app)
        await self._begin_work([*jobs, UpkeepJob(self.store, self.setup)])
        await self._open_the_way_in(app)
        database = "sqlite" if self.store.on_sqlite else "postgresql"
        self.metrics.runs(database=database, mode="http" if self.socket is None else "socket")
        log.info("switchboard.ready", port=self.server.port, socket_mode=self.socket is not None)

    def _room(self, identity: Identity) -> Room:
        directory = Directory(self.slack, self.store, self.setup, identity.team_id)
        self.bell.on(CHANGED, directory.setup_changed)
        return Room(
            api=self.slack,
            store=self.store,
            ledger=self.ledger,
            directory=directory,
            boundary=Boundary(self.slack, self.background, self.metrics, self.parts.clock),
            new_id=self.parts.new_id,
            team_url=identity.team_url,
        )

    def _line(self, app: Listeners, room: Room) -> list[Job]:
        """Everything about texts; where there is no key to Clearstream, a sentence on how to set it."""
        key = self.settings.clearstream_api_key
        if key is None:
            log.warning("clearstream.no_key", mend="set CLEARSTREAM_API_KEY")
            house = HouseParts(room, self.reach, None)
            self.ledger.register([*house.kinds(), *kinds(self.reach, None)])
            routes.register_unconnected(app, room.boundary, house.register(app))
            return []
        self.clearstream = Clearstream.with_key(
            key.get_secret_value(),
            self.settings.clearstream_api_url,
            timeout=15,
            observe=self.metrics.observe_upstream,
        )
        parts = LineParts(self.settings, room, self.reach, self.clearstream, self.metrics, self.server)
        return parts.register(app)

    async def _experts(self, app: Listeners, room: Room) -> list[Job]:
        """Everything about experts and calls; where nothing connects to Clarity, a sentence on how to set it."""
        if self.settings.clarity_oauth_token is None and self.settings.clarity_client_id is None:
            routes.register_no_clarity(app, room.boundary)
            return []
        self.clarity = experts.connect(self.settings, self.metrics.observe_upstream)
        parts = experts.Experts.made(self.settings, room, self.clarity, self.setup)
        self.accounts = parts.accounts
        await parts.accounts.prepare()
        routes.register_experts(app, parts.desk)
        self.ledger.register(call_kinds.kinds(parts.means(room.directory.check_for_ledger)))
        self.ledger.register(call_posts(self.reach, Guests(parts.accounts, parts.members, parts.calls, room.directory)))
        secure = self.settings.public_url.startswith("https://")
        for method, path, handler in ClarityPages(parts.accounts, secure=secure).routes():
            self.server.add(method, path, handler)
        return [*parts.jobs()]

    async def _begin_work(self, jobs: Sequence[Job]) -> None:
        await self._release_channel()
        await self.bell.start()
        await self.runner.start()
        self.jobs = Jobs(self.store, self.owner, self.metrics, {job.name: job for job in jobs})
        await self.jobs.prepare()
        self.ticks = Ticks(self.jobs)
        self.bell.on(job_rows.SUBJECT, self.ticks.hurry)
        if self.parts.tick_seconds is not None:
            shortest = min(job.every for job in jobs).total_seconds()
            self.ticks.start(max(_TICK_SECONDS, min(self.parts.tick_seconds, shortest / 2)))

    async def _release_channel(self) -> None:
        """What waited for a channel to be named goes there, where there is one now."""
        async with self.store.write() as tx:
            await SetupChanges(self.ledger, self.setup).release(tx)

    async def _open_the_way_in(self, app: AsyncApp) -> None:
        token = self.settings.slack_app_token
        secret = self._signing_secret()
        if token is not None:
            self.socket = Socket(app, self.slack, token.get_secret_value())
        elif secret is not None:
            self.server.add("POST", "/slack/events", SignedHttp(app, secret).handle)
        await self.server.start()
        if self.socket is not None:
            await self.socket.open()

    def _bot_token(self) -> str:
        return self.settings.slack_bot_token.get_secret_value()

    def _signing_secret(self) -> str | None:
        secret = self.settings.slack_signing_secret
        return None if secret is None or self.settings.slack_app_token else secret.get_secret_value()

    def retire(self) -> None:
        """Say that this process is about to stop, so that nobody gives it anything new; it still works as before."""
        self.server.retire()

    async def stop(self, grace: float = 8.0) -> None:
        """Take nothing new, let what runs end, and close everything; in ``grace`` seconds and one more at the most.

        What has not ended by then is cut off, and left to whoever comes next.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + grace
        self.retire()
        await self._close_the_way_in(min(_TO_ACKNOWLEDGE, grace / 4))
        # Listeners and jobs may still ask something of the ledger, so that ends after them.
        first = (until - loop.time()) * 0.6
        ending = [self.background.drain(first)]
        if self.ticks is not None:
            ending.append(self.ticks.stop(first))
        await _by(loop.time() + first + _TO_CUT_OFF, "listeners and jobs", *ending)
        await _by(until + _TO_CUT_OFF, "the ledger", self.runner.stop(max(0.0, until - loop.time())))
        await _by(until + _TO_CLOSE, "connections", self._close())
        log.info("switchboard.stopped")

    async def _close_the_way_in(self, patience: float) -> None:
        closing = [self.server.refuse(patience)]
        if self.socket is not None:
            closing.append(self.socket.close(patience))
        await asyncio.gather(*closing)

    async def _close(self) -> None:
        await self.server.stop()
        await self.bell.stop()
        for client in (self.clearstream, self.clarity):
            if client is not None:
                await client.aclose()
        await self.slack.close()
        await self.store.close()

    @property
    def busy(self) -> bool:
        """Whether something is under way that will show somewhere; for tests that wait for it to end."""
        return self.runner.busy or self.background.busy

    def _performed(self, operation: Operation, ended: State | None) -> None:
        self.metrics.operations.labels(operation.kind, "lost" if ended is None else ended.value).inc()
        if ended is State.SENT:
            lag = (self.store.clock.now() - operation.created_at).total_seconds()
            self.metrics.ledger_lag.labels(operation.kind).observe(max(0.0, lag))

    async def _ready(self) -> dict[str, bool]:
        slack = True if self.socket is None else await self.socket.connected()
        try:
            database = await asyncio.wait_for(self.store.answers(), timeout=2)
        except TimeoutError:
            database = False
        return {"slack": slack, "database": database}


async def _by(latest: float, what: str, *work: Coroutine[Any, Any, None]) -> None:
    """See these to their end, but no longer than until then: what hangs even in closing is left behind."""
    try:
        async with asyncio.timeout_at(latest):
            await asyncio.gather(*work)
    except TimeoutError:
        log.warning("switchboard.left_behind", what=what)
