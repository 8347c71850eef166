"""Names and values that the buttons and modals of broadcasts carry; see ``bot.slack.ids`` for how they come back."""

from bot.slack.ids import Carried, Number, PageNumber

SHORTCUT_NEW = "new_broadcast"

VIEW_COMPOSE = "broadcast"
LISTS = "broadcast.lists"
NUMBERS = "broadcast.numbers"
HEADER = "broadcast.header"
MESSAGE = "broadcast.message"
WHEN = "broadcast.when"
SOCIAL = "broadcast.social"
VIEW_PREVIEW = "broadcast_preview"
VIEW_DECLINE = "broadcast_decline"
REASON = "broadcast.reason"

NEW = "broadcast.new"
EDIT = "broadcast.edit"
APPROVE = "broadcast.approve"
DECLINE = "broadcast.decline"
UNDO = "broadcast.undo"
CANCEL = "broadcast.cancel"
CHECK_AGAIN = "broadcast.check_again"
SEND_ANYWAY = "broadcast.send_anyway"
POST_LINK = "broadcast.post_link"
LIST = "broadcast.list"
PAGE = "broadcast.page"

FACEBOOK, TWITTER = "facebook", "twitter"
"""The values of the switches."""


class OfBroadcast(Carried):
    """A button on a version of a broadcast; ``fence`` is that of its operation when the button was drawn.

    ``answer``: it stands in the answer to a press, not on the broadcast's message; ``page``: on that page of the list.
    """

    broadcast: str
    version: Number
    fence: Number = 0
    answer: bool = False
    page: PageNumber | None = None


class ComposeDraft(Carried):
    """What **New broadcast** was drawn from; ``zone`` is the IANA name of the author's time zone."""

    draft: str
    zone: str | None = None
    channel: str | None = None


class PreviewDraft(Carried):
    """What **Preview** was drawn from: one version of a draft is sent once."""

    draft: str
    version: Number
    channel: str | None = None


class DeclineDraft(Carried):
    """What **Decline** was drawn from."""

    broadcast: str
    version: Number
    channel: str | None = None
