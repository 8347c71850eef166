"""Slack's border: turns what went wrong into a sentence for the person who pressed, with a reference that is logged.

A listener acknowledges by itself; what it starts in the background is inside the border too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import SwitchboardError, UpstreamError
from bot.logs import new_reference
from bot.metrics import Metrics
from bot.slack import screens
from bot.slack.api import SERVICE, SlackApi
from bot.slack.drawing import Drawing, Make
from bot.slack.interaction import Ack, Background, Interaction, View

log = structlog.get_logger(__name__)

Listener = Callable[[Interaction], Awaitable[None]]

_WAITS_FOR_ACKS = 0.25
"""Seconds of real time at the most: a trigger lives three."""
EventListener = Callable[[dict[str, Any]], Awaitable[None]]
"""What happens on an event, which it is given."""

OnHome = Callable[[str], Coroutine[Any, Any, None]]
"""Draws somebody's App Home after they pressed something on it."""


class Boundary:
    """Makes Bolt's listeners out of ours. ``drawing`` is how open modals are drawn anew.

    ``on_home`` is called after each press on App Home; nothing is where that is None.
    """

    def __init__(self, api: SlackApi, background: Background, metrics: Metrics, clock: Clock) -> None:
        self.drawing = Drawing(api, clock)
        self._api = api
        self._background = background
        self._metrics = metrics
        self.on_home: OnHome | None = None
        self._unacknowledged = 0
        self._all_acknowledged = asyncio.Event()
        self._all_acknowledged.set()

    def listener(self, name: str, work: Listener) -> Callable[..., Awaitable[None]]:
        """A Bolt listener: ``work`` acknowledges; where it fails before that, the person is told.

        Bolt runs with ``process_before_response``, so the acknowledgement leaves when this returns: nothing that
        takes long may be awaited in ``work``; that goes to ``later``.
        """

        async def listen(ack: Ack, body: dict[str, Any]) -> None:
            started = time.monotonic()
            interaction = Interaction.of(body, ack, self._api)
            with self._acknowledging():
                try:
                    await work(interaction)
                except Exception as error:  # noqa: BLE001 - the border: everything that goes wrong is told here
                    await self._failed(name, interaction, error)
                await interaction.acknowledge()
            self._draw_home(interaction)
            self._metrics.observe_ack(name, time.monotonic() - started)

        listen.__name__ = f"listen_{name.replace('.', '_')}"
        return listen

    def event(self, name: str, work: EventListener) -> Callable[..., Awaitable[None]]:
        """A Bolt listener for an event: where ``work`` fails it is not acknowledged, so that Slack delivers it again.

        Nothing that takes long may be awaited in ``work``, as in ``listener``.
        """

        async def listen(body: dict[str, Any]) -> None:
            started = time.monotonic()
            try:
                await work(dict(body.get("event") or {}))
            except Exception as error:
                self._metrics.errors.labels(name).inc()
                log.warning("slack.event_failed", listener=name, reference=new_reference(), error=type(error).__name__)
                raise
            self._metrics.observe_ack(name, time.monotonic() - started)

        listen.__name__ = f"listen_{name.replace('.', '_')}"
        return listen

    async def _acknowledged(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait until everybody who presses now is acknowledged, for a short while; ``work`` comes after."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WAITS_FOR_ACKS):
                    await self._all_acknowledged.wait()
        except asyncio.CancelledError:
            work.close()
            raise

    @contextmanager
    def _acknowledging(self) -> Iterator[None]:
        self._unacknowledged += 1
        self._all_acknowledged.clear()
        try:
            yield
        finally:
            self._unacknowledged -= 1
            if not self._unacknowledged:
                self._all_acknowledged.set()

    def later(self, interaction: Interaction, work: Coroutine[Any, Any, None], name: str) -> None:
        """Go on after the acknowledgement, and after those of others who press now; what goes wrong is told too."""

        async def run() -> None:
            try:
                await self._acknowledged(work)
                await work
            except Exception as error:  # noqa: BLE001 - the border, as above
                await self._tell(name, interaction, error)
            self._draw_home(interaction)

        self._background.start(run())

    def beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Go on in the background where nobody waits for an answer, as ``later``; what goes wrong is logged."""

        async def run() -> None:
            try:
                await self._acknowledged(work)
                await work
            except Exception as error:  # noqa: BLE001 - the border, as above
                self.explain(name, error)

        self._background.start(run())

    def _draw_home(self, interaction: Interaction) -> None:
        """Something was pressed on App Home, which may show something else for it."""
        if self.on_home is not None and interaction.view.get("type") == "home":
            self.beside(self.on_home(interaction.actor.user_id), "home.pressed")

    def count(self, view_id: str, interaction: Interaction, make: Make, name: str) -> None:
        """Draw a view anew while somebody types in it: at most once a second, and for certain after the last key."""
        self.later(interaction, self.drawing.draw_newest(view_id, make), name)

    async def fill(self, interaction: Interaction, title: str, make: Callable[[], Awaitable[View]], name: str) -> None:
        """Open a window at once, as a trigger lives three seconds, and fill it when ``make`` is done.

        What goes wrong is said in the window.
        """
        view_id = await interaction.open(screens.loading(title))
        await self.refill(view_id, title, make, name)

    async def refill(self, view_id: str, title: str, make: Make, name: str) -> None:
        """Fill a window that is open, where there is anything to fill it with; what goes wrong is said in it."""
        try:
            view = await make()
        except Exception as error:  # noqa: BLE001 - the border, as above
            view = screens.failed(title, self.explain(name, error))

        async def made() -> View | None:
            return view

        await self.drawing.draw(view_id, made)

    def explain(self, name: str, error: Exception) -> str:
        """What went wrong, as a sentence for the person; with a reference that is logged, unless they can mend it."""
        if isinstance(error, SwitchboardError) and not isinstance(error, UpstreamError):
            return str(error)
        reference = new_reference()
        if isinstance(error, UpstreamError):
            log.warning("slack.listener_upstream", listener=name, reference=reference, error=str(error))
            return f"{_upstream(error)} (reference `{reference}`)"
        self._metrics.errors.labels(name).inc()
        log.error("slack.listener_failed", listener=name, reference=reference, exc_info=error)
        sentence = "Something went wrong here, and this was not done. Try again; if it stays so, tell whoever runs"
        return f"{sentence} Switchboard, with the reference `{reference}`."

    async def _failed(self, name: str, interaction: Interaction, error: Exception) -> None:
        """It failed before it was acknowledged: where it was a modal, it is said there, beside what was typed."""
        view = interaction.view
        if interaction.acked or interaction.body.get("type") != "view_submission":
            self._background.start(self._tell(name, interaction, error))
            return
        sentence, block = self.explain(name, error), _first_field(view)
        if block is None:
            await interaction.acknowledge(response_action="update", view=screens.failed(_title(view), sentence))
            return
        sentence = sentence.replace("`", "")  # beside a field there is no markup
        await interaction.acknowledge(response_action="errors", errors={block: sentence})

    async def _tell(self, name: str, interaction: Interaction, error: Exception) -> None:
        await interaction.tell(f":warning: {self.explain(name, error)}")


def _upstream(error: UpstreamError) -> str:
    if error.service != SERVICE:
        return str(error)
    return f"{error} Try again in a moment; if it stays so, tell whoever runs Switchboard."


def _first_field(view: dict[str, Any]) -> str | None:
    """The name of a modal's first field, beside which something can be said."""
    return next((str(block["block_id"]) for block in view.get("blocks") or () if block.get("type") == "input"), None)


def _title(view: View) -> str:
    """What a modal is called; as it came, so that nothing is taken for granted."""
    title = view.get("title")
    return str((title.get("text") if isinstance(title, dict) else None) or "Switchboard")
