"""The part of the composition that is about imports and exports of subscribers."""

from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.operations.model import Kind
from bot.polling.exports import ExportPoll
from bot.polling.imports import ImportPoll
from bot.polling.jobs import Job
from bot.services.broadcast_audience import Audience
from bot.services.exports import Exports
from bot.services.import_known import Known
from bot.services.import_work import ImportWork
from bot.services.imports import Imports
from bot.slack.desk import Room
from bot.slack.inbox.commands import Command
from bot.slack.listening import Listeners
from bot.slack.posting import Reach
from bot.slack.transfer import routes
from bot.slack.transfer.desk import TransferDesk
from bot.slack.transfer.files import Files
from bot.slack.transfer.kinds import kinds


@dataclass(frozen=True)
class TransferParts:
    """Everything about imports and exports."""

    room: Room
    reach: Reach
    clearstream: Clearstream
    audience: Audience

    @property
    def _files(self) -> Files:
        return Files(self.room.api)

    def kinds(self) -> list[Kind]:
        """The kinds of operation."""
        return kinds(self.reach)

    def register(self, app: Listeners) -> dict[str, Command]:
        """Listen; the words of ``/sms`` that belong to it."""
        imports = Imports(self.room.store, self.room.ledger, Known(self.clearstream))
        desk = TransferDesk(self.room, self._files, self.audience, imports, Exports(self.room.ledger))
        return routes.register(app, desk)

    def jobs(self) -> list[Job]:
        """What is done in the background."""
        store, ledger, may = self.room.store, self.room.ledger, self.room.directory.check_for_ledger
        work = ImportWork(self.clearstream, Known(self.clearstream))
        return [
            ImportPoll(store, ledger, work, may, self._files),
            ExportPoll(store, ledger, self.clearstream, may, self._files),
        ]
