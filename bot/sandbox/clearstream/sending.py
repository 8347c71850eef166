"""What the passing of time does: texts on their way arrive, broadcasts move on.

Nothing here waits: :func:`settle` brings the state up to the line's own ``now``.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import (
    ACTIVE,
    FAILED,
    QUEUED,
    SCHEDULED,
    SENDING,
    SENT,
    Message,
    Outgoing,
    PhoneText,
    Reply,
    State,
)


class _Arrival(NamedTuple):
    at: datetime
    number: str
    text: str


def settle(line: Line) -> bool:
    """Bring everything up to now; True when anything changed."""
    now = line.now()
    arrivals = [*_from_outbox(line.state, now)]
    moved = False
    for message in line.state.messages.values():
        if message.status != SENT:
            moved |= _advance(line, message, now, arrivals)
    for at, number, text in sorted(arrivals, key=lambda arrival: arrival.at):
        line.state.phones.setdefault(number, []).append(PhoneText("received", text, at))
    return moved or bool(arrivals)


def post(line: Line, number: str, text: str, *, after: timedelta = timedelta(0), reply_id: int | None = None) -> None:
    """Put a text on its way to a phone."""
    line.state.outbox.append(Outgoing(number, text, line.now() + after, reply_id))


def _from_outbox(state: State, now: datetime) -> list[_Arrival]:
    due = [outgoing for outgoing in state.outbox if outgoing.due <= now]
    if not due:
        return []
    state.outbox = [outgoing for outgoing in state.outbox if outgoing.due > now]
    replies = {reply.id: reply for thread in state.threads.values() for reply in thread.replies}
    for outgoing in due:
        _mark(replies, outgoing, FAILED if outgoing.number in state.unreachable else SENT)
    return [_Arrival(out.due, out.number, out.text) for out in due if out.number not in state.unreachable]


def _mark(replies: dict[int, Reply], outgoing: Outgoing, status: str) -> None:
    """The reply's thread may have been deleted meanwhile; the text arrives all the same."""
    if outgoing.reply_id in replies:
        replies[outgoing.reply_id].status = status


def audience_of(state: State, message: Message) -> list[str]:
    """Who a broadcast goes to, as things stand: the active ones, each once."""
    if not message.lists:
        return [number for number in message.numbers if state.subscribers[number].status == ACTIVE]
    wanted = {contact_list.id for contact_list in message.lists}
    return [
        subscriber.mobile_number
        for subscriber in state.subscribers.values()
        if subscriber.status == ACTIVE and wanted.intersection(subscriber.lists)
    ]


def _advance(line: Line, message: Message, now: datetime, arrivals: list[_Arrival]) -> bool:
    """Move one broadcast on, adding its texts to ``arrivals``; True when it changed."""
    begin = message.sent_at + line.pace.queue
    if now < begin:
        return False
    before = message.status, message.handled
    if message.status in (QUEUED, SCHEDULED):
        message.audience = audience_of(line.state, message)
        line.state.account.credits -= min(len(message.audience), line.state.account.credits)
        message.status, message.throughput = SENDING, line.pace.throughput
    step = timedelta(seconds=1) / message.throughput
    for number in message.audience[message.handled : (now - begin) // step + 1]:
        subscriber = line.state.subscribers[number]
        if subscriber.status == ACTIVE and number not in line.state.unreachable:
            arrivals.append(_Arrival(begin + message.handled * step, number, message.text.line))
        else:
            message.failures += 1
        message.handled += 1
    if message.handled == len(message.audience):
        message.status = SENT
        message.completed_at = begin + max(0, message.handled - 1) * step
    return before != (message.status, message.handled)
