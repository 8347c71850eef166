"""What a stand-in was asked: a log that tests count in and a demo page shows. Secrets are not in it."""

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.sandbox.faults import Fault, path_matches


@dataclass(slots=True)
class RequestInfo:
    """One request. ``path`` is decoded and relative to the API's root (Clarity's OAuth: ``oauth/…``).

    ``query`` and ``form`` are its parameters, without the secret ones; ``whose`` is the screen name of the member of
    Clarity whose token it carried, None without a good one. ``stage`` says how far it is: ``before`` processing, or
    ``after`` it with the answer not yet sent. ``status`` is the answer's, or 0 while there is none or when it was
    lost; ``fault`` is what spoiled it.
    """

    serial: int
    at: datetime
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, Any]
    whose: str | None = None
    stage: Literal["before", "after"] = "before"
    status: int = 0
    fault: Fault | None = None


Hook = Callable[[RequestInfo], Awaitable[None]]


@dataclass(slots=True)
class RequestLog:
    """The newest requests (``keep`` of them), oldest first, numbered from 1, without their ``secret`` parameters.

    ``hooks`` are awaited by :meth:`tell`, the oldest first.
    """

    now: Callable[[], datetime]
    secret: Collection[str] = frozenset()
    keep: int = 10_000
    entries: deque[RequestInfo] = field(init=False)
    hooks: list[Hook] = field(default_factory=list)
    _last: int = 0

    def __post_init__(self) -> None:
        self.entries = deque(maxlen=self.keep)

    def note(
        self,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]],
        form: Iterable[tuple[str, Any]],
        whose: str | None = None,
    ) -> RequestInfo:
        """Enter a request."""
        self._last += 1
        shown = {name: value for name, value in query if name not in self.secret}
        filled = {name: value for name, value in form if name not in self.secret}
        info = RequestInfo(self._last, self.now(), method, path, shown, filled, whose)
        self.entries.append(info)
        return info

    async def tell(self, info: RequestInfo) -> None:
        """Await every hook with a request."""
        for hook in tuple(self.hooks):
            await hook(info)

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
