"""``chat.*`` and ``reactions.*``."""

from typing import TYPE_CHECKING

from bot.sandbox.slack import posting
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import message_event
from bot.sandbox.slack.methods.registry import Arguments, method
from bot.sandbox.slack.model import Json, Message
from bot.sandbox.slack.payloads import message_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

_CONTENT = "text blocks parse link_names thread_ts username icon_emoji icon_url"


@method(
    "chat.postMessage",
    required="channel",
    optional=f"{_CONTENT} metadata reply_broadcast unfurl_links unfurl_media mrkdwn",
    scopes="chat:write",
    decoded="blocks metadata",
)
async def post_message(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Post to a channel, a thread, or (with a user id) a direct message."""
    if arguments.text("channel") in slack.workspace.users:
        arguments["channel"] = slack.workspace.open_dm(arguments.text("channel")).id
    channel = arguments.writable(slack)
    message = posting.post(slack, channel, arguments, thread_ts=arguments.get("thread_ts"))
    slack.tell(message_event(slack.workspace, message))
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(slack.workspace, message, with_metadata=True),
    }


@method(
    "chat.postEphemeral",
    required="channel user",
    optional=_CONTENT,
    scopes="chat:write",
    tier=4,
    decoded="blocks",
)
async def post_ephemeral(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Show something to one member of a channel."""
    channel = arguments.writable(slack)
    if arguments.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    if len(arguments.text("text")) > posting.LONGEST_TEXT:
        raise SlackError("msg_too_long")
    message = posting.post(
        slack, channel, arguments, thread_ts=arguments.get("thread_ts"), only_for=arguments.text("user")
    )
    return {"message_ts": message.ts}


def _own(slack: "SlackStandIn", arguments: Arguments, refusal: str) -> Message:
    message = arguments.message(slack, arguments.channel(slack))
    if message.user != slack.workspace.bot.id:
        raise SlackError(refusal)
    return message


@method(
    "chat.update",
    required="channel ts",
    optional="text blocks metadata parse link_names reply_broadcast unfurl_links unfurl_media as_user",
    scopes="chat:write",
    decoded="blocks metadata",
)
async def update(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Change one of the bot's own messages; text without blocks takes the blocks away, neither keeps both."""
    message = _own(slack, arguments, "cant_update_message")
    if slack.workspace.channels[message.channel].is_archived:
        raise SlackError("is_archived")
    if len(arguments.text("text")) > posting.LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    before = message_json(slack.workspace, message)
    if "metadata" in arguments and not arguments.keys() & {"text", "blocks"}:
        arguments |= {"text": message.fallback, "blocks": message.blocks}
    posting.change(slack, message, arguments)
    slack.tell(message_event(slack.workspace, message, "message_changed", before))
    body = message_json(slack.workspace, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.fallback, "message": body}


@method("chat.delete", required="channel ts", optional="as_user", scopes="chat:write")
async def delete(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Delete one of the bot's own messages."""
    message = _own(slack, arguments, "cant_delete_message")
    before = message_json(slack.workspace, message)
    message.deleted = True
    slack.workspace.changes.note()
    slack.tell(message_event(slack.workspace, message, "message_deleted", before))
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink", required="channel message_ts", tier=0)
async def get_permalink(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """The address that jumps to a message."""
    channel = arguments.channel(slack)
    message = arguments.message(slack, channel, "message_ts")
    return {"channel": channel.id, "permalink": slack.permalink(message)}


def _reaction(arguments: Arguments) -> str:
    name = arguments.text("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise SlackError("invalid_name")
    return name


@method("reactions.add", required="channel timestamp name", scopes="reactions:write")
async def add_reaction(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Put an emoji on a message."""
    message = arguments.message(slack, arguments.writable(slack), "timestamp")
    people = message.reactions.setdefault(_reaction(arguments), [])
    if slack.workspace.bot.id in people:
        raise SlackError("already_reacted")
    people.append(slack.workspace.bot.id)
    slack.workspace.changes.note()
    return {}


@method("reactions.remove", required="channel timestamp name", scopes="reactions:write", tier=2)
async def remove_reaction(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Take the bot's emoji off a message."""
    message = arguments.message(slack, arguments.writable(slack), "timestamp")
    name = _reaction(arguments)
    if slack.workspace.bot.id not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(slack.workspace.bot.id)
    if not message.reactions[name]:
        del message.reactions[name]
    slack.workspace.changes.note()
    return {}
