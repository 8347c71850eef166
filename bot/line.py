"""The part of the composition that is about the Clearstream line: texts, broadcasts, subscribers and the account."""

from dataclasses import dataclass
from datetime import timedelta

from bot.account import AccountParts
from bot.clearstream.client import Clearstream
from bot.house import HouseParts
from bot.metrics import Metrics
from bot.polling import broadcasts, inbox
from bot.polling.jobs import Job
from bot.services import contacts, list_kinds, lists, text_kinds, texts
from bot.services.broadcast_office import Office
from bot.settings import Settings
from bot.slack import routes
from bot.slack.account import routes as account_routes
from bot.slack.audience import routes as audience
from bot.slack.audience.desk import AudienceDesk
from bot.slack.broadcasts.desk import BroadcastDesk
from bot.slack.broadcasts.kinds import kinds as broadcast_posts
from bot.slack.desk import Desk, Room
from bot.slack.inbox.notices import kinds
from bot.slack.inbox.reply import ReplyModals
from bot.slack.listening import Listeners
from bot.slack.posting import Reach
from bot.transfer import TransferParts
from bot.web.server import Server


@dataclass(frozen=True)
class LineParts:
    """Everything that needs the key to Clearstream."""

    settings: Settings
    room: Room
    reach: Reach
    clearstream: Clearstream
    metrics: Metrics
    server: Server

    def register(self, app: Listeners) -> list[Job]:
        """Listen, make the kinds of operation known and serve the webhook; the jobs."""
        room, reach, ledger, setup = self.room, self.reach, self.room.ledger, self.reach.setup
        desk = self._desk
        replies = ReplyModals(desk)
        ledger.register(kinds(reach, replies.redraw))
        what = (room.store, ledger, setup, self.clearstream, room.directory.check_for_ledger)
        ledger.register([text_kinds.ReplyKind(*what), text_kinds.MessageKind(*what)])
        ledger.register([contacts.EditKind(*what), contacts.OptOutKind(*what), contacts.DeleteKind(*what)])
        office = Office.made(*what)
        ledger.register([*office.kinds, *broadcast_posts(reach, office.broadcasts.showing)])
        people = lists.Lists(self.clearstream, ledger, office.audience)
        ledger.register(list_kinds.kinds(list_kinds.Means(room.store, ledger, self.clearstream, what[-1])))
        words = audience.register(app, AudienceDesk(room, people, office.audience, desk.contacts))
        account = AccountParts(self.settings, room, reach, setup, self.clearstream, office.audience)
        ledger.register(account.kinds())
        for method, path, handler in account.pages():
            self.server.add(method, path, handler)
        transfer = TransferParts(room, reach, self.clearstream, office.audience)
        ledger.register(transfer.kinds())
        words |= transfer.register(app)
        house = HouseParts(room, reach, self.clearstream)
        ledger.register(house.kinds())
        words |= account_routes.register(app, account.desk) | house.register(app)
        routes.register(app, desk, replies, BroadcastDesk(room, office, setup), words)
        return [*self._jobs(office), *account.jobs(), *transfer.jobs()]

    @property
    def _desk(self) -> Desk:
        conversations = self.reach.conversations
        return Desk(
            **vars(self.room),
            conversations=conversations,
            texts=texts.Texts(self.room.ledger, conversations),
            contacts=contacts.Contacts(self.clearstream, self.room.ledger),
            clearstream=self.clearstream,
        )

    def _jobs(self, office: Office) -> list[Job]:
        store, every = self.room.store, timedelta(seconds=self.settings.inbox_poll_seconds)
        return [
            inbox.InboxPoll(store, self.clearstream, self.room.ledger, self.reach.setup, self.metrics, every),
            broadcasts.FollowPoll(store, self.clearstream, office.following, office.leads),
            broadcasts.AudiencePoll(store, office.audience),
        ]
