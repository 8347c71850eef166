"""Everything of a member that changes by itself, asked for at one go; read only where it is not what it was before."""

import hashlib
from dataclasses import dataclass, field

from bot.clarity.endpoints import Endpoints
from bot.clarity.models import Call, Conversation, Need
from bot.http import Answer

_ROUTES = ("/calls/callback", "/calls/requested", "/messages", "/needs")


@dataclass(frozen=True)
class Lists:
    """What four lists say. ``digest`` is the same where the answers are, to the letter; it holds nothing of them."""

    digest: str
    callback: tuple[Call, ...] = field(repr=False)
    requested: tuple[Call, ...] = field(repr=False)
    conversations: tuple[Conversation, ...] = field(repr=False)
    needs: tuple[Need, ...] = field(repr=False)


class ListEndpoints(Endpoints):
    """GET /calls/callback, /calls/requested, /messages and /needs, for who asks for them again and again."""

    async def lists(self, known: str | None = None) -> Lists | None:
        """The four lists, each asked for once; None where they say what ``known`` (an earlier digest) stands for."""
        answers = [await self._ask("GET", route) for route in _ROUTES]
        digest = _digest(answers)
        if digest == known:
            return None
        callback, requested, conversations, needs = answers
        return Lists(
            digest,
            self._items(Call, callback),
            self._items(Call, requested),
            self._items(Conversation, conversations),
            self._items(Need, needs),
        )


def _digest(answers: list[Answer]) -> str:
    return hashlib.blake2b("\0".join(answer.text for answer in answers).encode(), digest_size=16).hexdigest()
