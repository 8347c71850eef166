"""What was asked, by the name of its package."""

from bot.sandbox.requests import RequestInfo

__all__ = ["RequestInfo"]
