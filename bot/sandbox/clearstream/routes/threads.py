"""The inbox: threads and their replies."""

from bot.sandbox.clearstream import inbox
from bot.sandbox.clearstream.gsm import REPLY_LIMIT
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.paging import PAGE, cut, paged
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import reply_shape, thread_shape


def view_all(line: Line, call: Call) -> Json:
    """View All Threads, with how many are unread."""
    shown, envelope = cut(inbox.in_order(line.state, line.odd), call.query, 30, line.odd)
    data = [thread_shape(line.state, each, line.odd.recent_replies) for each in shown]
    return paged(envelope, data, unread=inbox.unread_count(line.state))


def view(line: Line, call: Call) -> Json:
    """View a Thread; looking at it through the API does not mark it read."""
    return {"data": thread_shape(line.state, inbox.thread_of(line.state, call.id), line.odd.recent_replies)}


def replies(line: Line, call: Call) -> Json:
    """View a Thread's Replies, newest first."""
    newest_first = inbox.thread_of(line.state, call.id).replies[::-1]
    shown, envelope = cut(newest_first, call.query, 30, line.odd)
    return paged(envelope, [reply_shape(line.state, each) for each in shown])


def reply(line: Line, call: Call) -> Json:
    """Send a Reply, in the account owner's name."""
    inbox.thread_of(line.state, call.id)
    text = call.form.gsm("text", limit=REPLY_LIMIT, required=True) or ""
    call.form.check()
    if line.odd.trims_text:
        text = text.strip()
    return {"data": reply_shape(line.state, inbox.answer(line, call.id, text, line.state.owner()))}


def delete(line: Line, call: Call) -> Json:
    """Delete a Thread; alone among the deletes its answer is wrapped in ``data``."""
    inbox.forget(line.state, call.id)
    return {"data": {"deleted": True, "id": call.id}}


ROUTES = (
    Route("GET", "threads", view_all, query=PAGE),
    Route("GET", "threads/<id>", view),
    Route("GET", "threads/<id>/replies", replies, query=PAGE),
    Route("POST", "threads/<id>/replies", reply, form={"text"}),
    Route("DELETE", "threads/<id>", delete),
)
