"""One text-message line: its state, its clock, how fast it sends, and in which ways it may be odd."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.sandbox.clearstream.model import State


@dataclass(slots=True)
class Pace:
    """How long things take, measured by the line's own clock."""

    reply: timedelta = timedelta(seconds=1)
    """From an outgoing reply QUEUED to SENT and on the phone."""

    queue: timedelta = timedelta(seconds=2)
    """From a broadcast accepted (or due) to its first text."""

    throughput: int = 250
    """Texts of a broadcast per second."""

    aftermath: timedelta = timedelta(hours=24)
    """For how long a text or a STOP counts as an answer to a broadcast."""


@dataclass(slots=True)
class Oddities:
    """Liberties the document leaves; each setting is one a client must bear."""

    thread_order: Literal["newest", "oldest", "id", "shuffled"] = "newest"
    recent_replies: int = 3
    limit_cap: int = 100
    pages_off: int = 0
    """Added to ``pages``."""
    total_off: int = 0
    """Added to ``total``."""
    bare_errors: bool = False
    """Errors as ``{"error": "text"}``."""
    replied_at_is_theirs: bool = False
    """``replied_at`` moves with incoming texts only."""
    trims_text: bool = False
    """The text of a reply loses the white space around it."""


@dataclass(slots=True)
class Line:
    """What every operation works on; ``now`` gives aware UTC."""

    state: State
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    odd: Oddities = field(default_factory=Oddities)
