"""Names and values that the buttons and modals of keywords carry; see ``bot.slack.ids`` for how they come back."""

from bot.slack.ids import Carried, Number, PageNumber

VIEW_FORM = "keyword"
NAME = "keyword.name"
LISTS = "keyword.lists"
REPLY = "keyword.reply"
HEADER = "keyword.header"
MESSAGE = "keyword.message"

NEW = "keyword.new"
EDIT = "keyword.edit"
DELETE = "keyword.delete"
PAGE = "keyword.page"

OFF = "OFF"
"""The choice of no auto-reply."""


class OfKeyword(Carried):
    """A button on a keyword: what it did when the button was drawn (``seen``), and the page of the list it is on.

    ``draft`` is minted with the button: pressed twice, it counts once.
    """

    name: str
    seen: str
    draft: str
    page: PageNumber = 1


class KeywordDraft(Carried):
    """What a keyword's modal was drawn from; ``name`` and ``seen`` are those of the one that is edited.

    ``turn`` counts how often it was refused: Slack keeps what was typed in a field of the same name.
    """

    draft: str
    turn: Number = 0
    name: str | None = None
    seen: str = ""
    channel: str | None = None
