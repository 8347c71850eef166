"""The kind of operation that saves **Setup**: rights are asked for once more, and the bot goes into the channels."""

from collections.abc import Sequence
from datetime import timedelta

from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Done, Guard, Operation, State
from bot.services import posts, record
from bot.services.contacts import May
from bot.services.policy import Act
from bot.services.setup import BROADCASTS_CHANNEL, CALLS_CHANNEL, DIGEST_CHANNEL, DIRECT_CHANNELS, INBOX_CHANNEL
from bot.services.setup_changes import SAVE, SetupChanges
from bot.slack.api import SlackApi
from bot.slack.setup.joining import join
from bot.store.engine import Tx

_CHANNELS = (INBOX_CHANNEL, BROADCASTS_CHANNEL, CALLS_CHANNEL, DIGEST_CHANNEL)
_WATCHED = timedelta(seconds=8)
"""Whoever asked looks on for so long; what fails later is told them in private."""


class SaveKind:
    """Saving the setup: done twice it is as done once."""

    name = SAVE
    harmless = True
    patience = timedelta(minutes=10)
    looks: Sequence[float] = (1.0,)

    def __init__(self, api: SlackApi, ledger: Ledger, changes: SetupChanges, may: May) -> None:
        self._api = api
        self._ledger = ledger
        self._changes = changes
        self._may = may

    async def marker(self, operation: Operation) -> int | None:
        """None: what it changes is our own."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Go into the channels that are named, if whoever asked still may; what is saved follows when it settles."""
        if operation.asked_by is not None:
            await self._may(operation.asked_by, Act.SETUP)
        guard()
        outside = {}
        for channel in named(operation):
            why = await join(self._api, channel)
            if why is not None:
                outside[channel] = why
        return Done(result={"outside": outside})

    async def find(self, operation: Operation) -> Done | Absent:
        """Going in once more does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Save it; the record says how it ended, and who may not (any more) is told."""
        await record.follow(tx, operation)
        if operation.state is State.SENT:
            await self._changes.make(tx, operation)
        elif operation.state is State.FAILED and tx.now - operation.created_at > _WATCHED:
            await self._ledger.ask(tx, posts.notice(operation.id, None, operation.payload["to"]))


def named(operation: Operation) -> list[str]:
    """The channels that are named in what is saved."""
    values = operation.payload["values"]
    single = [values.get(key) for key in _CHANNELS]
    return list(dict.fromkeys(channel for channel in (*single, *(values.get(DIRECT_CHANNELS) or ())) if channel))
