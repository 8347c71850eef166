"""From method and path to the function that answers: 404 for an unknown path, 405 for a wrong method."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import routing
from bot.sandbox.clarity.model import Member
from bot.sandbox.clarity.params import Params
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Site

Json = dict[str, Any] | list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way to a handler: who asks, what the path named, and the parameters."""

    member: Member
    named: dict[str, str]
    query: Params
    form: Params

    @property
    def id(self) -> int:
        """The path's ``<id>``."""
        return int(self.named["id"])


Handler = Callable[[Site, Asked], Json]
Route = routing.Route[Handler]
"""``oauth_token`` belongs to every one and is not among its parameters."""

NOTHING = "There is nothing here."


def find(routes: Iterable[Route], method: str, pieces: list[str]) -> tuple[Route, dict[str, str]]:
    """The route and the variables of the path (given in decoded ``pieces``); refuses with 404 or 405.

    No path of the site has an empty piece.
    """
    if "" in pieces:
        raise Refusal(404, NOTHING)
    return routing.find(routes, method, pieces, Refusal, NOTHING)
