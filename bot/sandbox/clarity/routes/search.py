"""Searching for an expert."""

from bot.sandbox.clarity import people
from bot.sandbox.clarity.routing import Asked, Json, Route
from bot.sandbox.clarity.shapes import short_member
from bot.sandbox.clarity.site import Site


def by_parameter(site: Site, asked: Asked) -> Json:
    """GET /v1/search?q=…"""
    return _found(site, asked, asked.query.text("q"))


def by_path(site: Site, asked: Asked) -> Json:
    """GET /v1/search/…"""
    return _found(site, asked, asked.named["words"])


def _found(site: Site, asked: Asked, words: str) -> Json:
    matches, members = people.search(site, words, asked.query.count("offset", default=0))
    return {"matches": matches, "members": [short_member(site, member) for member in members]}


ROUTES = (
    Route("GET", "search", by_parameter, query={"q", "offset"}),
    Route("GET", "search/<words>", by_path, query={"offset"}),
)
