"""What is to be shown in Slack, as intentions of the ledger; how it looks is Slack's side's affair.

A post's lane is its conversation, so that texts stand in order under one header; its bucket is the channel,
as Slack takes about one message a second there. A change to a message is drawn from the store when it leaves,
so one waiting change stands for all that came before it.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.operations.model import Intention

HEADER = "slack.header"
HEADER_UPDATE = "slack.header_update"
TEXT = "slack.text"
TEXT_UPDATE = "slack.text_update"
NOTE = "slack.note"
NOTICE = "slack.notice"
NOTICE_UPDATE = "slack.notice_update"
SUMMARY = "slack.summary"
VIEW = "slack.view"
CALL = "slack.call"
CALL_UPDATE = "slack.call_update"
WORD = "slack.word"
REMINDER_UPDATE = "slack.reminder_update"
BROADCAST = "slack.broadcast"
BROADCAST_UPDATE = "slack.broadcast_update"
DECLINED = "slack.declined"
TRANSFER_UPDATE = "slack.transfer_update"
KEYWORD_USED = "slack.keyword_used"
LOW_CREDITS = "slack.low_credits"

DRAWN_ANEW = (
    HEADER_UPDATE,
    TEXT_UPDATE,
    NOTICE_UPDATE,
    VIEW,
    CALL_UPDATE,
    REMINDER_UPDATE,
    BROADCAST_UPDATE,
    TRANSFER_UPDATE,
)
"""Kinds that only draw again what is stored: one that has ended is of no more use to anybody."""

OF_INBOX = (HEADER, TEXT, NOTE, NOTICE, SUMMARY, KEYWORD_USED)
"""Kinds that are posted in the inbox channel, and wait for one to be named."""

OF_BROADCASTS = (BROADCAST, LOW_CREDITS)
"""Kinds that are posted in the broadcasts channel, and wait for one to be named."""

OF_CALLS = (CALL, WORD)
"""Kinds that are posted in the calls channel, or to a person."""

NO_CHANNEL = "slack.post:none"
"""The bucket of what waits for a channel to be named."""

UPDATES = "slack.update"
"""The bucket of all changes to messages: Slack counts them a workspace."""

_CLOCK_EVERY = timedelta(seconds=15)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def bucket(channel: str | None) -> str:
    """The bucket of posts to a channel."""
    return NO_CHANNEL if channel is None else f"slack.post:{channel}"


def _held(channel: str | None) -> datetime | None:
    return _FAR if channel is None else None


def lane(conversation_id: int) -> str:
    """The lane of a conversation's posts."""
    return f"slack:{conversation_id}"


def header(conversation_id: int, generation: int, channel: str | None) -> Intention:
    """The message that stands for a conversation."""
    return Intention(
        kind=HEADER,
        key=f"header:{conversation_id}:{generation}",
        payload={"conversation": conversation_id, "generation": generation},
        lane=lane(conversation_id),
        first=True,
        bucket=bucket(channel),
        held_until=_held(channel),
    )


def text(conversation_id: int, reply_id: int, channel: str | None) -> Intention:
    """One text under the header."""
    return Intention(
        kind=TEXT,
        key=f"text:{conversation_id}:{reply_id}",
        payload={"conversation": conversation_id, "reply": reply_id},
        lane=lane(conversation_id),
        bucket=bucket(channel),
        held_until=_held(channel),
    )


def text_update(conversation_id: int, reply_id: int) -> Intention:
    """That text, drawn anew after it was posted."""
    name = f"text_update:{conversation_id}:{reply_id}"
    payload = {"conversation": conversation_id, "reply": reply_id}
    return Intention(
        kind=TEXT_UPDATE, key=name, merge=name, payload=payload, lane=lane(conversation_id), bucket=UPDATES
    )


def note(conversation_id: int, what: str, by: str, at: datetime, channel: str | None) -> Intention:
    """A line under the header on what somebody did: ``what`` is "claimed" or "released"."""
    return Intention(
        kind=NOTE,
        key=f"note:{conversation_id}:{what}:{by}:{at.timestamp():.6f}",
        payload={"conversation": conversation_id, "note": what, "by": by},
        lane=lane(conversation_id),
        bucket=bucket(channel),
        held_until=_held(channel),
    )


def header_update(conversation_id: int) -> Intention:
    """The header, drawn anew."""
    name = f"header_update:{conversation_id}"
    payload = {"conversation": conversation_id}
    return Intention(kind=HEADER_UPDATE, key=name, merge=name, payload=payload, bucket=UPDATES)


def notice_key(operation_id: str) -> str:
    """The unique key of an operation's notice."""
    return f"notice:{operation_id}"


def notice(operation_id: str, conversation_id: int | None, channel: str | None) -> Intention:
    """A message on an operation that a person must know of, or decide; it follows the operation to its end."""
    return Intention(
        kind=NOTICE,
        key=notice_key(operation_id),
        payload={"operation": operation_id, "conversation": conversation_id},
        lane=f"notice:{operation_id}" if conversation_id is None else lane(conversation_id),
        bucket=bucket(channel),
        held_until=_held(channel),
    )


def notice_update(operation_id: str) -> Intention:
    """That message, drawn anew."""
    name = f"notice_update:{operation_id}"
    return Intention(
        kind=NOTICE_UPDATE,
        key=name,
        merge=name,
        payload={"operation": operation_id},
        lane=f"notice:{operation_id}",
        bucket=UPDATES,
    )


def summary(conversations: int, unread: int, channel: str | None) -> Intention:
    """What the first start found."""
    return Intention(
        kind=SUMMARY,
        key="summary:first-start",
        payload={"conversations": conversations, "unread": unread},
        bucket=bucket(channel),
        held_until=_held(channel),
    )


def view(view_id: str) -> Intention:
    """A modal somebody has open, drawn anew."""
    name = f"view:{hashlib.sha256(view_id.encode()).hexdigest()[:24]}"
    return Intention(kind=VIEW, key=name, merge=name, payload={"view": view_id})


def call(owner: str, call_id: int, place: str | None) -> Intention:
    """The message that stands for a call; ``place`` is a channel, or a person to be told in private."""
    return Intention(
        kind=CALL,
        key=f"call:{owner}:{call_id}",
        payload={"owner": owner, "call": call_id, "to": place},
        lane=f"call:{owner}:{call_id}",
        bucket=bucket(place),
        held_until=_held(place),
    )


def call_update(owner: str, call_id: int, clock: datetime | None) -> Intention:
    """That message, drawn anew. With ``clock`` only the running time moved: then once in 15 seconds is enough."""
    name = f"call_update:{owner}:{call_id}"
    at = None if clock is None else clock.replace(second=clock.second // 15 * 15, microsecond=0) + _CLOCK_EVERY
    payload = {"owner": owner, "call": call_id}
    lane_of = f"call:{owner}:{call_id}"
    return Intention(
        kind=CALL_UPDATE, key=name, merge=name, payload=payload, lane=lane_of, bucket=UPDATES, not_before=at
    )


def word(place: str | None, what: str, key: str, payload: dict[str, Any]) -> Intention:
    """Something a person is told of once: ``what`` names it, and ``key`` makes it unique."""
    return Intention(
        kind=WORD,
        key=f"word:{what}:{key}",
        payload={**payload, "what": what, "to": place},
        bucket=bucket(place),
        held_until=_held(place),
    )


def reminder_update(owner: str, call_id: int) -> Intention:
    """The reminder of a call, drawn anew."""
    name = f"reminder_update:{owner}:{call_id}"
    payload = {"owner": owner, "call": call_id}
    return Intention(kind=REMINDER_UPDATE, key=name, merge=name, payload=payload, bucket=UPDATES)


def told(kind: str, key: str, payload: dict[str, Any], channel: str | None) -> Intention:
    """A message of its own that a channel is told once: ``key`` makes it unique among those of its ``kind``."""
    return Intention(kind=kind, key=f"{kind}:{key}", payload=payload, bucket=bucket(channel), held_until=_held(channel))


def broadcast_key(broadcast_id: str, version: int) -> str:
    """The unique key of the message that stands for a version of a broadcast."""
    return f"{BROADCAST}:{broadcast_id}:{version}"


def broadcast(broadcast_id: str, version: int, place: str | None) -> Intention:
    """The one message that stands for a version of a broadcast, from the request for approval to the last reply."""
    return Intention(
        kind=BROADCAST,
        key=broadcast_key(broadcast_id, version),
        payload={"broadcast": broadcast_id, "version": version, "to": place},
        lane=f"{BROADCAST}:{broadcast_id}",
        bucket=bucket(place),
        held_until=_held(place),
    )


def broadcast_update(broadcast_id: str, version: int) -> Intention:
    """That message, drawn anew."""
    name = f"{BROADCAST_UPDATE}:{broadcast_id}:{version}"
    payload = {"broadcast": broadcast_id, "version": version}
    lane_of = f"{BROADCAST}:{broadcast_id}"
    return Intention(kind=BROADCAST_UPDATE, key=name, merge=name, payload=payload, lane=lane_of, bucket=UPDATES)
