"""The part of the composition that is about App Home and the digest: settings in, their parts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.polling.home import HomePoll
from bot.polling.jobs import Job
from bot.services.accounts import Accounts
from bot.services.home import Homes, Wired
from bot.services.setup import Setup
from bot.settings import Settings
from bot.slack.desk import Room
from bot.slack.home import routes
from bot.slack.home.drawing import HomeDrawing


@dataclass(frozen=True)
class HomeParts:
    """App Home; ``accounts`` is None where nothing connects to Clarity."""

    settings: Settings
    room: Room
    setup: Setup
    accounts: Accounts | None

    def register(self, app: AsyncApp) -> Sequence[Job]:
        """Listen to it; the jobs that go with it."""
        drawing = HomeDrawing(self.room, Homes(self.setup, self._wired))
        routes.register(app, self.room, drawing, self.accounts)
        return [HomePoll(self.room.store, drawing.refresh)]

    @property
    def _wired(self) -> Wired:
        given = self.settings
        return Wired(
            texts=given.clearstream_api_key is not None,
            shared=given.clarity_oauth_token is not None,
            login=given.clarity_client_id is not None,
        )
