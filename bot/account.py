"""The part of the composition that is about the account: keywords, figures, credits, and what Clearstream tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.operations.model import Kind
from bot.polling import inbox
from bot.polling.account import CreditsPoll, KeywordPoll
from bot.polling.jobs import Job
from bot.services import keyword_kinds
from bot.services.account import AccountFigures, CreditsWatch
from bot.services.broadcast_audience import Audience
from bot.services.keyword_answers import KeywordAnswers
from bot.services.keywords import Keywords
from bot.services.setup import Setup
from bot.services.webhook import Telling, Webhook
from bot.settings import Settings
from bot.slack.account.desk import AccountDesk
from bot.slack.account.kinds import kinds as posts
from bot.slack.desk import Room
from bot.slack.posting import Reach
from bot.web.webhook import ClearstreamWebhook, Handler


@dataclass(frozen=True)
class AccountParts:
    """Everything about the account."""

    settings: Settings
    room: Room
    reach: Reach
    setup: Setup
    clearstream: Clearstream
    audience: Audience

    @property
    def desk(self) -> AccountDesk:
        """What the listeners work with."""
        keywords = Keywords(self.clearstream, self.room.ledger)
        return AccountDesk(self.room, AccountFigures(self.clearstream), self.audience, keywords, KeywordAnswers())

    def kinds(self) -> list[Kind]:
        """The kinds of operation."""
        room = self.room
        made = keyword_kinds.kinds(room.store, room.ledger, self.clearstream, room.directory.check_for_ledger)
        return [*made, *posts(self.reach)]

    def jobs(self) -> Sequence[Job]:
        """The watches."""
        store, ledger = self.room.store, self.room.ledger
        watch, telling = CreditsWatch(ledger, self.setup), Telling(ledger, self.setup)
        return [CreditsPoll(store, self.audience, watch), KeywordPoll(store, telling)]

    def pages(self) -> list[tuple[str, str, Handler]]:
        """The webhook's route; none without its key."""
        key = self.settings.clearstream_webhook_key
        if key is None:
            return []
        webhook = Webhook(self.room.store, KeywordAnswers(), inbox.NAME)
        return ClearstreamWebhook(key.get_secret_value(), webhook.came).routes()
