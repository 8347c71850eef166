"""The sandbox as a whole: seeded, wired to the real bot, kept on disk, run until told to stop."""

import asyncio
import fcntl
import secrets
import shutil
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from bot.errors import SettingsError
from bot.manifest import manifest
from bot.sandbox.clarity import ClarityStandIn, Oddities, furnish
from bot.sandbox.clarity.cast import SHARED
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.furniture import BROADCASTS, CALLS, INBOX, SENDERS, SandboxClock, furnish_line, furnish_workspace
from bot.sandbox.page import Page, ReadMarks
from bot.sandbox.page.reading import PHONES
from bot.sandbox.process import BotProcess
from bot.sandbox.slack import Registration, SlackStandIn
from bot.sandbox.snapshot import Snapshot

DEFAULT_PORT = 8642
_PORTS_TRIED = 20
_HOST = "127.0.0.1"

Say = Callable[[str], None]


class World:
    """Stand-ins for Slack, Clearstream and Clarity whose state lives in ``data_dir``; the first start furnishes them.

    ``fresh`` forgets what was there, the bot's database too. ``poll_seconds`` is how often the bot looks for texts and
    calls. Clarity and the bot listen where they did before, as addresses of both stand in messages and browsers.
    All stand-ins go by ``clock``.
    """

    def __init__(
        self, data_dir: Path, *, fresh: bool = False, poll_seconds: float = 2, clock: SandboxClock | None = None
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.bot_dir = self.data_dir / "demo"
        self.clock = clock or SandboxClock()
        self.slack = SlackStandIn(
            registration(), now=self.clock.seconds,
            bot_token=f"xoxb-{secrets.token_hex(12)}", app_token=f"xapp-1-{secrets.token_hex(12)}",
        )  # fmt: skip
        self.slack.workspace.name = "Blue Sushi"
        self.line = ClearstreamStandIn(now=self.clock.now, api_key=secrets.token_hex(16))
        self.clarity = ClarityStandIn(
            now=self.clock.now, odd=Oddities(ids=True), client_secret=secrets.token_hex(16)
        )  # fmt: skip
        self._webhook_key = secrets.token_hex(12)
        self.ports = {"bot": 0, "clarity": 0}
        self.marks = ReadMarks(lambda: self._snapshot.changed("read"))
        self.bot = BotProcess({}, self.bot_dir / "bot.log")
        self._snapshot = Snapshot(
            self.data_dir / "sandbox.json", self.slack, self.line, self.clarity, self.marks, self.ports
        )
        self._fresh = fresh
        self._poll_seconds = poll_seconds
        self._alone: IO[str] | None = None

    async def start(self) -> None:
        """Listen, with everything in place; the bot is not started.

        Raises ``SettingsError`` where another sandbox uses the folder or what is in it cannot be used.
        """
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._alone = _held_alone(self.data_dir / "sandbox.lock")
        if self._fresh:
            (self.data_dir / "sandbox.json").unlink(missing_ok=True)
        if not self._snapshot.load():
            shutil.rmtree(self.bot_dir, ignore_errors=True)
            self._furnish()
        self.bot_dir.mkdir(exist_ok=True)
        await self._listen()
        self._snapshot.follow()
        environment = self.bot_environment(self.ports["bot"])
        self.bot = BotProcess(environment, self.bot_dir / "bot.log", self.slack.workspace.changes.note)

    async def _listen(self) -> None:
        await self.line.start()
        await self.slack.start()
        self.ports["bot"] = _free_port(self.ports["bot"])
        try:
            await self.clarity.start(port=self.ports["clarity"])
        except OSError:
            await self.clarity.start()
        self.ports["clarity"] = self.clarity.port
        self.line.webhooks.url = f"{_address(self.ports['bot'])}/webhooks/clearstream/{self._webhook_key}"
        self.line.webhooks.events = {"keyword.used", "text.received"}
        self.clarity.redirect_uris[:] = [f"{_address(self.ports['bot'])}/clarity/callback"]

    def _furnish(self) -> None:
        furnish(self.clarity)
        furnish_line(self.line, self.clock)
        furnish_workspace(self.slack, self.clock, local_zone())
        for number, texts in self.line.state.phones.items():
            self.marks.note(PHONES, number, str(sum(text.direction == "received" for text in texts)))

    def bot_environment(self, port: int) -> dict[str, str]:
        """The settings of a bot that works here, listening on ``port``."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "CLEARSTREAM_API_KEY": self.line.api_key,
            "CLEARSTREAM_API_URL": self.line.url,
            "CLEARSTREAM_WEBHOOK_KEY": self._webhook_key,
            "CLARITY_OAUTH_TOKEN": self.clarity.token(SHARED),
            "CLARITY_CLIENT_ID": self.clarity.client_id,
            "CLARITY_CLIENT_SECRET": self.clarity.client_secret,
            "CLARITY_API_URL": self.clarity.api_url,
            "CLARITY_OAUTH_URL": self.clarity.oauth_url,
            "INBOX_CHANNEL": self.slack.workspace.channel(INBOX).id,
            "BROADCASTS_CHANNEL": self.slack.workspace.channel(BROADCASTS).id,
            "CALLS_CHANNEL": self.slack.workspace.channel(CALLS).id,
            "SENDERS": ",".join(self.slack.person(name).user.id for name in SENDERS),
            "INBOX_POLL_SECONDS": str(self._poll_seconds),
            "CALLS_POLL_SECONDS": str(self._poll_seconds),
            "LIVE_CALL_POLL_SECONDS": "1",
            "PUBLIC_URL": _address(port),
            "DATA_DIR": str(self.bot_dir),
            "HOST": _HOST,
            "PORT": str(port),
        }

    async def stop(self) -> None:
        """End the bot, write down what is left to write, stop listening."""
        await self.bot.stop()
        self._snapshot.close()
        await self.slack.stop()
        await self.line.stop()
        await self.clarity.stop()
        if self._alone is not None:
            self._alone.close()

    async def __aenter__(self) -> "World":
        await self.start()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()


async def demo(fresh: bool, port: int | None, data_dir: Path, say: Say = click.echo) -> None:
    """Run everything until SIGINT or SIGTERM, after saying where to look. ``SettingsError`` where it cannot."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(World(data_dir, fresh=fresh))
        page = Page(world.slack, world.line, clarity=world.clarity, marks=world.marks, bot=world.bot)
        await _listen(page, port)
        stack.push_async_callback(page.stop)
        await world.bot.start()
        ready = asyncio.create_task(world.bot.ready())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            say(_where_to_look(world, page, ready))
        await stopped
        ready.cancel()
        say("\nStopping …")


def _where_to_look(world: World, page: Page, ready: "asyncio.Task[None]") -> str:
    failed = ready.exception()
    how = "The bot is running." if failed is None else f"The bot is not ready: {failed}"
    return (
        f"\n  Switchboard sandbox:  {page.url}\n\n"
        f"  {how} Its log: {world.bot_dir / 'bot.log'}\n"
        "  On the right, send a text from the phone; on the left, answer it in #texts.\n"
        "  On the right under Clarity, ask for a call; on the left, connect it in #calls and watch it.\n"
        "  On the right under Trouble, break a service or kill the bot, and see what becomes of it.\n"
        "  Ctrl-C stops everything; what happened is kept for the next time (--fresh forgets it)."
    )


async def _listen(page: Page, port: int | None) -> None:
    """On the port asked for, or on the first free one from the usual one up."""
    wanted = range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED) if port is None else (port,)
    for each in wanted:
        try:
            await page.start(each)
        except OSError:
            continue
        return
    raise SettingsError(f"--port: {wanted[0]} is taken. Choose another one.")


def registration() -> Registration:
    """What the app's manifest registers."""
    return Registration.from_manifest(manifest())


def local_zone() -> str:
    """The name of this machine's time zone; UTC where it has none."""
    name = "/".join(Path("/etc/localtime").resolve().parts).rpartition("zoneinfo/")[2]
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def _held_alone(path: Path) -> IO[str]:
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SettingsError(
            f"A demo is running in {path.parent} already. Stop it, or choose another --data-dir."
        ) from error
    return lock


def _address(port: int) -> str:
    return f"http://{_HOST}:{port}"


def _free_port(wanted: int) -> int:
    """``wanted`` where it is free (and not 0), else any that is."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, wanted))
        except OSError:
            return _free_port(0)
        return int(probe.getsockname()[1])
