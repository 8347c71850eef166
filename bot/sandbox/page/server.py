"""The page on a loopback socket: one place to look at, acts to post, a stream that tells of changes."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.clearstream.numbers import e164
from bot.sandbox.clarity import ClarityStandIn, Refusal
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page.acts import Acts
from bot.sandbox.page.clarity import ClarityPanel
from bot.sandbox.page.clarity_acts import ClarityActs
from bot.sandbox.page.live import Live
from bot.sandbox.page.paint import environment, vocabulary
from bot.sandbox.page.panel import BotControl
from bot.sandbox.page.phone import Phone
from bot.sandbox.page.reading import ReadMarks
from bot.sandbox.page.screen import Screen
from bot.sandbox.page.static import static
from bot.sandbox.page.troubles import Troubles
from bot.sandbox.page.where import Where
from bot.sandbox.page.writing import Gone
from bot.sandbox.slack import NotOnScreen, SlackStandIn

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_HOST = "127.0.0.1"
_LARGEST_POST = 8 * 1024 * 1024


class Page:
    """A workspace on the left, a phone on the right; ``bot`` adds the panel of the bot's process.

    ``clarity`` adds the other side of the calls beside the phone; its pictures are the only ones fetched.

    Only answers on the loopback, to requests for it by that name, and takes posts only from itself.
    """

    def __init__(
        self,
        slack: SlackStandIn,
        line: ClearstreamStandIn,
        *,
        clarity: ClarityStandIn | None = None,
        marks: ReadMarks | None = None,
        bot: BotControl | None = None,
    ) -> None:
        self.live = Live()
        self.url = ""
        self._slack = slack
        self._line = line
        self._clarity = clarity
        self._marks = marks or ReadMarks()
        self._bot = bot
        self._acts = Acts(slack)
        self._troubles = Troubles(slack, line, clarity)
        self._templates = environment()
        self._runner: web.AppRunner | None = None
        self._unlisten: list[Callable[[], None]] = []

    async def start(self, port: int = 0) -> None:
        """Listen; with port 0 on any free one. Raises ``OSError`` where the port is taken."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.url = f"http://{_HOST}:{runner.addresses[0][1]}/"
        told = [each for each in (self._slack, self._line, self._clarity) if each is not None]
        self._unlisten = [each.on_change(self.live.changed) for each in told]

    async def stop(self) -> None:
        """Say goodbye to every open page and stop listening."""
        self.live.close()
        for unlisten in self._unlisten:
            unlisten()
        self._unlisten = []
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard], client_max_size=_LARGEST_POST)
        application.router.add_get("/", self._look)
        application.router.add_get("/live", self.live.stream)
        application.router.add_get("/file/{id}", self._file)
        application.router.add_post("/act/{name}", self._act)
        application.router.add_post("/phone/text", self._text)
        application.router.add_post("/trouble/{service}", self._trouble)
        application.router.add_post("/clarity/{what}", self._call)
        application.router.add_post("/bot/{what}", self._process)
        application.router.add_get("/static/{name}", static)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Refuse other names for this host (DNS rebinding) and posts from elsewhere (cross-site requests)."""
        host = request.headers.get("Host", "")
        if urlsplit(f"//{host}").hostname not in {_HOST, "localhost"}:
            raise web.HTTPForbidden(text="This page answers to 127.0.0.1 and localhost only.")
        if request.method not in {"GET", "HEAD"} and not _from_here(request, host):
            raise web.HTTPForbidden(text="This page takes posts only from itself.")
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
            response.headers["Content-Security-Policy"] = self._policy
        return response

    @property
    def _pictures(self) -> str | None:
        """The origin pictures may come from."""
        return self._clarity.site.origin if self._clarity else None

    @property
    def _policy(self) -> str:
        return f"{_POLICY}; img-src 'self' {self._pictures}" if self._pictures else _POLICY

    async def _look(self, request: web.Request) -> web.Response:
        where = Where.of(request.query)
        number = e164(where.phone) or ""
        screen = Screen(self._slack, self._marks, where.moved(phone=number))
        phone = Phone(self._line, self._marks, number, screen.reader.now)
        clarity = ClarityPanel(self._clarity, where.member) if self._clarity else None
        screen.read_it()
        if where.beside not in {"clarity", "trouble"}:
            phone.read_it()
        html = self._templates.get_template("page.html").render(
            screen=screen, phone=phone, clarity=clarity, bot=self._bot.panel() if self._bot else None,
            troubles=self._troubles, changes=self.live.count, **vocabulary(screen, self._pictures),
        )  # fmt: skip
        response = web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})
        response.enable_compression()
        return response

    async def _file(self, request: web.Request) -> web.Response:
        """A file to keep, for who is where it was shared; the browser never shows it as a page."""
        file = self._slack.workspace.files.get(request.match_info["id"])
        who = request.query.get("as", "")
        channels = self._slack.workspace.channels
        if file is None or not any(who in channels[each].members for each in file.shared_in):
            raise web.HTTPNotFound(text="There is no such file.")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"}
        return web.Response(body=file.data, content_type="application/octet-stream", headers=headers)

    async def _act(self, request: web.Request) -> web.Response:
        act = self._acts.named.get(request.match_info["name"])
        form = await request.post()
        try:
            person = self._slack.person(str(form.get("as", "")))
            if act is None or person.user.is_bot:
                raise web.HTTPNotFound(text="Nobody does that here.")
            return _done(await act(person, form))
        except (Gone, NotOnScreen) as gone:
            return _done(str(gone).splitlines()[0], status=409)
        except LookupError:
            return _done("That is no longer there.", status=409)

    async def _text(self, request: web.Request) -> web.Response:
        form = await request.post()
        number, text = e164(str(form.get("number", ""))), str(form.get("text", "")).replace("\r\n", "\n").strip()
        if number is None:
            return _done("That is no phone number.", status=409)
        if text:
            self._line.receive(number, text)
        return _done(None)

    async def _trouble(self, request: web.Request) -> web.Response:
        mode = str((await request.post()).get("mode", ""))
        try:
            said = self._troubles.turn(request.match_info["service"], mode)
        except KeyError:
            raise web.HTTPNotFound(text="There is no such trouble.") from None
        self.live.changed()
        return _done(said)

    async def _call(self, request: web.Request) -> web.Response:
        if self._clarity is None:
            raise web.HTTPNotFound(text="There is no Clarity here.")
        acts, what = ClarityActs(self._clarity), request.match_info["what"]
        if what not in acts.named:
            raise web.HTTPNotFound(text="Nobody does that here.")
        try:
            said = acts.named[what](await request.post())
        except (Refusal, ValueError) as no:
            return _done(str(no), status=409)
        except LookupError:
            return _done("That is no longer there.", status=409)
        return _done(said)

    async def _process(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        if self._bot is None or what not in {"kill", "start"}:
            raise web.HTTPNotFound(text="There is no such thing to do.")
        await (self._bot.kill() if what == "kill" else self._bot.start())
        return _done(None)


def _from_here(request: web.Request, host: str) -> bool:
    """Whether a browser says that the request comes from this page; what is no browser says nothing."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", f"http://{host}")
    return site == "same-origin" and origin == f"http://{host}"


def _done(words: str | None, status: int = 204) -> web.Response:
    """An answer without content; ``words`` are shown for a moment."""
    headers: Mapping[str, str] = {"HX-Trigger": json.dumps({"said": words})} if words else {}
    return web.Response(status=status, headers=headers)
