"""Slack's border: turns what went wrong into a sentence for the person who pressed, with a reference that is logged.

A listener acknowledges by itself; what it starts in the background is inside the border too.
"""

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import SwitchboardError, UpstreamError
from bot.logs import new_reference
from bot.metrics import Metrics
from bot.slack.api import SlackApi
from bot.slack.interaction import Ack, Background, Interaction

log = structlog.get_logger(__name__)

_DRAW_EVERY = 1.0
"""Slack takes about one change of a view a second."""

Listener = Callable[[Interaction], Awaitable[None]]


class Boundary:
    """Makes Bolt's listeners out of ours."""

    def __init__(self, api: SlackApi, background: Background, metrics: Metrics, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._drawing: dict[str, Callable[[], Awaitable[None]]] = {}
        self._background = background
        self._metrics = metrics

    def listener(self, name: str, work: Listener) -> Callable[..., Awaitable[None]]:
        """A Bolt listener: ``work`` acknowledges; where it fails before that, the person is told.

        Bolt runs with ``process_before_response``, so the acknowledgement leaves when this returns: nothing that
        takes long may be awaited in ``work``; that goes to ``later``.
        """

        async def listen(ack: Ack, body: dict[str, Any]) -> None:
            started = time.monotonic()
            interaction = Interaction.of(body, ack, self._api)
            try:
                await work(interaction)
            except Exception as error:  # noqa: BLE001 - the border: everything that goes wrong is told here
                self._background.start(self._tell(name, interaction, error))
            await interaction.acknowledge()
            self._metrics.acks.labels(name).observe(time.monotonic() - started)

        listen.__name__ = f"listen_{name.replace('.', '_')}"
        return listen

    def later(self, interaction: Interaction, work: Coroutine[Any, Any, None], name: str) -> None:
        """Go on after the acknowledgement; what goes wrong there is told too."""

        async def run() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - the border, as above
                await self._tell(name, interaction, error)

        self._background.start(run())

    def count(self, view_id: str, interaction: Interaction, draw: Callable[[], Awaitable[None]], name: str) -> None:
        """Draw a view anew while somebody types in it: at most once a second, and for certain after the last key.

        Only the newest ``draw`` of a view counts.
        """
        drawing = view_id in self._drawing
        self._drawing[view_id] = draw
        if not drawing:
            self.later(interaction, self._draw(view_id), name)

    async def _draw(self, view_id: str) -> None:
        latest: Callable[[], Awaitable[None]] | None = None
        try:
            while self._drawing[view_id] is not latest:
                latest = self._drawing[view_id]
                await latest()
                await self._clock.sleep(_DRAW_EVERY)
        finally:
            del self._drawing[view_id]

    async def _tell(self, name: str, interaction: Interaction, error: Exception) -> None:
        if isinstance(error, UpstreamError):
            reference = new_reference()
            log.warning("slack.listener_upstream", listener=name, reference=reference, error=str(error))
            await self._say(interaction, f"{error} (reference `{reference}`)")
        elif isinstance(error, SwitchboardError):
            await self._say(interaction, str(error))
        else:
            reference = new_reference()
            self._metrics.errors.labels(name).inc()
            log.error("slack.listener_failed", listener=name, reference=reference, exc_info=error)
            sentence = "Something went wrong here, and this was not done. Try again; if it stays so, tell whoever runs"
            await self._say(interaction, f"{sentence} Switchboard, with the reference `{reference}`.")

    async def _say(self, interaction: Interaction, sentence: str) -> None:
        await interaction.tell(f":warning: {sentence}")
