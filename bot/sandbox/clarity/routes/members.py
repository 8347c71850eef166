"""Members, the current one and others."""

from bot.sandbox.clarity import people
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.routing import Asked, Json, Route
from bot.sandbox.clarity.shapes import long_member
from bot.sandbox.clarity.site import Site

_BY = {"id": people.by_id_or_name, "twitter": people.by_twitter, "email": people.by_email}


def me(site: Site, asked: Asked) -> Json:
    """GET /v1/me."""
    return long_member(site, asked.member)


def look_up(site: Site, asked: Asked) -> Json:
    """GET /v1/members: by id or screen name, Twitter handle or e-mail address; the current member without any."""
    given = asked.query.given()
    if len(given) > 1:
        raise Refusal(400, "Pass only one of id, twitter and email.")
    member = _BY[given[0]](site, asked.query.text(given[0])) if given else asked.member
    return long_member(site, member)


def view(site: Site, asked: Asked) -> Json:
    """GET /v1/members/:id, an id or a screen name."""
    return long_member(site, people.by_id_or_name(site, asked.named["who"]))


ROUTES = (
    Route("GET", "me", me),
    Route("GET", "members", look_up, query=_BY.keys()),
    Route("GET", "members/<who>", view),
)
