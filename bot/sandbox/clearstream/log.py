"""What was asked of the line: a log that tests count in and a demo page shows."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.sandbox.faults import Fault, path_matches


@dataclass(slots=True)
class RequestInfo:
    """One request. ``path`` is decoded and relative to the API's root; ``query`` and ``form`` are its parameters.

    ``stage`` says how far it is: ``before`` processing, or ``after`` it with the answer not yet sent.
    ``status`` is the answer's, or 0 while there is none or when it was lost; ``fault`` is what spoiled it.
    """

    serial: int
    at: datetime
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    stage: Literal["before", "after"] = "before"
    status: int = 0
    fault: Fault | None = None


@dataclass(slots=True)
class RequestLog:
    """The newest requests (``keep`` of them), oldest first, numbered from 1."""

    now: Callable[[], datetime]
    keep: int = 10_000
    entries: deque[RequestInfo] = field(init=False)
    _last: int = 0

    def __post_init__(self) -> None:
        self.entries = deque(maxlen=self.keep)

    def note(self, method: str, path: str, query: dict[str, str], form: dict[str, str]) -> RequestInfo:
        """Enter a request."""
        self._last += 1
        info = RequestInfo(self._last, self.now(), method, path, query, form)
        self.entries.append(info)
        return info

    def mark(self) -> int:
        """A place in the log: :meth:`since` this mark is what comes from now on."""
        return self._last

    def since(self, mark: int = 0, *, method: str = "*", path: str = "*") -> list[RequestInfo]:
        """Requests after ``mark``, of that method and fitting that path pattern."""
        return [
            info
            for info in self.entries
            if info.serial > mark and method in ("*", info.method) and path_matches(path, info.path)
        ]
