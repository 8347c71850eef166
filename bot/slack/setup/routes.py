"""What is listened to of **Setup**, the record and **Direct mode**."""

from slack_bolt.async_app import AsyncApp

from bot.slack.audit import ids as audit_ids
from bot.slack.audit.listeners import AuditListeners
from bot.slack.boundary import Listener
from bot.slack.direct.listeners import DirectListeners
from bot.slack.inbox.commands import Command
from bot.slack.setup import ids
from bot.slack.setup.desk import SetupDesk
from bot.slack.setup.listeners import SetupListeners


def register(app: AsyncApp, desk: SetupDesk) -> dict[str, Command]:
    """Listen to all of it; the words of ``/sms`` that belong to it."""
    boundary = desk.room.boundary
    app.event("message")(boundary.event("message", DirectListeners(desk.room.store, desk.direct).message))
    setup = SetupListeners(desk)
    audit = AuditListeners(desk)
    presses: dict[str, Listener] = {ids.OPEN: setup.open, audit_ids.EXPORT: audit.export}
    for action_id, press in presses.items():
        app.action(action_id)(boundary.listener(action_id, press))
    app.view_submission(ids.VIEW)(boundary.listener(f"submit.{ids.VIEW}", setup.submitted))
    return {"setup": setup.command, "audit": audit.command}
