"""What Switchboard listens to about imports and exports; part of ``bot.slack.routes``."""

from bot.slack.inbox.commands import Command
from bot.slack.listening import Listeners
from bot.slack.transfer import ids
from bot.slack.transfer.desk import TransferDesk
from bot.slack.transfer.exporting import ExportListeners
from bot.slack.transfer.importing import ImportListeners

VIEWS = (ids.VIEW_FILE, ids.VIEW_COLUMNS, ids.VIEW_RUN)
"""Every modal that can be submitted."""


def register(app: Listeners, desk: TransferDesk) -> dict[str, Command]:
    """Listen to everything about imports and exports; the words of ``/sms`` that belong to it."""
    listen = desk.room.boundary.listener
    importing, exporting = ImportListeners(desk), ExportListeners(desk)
    app.shortcut(ids.SHORTCUT_IMPORT)(listen(ids.SHORTCUT_IMPORT, importing.shortcut))
    app.action(ids.STOP)(listen(ids.STOP, importing.stop))
    app.options(ids.LISTS)(listen("import.suggestions", importing.suggestions))
    submissions = {
        ids.VIEW_FILE: importing.file_chosen,
        ids.VIEW_COLUMNS: importing.columns_chosen,
        ids.VIEW_RUN: importing.submitted,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(listen(f"submit.{callback_id}", submitted))
    return {"import": importing.command, "export": exporting.command}
