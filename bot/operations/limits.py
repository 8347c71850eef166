"""How hard the ledger works, and how long it waits."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limits:
    """How hard the ledger works.

    ``lease``: how long a claim holds. ``margin``: nothing leaves when less than this is left of it.
    ``at_once``: operations under way in one process. ``intervals``: seconds between two of a bucket, by the
    bucket's name up to its first colon. ``ahead``: how long before its place in a bucket an operation is claimed, so
    that it leaves on time and the pace does not suffer from the claiming. ``backoff``: seconds after the first try,
    the second, and so on.
    """

    lease: timedelta = timedelta(seconds=25)
    margin: timedelta = timedelta(seconds=2)
    at_once: int = 16
    intervals: tuple[tuple[str, float], ...] = ()
    ahead: timedelta = timedelta()
    backoff: tuple[float, ...] = (1, 2, 5, 10, 30, 60)
    spread: Callable[[], float] = random.random

    def interval(self, bucket: str) -> timedelta:
        """The time between two calls of a bucket."""
        return timedelta(seconds=dict(self.intervals).get(bucket.partition(":")[0], 0))

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after the ``attempt``-th try (from 1), spread out a little."""
        seconds = self.backoff[min(max(attempt, 1), len(self.backoff)) - 1]
        return timedelta(seconds=seconds * (0.9 + 0.2 * self.spread()))
