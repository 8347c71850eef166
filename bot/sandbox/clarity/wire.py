"""The site over HTTP: reads a request, lets faults have their way, answers.

Everything between reading and answering is synchronous, so requests never see each other half done. Pictures and
profile pages are only for looking at: they are neither logged nor spoiled.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.sandbox.answer import Answer
from bot.sandbox.clarity import pages, pictures
from bot.sandbox.clarity.answer import refused
from bot.sandbox.clarity.calls import settle
from bot.sandbox.clarity.model import Member
from bot.sandbox.clarity.oauth import OAuth, Redirect
from bot.sandbox.clarity.params import Params
from bot.sandbox.clarity.reading import Received, receive
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.routes import ALL
from bot.sandbox.clarity.routing import NOTHING, Asked, Json, find
from bot.sandbox.clarity.site import Site
from bot.sandbox.faults import Faults
from bot.sandbox.requests import RequestLog
from bot.sandbox.spoiling import Spoiler, Trouble

_TOKEN = "oauth_token"  # noqa: S105  # nosec B105 # the parameter's name
_TROUBLES = {
    429: "Too many requests.",
    500: "We're sorry, but something went wrong.",
    503: "Clarity is down for maintenance.",
}
_GARBAGE = b'{"id": 58'


@dataclass(slots=True)
class Wire:
    """Serves one site. ``changed`` is called, before the answer leaves, after everything that changed the state."""

    site: Site
    oauth: OAuth
    faults: Faults
    log: RequestLog
    changed: Callable[[], None]

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application()
        app.router.add_get("/pictures/{kind}/{number:[0-9]{1,9}}.svg", self._picture)
        app.router.add_get("/{slug:[^/]+}", self._profile)
        app.router.add_route(hdrs.METH_ANY, "/{path:.*}", self._serve)
        return app

    async def _picture(self, request: web.Request) -> web.Response:
        drawn = pictures.picture(self.site.state, request.match_info["kind"], int(request.match_info["number"]))
        if drawn is None:
            return Answer.page(404, pages.problem(NOTHING)).response()
        return web.Response(text=drawn, content_type="image/svg+xml")

    async def _profile(self, request: web.Request) -> web.Response:
        page = pages.profile(self.site, request.match_info["slug"])
        if page is None:
            return Answer.page(404, pages.problem(NOTHING)).response()
        return Answer.page(200, page).response()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        received = await receive(request)
        member = self._whose(received)
        whose = member.screen_name if member else None
        info = self.log.note(received.method, received.path, received.query, received.form, whose)
        spoiler = Spoiler(request, info, self.faults, Trouble(self._trouble, _GARBAGE))
        return await spoiler.serve(self.log.tell, lambda: self._process(received))

    def _trouble(self, status: int) -> Answer:
        return refused(Refusal(status, _TROUBLES[status]), self.site.odd)

    def _whose(self, received: Received) -> Member | None:
        """The member whose token it carries; None without one that is good."""
        tokens = [value for name, value in received.query if name == _TOKEN]
        member_id = self.site.state.tokens.get(tokens[0]) if len(tokens) == 1 else None
        return None if member_id is None else self.site.state.members[member_id]

    def _process(self, received: Received) -> Answer:
        moved = settle(self.site)
        if received.area == "oauth":
            answer = self._authorize(received)
        else:
            answer = self._api(received)
            moved |= received.method != "GET" and answer.status == 200
        if moved or received.area == "oauth":
            self.changed()
        return answer

    def _api(self, received: Received) -> Answer:
        try:
            return Answer.json(200, self._answer(received))
        except Refusal as refusal:
            return refused(refusal, self.site.odd)

    def _answer(self, received: Received) -> Json:
        if received.area != "api":
            raise Refusal(404, NOTHING)
        member = self._whose(received)
        if member is None:
            raise Refusal(401, "The oauth_token is missing, unknown or revoked.")
        if received.refusal is not None:
            raise received.refusal
        route, named = find(ALL, received.method, received.pieces)
        query = Params([pair for pair in received.query if pair[0] != _TOKEN], route.query)
        return route.handler(self.site, Asked(member, named, query, Params(received.form, route.form)))

    def _authorize(self, received: Received) -> Answer:
        """The pages refuse with a page, the exchange in OAuth's own JSON."""
        exchanging = (received.method, received.path) == ("POST", "oauth/authorize")
        try:
            if received.refusal is not None:
                raise received.refusal
            if exchanging:
                return Answer.text(*self.oauth.exchange(received.query, received.form))
            return self._page(received)
        except Redirect as redirect:
            return Answer.redirect(str(redirect))
        except Refusal as refusal:
            if exchanging:
                return Answer.json(refusal.status, refusal.body())
            return Answer.page(refusal.status, pages.problem(str(refusal)))

    def _page(self, received: Received) -> Answer:
        match received.method, received.path:
            case "GET", "oauth/authorize":
                return Answer.page(200, self.oauth.page(received.query))
            case "POST", "oauth/decision":
                raise self.oauth.decide(received.form)
            case _, "oauth/authorize" | "oauth/decision":
                raise Refusal(405, f"The {received.method} method is not allowed here.")
        raise Refusal(404, NOTHING)
