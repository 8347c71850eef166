"""A whole installation under a test's hand: the real bot between the two stand-ins, all on one wound clock."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from sqlalchemy import bindparam, update

from bot.app import INTERVALS, Application, Parts
from bot.clearstream.numbers import readable
from bot.operations.runner import Limits
from bot.polling.inbox import NAME
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import Channel, Message, View
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.registration import Registration
from bot.settings import Settings
from bot.store import installation, jobs
from bot.store.tables import jobs as jobs_table
from tests import secrecy
from tests.clock import WoundClock, settle_until

MANIFEST = yaml.safe_load((Path(__file__).parent.parent / "manifest.yml").read_text())

JANE = "+12005551000"
JOHN = "+12005551001"


def record_dir() -> Path | None:
    """Where every call to Slack is written down, if somebody wants to check them."""
    named = os.environ.get("SLACK_PAYLOADS_DIR")
    return Path(named) if named else None


_LATER = (
    update(jobs_table)
    .where(jobs_table.c.name == bindparam("job"), jobs_table.c.succeeded_at.is_(None))
    .values(next_due=bindparam("then"))
)
"""Puts off a job that was never done."""


class House:
    """The bot, Slack and Clearstream, and the people in them: Alice is an admin, Bob is not, Carol is not in #texts."""

    first_polls: tuple[str, ...] = (NAME,)
    prompt = False
    """Whether every job runs as soon as the bot is there, not only those that are waited for."""

    def __init__(self, clock: WoundClock, database_url: str, folder: Path) -> None:
        self.clock = clock
        self.database_url = database_url
        self.folder = folder
        self.slack = SlackStandIn(
            Registration.from_manifest(MANIFEST), now=clock.seconds, record_dir=record_dir(), patience=10
        )
        self.clearstream = ClearstreamStandIn(now=clock.now, tick_seconds=None)
        self.bot: Application | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._at_work = asyncio.Lock()
        self._looked = self._asked_at = 0
        self.settings: dict[str, Any] = {}
        self.intervals: tuple[tuple[str, float], ...] = INTERVALS
        secrecy.keep(self)

    def secrets(self) -> list[str]:
        """What may stand in no log and no metric."""
        return [self.slack.bot_token, self.slack.app_token, self.slack.signing_secret, self.clearstream.api_key]

    async def open(self) -> None:
        """Start the stand-ins, with people in them; the bot comes with ``start``."""
        await self.slack.start()
        await self.clearstream.start()
        workspace = self.slack.workspace
        alice = workspace.add_user("alice", "Alice Admin", is_admin=True)
        bob = workspace.add_user("bob", "Bob Baker")
        carol = workspace.add_user("carol", "Carol Chen")
        self.texts = workspace.add_channel("texts", [alice, bob])
        self.general = workspace.add_channel("general", [alice, bob, carol], bot_is_member=False)
        customers = self.clearstream.add_list("Customers").id
        self.clearstream.add_subscriber(JANE, "Jane", "Doe", lists=[customers])
        self.clearstream.add_subscriber(JOHN, "John", "Doe", lists=[customers])

    async def close(self) -> None:
        """Stop everything."""
        await self.stop()
        await self.slack.stop()
        await self.clearstream.stop()

    async def end(self) -> None:
        """Stop everything, and look whether all is as it should be in the end."""
        await self.close()

    async def close_as_time_goes_by(self) -> None:
        """The same, with time going by for what waits for its turn; Slack has nothing to complain of at the end."""
        closing = asyncio.create_task(self.close())
        while not closing.done():
            await asyncio.wait({closing}, timeout=0.03)
            self.clock.advance(1)
        await closing
        assert self.slack.complaints == []

    async def start(self, **settings: Any) -> Application:
        """Start the bot, with what it was last started with and these; it has caught up when this returns."""
        self.settings |= settings
        values: dict[str, Any] = {
            "slack_bot_token": self.slack.bot_token,
            "slack_app_token": self.slack.app_token,
            "slack_api_url": self.slack.api_url,
            "clearstream_api_key": self.clearstream.api_key,
            "clearstream_api_url": self.clearstream.url,
            "database_url": self.database_url,
            "inbox_channel": self.texts.id,
            "port": 0,
            **self.settings,
        }
        limits = Limits(intervals=self.intervals)
        parts = Parts(clock=self.clock, tick_seconds=None, limits=limits)
        self.bot = Application(Settings.model_validate(values), parts)
        await self.bot.start()
        if not self.prompt:
            await self._leave_for_later(self.bot)
        self._at_work = asyncio.Lock()
        self._looked = self._asked_at = 0
        self._ticking = asyncio.create_task(self._tick())
        await settle_until(self._polled, self.clock, what="the first polls")
        return self.bot

    async def _leave_for_later(self, bot: Application) -> None:
        """Have the jobs that nobody waits for be as if they had just been done."""
        assert bot.jobs is not None
        async with bot.store.write() as tx:
            rest = {name: job.every for name, job in bot.jobs.jobs.items() if name not in self.first_polls}
            await tx.execute(_LATER, [{"job": name, "then": tx.now + every} for name, every in rest.items()])

    async def _polled(self) -> bool:
        assert self.bot is not None
        if self._looked == self._asked_at:
            return False
        self._asked_at = self._looked
        async with self.bot.store.read() as tx:
            rows = {row["name"]: row for row in await jobs.every(tx)}
        waited_for = [rows[name] for name in self.first_polls if name in rows]
        return all(row["succeeded_at"] is not None and row["owner"] is None for row in waited_for)

    async def _tick(self) -> None:
        assert self.bot is not None and self.bot.ticks is not None
        while True:
            async with self._at_work:
                await asyncio.gather(*await self.bot.ticks.look())
            self._looked += 1
            await self.clock.sleep(1)

    async def stop(self, grace: float = 8.0) -> None:
        """Stop the bot as SIGTERM does."""
        if self._ticking is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._at_work.acquire()
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
            self._ticking = None
        if self.bot is not None:
            bot, self.bot = self.bot, None
            told = secrecy.told(bot.metrics.page().decode())
            assert not told, told
            await bot.stop(grace)

    def person(self, name: str) -> Person:
        """Somebody of the workspace."""
        return self.slack.person(name)

    @property
    def alice(self) -> Person:
        """The workspace's admin."""
        return self.person("alice")

    @property
    def bob(self) -> Person:
        """In #texts, and nothing more."""
        return self.person("bob")

    @property
    def carol(self) -> Person:
        """Of the workspace, but not in #texts."""
        return self.person("carol")

    async def until(self, predicate: Callable[[], Any], what: str = "what was awaited", within: float = 600) -> None:
        """Let time go by until ``predicate`` holds; a LookupError counts as not yet."""

        def holds() -> bool:
            try:
                return bool(predicate())
            except LookupError:
                return False

        try:
            await settle_until(holds, self.clock, what=what, within=within)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.slack.text()}") from None

    async def wind(self, seconds: float) -> None:
        """Let so much time go by."""
        await self.clock.wind(seconds)

    def headers(self, channel: Channel | None = None) -> list[Message]:
        """The messages in the inbox channel that stand for conversations, oldest first."""
        return [m for m in self.alice.messages(channel or self.texts) if "Reply" in m.text() and not m.is_reply]

    def header(self, name: str) -> Message:
        """The newest header of somebody's conversation."""
        found = [message for message in self.headers() if name in message.text()]
        if not found:
            raise LookupError(name)
        return found[-1]

    def thread(self, name: str) -> list[str]:
        """What stands under somebody's header, as it reads."""
        return [message.text() for message in self.alice.thread(self.header(name)) if message.is_reply]

    async def text_in(self, number: str, words: str, called: str = "") -> Message:
        """Somebody texts in; the header when their text stands under it."""
        self.clearstream.receive(number, words)
        person = self.clearstream.state.subscribers[number]
        name = called or " ".join(part for part in (person.first, person.last) if part) or readable(number)
        await self.until(lambda: self.thread(name)[-1].endswith(words.strip()), f"“{words}” under {name}")
        return self.header(name)

    async def open_modal(self, person: Person, button: str, on: Message | None = None) -> View:
        """Press a button and wait for the modal it opens."""
        await person.click(button, on)
        await self.until(lambda: person.modal, f"the modal of {button}")
        assert person.modal is not None
        return person.modal

    async def told(self, person: Person, words: str) -> str:
        """Wait until somebody is told something, only them; all of what they are told there."""

        def heard() -> list[str]:
            return [m.text() for m in [*person.ephemerals(), *person.dm()] if words in m.text()]

        await self.until(heard, f"“{words}” told to {person.user.name}")
        return heard()[-1]

    async def record(self) -> list[tuple[str, str, str]]:
        """What was recorded: who (their name), what and how it ended, oldest first."""
        assert self.bot is not None
        async with self.bot.store.read() as tx:
            rows = await installation.last_records(tx, 100)
        name = self.slack.workspace.name_of
        return [(name(row["actor"]), row["act"], row["outcome"]) for row in reversed(rows)]

    def on_phone(self, number: str) -> list[str]:
        """What a phone has received, oldest first."""
        self.clearstream.settle()
        return [text.text for text in self.clearstream.phone(number) if text.direction == "received"]


Kind = TypeVar("Kind", bound=House)


class Builder:
    """Makes houses of any kind on one clock, and at its end has each of them ended by ``end``."""

    def __init__(
        self,
        clock: WoundClock,
        folder: Path,
        end: Callable[[House], Awaitable[None]] = lambda house: house.end(),
    ) -> None:
        self._clock = clock
        self._folder = folder
        self._end = end
        self._endings = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._endings.aclose()

    async def __call__(self, kind: type[Kind], database_url: str, **settings: Any) -> Kind:
        """One more, opened, with these settings; whoever asked for it starts the bot."""
        house = kind(self._clock, database_url, self._folder)
        house.settings = settings
        await house.open()
        self._endings.push_async_callback(self._end, house)
        return house
