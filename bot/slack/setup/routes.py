"""What is listened to of **Setup**, the record and **Direct mode**."""

from bot.slack.audit import ids as audit_ids
from bot.slack.audit.listeners import AuditListeners
from bot.slack.boundary import Listener
from bot.slack.direct.listeners import DirectListeners
from bot.slack.inbox.commands import Command
from bot.slack.listening import Listeners
from bot.slack.setup import ids
from bot.slack.setup.desk import SetupDesk
from bot.slack.setup.listeners import SetupListeners
from bot.slack.setup.windows import WindowListeners


def register(app: Listeners, desk: SetupDesk) -> dict[str, Command]:
    """Listen to all of it; the words of ``/sms`` that belong to it."""
    boundary = desk.room.boundary
    app.event("message")(boundary.event("message", DirectListeners(desk.room.store, desk.direct).message))
    setup = SetupListeners(desk)
    audit = AuditListeners(desk)
    windows = WindowListeners(desk)
    presses: dict[str, Listener] = {
        ids.OPEN: setup.open,
        ids.SAVED: windows.open_saved,
        ids.FORGET: windows.forget_reply,
        ids.ANSWERS: windows.open_answers,
        ids.REMOVE_ANSWER: windows.remove_answer,
        audit_ids.EXPORT: audit.export,
    }
    for action_id, press in presses.items():
        app.action(action_id)(boundary.listener(action_id, press))
    submissions: dict[str, Listener] = {
        ids.VIEW: setup.submitted,
        ids.VIEW_SAVED: windows.save_reply,
        ids.VIEW_ANSWERS: windows.save_answer,
    }
    for callback_id, submitted in submissions.items():
        app.view_submission(callback_id)(boundary.listener(f"submit.{callback_id}", submitted))
    return {"setup": setup.command, "audit": audit.command}
