"""What is listened to of App Home."""

from bot.services.accounts import Accounts
from bot.slack.desk import Room
from bot.slack.home import ids
from bot.slack.home.drawing import HomeDrawing
from bot.slack.home.listeners import HomeListeners
from bot.slack.listening import Listeners


def register(app: Listeners, room: Room, drawing: HomeDrawing, accounts: Accounts | None) -> None:
    """Listen to all of it; whatever else is pressed there is listened to where it belongs."""
    listeners = HomeListeners(room, drawing, accounts)
    app.event(ids.EVENT)(room.boundary.event(ids.EVENT, listeners.opened))
    app.action(ids.LOGIN)(room.boundary.listener(ids.LOGIN, listeners.login))
    room.boundary.on_home = drawing.pressed
