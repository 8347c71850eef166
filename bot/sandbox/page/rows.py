"""Messages as rows on the screen: who, when, what hangs under them. Pure functions of the workspace."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.page.dates import clock, day_name, full, ordinal
from bot.sandbox.page.mrkdwn import Reader
from bot.sandbox.page.threads import Threads
from bot.sandbox.slack.model import SLACKBOT, Channel, Message
from bot.sandbox.slack.workspace import Workspace

COLOURS = 8
_TOGETHER_SECONDS = 300


@dataclass(frozen=True)
class Author:
    """Somebody as messages show them: ``colour`` picks the avatar's, from 0."""

    id: str
    name: str
    initials: str
    colour: int
    is_app: bool


@dataclass(frozen=True)
class Footer:
    """What stands under a message that has a thread."""

    words: str
    latest: str
    faces: tuple[Author, ...]
    unread: bool


@dataclass(frozen=True)
class Row:
    """One message: ``day`` stands on a line above it, ``compact`` rows continue the one before.

    ``is_first_new`` where the line of what is new stands above it.
    """

    message: Message
    key: str
    author: Author
    time: str
    full_time: str
    at: datetime
    day: str
    compact: bool
    is_first_new: bool = False
    footer: Footer | None = None
    answers: str | None = None


def author(workspace: Workspace, user_id: str) -> Author:
    """How this user shows."""
    user = workspace.users.get(user_id)
    name = user.real_name if user else user_id
    initials = "".join(word[0] for word in name.split()[:2]).upper()
    is_app = bool(user and user.is_bot and user.id != SLACKBOT)
    return Author(user_id, name, initials, sum(map(ord, user_id)) % COLOURS, is_app)


def surface_key(message: Message) -> str:
    """The name under which a message is pressed."""
    return f"{'e' if message.is_ephemeral else 'm'}:{message.channel}:{message.ts}"


def in_channel(
    workspace: Workspace, channel: Channel, threads: Threads, ephemerals: Iterable[Message] = ()
) -> list[Message]:
    """What stands in the channel itself, oldest first: deleted messages too, where a thread hangs under them."""
    there = [
        each
        for each in workspace.messages[channel.id].values()
        if (each.broadcast or not each.is_reply) and not (each.deleted and not threads.under(each))
    ]
    mine = [each for each in ephemerals if not each.is_reply]
    return sorted([*there, *mine], key=lambda each: float(each.ts))


def in_thread(threads: Threads, root: Message, ephemerals: Iterable[Message]) -> list[Message]:
    """The replies under a message, oldest first."""
    mine = [each for each in ephemerals if each.is_reply and each.thread_ts == root.ts]
    return sorted([*threads.under(root), *mine], key=lambda each: float(each.ts))


def rows(
    workspace: Workspace,
    messages: Sequence[Message],
    reader: Reader,
    footer: Callable[[Message], Footer | None] | None = None,
    *,
    first_new: Message | None = None,
) -> list[Row]:
    """The rows; in a channel, where ``footer`` draws what hangs under each, replies sent there say what they answer."""
    made: list[Row] = []
    for message in messages:
        before = made[-1] if made else None
        at = reader.at(message.ts)
        day = "" if before and before.at.date() == at.date() else day_name(at, reader.now)
        made.append(
            Row(
                message=message, key=surface_key(message), author=author(workspace, message.user), time=clock(at),
                full_time=full(at, reader.now), at=at, day=day,
                compact=before is not None and not day and message is not first_new and _continues(before, message),
                is_first_new=message is first_new,
                footer=footer(message) if footer else None,
                answers=_answers(workspace, message) if footer else None,
            )
        )  # fmt: skip
    return made


def _continues(before: Row, message: Message) -> bool:
    """Whether Slack leaves out the name and picture, as the same author spoke just before."""
    last = before.message
    same = last.user == message.user and last.is_ephemeral == message.is_ephemeral and not last.deleted
    apart = float(message.ts) - float(last.ts)
    return same and apart < _TOGETHER_SECONDS and before.footer is None and not message.broadcast


def drawn_footer(workspace: Workspace, replies: Sequence[Message], reader: Reader, *, unread: bool) -> Footer | None:
    """What stands under a message with these replies; nothing where there are none."""
    if not replies:
        return None
    at = reader.at(replies[-1].ts)
    days = (reader.now.date() - at.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"on {at:%B} {ordinal(at.day)}")
    people = tuple(author(workspace, each) for each in list(dict.fromkeys(reply.user for reply in replies))[:4])
    words = "1 reply" if len(replies) == 1 else f"{len(replies)} replies"
    return Footer(words, f"Last reply {day} at {clock(at)}", people, unread)


def _answers(workspace: Workspace, message: Message) -> str | None:
    """The beginning of the message that a reply sent to the channel too stands under."""
    if not message.broadcast:
        return None
    root = workspace.messages[message.channel].get(message.thread_ts or "")
    return root.text().split("\n", 1)[0][:80] if root else ""
