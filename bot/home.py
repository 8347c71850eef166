"""The part of the composition that is about App Home and the digest: settings in, their parts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.polling.digest import DigestPoll
from bot.polling.home import HomePoll
from bot.polling.jobs import Job
from bot.services.accounts import Accounts
from bot.services.home import Homes, Wired
from bot.services.setup import Setup
from bot.settings import Settings
from bot.slack.desk import Room
from bot.slack.digest.kinds import DigestKind
from bot.slack.home import routes
from bot.slack.home.drawing import HomeDrawing
from bot.slack.listening import Listeners
from bot.slack.posting import Reach


@dataclass(frozen=True)
class HomeParts:
    """App Home and the digest; ``accounts`` is None where nothing connects to Clarity."""

    settings: Settings
    room: Room
    reach: Reach
    setup: Setup
    accounts: Accounts | None

    def register(self, app: Listeners) -> Sequence[Job]:
        """Listen to Home, and make the digest known to the ledger; the jobs that go with both."""
        self.room.ledger.register([DigestKind(self.reach)])
        drawing = HomeDrawing(self.room, Homes(self.setup, self._wired))
        routes.register(app, self.room, drawing, self.accounts)
        store = self.room.store
        return [HomePoll(store, drawing.refresh), DigestPoll(store, self.room.ledger)]

    @property
    def _wired(self) -> Wired:
        given = self.settings
        return Wired(
            texts=given.clearstream_api_key is not None,
            shared=given.clarity_oauth_token is not None,
            login=given.clarity_client_id is not None,
        )
