"""Messages between two members. They have no ids; the newest are the last in the state."""

from dataclasses import dataclass

from bot.sandbox.clarity.model import Member, Message
from bot.sandbox.clarity.refusal import invalid, not_found
from bot.sandbox.clarity.site import Site

SHOWN = 50
"""Messages per conversation (document: GET /v1/messages/:id)."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One member's conversation with ``other``."""

    other: Member
    last: Message
    unread: int


def other_of(site: Site, member: Member, other_id: int) -> Member:
    """Whom ``member`` writes with: 404 for nobody, 422 for themselves."""
    other = site.state.members.get(other_id)
    if other is None:
        raise not_found("member")
    if other.id == member.id:
        raise invalid("You cannot exchange messages with yourself.")
    return other


def talks(site: Site, member: Member) -> list[Talk]:
    """Everybody that member has written with, the newest message first."""
    lasts: dict[int, Message] = {}
    unread: dict[int, int] = {}
    for message in reversed(site.state.messages):
        if member.id not in (message.sender_id, message.to_id):
            continue
        other_id = message.to_id if message.sender_id == member.id else message.sender_id
        lasts.setdefault(other_id, message)
        unread[other_id] = unread.get(other_id, 0) + (message.to_id == member.id and not message.read)
    return [Talk(site.state.members[other], last, unread[other]) for other, last in lasts.items()]


def newest(site: Site, member: Member, other: Member) -> list[Message]:
    """The last messages between the two, the newest first; looking through the API reads none of them."""
    both = [message for message in site.state.messages if message.between(member.id, other.id)]
    return both[: -SHOWN - 1 : -1]


def send(site: Site, sender: Member, to: Member, text: str) -> Message:
    """``sender`` writes to ``to``, and has thereby read what came from them."""
    read(site, sender, to)
    message = Message(sender.id, to.id, text, site.now())
    site.state.messages.append(message)
    return message


def read(site: Site, reader: Member, other: Member) -> None:
    """``reader`` has seen everything from ``other``."""
    for message in site.state.messages:
        if (message.sender_id, message.to_id) == (other.id, reader.id):
            message.read = True
