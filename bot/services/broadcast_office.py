"""Everything about broadcasts, put together."""

from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.operations.ledger import Ledger
from bot.operations.model import Kind
from bot.services.broadcast_audience import Audience
from bot.services.broadcast_following import Following
from bot.services.broadcast_kinds import Means, kinds
from bot.services.broadcast_leads import Leads
from bot.services.broadcast_list import BroadcastList
from bot.services.broadcasts import Broadcasts
from bot.services.contacts import May
from bot.services.conversations import Conversations
from bot.services.setup import Setup
from bot.store.engine import Store


@dataclass(frozen=True)
class Office:
    """What listeners, polls and the ledger work with: ``kinds`` go to the ledger before anything is claimed."""

    broadcasts: Broadcasts
    audience: Audience
    listing: BroadcastList
    following: Following
    leads: Leads
    kinds: tuple[Kind, ...]

    @classmethod
    def made(cls, store: Store, ledger: Ledger, setup: Setup, clearstream: Clearstream, may: May) -> "Office":
        """Put together; ``may`` is asked of everybody who stands for a broadcast when it leaves."""
        broadcasts, audience = Broadcasts(ledger, setup), Audience(store, clearstream)
        return cls(
            broadcasts=broadcasts,
            audience=audience,
            listing=BroadcastList(store, clearstream),
            following=Following(broadcasts.showing),
            leads=Leads(store, clearstream, audience, Conversations(ledger, setup)),
            kinds=tuple(kinds(Means(store, clearstream, broadcasts.showing, may))),
        )
