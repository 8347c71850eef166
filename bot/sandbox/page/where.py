"""Where on the page somebody is: all of it stands in the address, so a reload or a second window changes nothing."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.sandbox.slack.workspace import Workspace

_ARCHIVES = re.compile(r"/archives/(?P<channel>[CDG]\w+)(?:/p(?P<ts>\d{16,}))?/?")

_BESIDE = {"phone", "beside", "member"}


@dataclass(frozen=True)
class Where:
    """As which person, in which channel, thread (its root's ``ts``) and tab of it, and with which phone in hand.

    ``tab`` is ``home`` or ``about`` for a tab of the bot's, ``threads`` for the list of threads, else "".
    ``earlier`` is how many times more of the channel was asked for. ``since`` is up to where the channel had been
    read when they came to it, ``editing`` the key of the message they are changing. ``beside`` is what stands beside
    the workspace: ``clarity``, ``trouble`` for what goes wrong, else "" for the phone; ``member`` is who is in hand
    there. ``pane`` is what a small screen shows: ``places`` for the sidebar, ``beside`` for what stands beside the
    workspace, else "" for the workspace.
    """

    person: str = ""
    channel: str = ""
    thread: str = ""
    tab: str = ""
    phone: str = ""
    beside: str = ""
    member: str = ""
    earlier: str = ""
    since: str = ""
    editing: str = ""
    pane: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """From the parameters of an address; what is missing is empty."""
        return cls(**{name: query.get(name, "") for name in asdict(cls())})

    def moved(self, **changes: str) -> "Where":
        """The same with some parts different."""
        return replace(self, **changes)

    def url(self, **changes: str) -> str:
        """The address of this place, with some parts different: a step ends what belonged to the place left."""
        left = {"editing": ""}
        if not changes.keys() & _BESIDE:
            left["pane"] = ""
        if changes.get("channel", self.channel) != self.channel:
            left["since"] = ""
        parts = {name: value for name, value in asdict(self.moved(**left | changes)).items() if value}
        return f"/?{urlencode(parts)}" if parts else "/"

    def without(self, name: str) -> dict[str, str]:
        """The parts of the address, but for the one a form asks for."""
        return {each: value for each, value in asdict(self).items() if value and each != name}

    def inside(self, url: str, workspace: Workspace) -> str | None:
        """The address on this page of a message or channel of the workspace; None for any other address."""
        address = urlsplit(url)
        found = _ARCHIVES.fullmatch(address.path)
        if found is None or address.hostname != f"{workspace.domain}.example.test":
            return None
        ts = found["ts"] or ""
        own = f"{ts[:-6]}.{ts[-6:]}" if ts else ""
        thread = parse_qs(address.query).get("thread_ts", [own])[0]
        return self.url(channel=found["channel"], thread=thread, tab="")
