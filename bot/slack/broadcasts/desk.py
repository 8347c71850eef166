"""What the listeners of broadcasts work with."""

from dataclasses import dataclass

from bot.services.broadcast_office import Office
from bot.services.setup import Setup
from bot.slack.desk import Room


@dataclass(frozen=True)
class BroadcastDesk:
    """The room, everything about broadcasts, and what the installation is set to."""

    room: Room
    office: Office
    setup: Setup
