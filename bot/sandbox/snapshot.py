"""The sandbox's memory on disk: what the bot was told is written down before it is told."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page import ReadMarks
from bot.sandbox.slack import SlackStandIn

_VERSION = 2
_SOON = 0.2
"""Seconds after which a change that nobody was told of is written."""


class Snapshot:
    """The stand-ins, their keys, the read marks and ``ports`` in one file, written whole or not at all.

    ``ports`` are those to listen on again, by name. Only what changed is gathered anew; the file is written before an
    answer to the bot leaves, and ``_SOON`` after any other change.
    """

    def __init__(
        self,
        path: Path,
        slack: SlackStandIn,
        line: ClearstreamStandIn,
        clarity: ClarityStandIn,
        marks: ReadMarks,
        ports: dict[str, int],
    ) -> None:
        self._path = path
        self._slack = slack
        self._line = line
        self._clarity = clarity
        self._ports = ports
        self._marks = marks
        self._parts: dict[str, str] = {}
        self._later: asyncio.TimerHandle | None = None
        self._unlisten: list[Callable[[], None]] = []

    def load(self) -> bool:
        """Go on from the file; False where there is none. Raises ``SettingsError`` where it cannot be used."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._take(kept)
        except FileNotFoundError:
            return False
        except (ValueError, LookupError, TypeError) as error:
            raise SettingsError(
                f"{self._path} is not from this version of the sandbox. Start with --fresh to begin anew."
            ) from error
        return True

    def _take(self, kept: dict[str, Any]) -> None:
        if kept["version"] != _VERSION:
            raise ValueError(kept["version"])
        keys = kept["keys"]
        self._slack.bot_token, self._slack.app_token = keys["bot_token"], keys["app_token"]
        self._line.api_key = keys["api_key"]
        self._clarity.client.secret = keys["client_secret"]
        self._slack.load(json.dumps(kept["slack"]))
        self._line.load(kept["line"])
        self._clarity.load(kept["clarity"])
        self._ports.update(kept["ports"])
        self._marks.load(kept["read"])

    def follow(self) -> None:
        """From now on write every change."""

        async def before_the_answer(_request: object) -> None:
            self.write()

        self._unlisten = [
            self._slack.on_change(lambda: self.changed("slack")),
            self._line.on_change(lambda: self.changed("line")),
            self._clarity.on_change(lambda: self.changed("clarity")),
            self._slack.faults.after("*", before_the_answer),
            self._line.on_request(before_the_answer),
            self._clarity.on_request(before_the_answer),
        ]
        self._parts = {}
        self.changed("read")

    def changed(self, part: str) -> None:
        """A part (``slack``, ``line``, ``clarity``, ``read``) is different from what was written."""
        self._parts.pop(part, None)
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(_SOON, self.write)

    def write(self) -> None:
        """Write what is not written yet."""
        if self._later is None:
            return
        self._later.cancel()
        self._later = None
        for name, gather in self._gather().items():
            if name not in self._parts:
                self._parts[name] = gather()
        body = ", ".join(f'"{name}": {text}' for name, text in self._parts.items())
        beside = self._path.with_suffix(".new")
        beside.write_text(f'{{"version": {_VERSION}, {body}}}\n', encoding="utf-8")
        beside.replace(self._path)

    def _gather(self) -> dict[str, Callable[[], str]]:
        keys = {
            "bot_token": self._slack.bot_token, "app_token": self._slack.app_token, "api_key": self._line.api_key,
            "client_secret": self._clarity.client_secret,
        }  # fmt: skip
        return {
            "keys": lambda: json.dumps(keys),
            "ports": lambda: json.dumps(self._ports),
            "clarity": lambda: json.dumps(self._clarity.dump()),
            "slack": self._slack.dump,
            "line": lambda: json.dumps(self._line.dump()),
            "read": lambda: json.dumps(self._marks.dump()),
        }

    def close(self) -> None:
        """Write the last changes and follow no more."""
        for unlisten in self._unlisten:
            unlisten()
        self._unlisten = []
        self.write()
