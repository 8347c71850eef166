"""Making and changing messages: the rules shared by ``chat.*``, acks and response URLs."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import blockkit
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Channel, Json, Message
from bot.sandbox.slack.payloads import settled
from bot.sandbox.slack.views import carried_over

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

LONGEST_TEXT = 40_000
"""Characters of ``text``; more are cut off when posting."""
LONGEST_UPDATE = 4_000
"""Characters of ``text`` that ``chat.update`` takes (its page: ``msg_too_long``)."""

_PING = re.compile(
    r"<(?:!(channel|here|everyone)(?:\|[^>]*)?|@([UW][A-Z0-9]+)(?:\|[^>]*)?|!subteam\^(S[A-Z0-9]+)[^>]*)>"
)
_AT = re.compile(r"(?<!\w)@(channel|here|everyone)\b")


def checked_content(slack: "SlackStandIn", content: Json) -> tuple[str, list[Json]]:
    """The text and the settled blocks of a message, or Slack's refusal.

    Raises ``SlackError``: no_text, invalid_blocks (with the pointers), invalid_blocks_format, msg_blocks_too_long.
    """
    text, blocks = content.get("text") or "", content.get("blocks") or []
    if not isinstance(text, str):
        raise SlackError("invalid_arguments")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if found := blockkit.message_complaints(blocks):
        slack.record.complain(f"invalid_blocks: {'; '.join(found)}")
        raise SlackError(
            "invalid_blocks", errors=found, response_metadata={"messages": [f"[ERROR] {each}" for each in found]}
        )
    if blocks and blockkit.message_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    return text, settled(slack.workspace, blocks)


def checked_metadata(metadata: Any) -> Json | None:
    """Message metadata: ``event_type`` and a flat ``event_payload``, or Slack's refusal."""
    if not metadata:
        return None
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_schema")
    return metadata


def post(
    slack: "SlackStandIn",
    channel: Channel,
    content: Json,
    *,
    thread_ts: str | None = None,
    only_for: str | None = None,
) -> Message:
    """Post as the app. A reply to a root that is gone lands in the channel itself, un-threaded."""
    text, blocks = checked_content(slack, content)
    workspace = slack.workspace
    message = Message(
        channel=channel.id, ts=workspace.new_ts(), user=workspace.bot.id, fallback=text[:LONGEST_TEXT],
        blocks=blocks, by_app=True, thread_ts=_thread(slack, channel, thread_ts),
        metadata=checked_metadata(content.get("metadata")), only_for=only_for,
    )  # fmt: skip
    message.broadcast = bool(message.thread_ts and content.get("reply_broadcast") in (True, "true", "1"))
    message.pings = sorted(set(pings(content, blocks)))
    return workspace.keep(message)


def _thread(slack: "SlackStandIn", channel: Channel, thread_ts: str | None) -> str | None:
    root = slack.workspace.message(channel, thread_ts) if thread_ts else None
    if root is None:
        return None
    if root.is_reply:
        slack.record.complain(f"thread_ts {thread_ts} is a reply; a thread hangs under its root")
    return root.thread_ts if root.is_reply else root.ts


def change(slack: "SlackStandIn", message: Message, content: Json) -> None:
    """Replace text and blocks as ``chat.update`` does; what is typed in kept fields stays."""
    text, blocks = checked_content(slack, content)
    message.fallback, message.blocks = text, blocks
    message.states = {user: carried_over(state, blocks) for user, state in message.states.items()}
    message.edited, message.edited_by = slack.workspace.new_ts(), slack.workspace.bot.id
    if "metadata" in content:
        message.metadata = checked_metadata(content["metadata"])
    slack.workspace.changes.note()


def pings(content: Json, blocks: list[Json]) -> Iterator[str]:
    """Whom a message notifies: mentions in anything formatted, and bare ``@channel`` where names are linked."""
    text = content.get("text") or ""
    for part in (text, *_formatted(blocks)):
        for match in _PING.finditer(part):
            yield next(each for each in match.groups() if each)
    if content.get("parse") == "full" or content.get("link_names") in (True, "true", "1"):
        yield from _AT.findall(text)
    yield from _rich_mentions(blocks)


def _formatted(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _formatted(each)
    elif isinstance(part, dict):
        if part.get("type") in {"mrkdwn", "markdown"}:
            yield part["text"]
        else:
            for value in part.values():
                yield from _formatted(value)


def _rich_mentions(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _rich_mentions(each)
    elif isinstance(part, dict):
        key = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}.get(str(part.get("type")))
        if key in part:
            yield part[key]
        for value in part.values():
            yield from _rich_mentions(value)
