"""OAuth as the document has it (draft 10, the code flow): the page, the person's answer, and the exchange."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.sandbox.clarity import pages
from bot.sandbox.clarity.model import Asking, Code
from bot.sandbox.clarity.params import Params
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Site

CODE_LIFE = timedelta(minutes=10)
Pairs = Sequence[tuple[str, Any]]


@dataclass(slots=True)
class Client:
    """A registered application."""

    id: str
    secret: str
    redirect_uris: list[str]
    name: str = "Switchboard"


class Redirect(Exception):
    """The browser is sent on to ``str(redirect)``."""


@dataclass(slots=True)
class OAuth:
    """The authorization server; ``fresh`` makes what nobody can guess."""

    site: Site
    client: Client
    fresh: Callable[[], str]

    def page(self, query: Pairs) -> str:
        """GET /oauth/authorize: the page to answer on.

        Refuses (for a page) an unknown client or redirect URI; what else is wrong is told to the application, by
        :class:`Redirect`.
        """
        params = Params(query, {"client_id", "response_type", "redirect_uri", "state"})
        if params.text("client_id") != self.client.id:
            raise Refusal(400, "No application with this client_id is registered.")
        named = "redirect_uri" in params.given()
        uri = params.text("redirect_uri") if named else next(iter(self.client.redirect_uris), None)
        if uri not in self.client.redirect_uris:
            raise Refusal(400, "This redirect_uri is not registered for the application.")
        state = params.text("state") if "state" in params.given() else None
        asking = Asking(uri, state, named)
        if "response_type" not in params.given():
            raise self._back(asking, error="invalid_request")
        if params.text("response_type") != "code":
            raise self._back(asking, error="unsupported_response_type")
        request = self.fresh()
        self.site.state.asked[request] = asking
        return pages.authorize(self.site, self.client.name, request, self.site.state.members.values())

    def decide(self, form: Pairs) -> Redirect:
        """POST /oauth/decision, from the page: where the browser goes, with ``code`` or ``error=access_denied``.

        Refuses (for a page) an answer to no open question, so that each is answered once.
        """
        params = Params(form, {"request", "member", "answer"})
        request, answer = params.text("request"), params.text("answer")
        if request not in self.site.state.asked:
            raise Refusal(400, "This page was answered already. Start again where you came from.")
        if answer not in ("allow", "deny"):
            raise Refusal(400, "Choose Allow or Deny.")
        member_id = params.count("member") if answer == "allow" else None
        if member_id is not None and member_id not in self.site.state.members:
            raise Refusal(400, "There is no such member.")
        asking = self.site.state.asked.pop(request)
        if member_id is None:
            return self._back(asking, error="access_denied")
        code = self.fresh()
        expires_at = self.site.now() + CODE_LIFE
        self.site.state.codes[code] = Code(member_id, asking.redirect_uri, asking.named_uri, expires_at)
        return self._back(asking, code=code)

    def _back(self, asking: Asking, **told: str) -> Redirect:
        if asking.state is not None and self.site.odd.state_echoed:
            told["state"] = asking.state
        joint = "&" if urlsplit(asking.redirect_uri).query else "?"
        return Redirect(f"{asking.redirect_uri}{joint}{urlencode(told)}")

    def exchange(self, query: Pairs, form: Pairs) -> tuple[str, str]:
        """POST /oauth/authorize: content type and body that carry a token for the code.

        Parameters may come in the address, as the document writes them, or in the body. Refuses in OAuth's words.
        """
        try:
            params = Params([*query, *form], {"client_id", "client_secret", "code", "grant_type", "redirect_uri"})
            given = {name: params.text(name) for name in ("client_id", "client_secret", "code", "grant_type")}
            uri = params.text("redirect_uri") if "redirect_uri" in params.given() else None
        except Refusal as refusal:
            raise Refusal(400, str(refusal), "invalid_request") from refusal
        if given["client_id"] != self.client.id or given["client_secret"] != self.client.secret:
            raise Refusal(401, "The client is unknown, or its secret is wrong.", "invalid_client")
        if given["grant_type"] != "authorization_code":
            raise Refusal(400, "grant_type must be authorization_code.", "unsupported_grant_type")
        return self._written(self._token(given["code"], uri))

    def _token(self, given: str, uri: str | None) -> str:
        code = self.site.state.codes.get(given)
        if code is None or code.used or code.expires_at <= self.site.now():
            raise Refusal(400, "The code is unknown, used or expired.", "invalid_grant")
        if (uri or code.redirect_uri) != code.redirect_uri:
            raise Refusal(400, "The redirect_uri is not the one the code was sent to.", "invalid_grant")
        code.used = True
        token = self.fresh()
        self.site.state.tokens[token] = code.member_id
        return token

    def _written(self, token: str) -> tuple[str, str]:
        match self.site.odd.token_form:
            case "text":
                return "text/plain", token
            case "form":
                return "application/x-www-form-urlencoded", urlencode({"oauth_token": token})
            case key:
                return "application/json", json.dumps({key: token})
