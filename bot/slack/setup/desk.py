"""What the listeners of **Setup**, the record and **Direct mode** work with."""

from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.services.direct import Direct
from bot.services.setup import Setup
from bot.services.setup_changes import SetupChanges
from bot.slack.desk import Room


@dataclass(frozen=True)
class SetupDesk:
    """The room, what the installation is set to, and ways to change it; ``clearstream`` is None without a key."""

    room: Room
    setup: Setup
    changes: SetupChanges
    direct: Direct
    clearstream: Clearstream | None
