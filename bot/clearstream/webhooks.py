"""What Clearstream tells by itself ("Webhooks" in the document), and the text that may be answered to a keyword.

Only ``keyword.used`` is documented; the other events were seen, so little is taken for granted about them. A webhook
says that something happened; what exactly is in the inbox.
"""

import hashlib
from typing import Any

from pydantic import Field, ValidationError

from bot.clearstream.checks import Checks
from bot.clearstream.models import Subscriber
from bot.clearstream.reading import Model, Moment
from bot.errors import Invalid
from bot.http import parse_json
from bot.http.reading import Id


class UsedKeyword(Model):
    """The keyword somebody texted, and the number they texted it to."""

    name: str
    shortcode: str | None = None


class ThreadRef(Model):
    """The conversation a text is in."""

    id: Id


class ReplyRef(Model):
    """The text itself."""

    id: Id
    text: str = ""


class Event(Model):
    """Any event. ``key`` is the same for each delivery of one event, and differs between events."""

    event: str
    created_at: Moment = None
    key: str = Field(repr=False)


class UnknownEvent(Event):
    """An event of a kind we do not know, or with contents we cannot read."""

    data: dict[str, Any] = Field(default_factory=dict, repr=False)


class KeywordUsed(Event):
    """``keyword.used``: somebody texted a keyword.

    ``thread`` and ``reply`` are there only when the text was more than the keyword.
    """

    keyword: UsedKeyword
    subscriber: Subscriber = Subscriber()
    thread: ThreadRef | None = None
    reply: ReplyRef | None = None


class TextReceived(Event):
    """``text.received``: a text came in."""

    text: str = ""
    subscriber: Subscriber = Subscriber()


class TextFailed(Event):
    """``text.failed``: a text could not be delivered; what it says is not documented."""

    data: dict[str, Any] = Field(default_factory=dict, repr=False)


class MessageReport(Event):
    """``message.report``: figures of a message; what it says is not documented."""

    data: dict[str, Any] = Field(default_factory=dict, repr=False)


def parse(body: bytes) -> Event:
    """The event in the body of a webhook; of an unknown kind, or unreadable inside, it is an UnknownEvent.

    Raises Invalid for what is no event at all: not JSON, no object, or without the name of an event.
    """
    try:
        content = parse_json(body)
    except ValueError as error:
        raise Invalid("This is not JSON.") from error
    name = content.get("event") if isinstance(content, dict) else None
    if not isinstance(name, str) or not name:
        raise Invalid("This is not an event: it has no “event”.")
    data = content.get("data")
    data = data if isinstance(data, dict) else {}
    common = {"event": name, "created_at": content.get("created_at"), "key": hashlib.sha256(body).hexdigest()}
    try:
        return _known(name, data, common)
    except ValidationError:
        return UnknownEvent.model_validate({**common, "data": data})


def _known(name: str, data: dict[str, Any], common: dict[str, Any]) -> Event:
    if name == "keyword.used":
        used = KeywordUsed.from_answer({**data, **common})
        return used.model_copy(update={"key": f"{name}:{used.reply.id}"}) if used.reply else used
    if name == "text.received":
        return TextReceived.from_answer({**data, **common, "text": data.get("text") or data.get("body")})
    kinds: dict[str, type[Event]] = {"text.failed": TextFailed, "message.report": MessageReport}
    return kinds.get(name, UnknownEvent).from_answer({**common, "data": data})


def response(header: str, body: str) -> dict[str, dict[str, str]]:
    """The JSON that answers ``keyword.used`` with a text, ``Header: Body`` ("Keyword Used").

    Raises Invalid with ``fields`` by the document's names (``response__header``, ``response__body``) for what does
    not fit into 158 characters of the GSM alphabet.
    """
    checks = Checks()
    checks.words(header, body, "response__")
    checks.done()
    return {"response": {"header": header, "body": body}}
