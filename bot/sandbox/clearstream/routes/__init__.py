"""Every endpoint of the document, one module per chapter."""

from bot.sandbox.clearstream.routes import account, keywords, lists, messages, subscribers, threads
from bot.sandbox.clearstream.routing import Route

ALL: tuple[Route, ...] = (
    *account.ROUTES,
    *lists.ROUTES,
    *subscribers.ROUTES,
    *keywords.ROUTES,
    *messages.ROUTES,
    *threads.ROUTES,
)
