"""The Clarity stand-in: the whole site on a loopback socket, and the hands that play its members."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.sandbox.clarity import model
from bot.sandbox.clarity.hands import Hands, Who
from bot.sandbox.clarity.model import State
from bot.sandbox.clarity.oauth import Client, OAuth
from bot.sandbox.clarity.reading import ROOT
from bot.sandbox.clarity.site import Oddities, Pace, Site
from bot.sandbox.clarity.wire import Wire

_SECRET = frozenset({"oauth_token", "client_secret", "code"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _unguessable() -> str:
    return secrets.token_hex(20)


class ClarityStandIn(Hands):
    """A site that answers as the API document says, and that can be called, written to, watched, wound and broken.

    ``now`` gives aware UTC; calls follow it and show where they are at the next look or request, and at the latest
    ``tick_seconds`` (real ones; None: never by itself) later. ``fresh`` makes tokens and codes. A fresh site has no
    members; ``cast.furnish`` gives it thirty. The client's id, secret and redirect URIs are not part of a dump.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",  # noqa: S107 - opens nothing but the sandbox
        redirect_uris: Iterable[str] = (),
        pace: Pace | None = None,
        odd: Oddities | None = None,
        fresh: Callable[[], str] = _unguessable,
        tick_seconds: float | None = 0.25,
    ) -> None:
        super().__init__(now, tick_seconds, _SECRET)
        self.site = Site(State(), now, pace or Pace(), odd or Oddities())
        self.client = Client(client_id, client_secret, list(redirect_uris))
        self._fresh = fresh
        self._wire = Wire(self.site, OAuth(self.site, self.client, fresh), self.faults, self.log, self._changed)

    # Running

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; see :meth:`StandIn.start`. The addresses of pictures and pages name where."""
        await super().start(host, port)
        self.site.origin = self.origin

    def _app(self) -> web.Application:
        return self._wire.app()

    @property
    def api_url(self) -> str:
        """The API's root, for a client's settings; keeps naming the last port after :meth:`stop`."""
        return f"{self.origin}{ROOT}"

    @property
    def oauth_url(self) -> str:
        """The authorize URL: the page for browsers (GET), and the exchange of codes (POST)."""
        return f"{self.origin}/oauth/authorize"

    @property
    def client_id(self) -> str:
        """The registered application's id."""
        return self.client.id

    @property
    def client_secret(self) -> str:
        """The registered application's secret."""
        return self.client.secret

    @property
    def redirect_uris(self) -> list[str]:
        """Where the application may have browsers sent, the default first; change the list itself."""
        return self.client.redirect_uris

    # Watching

    @property
    def odd(self) -> Oddities:
        """The site's liberties; set its fields."""
        return self.site.odd

    @property
    def pace(self) -> Pace:
        """How long the parts of a call take that is connected from now on; set its fields."""
        return self.site.pace

    # Keeping

    def dump(self) -> dict[str, Any]:
        """Everything the site remembers, as values that ``json.dumps`` takes; see :meth:`load`."""
        return model.dump(self.state)

    def load(self, dumped: dict[str, Any]) -> None:
        """Go on from a :meth:`dump`; raises pydantic's ``ValidationError`` for anything else."""
        self.site.state = model.load(dumped)
        self._changed()

    # Accounts

    def token(self, who: Who) -> str:
        """A token of that member: the first still good, else a new one."""
        member = self.member(who)
        for token, member_id in self.state.tokens.items():
            if member_id == member.id:
                return token
        token = self._fresh()
        self.state.tokens[token] = member.id
        self._changed()
        return token

    def revoke(self, who: Who) -> None:
        """From now on every token of that member is refused with 401."""
        member = self.member(who)
        self.state.tokens = {token: owner for token, owner in self.state.tokens.items() if owner != member.id}
        self._changed()
