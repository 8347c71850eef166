"""From method and path to the function that answers: 404 for an unknown path, 405 for a wrong method."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``path`` names its variables ``<so>``; ``query`` and ``form`` are all the parameters it knows.

    ``oauth_token`` belongs to every one and is not listed.
    """

    method: str
    path: str
    handler: Handler
    query: Collection[str] = field(default=frozenset())
    form: Collection[str] = field(default=frozenset())

    def named(self, pieces: list[str]) -> dict[str, str] | None:
        """The variables in ``pieces`` of a path, or None when it is not this route's path."""
        wanted = self.path.split("/")
        if len(wanted) != len(pieces):
            return None
        named: dict[str, str] = {}
        for want, piece in zip(wanted, pieces, strict=True):
            if not want.startswith("<"):
                if want != piece:
                    return None
            elif not piece or (want == "<id>" and not (piece.isascii() and piece.isdigit())):
                return None
            else:
                named[want.strip("<>")] = piece
        return named


def find(routes: Iterable[Route], method: str, pieces: list[str]) -> tuple[Route, dict[str, str]]:
    """The route and the variables of the path (given in decoded ``pieces``); refuses with 404 or 405."""
    known_path = False
    for route in routes:
        named = route.named(pieces)
        if named is None:
            continue
        if route.method == method:
            return route, named
        known_path = True
    if known_path:
        raise Refusal(405, f"The {method} method is not allowed here.")
    raise Refusal(404, "There is nothing here.")
