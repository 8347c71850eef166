"""A strict, stateful stand-in of Slack on a real loopback socket, and the people who use it."""

from bot.sandbox.slack.errors import Ambiguous, NotOnScreen
from bot.sandbox.slack.faults import Fault, How
from bot.sandbox.slack.model import Channel, Message, User, View
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.registration import Registration, Shortcut
from bot.sandbox.slack.standin import SlackStandIn
from bot.sandbox.slack.transport import Delivery

__all__ = [
    "Ambiguous", "Channel", "Delivery", "Fault", "How", "Message", "NotOnScreen", "Person", "Registration", "Shortcut",
    "SlackStandIn", "User", "View",
]  # fmt: skip
