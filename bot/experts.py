"""The half of the composition that is about Clarity: settings in, its parts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clarity import oauth
from bot.clarity.client import Clarity, open_api
from bot.http import ApiClient, Observe
from bot.polling.calls import ListsPoll, LivePoll, Watch
from bot.polling.jobs import Job
from bot.services import experts as members
from bot.services.accounts import Accounts, Login
from bot.services.calls import Calls
from bot.services.clarity_kind import Means
from bot.services.clarity_writing import Writing
from bot.services.contacts import May
from bot.services.setup import Setup
from bot.settings import Settings
from bot.slack.desk import Room
from bot.slack.experts.guests import ExpertDesk
from bot.store.crypto import Box, own_key


def connect(settings: Settings, observe: Observe) -> ApiClient:
    """The connections to Clarity that all accounts share."""
    return open_api(settings.clarity_api_url, timeout=15, observe=observe)


@dataclass(frozen=True)
class Experts:
    """Everything about experts and calls."""

    settings: Settings
    room: Room
    accounts: Accounts
    members: members.Experts
    calls: Calls
    writing: Writing

    @classmethod
    def made(cls, settings: Settings, room: Room, api: ApiClient, setup: Setup) -> "Experts":
        """Put together."""
        token = settings.clarity_oauth_token
        accounts = Accounts(
            room.store,
            room.ledger,
            _box(settings),
            lambda given: Clarity.of(given, api),
            None if token is None else token.get_secret_value(),
            login(settings),
            setup,
        )
        calls = Calls(room.ledger, settings.live_call_poll_seconds, setup)
        return cls(settings, room, accounts, members.Experts(room.store), calls, Writing(room.ledger, calls))

    @property
    def desk(self) -> ExpertDesk:
        """What the listeners work with."""
        return ExpertDesk(self.room, self.accounts, self.members, self.calls, self.writing)

    def means(self, may: May) -> Means:
        """What the kinds of operation work with."""
        return Means(self.room.store, self.room.ledger, self.accounts, self.calls, may)

    def jobs(self) -> Sequence[Job]:
        """The polls."""
        watch = Watch(self.room.store, self.room.ledger, self.accounts, self.calls, self.settings.calls_poll_seconds)
        return [ListsPoll(watch), LivePoll(watch, self.settings.live_call_poll_seconds)]


def _box(settings: Settings) -> Box | None:
    if settings.clarity_client_id is None:
        return None
    keys = settings.encryption_keys or (own_key(settings.data_dir),)
    return Box(keys)


def login(settings: Settings) -> Login | None:
    """How people connect their own account; None where no client id and secret are set."""
    if settings.clarity_client_id is None or settings.clarity_client_secret is None:
        return None
    client_id, secret = settings.clarity_client_id, settings.clarity_client_secret
    callback, address = f"{settings.public_url}/clarity/callback", settings.clarity_oauth_url

    def authorize(state: str) -> str:
        return oauth.authorize_url(client_id, callback, state, address)

    async def exchange(code: str) -> str:
        # A function and no partial: what a partial holds, the secret too, is read in its repr.
        return await oauth.exchange(
            code,
            client_id=client_id,
            client_secret=secret.get_secret_value(),
            redirect_uri=callback,
            authorize_url=address,
        )

    return Login(authorize, exchange, settings.public_url)
