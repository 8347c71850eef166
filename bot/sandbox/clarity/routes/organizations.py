"""The current member's organizations."""

from bot.sandbox.clarity import people
from bot.sandbox.clarity.routing import Asked, Json, Route
from bot.sandbox.clarity.shapes import listed_organization, single_organization
from bot.sandbox.clarity.site import Site


def view_all(site: Site, asked: Asked) -> Json:
    """GET /v1/organizations."""
    return [listed_organization(site, each) for each in people.organizations_of(site, asked.member)]


def view(site: Site, asked: Asked) -> Json:
    """GET /v1/organizations/:id."""
    return single_organization(site, people.organization_of(site, asked.member, asked.id))


ROUTES = (Route("GET", "organizations", view_all), Route("GET", "organizations/<id>", view))
