"""Broadcasts: accepting one, calling one off, and counting what came back."""

from datetime import datetime

from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import ACTIVE, QUEUED, SCHEDULED, Headed, Message, State
from bot.sandbox.clearstream.refusal import forbidden, invalid, not_found
from bot.sandbox.clearstream.sending import audience_of


def message_of(state: State, message_id: int) -> Message:
    """The broadcast with that id, or 404."""
    if message_id not in state.messages:
        raise not_found("message")
    return state.messages[message_id]


def newest_first(state: State) -> list[Message]:
    """All broadcasts in the order of the listing."""
    return sorted(state.messages.values(), key=lambda message: message.id, reverse=True)


def send(
    line: Line,
    text: Headed,
    *,
    list_ids: list[int],
    numbers: list[str],
    at: datetime | None = None,
    facebook: bool = False,
    twitter: bool = False,
) -> Message:
    """Accept a broadcast to existing lists, for now or for ``at``; with lists given, ``numbers`` are ignored.

    422 for a number that is no active subscriber's; 403 when credits do not suffice.
    """
    state = line.state
    numbers = [] if list_ids else numbers
    if idle := [number for number in numbers if not _is_active(state, number)]:
        raise invalid({"subscribers": [f"{number} is not an active subscriber." for number in idle]})
    message = Message(
        id=state.next_id("message"),
        status=SCHEDULED if at else QUEUED,
        sent_at=at or line.now(),
        text=text,
        lists=[state.lists[list_id] for list_id in list_ids],
        numbers=numbers,
        twitter=twitter,
        facebook=facebook,
    )
    message.audience = audience_of(state, message)
    if len(message.audience) > state.account.credits:
        raise forbidden("Your account does not have enough credits.")
    state.messages[message.id] = message
    return message


def _is_active(state: State, number: str) -> bool:
    return number in state.subscribers and state.subscribers[number].status == ACTIVE


def call_off(state: State, message_id: int) -> None:
    """Delete a broadcast that has not begun; 403 otherwise."""
    if message_of(state, message_id).status not in (QUEUED, SCHEDULED):
        raise forbidden("Only unsent messages can be deleted.")
    del state.messages[message_id]


def answered(line: Line, number: str) -> Message | None:
    """The broadcast that a text from ``number`` answers: the newest they got, if it is recent enough."""
    since = line.now() - line.pace.aftermath
    got = (m for m in line.state.messages.values() if m.sent_at >= since and number in m.audience[: m.handled])
    return max(got, key=lambda message: message.sent_at, default=None)
