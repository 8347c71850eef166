"""Making Slack fail on purpose: lost answers, errors on either side of the work, slowness, and hooks for tests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from bot.sandbox.slack.model import Json
from bot.sandbox.slack.record import Call

Hook = Callable[[Call], Awaitable[None]]


class How(Enum):
    """What a fault does to a call."""

    DROP_BEFORE = "the connection ends and nothing was done"
    DROP_AFTER = "it was done, and the connection ends without an answer"
    ERROR_BEFORE = "ok: false, and nothing was done"
    ERROR_AFTER = "it was done, and the answer is ok: false"
    STATUS_BEFORE = "an HTTP error page, and nothing was done"
    STATUS_AFTER = "it was done, and the answer is an HTTP error page"
    RATE_LIMIT = "429"
    STALL_BEFORE = "it waits before the work"
    STALL_AFTER = "it waits between the work and the answer"


@dataclass
class Fault:
    """One rule: what happens to the next ``times`` calls of ``method`` (``*`` for all) for which ``when`` holds."""

    method: str
    how: How
    times: int = 1
    error: str = "internal_error"
    status: int = 500
    seconds: float = 1
    when: Callable[[Json], bool] = lambda _arguments: True

    def matches(self, call: Call) -> bool:
        """Whether this call is the fault's."""
        return self.times > 0 and self.method in {"*", call.route} and self.when(call.arguments)


class Faults:
    """The rules in force. ``response_url`` is a method name here too."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._before: list[tuple[str, Hook]] = []
        self._after: list[tuple[str, Hook]] = []

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force; rules are tried in order, one to a call."""
        self._rules.append(fault)
        return fault

    def lift(self, fault: Fault) -> None:
        """Take a rule out of force."""
        self._rules = [each for each in self._rules if each is not fault]

    def drop_before(self, method: str, times: int = 1) -> Fault:
        """End the connection before anything is done."""
        return self.add(Fault(method, How.DROP_BEFORE, times))

    def drop_after(self, method: str, times: int = 1) -> Fault:
        """Do it, then end the connection: the answer is lost."""
        return self.add(Fault(method, How.DROP_AFTER, times))

    def refuse(self, method: str, error: str = "internal_error", times: int = 1) -> Fault:
        """Answer ``ok: false`` with this error and do nothing."""
        return self.add(Fault(method, How.ERROR_BEFORE, times, error=error))

    def fail_after(self, method: str, error: str = "fatal_error", times: int = 1) -> Fault:
        """Do it, then answer ``ok: false`` with this error."""
        return self.add(Fault(method, How.ERROR_AFTER, times, error=error))

    def rate_limit(self, method: str, retry_after: int = 1, times: int = 1) -> Fault:
        """Answer 429 with this ``Retry-After``."""
        return self.add(Fault(method, How.RATE_LIMIT, times, seconds=retry_after))

    def stall(self, method: str, seconds: float, times: int = 1) -> Fault:
        """Wait this long (real time) before the work."""
        return self.add(Fault(method, How.STALL_BEFORE, times, seconds=seconds))

    def before(self, method: str, hook: Hook) -> Callable[[], None]:
        """Await ``hook`` before each such call is processed; returns what ends it."""
        return _hooked(self._before, method, hook)

    def after(self, method: str, hook: Hook) -> Callable[[], None]:
        """Await ``hook`` after each such call was processed and before it is answered; returns what ends it."""
        return _hooked(self._after, method, hook)

    def clear(self) -> None:
        """No more faults and no more hooks."""
        self._rules.clear()
        self._before.clear()
        self._after.clear()

    def strike(self, call: Call) -> Fault | None:
        """The rule for this call, used up by one; None where it goes as it should."""
        fault = next((each for each in self._rules if each.matches(call)), None)
        if fault is not None:
            fault.times -= 1
        return fault

    async def run_before(self, call: Call) -> None:
        """Await the hooks that stand before the work."""
        await _run(self._before, call)

    async def run_after(self, call: Call) -> None:
        """Await the hooks that stand between the work and the answer."""
        await _run(self._after, call)


def _hooked(hooks: list[tuple[str, Hook]], method: str, hook: Hook) -> Callable[[], None]:
    entry = (method, hook)
    hooks.append(entry)
    return lambda: hooks.remove(entry)


async def _run(hooks: list[tuple[str, Hook]], call: Call) -> None:
    for method, hook in tuple(hooks):
        if method in {"*", call.route}:
            await hook(call)
