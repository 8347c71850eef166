"""Subscribers."""

from bot.sandbox.clearstream import audience
from bot.sandbox.clearstream.incoming import ask_to_confirm
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import Subscriber
from bot.sandbox.clearstream.paging import PAGE, cut, paged
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.refusal import invalid
from bot.sandbox.clearstream.routes.lists import SEARCH, searched
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import subscriber_shape


def view_all(line: Line, call: Call) -> Json:
    """View All Subscribers."""
    found = searched(list(line.state.subscribers.values()), call.query)
    shown, envelope = cut(found, call.query, 20, line.odd)
    return paged(envelope, [subscriber_shape(line.state, each) for each in shown])


def view(line: Line, call: Call) -> Json:
    """View a Subscriber."""
    return {"data": subscriber_shape(line.state, audience.subscriber_of(line.state, call.number))}


def create(line: Line, call: Call) -> Json:
    """Create a Subscriber: INACTIVE until they confirm on their phone; 422 for a number already known."""
    form = call.form
    created = Subscriber(
        mobile_number=form.number("mobile_number", required=True) or "",
        first=form.text("first"),
        last=form.text("last"),
        email=form.email("email"),
        lists=list_ids(line, form, "lists", required=True),
        welcome=form.headed("autoresponse_header", "autoresponse_body", required=False),
    )
    form.check()
    if created.mobile_number in line.state.subscribers:
        raise invalid({"mobile_number": ["The mobile_number already belongs to a subscriber."]})
    line.state.subscribers[created.mobile_number] = created
    ask_to_confirm(line, created)
    return {"data": subscriber_shape(line.state, created)}


def update(line: Line, call: Call) -> Json:
    """Update a Subscriber: only what is passed."""
    subscriber, form = audience.subscriber_of(line.state, call.number), call.form
    first, last, email = form.text("first"), form.text("last"), form.email("email")
    form.check()
    subscriber.first = first if form.given("first") else subscriber.first
    subscriber.last = last if form.given("last") else subscriber.last
    subscriber.email = email if form.given("email") else subscriber.email
    return {"data": subscriber_shape(line.state, subscriber)}


def delete(line: Line, call: Call) -> Json:
    """Delete a Subscriber: they are opted out of all lists, and stay known as such."""
    audience.opt_out(line, audience.subscriber_of(line.state, call.number))
    return {"deleted": True, "mobile_number": call.number}


def list_ids(line: Line, form: Params, name: str, *, required: bool = False) -> list[int]:
    """The existing lists that a comma-separated string names; whatever is none is noted as wrong."""
    found: list[int] = []
    for part in form.parts(name, required=required):
        if part.isascii() and part.isdigit() and int(part) in line.state.lists:
            found.append(int(part))
        elif part:
            form.wrong(name, f"There is no list {part}.")
    return found


ROUTES = (
    Route("GET", "subscribers", view_all, query=PAGE | SEARCH),
    Route(
        "POST",
        "subscribers",
        create,
        form={"mobile_number", "lists", "first", "last", "email", "autoresponse_header", "autoresponse_body"},
    ),
    Route("GET", "subscribers/<number>", view),
    Route("PATCH", "subscribers/<number>", update, form={"first", "last", "email"}),
    Route("DELETE", "subscribers/<number>", delete),
)
