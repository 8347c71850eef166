"""The Web API's methods, one module a family; importing this fills the table ``METHODS``."""

from bot.sandbox.slack.methods import chat, conversations, files, people, views
from bot.sandbox.slack.methods.registry import METHODS, Arguments, Method

__all__ = ["METHODS", "Arguments", "Method", "chat", "conversations", "files", "people", "views"]
