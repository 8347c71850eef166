"""The account's figures and users, and the warning when credits run low."""

from dataclasses import dataclass
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Account, User
from bot.errors import Invalid, Unprocessable
from bot.operations.ledger import Ledger
from bot.services import posts
from bot.services.setup import Setup
from bot.store.engine import Tx

UTC = "UTC"


@dataclass(frozen=True)
class Figures:
    """The account, its figures counted in the IANA time zone ``zone``; ``asked`` is the reader's own."""

    account: Account
    zone: str
    asked: str | None = None


class AccountFigures:
    """Asks Clearstream for them, each time."""

    def __init__(self, clearstream: Clearstream) -> None:
        self._clearstream = clearstream

    async def of(self, zone: str | None) -> Figures:
        """The figures by the days of ``zone``; of UTC where it is None, or Clearstream does not know it."""
        if zone is not None and zone != UTC:
            try:
                return Figures(await self._clearstream.account(zone), zone, zone)
            except (Invalid, Unprocessable):
                pass  # the same figures by other days are better than none; whoever reads is told which
        return Figures(await self._clearstream.account(), UTC, zone)

    async def users(self) -> list[User]:
        """Everybody who can sign in to the account."""
        return await self._clearstream.users()


class CreditsWatch:
    """Warns once each time credits fall below the level that is set."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup

    async def look(self, tx: Tx, credits: int, state: dict[str, Any]) -> dict[str, Any]:
        """Ask for a warning where ``state``, which the last look returned, says that none was given for this fall."""
        level = await self._setup.credits_warning(tx)
        if credits >= level:
            return {**state, "low": False}
        if state.get("low"):
            return state
        fall = state.get("falls", 0) + 1
        channel, key = await self._setup.broadcasts_channel(tx), f"{fall}:{tx.now.timestamp():.0f}"
        await self._ledger.ask(tx, posts.told(posts.LOW_CREDITS, key, {"credits": credits, "level": level}, channel))
        return {**state, "low": True, "falls": fall}
