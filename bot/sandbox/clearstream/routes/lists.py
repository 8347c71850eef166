"""Lists and who is on them."""

from bot.sandbox.clearstream import audience
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import Subscriber
from bot.sandbox.clearstream.paging import PAGE, cut, paged
from bot.sandbox.clearstream.params import Params
from bot.sandbox.clearstream.routing import Call, Json, Route
from bot.sandbox.clearstream.shapes import contact_shape, list_shape

SEARCH = frozenset({"first", "last", "mobile_number", "operator"})
"""The parameters that narrow a listing of subscribers."""


def view_all(line: Line, call: Call) -> Json:
    """View All Lists."""
    shown, envelope = cut(list(line.state.lists.values()), call.query, 100, line.odd)
    return paged(envelope, [list_shape(line.state, each) for each in shown])


def view(line: Line, call: Call) -> Json:
    """View a List."""
    return {"data": list_shape(line.state, audience.list_of(line.state, call.id))}


def create(line: Line, call: Call) -> Json:
    """Create a List."""
    return {"data": list_shape(line.state, audience.add_list(line.state, _name(call.form)))}


def update(line: Line, call: Call) -> Json:
    """Update a List."""
    audience.list_of(line.state, call.id)
    return {"data": list_shape(line.state, audience.rename_list(line.state, call.id, _name(call.form)))}


def delete(line: Line, call: Call) -> Json:
    """Delete a List."""
    force = call.form.flag("force_delete")
    call.form.check()
    audience.delete_list(line, call.id, force=force)
    return {"deleted": True, "id": call.id}


def subscribers(line: Line, call: Call) -> Json:
    """View Subscribers For a List."""
    audience.list_of(line.state, call.id)
    found = searched(audience.members(line.state, call.id), call.query)
    shown, envelope = cut(found, call.query, 20, line.odd)
    return paged(envelope, [contact_shape(each) for each in shown])


def searched(people: list[Subscriber], query: Params) -> list[Subscriber]:
    """``people`` narrowed by the search parameters of ``query``."""
    wanted = {name: part for name in ("first", "last", "mobile_number") if (part := query.text(name))}
    operator = query.choice("operator", ("or", "and")) or "or"
    query.check()
    return audience.search(people, wanted, operator)


def _name(form: Params) -> str:
    name = form.text("name", required=True) or ""
    form.check()
    return name


ROUTES = (
    Route("GET", "lists", view_all, query=PAGE),
    Route("POST", "lists", create, form={"name"}),
    Route("GET", "lists/<id>", view),
    Route("PATCH", "lists/<id>", update, form={"name"}),
    Route("DELETE", "lists/<id>", delete, form={"force_delete"}),
    Route("GET", "lists/<id>/subscribers", subscribers, query=PAGE | SEARCH),
)
