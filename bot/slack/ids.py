"""Names and values that travel through Slack and come back: what buttons, menus and modals carry.

A posted button lives for years, so an id once used keeps its meaning, and a value is checked when it comes back.
"""

import json
import re
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import Gone

COMMAND_SMS = "/sms"
COMMAND_EXPERT = "/expert"

SHORTCUT_SEND_AS_TEXT = "send_as_text"
SHORTCUT_TEXT_SOMEONE = "text_someone"
SHORTCUT_FIND_EXPERT = "find_expert"

REPLY = "inbox.reply"
CLAIM = "inbox.claim"
RELEASE = "inbox.release"
DONE = "inbox.done"
MENU = "inbox.menu"
OPEN = "inbox.open"
OPEN_LINK = "inbox.open_link"
PAGE = "inbox.page"
SHOW_UNREAD = "inbox.show_unread"
HELP_INBOX = "help.inbox"
HELP_TEXT = "help.text"

CHECK_AGAIN = "notice.check_again"
SEND_ANYWAY = "notice.send_anyway"
DROP = "notice.drop"

VIEW_REPLY = "reply"
MESSAGE = "reply.message"
SAVED = "reply.saved"
SAVED_MENU = "reply.saved_menu"
VIEW_SAVED = "saved"
FORGET = "saved.forget"

VIEW_TEXT = "text"
TEXT_TO = "text.to"
TEXT_MESSAGE = "text.message"
TEXT_HEADER = "text.header"

VIEW_CONTACT = "contact"
CONTACT_EDIT = "contact.edit"
CONTACT_TEXT = "contact.text"
CONTACT_OPT_OUT = "contact.opt_out"
VIEW_EDIT = "contact.edit_view"
VIEW_OPT_OUT = "contact.opt_out_view"
VIEW_DELETE = "conversation.delete_view"
VIEW_HISTORY = "history"
HISTORY_PAGE = "history.page"

REQUEST_CALL = "expert.request"
PROFILE = "expert.profile"
MESSAGE_EXPERT = "expert.message"
SHARE = "expert.share"
MORE = "expert.more"
FULFILL = "expert.fulfill"
TALK_REPLY = "talk.reply"
TALK_SHOW = "talk.show"
LOGIN_LINK = "expert.login_link"
EXPERT_LINK = "expert.link"
HELP_FIND = "help.find_expert"
HELP_CALLS = "help.calls"
CONNECT = "call.connect"
CALLS_PAGE = "call.page"

VIEW_REQUEST = "request_call"
REQUEST_REASON = "request.reason"
REQUEST_HOURS = "request.hours"
VIEW_WRITE = "clarity_message"
WRITE_TEXT = "write.text"
VIEW_NEED = "post_need"
NEED_TEXT = "need.text"
NEED_PAID = "need.paid"
VIEW_FIND = "find_expert"
FIND_WORDS = "find.words"

_NUL = r"\u0000"
"""What no database takes, in the one way in which JSON can have it."""
_VALUE = 2000
_METADATA = 3000
_OPTION = re.compile(r"([a-z_]+):([0-9]{1,18})")

#: What the database takes for an id, and a page anybody could want.
ConversationId = Annotated[int, Field(ge=0, lt=2**63)]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
UpstreamId = Annotated[int, Field(ge=0, lt=2**63)]
"""What Clearstream or Clarity calls something by."""
Number = Annotated[int, Field(gt=-(2**31), lt=2**31)]
"""A count, a version or a fence."""


class Carried(BaseModel):
    """Something a button or a modal carries, packed as short JSON; what is unknown or missing is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def pack(self, limit: int = _VALUE) -> str:
        """The value for a button (2,000 characters at most) or a modal's metadata (3,000)."""
        packed = json.dumps(self.model_dump(exclude_defaults=True), separators=(",", ":")).replace(_NUL, r"\ufffd")
        if len(packed) > limit:
            raise ValueError(f"{type(self).__name__} takes {len(packed)} characters of {limit}")
        return packed

    def metadata(self) -> str:
        """The value for a modal's private metadata."""
        return self.pack(_METADATA)

    @classmethod
    def unpack(cls, packed: str | None) -> Self:
        """What ``pack`` packed; raises Gone for anything else."""
        try:
            return cls.model_validate_json("" if packed is None or _NUL in packed else packed)
        except ValueError as error:
            raise Gone("This button is from another time and does nothing any more. Nothing was done.") from error


class OfConversation(Carried):
    """A button on a conversation; ``page`` is the page of the list it stands on, where that is a list."""

    conversation: ConversationId
    page: PageNumber | None = None


class OfOperation(Carried):
    """A button on an operation, as it stood (``fence``) when the button was drawn."""

    operation: str
    fence: Number


class OfPage(Carried):
    """A button that turns to a page, from 1."""

    page: PageNumber


class OfHistory(Carried):
    """A button that turns to a page of a conversation's texts, from 1."""

    conversation: ConversationId
    page: PageNumber


class OfContact(Carried):
    """A button on a contact: their number (E.164), and their conversation where it was reached from there."""

    number: str
    conversation: ConversationId | None = None


class OfMember(Carried):
    """A button on a member of Clarity; ``owner`` is whose account it is about, where that is not whoever presses."""

    member: UpstreamId
    owner: str | None = None


class OfSearch(Carried):
    """A button that shows more of a search."""

    words: str
    offset: Number


class OfNeed(Carried):
    """A button on a need, who posted it, and whose account sees it; without ``owner``, whoever presses."""

    need: UpstreamId
    requester: UpstreamId
    owner: str | None = None


class OfCall(Carried):
    """A button on a call, and whose account sees it."""

    owner: str
    call: UpstreamId


class OfCalls(Carried):
    """A button that turns to a page of a list of calls, from 1."""

    which: str
    page: PageNumber


class MemberDraft(Carried):
    """What a modal about a member was drawn from; ``draft`` is minted when it opens."""

    draft: str
    owner: str
    member: UpstreamId
    channel: str | None = None


class OwnerDraft(Carried):
    """What a modal on an account was drawn from; ``draft`` is minted when it opens."""

    draft: str
    owner: str
    channel: str | None = None


class OfSaved(Carried):
    """A button on a saved reply."""

    reply: str


class Draft(Carried):
    """What a reply modal was drawn from. ``draft`` is minted when it opens: one draft is sent once.

    ``opened`` is when, in seconds since 1970. ``seen`` is the newest reply's id, ``claimed_by`` who had the
    conversation and ``leaving`` which operation was on its way, as the person knows; ``field`` counts up when the
    field's text is replaced, as Slack keeps what was typed in a field of the same name.
    """

    draft: str
    conversation: ConversationId
    opened: float = 0
    leaving: str | None = None
    seen: UpstreamId = 0
    claimed_by: str | None = None
    field: Number = 0
    channel: str | None = None


class TextDraft(Carried):
    """What a **Text someone** modal was drawn from; ``doubt`` is what stands against texting the person chosen.

    ``seen`` is the newest text of their conversation when they were chosen, ``claimed_by`` who had it as it was drawn.
    """

    draft: str
    number: str | None = None
    name: str | None = None
    doubt: str | None = None
    seen: UpstreamId = 0
    claimed_by: str | None = None
    field: Number = 0
    channel: str | None = None


class OpenedFrom(Carried):
    """Where a modal was opened from, so that what comes of it is said there."""

    channel: str | None = None


class ContactDraft(Carried):
    """What a modal on a contact was drawn from; ``draft`` is minted when it opens."""

    draft: str
    number: str
    conversation: ConversationId | None = None
    channel: str | None = None


class DeleteDraft(Carried):
    """What **Delete conversation** was drawn from; ``draft`` is minted when it opens."""

    draft: str
    conversation: ConversationId
    channel: str | None = None


def option_value(choice: str, conversation: int) -> str:
    """The value of an option of a conversation's menu."""
    return f"{choice}:{conversation}"


def option_parts(value: str) -> tuple[str, int]:
    """What ``option_value`` joined; raises Gone for anything else."""
    parts = _OPTION.fullmatch(value)
    if parts is None:
        raise Gone("This menu is from another time and does nothing any more. Nothing was done.")
    return parts[1], int(parts[2])


def typed(view: dict[str, Any], action_id: str) -> str:
    """What stands in a field of a submitted or changed view, whatever its block is called; "" where nothing does."""
    for block in view.get("state", {}).get("values", {}).values():
        if action_id in block:
            return str(block[action_id].get("value") or "")
    return ""


def chosen_option(view: dict[str, Any], action_id: str) -> dict[str, Any] | None:
    """The option chosen in a select of a view; None where none is."""
    for block in view.get("state", {}).get("values", {}).values():
        option: dict[str, Any] | None = block.get(action_id, {}).get("selected_option")
        if option:
            return option
    return None


def ticked(view: dict[str, Any], action_id: str) -> list[str]:
    """The values of the boxes ticked in a view."""
    for block in view.get("state", {}).get("values", {}).values():
        if action_id in block:
            return [str(option["value"]) for option in block[action_id].get("selected_options") or ()]
    return []
