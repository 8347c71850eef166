"""From method and path to the function that answers: 404 for an unknown path, 405 for a wrong method."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import routing
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.refusal import Refusal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way to a handler: what the path named, and the parameters."""

    named: dict[str, str]
    query: Params
    form: Params

    @property
    def id(self) -> int:
        """The path's ``<id>``."""
        return int(self.named["id"])

    @property
    def number(self) -> str:
        """The path's ``<number>``."""
        return self.named["number"]


Handler = Callable[[Line, Call], Json]
Route = routing.Route[Handler]

NOTHING = "The specified resource could not be found."


def find(routes: Iterable[Route], method: str, pieces: list[str]) -> tuple[Route, dict[str, str]]:
    """The route and the variables of the path (given in decoded ``pieces``); refuses with 404 or 405."""
    return routing.find(routes, method, pieces, Refusal, NOTHING)
