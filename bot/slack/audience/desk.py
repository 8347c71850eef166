"""What the listeners of lists work with, and how a modal shows what came of a change."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import structlog

from bot.errors import UpstreamError
from bot.operations.model import Operation, State
from bot.services.broadcast_audience import Audience
from bot.services.contacts import Contacts
from bot.services.lists import Lists
from bot.slack import blocks as b
from bot.slack import screens
from bot.slack.audience.views import Problems
from bot.slack.desk import Room
from bot.slack.interaction import Interaction, View

ACKED = 0.25
"""Seconds: what an acknowledgement shows comes first in Slack, and would cover a change that overtook it."""

Again = Callable[[Problems], View]
"""Draws the form once more with what was typed, and what is wrong under the field it is about."""


Redraw = Callable[[], Awaitable[None]]
"""Draws an answer anew, as things stand then."""

log = structlog.get_logger(__name__)

_STANDING = 500


class Standing:
    """Answers from which a form was opened, by its draft; the newest of one process, as they are drawn best effort."""

    def __init__(self) -> None:
        self._redraws: OrderedDict[str, Redraw] = OrderedDict()

    def keep(self, draft: str, redraw: Redraw | None) -> None:
        """Note how to draw the answer anew when what the form asks for is done."""
        if redraw is not None:
            self._redraws[draft] = redraw
        while len(self._redraws) > _STANDING:
            self._redraws.popitem(last=False)

    def take(self, draft: str) -> Redraw | None:
        """How to draw it anew, where that is (still) known."""
        return self._redraws.pop(draft, None)


@dataclass(frozen=True)
class AudienceDesk:
    """The room, the lists, what is kept of the account, the people, and the answers that stand."""

    room: Room
    lists: Lists
    audience: Audience
    contacts: Contacts
    standing: Standing = field(default_factory=Standing)

    def anew(self, draft: str) -> str:
        """The id of a form that is to be submitted once more."""
        fresh = self.room.new_id()
        self.standing.keep(fresh, self.standing.take(draft))
        return fresh


@dataclass(frozen=True)
class Asked:
    """A change somebody asked for: ``field`` is where its form says what is about none of its ``fields``."""

    draft: str
    key: str
    title: str
    field: str
    fields: frozenset[str]
    again: Again


async def follow(desk: AudienceDesk, interaction: Interaction, asked: Asked, done: Callable[[Operation], str]) -> None:
    """Show in the modal what came of it; refused, it is the form again, with everything that was typed.

    Where the modal was closed meanwhile, it is told where it was opened from. The answer it was opened from is drawn
    anew when it is done.
    """
    room = desk.room
    await room.store.clock.sleep(ACKED)
    operation = await room.ended(asked.key)
    if operation is None:
        return
    failed = operation.state in (State.FAILED, State.CANCELLED)
    said = done(operation) if operation.state is State.SENT else so_far(operation)
    view = asked.again(problems(operation, asked.fields, asked.field)) if failed else screens.said(asked.title, said)

    async def make() -> View:
        return view

    if not await room.boundary.drawing.draw(str(interaction.view["id"]), make):
        await interaction.tell(said)
    redraw = desk.standing.take(asked.draft) if operation.state is State.SENT else None
    if redraw is not None:
        try:
            await redraw()
        except UpstreamError as error:
            log.info("lists.not_drawn_anew", error=type(error).__name__)


def so_far(operation: Operation) -> str:
    """How a change stands that was not made (yet), in mrkdwn."""
    reason = b.reason(operation.reason or "")
    if operation.state in (State.FAILED, State.CANCELLED):
        reference = f" (reference `{operation.reference}`)" if operation.reference else ""
        return f":x: This was *not done*. {reason}{reference}"
    return (
        f":hourglass: This is *not done yet*. {reason} "
        "It is tried for ten minutes; if it fails, you are told in private."
    )


def problems(operation: Operation, fields: Collection[str], otherwise: str) -> Problems:
    """What was wrong, by the ``fields`` of a form; what is about none of them stands under ``otherwise``."""
    said = operation.result.get("fields") or {}
    known = {name: [*sentences] for name, sentences in said.items() if name in fields}
    found = known or {otherwise: [operation.reason or "This was not done."]}
    if operation.reference:
        next(iter(found.values())).append(f"(reference {operation.reference})")
    return found
