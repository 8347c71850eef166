"""Names and values that the buttons of the record carry; see ``bot.slack.ids`` for how they come back."""

from bot.slack.ids import Carried

EXPORT = "audit.export"


class OfAudit(Carried):
    """A button on lines of the record: what they were looked for by, as it was typed."""

    words: str = ""
