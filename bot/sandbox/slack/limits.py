"""How often the app may call: Slack's rate limits as token buckets on the stand-in's clock.

Posting: one message a second a channel, short bursts tolerated. The rest: calls a minute for each method, by tier
(docs.slack.dev, Web API rate limits; tiers from each method's page).
"""

import math
from dataclasses import dataclass

from bot.sandbox.slack.errors import TooManyRequests
from bot.sandbox.slack.model import Clock

TIERS = {1: 20, 2: 20, 3: 50, 4: 100}
"""Calls a minute. Tier 1 says "1+" and tolerates bursts; ten connections must be able to open."""

POSTING = "chat.postMessage"


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Limits:
    """The buckets of one workspace and app; ``refused`` counts the 429s given.

    ``burst`` is how many messages a channel takes at once before the pace of one a second holds.
    ``enabled`` may be switched off where a test is about something else.
    """

    def __init__(self, now: Clock, *, burst: int = 2) -> None:
        self._now = now
        self.burst = burst
        self.enabled = True
        self.refused = 0
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, method: str, tier: int, channel: str = "") -> None:
        """Count one call; raises ``TooManyRequests`` when there were too many."""
        if not self.enabled or tier == 0:
            return
        if method == POSTING:
            self._take((method, channel), capacity=self.burst, per_second=1.0)
        else:
            self._take((method, ""), capacity=TIERS[tier], per_second=TIERS[tier] / 60)

    def _take(self, key: tuple[str, str], *, capacity: float, per_second: float) -> None:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled_at) * per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            self.refused += 1
            raise TooManyRequests(max(1, math.ceil((1 - bucket.tokens) / per_second)))
        bucket.tokens -= 1
