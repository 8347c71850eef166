"""The same installation with Clarity beside it, and what its people do there."""

import asyncio
import re
import socket
from copy import copy
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import Application
from bot.polling.calls import LISTS
from bot.polling.inbox import NAME
from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.slack.model import Message, View
from bot.sandbox.slack.person import Person
from tests.clock import WoundClock
from tests.drive import House


class Club(House):
    """The same with Clarity beside it: Alice has an account of her own there, and the team has a shared one."""

    first_polls = (NAME, LISTS)

    def __init__(self, clock: WoundClock, database_url: str, folder: Path) -> None:
        super().__init__(clock, database_url, folder)
        self.clarity = ClarityStandIn(now=clock.now, tick_seconds=None)

    def secrets(self) -> list[str]:
        """Those of Clarity too."""
        return [*super().secrets(), *self.clarity.state.tokens, self.clarity.client_secret, KEY]

    async def open(self) -> None:
        """Start the stand-ins, with thirty members on Clarity."""
        await super().open()
        cast.furnish(self.clarity)
        await self.clarity.start()
        self.calls = self.slack.workspace.add_channel("calls", [self.alice.user, self.bob.user])

    async def close(self) -> None:
        """Stop everything."""
        await super().close()
        await self.clarity.stop()

    async def start(self, **settings: Any) -> Application:
        """Start the bot with a shared account, and a way for people to connect their own."""
        port = settings.pop("port", None) or self.settings.get("port") or free_port()
        public = f"http://127.0.0.1:{port}"
        self.clarity.redirect_uris[:] = [f"{public}/clarity/callback"]
        ours: dict[str, Any] = {
            "clarity_oauth_token": self.clarity.token(cast.SHARED),
            "clarity_client_id": self.clarity.client_id,
            "clarity_client_secret": self.clarity.client_secret,
            "clarity_api_url": self.clarity.api_url,
            "clarity_oauth_url": self.clarity.oauth_url,
            "calls_channel": self.calls.id,
            "public_url": public,
            "port": port,
            "data_dir": self.folder,
            "encryption_keys": [KEY],
        }
        return await super().start(**{**ours, **self.settings, **settings, "public_url": public, "port": port})

    def twin(self) -> "Club":
        """Another process on the same database, between the same stand-ins; it is not started."""
        twin = copy(self)
        twin.bot, twin._ticking = None, None
        twin.settings = {name: value for name, value in self.settings.items() if name not in ("port", "public_url")}
        return twin

    async def die(self) -> None:
        """End where it stands, as kill -9 does: what it had in hand is left to its leases."""
        assert self.bot is not None and self._ticking is not None
        bot, self.bot = self.bot, None
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)
        self._ticking = None
        await bot.stop(grace=0)

    async def expert(self, person: Person, words: str) -> Message:
        """Type ``/expert …``; the answer, which only they see."""
        before = len(person.ephemerals())
        await person.command("/expert", words)
        await self.until(lambda: person.ephemerals()[before], f"an answer to /expert {words}")
        return person.ephemerals()[before]

    def window(self, person: Person) -> View:
        """The modal somebody has open, once it is filled; LookupError before."""
        if person.modal is None or "One moment" in person.modal.text():
            raise LookupError("no modal")
        return person.modal

    async def filled(self, person: Person) -> View:
        """Wait for that modal."""
        await self.until(lambda: self.window(person), "the modal")
        return self.window(person)

    def call_message(self, person: Person, words: str) -> Message:
        """The newest message to somebody, in private or in the calls channel, with these words."""
        found = [m for m in [*person.dm(), *person.messages(self.calls)] if words in m.text()]
        if not found:
            raise LookupError(words)
        return found[-1]

    async def call_told(self, person: Person, words: str, within: float = 60) -> Message:
        """Wait for that message."""
        await self.until(lambda: self.call_message(person, words), f"“{words}” in Slack", within)
        return self.call_message(person, words)

    async def log_in(self, person: Person, member: str) -> str:
        """Connect somebody's own account, as they would in a browser; the last page as it reads."""
        await self.expert(person, "login")
        link = login_link(person)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(link) as answer:
                page = await answer.text()
            who = self.clarity.member(member).id
            allow = {**hidden_fields(page), "member": str(who), "answer": "allow"}
            async with browser.post(answer.url.with_path("/oauth/decision").with_query(None), data=allow) as answer:
                return await answer.text()


KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def login_link(person: Person) -> str:
    """The link in the newest answer to ``/expert login``."""
    for message in reversed(person.ephemerals()):
        found = re.search(r"http://\S+/clarity/login/[\w-]+", message.fallback)
        if found:
            return found[0]
    raise LookupError("no link")


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
