"""Connecting a Clarity account in the browser: ``/clarity/login/<state>`` and ``/clarity/callback``.

The link a person got in Slack sets a cookie with its state, so that whoever comes back must be the browser that set
out; that suffices where Clarity does not send the state back, until it does so once.
"""

import html
import secrets
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.errors import SwitchboardError, UpstreamError
from bot.logs import new_reference
from bot.services.accounts import Accounts

log = structlog.get_logger(__name__)

_COOKIE = "switchboard_clarity"
_TEN_MINUTES = 600

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Switchboard</title>
<style>
 body {{ font: 17px/1.5 system-ui, sans-serif; color: #1d1c1d; background: #f4f2f7; margin: 0;
   display: grid; min-height: 100vh; place-items: center; }}
 main {{ background: #fff; border-radius: 12px; padding: 40px 48px; max-width: 30em; margin: 16px;
   box-shadow: 0 4px 24px #0002; text-align: center; }}
 h1 {{ font-size: 1.5em; margin: 0 0 .5em; }} .sign {{ font-size: 48px; line-height: 1; margin-bottom: 16px; }}
 @media (prefers-color-scheme: dark) {{ body {{ background: #1a1d21; color: #d1d2d3 }} main {{ background: #222529 }} }}
</style></head>
<body><main><div class="sign" aria-hidden="true">{sign}</div><h1>{title}</h1><p>{words}</p></main></body></html>
"""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ClarityPages:
    """The two pages. ``secure``: the cookie travels over HTTPS alone, where that is how people get here."""

    def __init__(self, accounts: Accounts, *, secure: bool) -> None:
        self._accounts = accounts
        self._secure = secure
        self._echoes = False
        """Whether Clarity was seen to send the state back: from then on it has to be there."""

    def routes(self) -> list[tuple[str, str, Handler]]:
        """What to serve."""
        return [("GET", "/clarity/login/{state}", self.login), ("GET", "/clarity/callback", self.callback)]

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Set the cookie and send the browser on to Clarity."""
        state = request.match_info["state"]
        try:
            onward = await self._accounts.onward(state)
        except SwitchboardError as error:
            return _page("This link does not work any more", str(error), sign="⌛", status=410)
        response = web.Response(status=302, headers={**_HEADERS, "Location": onward})
        response.set_cookie(
            _COOKIE, state, max_age=_TEN_MINUTES, path="/clarity", httponly=True, secure=self._secure, samesite="Lax"
        )
        return response

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """The browser is back: take the token, if it is the browser that set out."""
        state = request.cookies.get(_COOKIE, "")
        echoed = request.query.get("state")
        if not state or not (_same(echoed, state) if echoed is not None else not self._echoes):
            words = "This browser did not set out from the link in Slack. Start again there: /expert login."
            return _page("Not connected", words, sign="✋", status=400)
        if "error" in request.query or not request.query.get("code"):
            return _gone(_not_allowed(request.query.get("error", "no code")))
        try:
            name = await self._accounts.came_back(state, request.query["code"])
        except UpstreamError as error:
            reference = new_reference()
            log.warning("clarity.login_failed", reference=reference, error=str(error))
            words = f"{error} Start again in Slack: /expert login. (Reference {reference})"
            return _gone(_page("Not connected", words, sign="⚠️", status=502))
        except SwitchboardError as error:
            return _gone(_page("Not connected", str(error), sign="⌛", status=410))
        self._echoes = self._echoes or echoed is not None
        words = (
            f"Switchboard uses the Clarity account of {name} for you now. You can close this page and go on in Slack."
        )
        return _gone(_page("Connected", words, sign="✅", status=200))


def _same(one: str, other: str) -> bool:
    """Whether two states are the same, in a time that tells nothing; bytes that are no text may stand in either."""
    return secrets.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


def _not_allowed(error: str) -> web.Response:
    if error == "access_denied":
        return _page("Not connected", "You did not allow it, so nothing was changed.", sign="👋", status=200)
    words = f"Clarity did not let you in ({error[:80]}), so nothing was changed. Start again in Slack: /expert login."
    return _page("Not connected", words, sign="⚠️", status=502)


def _page(title: str, words: str, *, sign: str, status: int) -> web.Response:
    shown = _PAGE.format(title=html.escape(title), words=html.escape(words.replace("`", "")), sign=sign)
    return web.Response(text=shown, status=status, content_type="text/html", charset="utf-8", headers=_HEADERS)


def _gone(response: web.Response) -> web.Response:
    """The cookie has served."""
    response.del_cookie(_COOKIE, path="/clarity")
    return response
