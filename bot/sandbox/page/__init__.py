"""The sandbox's page: a workspace as Slack users know it on the left, a customer's phone on the right,
and beside the phone the other side of the calls."""

from bot.sandbox.page.panel import BotControl, BotPanel
from bot.sandbox.page.reading import ReadMarks
from bot.sandbox.page.server import Page

__all__ = ["BotControl", "BotPanel", "Page", "ReadMarks"]
