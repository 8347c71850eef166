"""The site behind the API: its state, its clock, how long things take, and in which ways it may be odd."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.sandbox.clarity.model import Fate, State


@dataclass(slots=True)
class Pace:
    """How long the parts of a call take, by the site's own clock, and how it ends unless told otherwise."""

    seeker_rings: timedelta = timedelta(seconds=6)
    """From ``dialing_seeker`` to ``seeker_answered``."""

    announcement: timedelta = timedelta(seconds=3)
    """From ``seeker_answered`` to ``dialing_expert``."""

    expert_rings: timedelta = timedelta(seconds=6)
    """From ``dialing_expert`` to ``expert_answered``."""

    talk: timedelta = timedelta(seconds=40)
    """From ``expert_answered`` to ``call_completed``."""

    patience: timedelta = timedelta(seconds=20)
    """How long it rings where nobody answers."""

    fate: Fate = "call_completed"
    """How calls end."""


@dataclass(slots=True)
class Oddities:
    """Liberties the document leaves, or takes itself; each setting is one a client must bear."""

    ids: bool = False
    """Needs and organizations carry their ``id``; the samples do not."""
    state_echoed: bool = True
    """Whether the OAuth redirect brings ``state`` back."""
    token_form: Literal["text", "oauth_token", "access_token", "form"] = "text"  # noqa: S105 - the name of a format
    """The body a code is exchanged for: the bare token, JSON with that key, or ``oauth_token=…``."""
    one_need: bool = False
    """``POST /needs`` answers an object; the sample is an array."""
    canceled_by_on_live: bool = True
    """A call by itself has ``canceled_by`` though nobody canceled it, as in the samples."""
    number_rates: bool = False
    """``hourly_rate`` of the long member form is a number too."""
    newest_first: bool = False
    """Calls are listed the newest first; the samples have the oldest first."""
    errors: Literal["json", "text", "empty"] = "json"
    """What an error's body is: ``{"error": "text"}``, the text alone, or nothing."""


@dataclass(slots=True)
class Site:
    """What every operation works on; ``now`` gives aware UTC, ``origin`` is where the stand-in listens."""

    state: State
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    odd: Oddities = field(default_factory=Oddities)
    origin: str = "http://127.0.0.1:0"
