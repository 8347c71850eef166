"""Calls: the four lists, one, asking for one, connecting one."""

from bot.sandbox.clarity import calls
from bot.sandbox.clarity.model import DIALING_EXPERT
from bot.sandbox.clarity.routing import Asked, Handler, Json, Route
from bot.sandbox.clarity.shapes import listed_call, new_call, single_call
from bot.sandbox.clarity.site import Site

_LONGEST = 24 * 366
"""Hours a request may wait; the document names no limit, but a date has one."""


def _list(name: str) -> Handler:
    def view_list(site: Site, asked: Asked) -> Json:
        return [listed_call(call) for call in calls.listed(site, name, asked.member)]

    return view_list


def view(site: Site, asked: Asked) -> Json:
    """GET /v1/calls/:id."""
    return single_call(site, calls.call_of(site, asked.member, asked.id))


def create(site: Site, asked: Asked) -> Json:
    """POST /v1/calls; the answer has no status."""
    expert_id = asked.form.count("expert_id")
    hours = asked.form.count("expires_in", least=1, most=_LONGEST)
    reason = asked.form.text("reason", limit=calls.REASON_LIMIT)
    return new_call(site, calls.request(site, asked.member, expert_id, reason, hours))


def connect(site: Site, asked: Asked) -> Json:
    """POST /v1/calls/:id/connect; the answer says ``dialing_expert``, though the seeker's phone rings first."""
    return single_call(site, calls.connect(site, asked.member, asked.id), DIALING_EXPERT)


ROUTES = (
    *(Route("GET", f"calls/{name}", _list(name)) for name in calls.LISTS),
    Route("GET", "calls/<id>", view),
    Route("POST", "calls", create, form={"expert_id", "expires_in", "reason"}),
    Route("POST", "calls/<id>/connect", connect),
)
