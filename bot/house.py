"""The part of the composition that is about the house itself: its setup, its record, and **Direct mode**."""

from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.operations.model import Kind
from bot.services.account_change import ChangeKind
from bot.services.direct import Direct
from bot.services.setup import Setup
from bot.services.setup_changes import SetupChanges
from bot.services.texts import Texts
from bot.settings import Settings
from bot.slack.desk import Room
from bot.slack.direct.kinds import kinds as direct_kinds
from bot.slack.inbox.commands import Command
from bot.slack.listening import Listeners
from bot.slack.posting import Reach
from bot.slack.setup import routes
from bot.slack.setup.desk import SetupDesk
from bot.slack.setup.kinds import SaveKind


def setup_of(settings: Settings) -> Setup:
    """What holds where nothing was chosen in Slack."""
    return Setup(
        settings.inbox_channel,
        settings.inbox_bump_minutes,
        settings.senders,
        settings.admins,
        settings.broadcasts_channel,
        settings.approval_above,
        settings.undo_seconds,
        calls_channel_default=settings.calls_channel,
        given=frozenset(name for name in settings.model_fields_set if getattr(settings, name) is not None),
    )


@dataclass(frozen=True)
class HouseParts:
    """Everything about the house; ``clearstream`` is None where there is no key to it."""

    room: Room
    reach: Reach
    clearstream: Clearstream | None

    @property
    def desk(self) -> SetupDesk:
        """What the listeners work with."""
        return SetupDesk(self.room, self.reach.setup, self._changes, self._direct, self.clearstream)

    @property
    def _changes(self) -> SetupChanges:
        return SetupChanges(self.room.ledger, self.reach.setup)

    @property
    def _direct(self) -> Direct:
        ledger, reach = self.room.ledger, self.reach
        return Direct(ledger, reach.setup, Texts(ledger, reach.conversations))

    def kinds(self) -> list[Kind]:
        """The kinds of operation."""
        room, may = self.room, self.room.directory.check_for_ledger
        made: list[Kind] = [SaveKind(room.api, room.ledger, self._changes, may)]
        made += direct_kinds(self.reach, self._direct, room.directory.name)
        return made if self.clearstream is None else [*made, ChangeKind(room.ledger, self.clearstream, may)]

    def register(self, app: Listeners) -> dict[str, Command]:
        """Listen; the words of ``/sms`` that belong to it."""
        return routes.register(app, self.desk)
