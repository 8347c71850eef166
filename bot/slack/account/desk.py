"""What the listeners of the account work with."""

from dataclasses import dataclass

from bot.clearstream.client import Clearstream
from bot.services.broadcast_audience import Audience
from bot.services.keyword_answers import KeywordAnswers
from bot.services.keywords import Keywords
from bot.slack.desk import Room


@dataclass(frozen=True)
class AccountDesk:
    """The room, the line itself, and what is kept of its lists and credits."""

    room: Room
    clearstream: Clearstream
    audience: Audience
    keywords: Keywords
    answers: KeywordAnswers
