"""What the listeners work with, and the few things all of them do."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.operations.ledger import Ledger
from bot.operations.model import Operation, State
from bot.services.contacts import Contacts
from bot.services.conversations import Conversations
from bot.services.policy import Act
from bot.services.texts import Texts
from bot.slack.api import SlackApi
from bot.slack.boundary import Boundary
from bot.slack.directory import Directory
from bot.store.engine import Store

_ENDED = (State.SENT, State.FAILED, State.CANCELLED, State.UNCONFIRMED)
_LOOK_EVERY = 0.25
_LOOK_TIMES = 32


@dataclass(frozen=True)
class Room:
    """What every listener works with. ``team_url`` is the workspace's address."""

    api: SlackApi
    store: Store
    ledger: Ledger
    directory: Directory
    boundary: Boundary
    new_id: Callable[[], str]
    team_url: str

    async def refusal(self, user_id: str, act: Act) -> str | None:
        """Why a person may not do this, as far as it is known without asking Slack; it is asked before it is done."""
        policy = await self.directory.policy()
        facts = self.directory.known(user_id, policy, act)
        return None if facts is None else policy.refusal(act, facts)

    async def ended(self, key: str) -> Operation | None:
        """How an operation ended, if it does within a few seconds; else as it stands then."""
        operation = None
        for _ in range(_LOOK_TIMES):
            async with self.store.read() as tx:
                operation = await self.ledger.by_key(tx, key)
            if operation is None or operation.state in _ENDED:
                break
            await self.store.clock.sleep(_LOOK_EVERY)
        return operation


@dataclass(frozen=True)
class Desk(Room):
    """What the listeners of the inbox work with besides."""

    conversations: Conversations
    texts: Texts
    contacts: Contacts
    clearstream: Clearstream
