"""Messages, which are broadcasts."""

import re
from datetime import UTC, datetime, tzinfo

from bot.sandbox.clearstream import broadcasts
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import Headed
from bot.sandbox.clearstream.paging import PAGE, cut, paged
from bot.sandbox.clearstream.params import Params, is_e164
from bot.sandbox.clearstream.routes.subscribers import list_ids
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import message_shape

_FORM = frozenset(
    {
        "message_header",
        "message_body",
        "lists",
        "subscribers",
        "schedule",
        "datetime",
        "timezone",
        "send_to_fb",
        "send_to_tw",
    }
)
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def view_all(line: Line, call: Call) -> Json:
    """View All Messages, newest first."""
    shown, envelope = cut(broadcasts.newest_first(line.state), call.query, 20, line.odd)
    return paged(envelope, [message_shape(line.state, each) for each in shown])


def view(line: Line, call: Call) -> Json:
    """View a Message."""
    return {"data": message_shape(line.state, broadcasts.message_of(line.state, call.id))}


def send(line: Line, call: Call) -> Json:
    """Send/Schedule A Message."""
    form = call.form
    text = form.headed("message_header", "message_body", required=True)
    lists = list_ids(line, form, "lists", required=not form.text("subscribers"))
    numbers = [] if lists else _numbers(form)
    at = _scheduled(form, line.now())
    facebook, twitter = form.flag("send_to_fb"), form.flag("send_to_tw")
    form.check()
    message = broadcasts.send(
        line,
        text or Headed("", ""),
        list_ids=lists,
        numbers=numbers,
        at=at,
        facebook=facebook,
        twitter=twitter,
    )
    return {"data": message_shape(line.state, message)}


def _numbers(form: Params) -> list[str]:
    numbers = form.parts("subscribers")
    for number in numbers:
        if number and not is_e164(number):
            form.wrong("subscribers", f"{number} is not a number in E.164 format.")
    return numbers


def _scheduled(form: Params, now: datetime) -> datetime | None:
    """When a scheduled message goes; None for one that goes now."""
    wanted = form.flag("schedule")
    written = form.text("datetime", required=wanted)
    zone = form.timezone("timezone", required=wanted)
    if not wanted or written is None or zone is None:
        return None
    at = _moment(written, zone)
    if at is None:
        form.wrong("datetime", "The datetime field should be in the format YYYY-MM-DD HH:MM:SS.")
    elif at <= now:
        form.wrong("datetime", "The datetime field must be in the future.")
    return at


def _moment(written: str, zone: tzinfo) -> datetime | None:
    if not _WRITTEN.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def delete(line: Line, call: Call) -> Json:
    """Delete a Scheduled Message."""
    broadcasts.call_off(line.state, call.id)
    return {"deleted": True, "id": call.id}


ROUTES = (
    Route("GET", "messages", view_all, query=PAGE),
    Route("POST", "messages", send, form=_FORM),
    Route("GET", "messages/<id>", view),
    Route("DELETE", "messages/<id>", delete),
)
