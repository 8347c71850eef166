"""The record of what the bot did: every call, every ack, and what a correct app never does."""

import itertools
import json
import os
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.slack.model import Json

_instances = itertools.count(1)


@dataclass
class Call:
    """One thing the bot sent: a Web API call, an ``ack``, or a ``response_url`` post.

    ``answer`` is what it was told (None while it is being processed or when the answer was withheld);
    ``at`` is the stand-in's clock; ``route`` is the name faults and hooks know it by (``response_url`` for those).
    """

    method: str
    arguments: Json
    at: float
    status: int = 200
    answer: Json | None = None
    route: str = ""

    def __post_init__(self) -> None:
        self.route = self.route or self.method

    @property
    def ok(self) -> bool:
        """Whether it was told that it worked."""
        return bool(self.answer and self.answer.get("ok"))


class Record:
    """Keeps ``calls`` in order and ``complaints`` about the app; writes each call to ``directory`` where given.

    The file is one JSON object ``{"method", "arguments"}`` a line, its name unique to process and instance.
    """

    def __init__(self, directory: Path | None) -> None:
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self._path: Path | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            self._path = directory / f"slack-{os.getpid()}-{next(_instances)}.jsonl"

    def add(self, call: Call) -> Call:
        """Note a call as it arrives."""
        self.calls.append(call)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"method": call.method, "arguments": call.arguments}) + "\n")
        return call

    def complain(self, sentence: str) -> None:
        """Note something a correct app never does; tests look at ``complaints`` when they end."""
        self.complaints.append(sentence)
