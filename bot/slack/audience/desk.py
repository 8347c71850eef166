"""What the listeners of lists work with, and how a modal shows what came of a change."""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class AudienceDesk:
    """The room, the lists, what is kept of the account, and the people."""

    room: Room
    lists: Lists
    audience: Audience
    contacts: Contacts


@dataclass(frozen=True)
class Asked:
    """A change somebody asked for: ``field`` is where its form says what is about no field it has."""

    key: str
    title: str
    field: str
    fields: frozenset[str]
    again: Again


async def follow(room: Room, interaction: Interaction, asked: Asked, done: Callable[[Operation], str]) -> None:
    """Show in the modal what came of it; refused, it is the form again, with everything that was typed.

    Where the modal was closed meanwhile, it is told where it was opened from.
    """
    await room.store.clock.sleep(ACKED)
    operation = await room.ended(asked.key)
    if operation is None:
        return
    failed = operation.state in (State.FAILED, State.CANCELLED)
    said = done(operation) if operation.state is State.SENT else so_far(operation)
    view = asked.again(problems(operation, asked)) if failed else screens.said(asked.title, said)

    async def make() -> View:
        return view

    if not await room.boundary.drawing.draw(str(interaction.view["id"]), make):
        await interaction.tell(said)


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


def problems(operation: Operation, asked: Asked) -> Problems:
    """What was wrong, by the fields of the form; what is about none of them stands under ``asked.field``."""
    said = operation.result.get("fields") or {}
    known = {name: [*sentences] for name, sentences in said.items() if name in asked.fields}
    found = known or {asked.field: [operation.reason or "This was not done."]}
    if operation.reference:
        next(iter(found.values())).append(f"(reference {operation.reference})")
    return found
