"""What can go wrong on the way: rules that spoil requests, chosen by method and path."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """The ways a request can go wrong; ``*_AFTER`` ones happen when the request has had its effect."""

    LOSE_BEFORE = "lose_before"
    LOSE_AFTER = "lose_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    PLAIN_TEXT = "plain_text"
    STALL_BEFORE = "stall_before"
    STALL_AFTER = "stall_after"
    DRIP = "drip"
    GARBAGE = "garbage"

    @property
    def is_after(self) -> bool:
        """Whether the request is processed before this happens."""
        return self in _AFTER


_AFTER = frozenset({Fault.LOSE_AFTER, Fault.ERROR_AFTER, Fault.STALL_AFTER, Fault.DRIP, Fault.GARBAGE})


@dataclass(slots=True)
class Rule:
    """Spoil the next ``count`` matching requests (None: all of them), after letting ``skip`` of them pass.

    ``path`` is relative to the API's root and matched piece by piece (``threads/*/replies``); ``*`` alone is any.
    ``seconds`` is how long a stall lasts (None: until released), or how long a drip takes in all.
    ``retry_after`` goes with 429, when not None.
    """

    fault: Fault
    method: str = "*"
    path: str = "*"
    count: int | None = 1
    skip: int = 0
    seconds: float | None = None
    retry_after: float | None = 1
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether this rule is about such a request."""
        return self.method in ("*", method) and path_matches(self.path, path)


@dataclass(slots=True)
class Faults:
    """The rules in force, the oldest first."""

    rules: list[Rule] = field(default_factory=list)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def add(
        self,
        fault: Fault | str,
        *,
        method: str = "*",
        path: str = "*",
        count: int | None = 1,
        skip: int = 0,
        seconds: float | None = None,
        retry_after: float | None = 1,
    ) -> Rule:
        """Put a rule in force and give it back, so its ``hits`` can be read; see :class:`Rule`."""
        rule = Rule(Fault(fault), method.upper(), path, count, skip, seconds, retry_after)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Everything works again; stalled requests go on."""
        self.rules.clear()
        self.release()

    def release(self) -> None:
        """Let every request that is stalled now go on."""
        self._released.set()
        self._released = asyncio.Event()

    def take(self, method: str, path: str) -> Rule | None:
        """The rule that spoils this request, used up by one; None lets it pass."""
        for rule in self.rules:
            if not rule.matches(method, path):
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            rule.hits += 1
            if rule.count is not None:
                rule.count -= 1
                if rule.count <= 0:
                    self.rules.remove(rule)
            return rule
        return None

    async def stall(self, seconds: float | None) -> None:
        """Wait ``seconds``, or until released."""
        try:
            async with asyncio.timeout(seconds):
                await self._released.wait()
        except TimeoutError:
            return


def path_matches(pattern: str, path: str) -> bool:
    """Whether ``path`` fits ``pattern``, in which ``*`` stands for (part of) one piece; ``*`` alone fits all."""
    if pattern == "*":
        return True
    wanted, pieces = pattern.strip("/").split("/"), path.strip("/").split("/")
    return len(wanted) == len(pieces) and all(map(fnmatchcase, pieces, wanted))
