"""What the listeners of the account work with."""

from dataclasses import dataclass

from bot.services.account import AccountFigures
from bot.services.broadcast_audience import Audience
from bot.services.keyword_answers import KeywordAnswers
from bot.services.keywords import Keywords
from bot.slack.desk import Room


@dataclass(frozen=True)
class AccountDesk:
    """The room, the account's figures and keywords, and what is kept of its lists and credits."""

    room: Room
    figures: AccountFigures
    audience: Audience
    keywords: Keywords
    answers: KeywordAnswers
