"""From method and path to the function that answers: 404 for an unknown path, 405 for a wrong method."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Handler = TypeVar("Handler")


@dataclass(frozen=True)
class Route(Generic[Handler]):
    """One endpoint. ``path`` names its variables ``<so>``; ``query`` and ``form`` are all the parameters it knows."""

    method: str
    path: str
    handler: Handler
    query: Collection[str] = field(default=frozenset())
    form: Collection[str] = field(default=frozenset())

    def named(self, pieces: list[str]) -> dict[str, str] | None:
        """The variables in ``pieces`` of a path, or None when it is not this route's path; ``<id>`` is digits."""
        wanted = self.path.split("/")
        if len(wanted) != len(pieces):
            return None
        named: dict[str, str] = {}
        for want, piece in zip(wanted, pieces, strict=True):
            if not want.startswith("<"):
                if want != piece:
                    return None
            elif want == "<id>" and not (piece.isascii() and piece.isdigit()):
                return None
            else:
                named[want.strip("<>")] = piece
        return named


def find(
    routes: Iterable[Route[Handler]],
    method: str,
    pieces: list[str],
    refusal: Callable[[int, str], Exception],
    nothing: str,
) -> tuple[Route[Handler], dict[str, str]]:
    """The route and the variables of the path (given in decoded ``pieces``).

    Raises the ``refusal`` of a status and a sentence: 405 where another method would do, else 404 and ``nothing``.
    """
    known_path = False
    for route in routes:
        named = route.named(pieces)
        if named is None:
            continue
        if route.method == method:
            return route, named
        known_path = True
    if known_path:
        raise refusal(405, f"The {method} method is not allowed here.")
    raise refusal(404, nothing)
