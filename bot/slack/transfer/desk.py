"""What the listeners of imports and exports work with."""

from dataclasses import dataclass

from bot.services.broadcast_audience import Audience
from bot.services.exports import Exports
from bot.services.imports import Imports
from bot.slack.desk import Room
from bot.slack.transfer.files import Files


@dataclass(frozen=True)
class TransferDesk:
    """The room, Slack's files, the account's lists, and what imports and exports."""

    room: Room
    files: Files
    audience: Audience
    imports: Imports
    exports: Exports
