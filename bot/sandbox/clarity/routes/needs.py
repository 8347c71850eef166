"""Needs of the members of one's organizations."""

from bot.sandbox.clarity import needs
from bot.sandbox.clarity.routing import Asked, Json, Route
from bot.sandbox.clarity.shapes import listed_call, need_shape
from bot.sandbox.clarity.site import Site


def view_all(site: Site, asked: Asked) -> Json:
    """GET /v1/needs."""
    return [need_shape(site, need) for need in needs.visible(site, asked.member)]


def post(site: Site, asked: Asked) -> Json:
    """POST /v1/needs; answers an array with the new one."""
    description, paid = asked.form.text("description"), asked.form.flag("paid")
    shape = need_shape(site, needs.post(site, asked.member, description, paid=paid))
    return shape if site.odd.one_need else [shape]


def fulfill(site: Site, asked: Asked) -> Json:
    """POST /v1/needs/:id/fulfill; answers the pending call, as a list would show it."""
    return listed_call(needs.fulfill(site, asked.member, asked.id))


ROUTES = (
    Route("GET", "needs", view_all),
    Route("POST", "needs", post, form={"description", "paid"}),
    Route("POST", "needs/<id>/fulfill", fulfill),
)
