"""Every endpoint of the document, one module per chapter."""

from bot.sandbox.clarity.routes import calls, members, messages, needs, organizations, search
from bot.sandbox.clarity.routing import Route

ALL: tuple[Route, ...] = (
    *members.ROUTES,
    *calls.ROUTES,
    *needs.ROUTES,
    *organizations.ROUTES,
    *messages.ROUTES,
    *search.ROUTES,
)
