"""What is listened to of **Setup**, the record and **Direct mode**."""

from slack_bolt.async_app import AsyncApp

from bot.slack.direct.listeners import DirectListeners
from bot.slack.inbox.commands import Command
from bot.slack.setup.desk import SetupDesk


def register(app: AsyncApp, desk: SetupDesk) -> dict[str, Command]:
    """Listen to all of it; the words of ``/sms`` that belong to it."""
    boundary = desk.room.boundary
    app.event("message")(boundary.event("message", DirectListeners(desk.room.store, desk.direct).message))
    return {}
