"""The bot's process as the page shows it."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class BotPanel:
    """``words`` say how it is; ``trouble`` holds its last words where it ended by itself, from the file ``log``."""

    words: str
    running: bool
    colour: Literal["green", "yellow", "red"]
    trouble: str = ""
    log: str = ""


class BotControl(Protocol):
    """Whoever runs the bot."""

    def panel(self) -> BotPanel:
        """How it is now."""

    async def start(self) -> None:
        """Start it; nothing happens where it runs."""

    async def kill(self) -> None:
        """End it with SIGKILL; nothing happens where it does not run."""
