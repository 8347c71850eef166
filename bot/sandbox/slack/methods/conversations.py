"""``conversations.*``."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.errors import InvalidArguments, SlackError
from bot.sandbox.slack.events import Event
from bot.sandbox.slack.methods.registry import Arguments, method, page
from bot.sandbox.slack.model import Channel, Json, Message
from bot.sandbox.slack.payloads import channel_json, message_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

_WINDOW = "limit cursor oldest latest inclusive include_all_metadata"
_FAMILIES = {"channel": "channels", "group": "groups", "im": "im"}
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def _readable(slack: "SlackStandIn", arguments: Arguments) -> Channel:
    channel = arguments.channel(slack)
    slack.need_scope(f"{_FAMILIES[channel.kind]}:history")
    if slack.workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _within(messages: list[Message], arguments: Arguments) -> list[Message]:
    try:
        oldest = float(arguments.get("oldest") or 0)
        latest = float(arguments.get("latest") or "inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    if arguments.flag("inclusive"):
        return [each for each in messages if oldest <= float(each.ts) <= latest]
    return [each for each in messages if oldest < float(each.ts) < latest]


def _answer(slack: "SlackStandIn", messages: list[Message], arguments: Arguments) -> Json:
    with_metadata = arguments.flag("include_all_metadata")
    bodies = [message_json(slack.workspace, each, with_metadata=with_metadata) for each in messages]
    shown, cursor = page(bodies, arguments, default=100, most=999)
    body: Json = {"messages": shown, "has_more": bool(cursor)}
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.history", required="channel", optional=_WINDOW)
async def history(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """What stands in the channel itself, newest first."""
    channel = _readable(slack, arguments)
    messages = _within(slack.workspace.roots(channel), arguments)
    return _answer(slack, messages[::-1], arguments) | {"pin_count": 0}


@method("conversations.replies", required="channel ts", optional=_WINDOW)
async def replies(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """A root message and its thread, oldest first; the root comes first whatever the window is."""
    channel = _readable(slack, arguments)
    message = slack.workspace.message(channel, arguments.text("ts"))
    if message is None:
        raise SlackError("thread_not_found")
    if message.is_reply:
        return _answer(slack, [message], arguments)
    return _answer(slack, [message, *_within(slack.workspace.replies(message), arguments)], arguments)


@method("conversations.info", required="channel", optional="include_locale include_num_members")
async def info(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """One conversation."""
    channel = arguments.channel(slack)
    slack.need_scope(f"{_FAMILIES[channel.kind]}:read")
    body = channel_json(slack.workspace, channel)
    if arguments.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


@method("conversations.list", optional="types exclude_archived limit cursor team_id", tier=2)
async def list_channels(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """The conversations the bot may know of, by the kinds asked for."""
    asked = (arguments.text("types") or "public_channel").split(",")
    if unknown := set(map(str.strip, asked)) - _TYPES.keys():
        raise SlackError("invalid_types", arg=unknown.pop())
    kinds = {_TYPES[each.strip()] for each in asked}
    for kind in sorted(kinds & _FAMILIES.keys()):
        slack.need_scope(f"{_FAMILIES[kind]}:read")
    seen = [each for each in slack.workspace.channels.values() if _visible(slack, each, kinds)]
    if arguments.flag("exclude_archived"):
        seen = [each for each in seen if not each.is_archived]
    bodies = [channel_json(slack.workspace, each) | {"num_members": len(each.members)} for each in seen]
    shown, cursor = page(bodies, arguments)
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def _visible(slack: "SlackStandIn", channel: Channel, kinds: set[str]) -> bool:
    hidden = channel.kind != "channel" and slack.workspace.bot.id not in channel.members
    return channel.kind in kinds and not channel.deleted and not hidden


@method("conversations.members", required="channel", optional="limit cursor", tier=4)
async def members(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Who is in a conversation."""
    channel = arguments.channel(slack)
    slack.need_scope(f"{_FAMILIES[channel.kind]}:read")
    shown, cursor = page([{"id": each} for each in channel.members], arguments)
    return {"members": [each["id"] for each in shown], "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", required="channel", scopes="channels:join")
async def join(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Enter a public channel; being there already is only worth a warning."""
    channel = arguments.channel(slack)
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    bot = slack.workspace.bot.id
    if bot in channel.members:
        warning = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": channel_json(slack.workspace, channel)} | warning
    channel.members.append(bot)
    slack.workspace.changes.note()
    joined = {"type": "member_joined_channel", "user": bot, "channel": channel.id, "channel_type": "C"}
    slack.tell(Event("member_joined_channel", joined | {"team": slack.workspace.team_id}))
    return {"channel": channel_json(slack.workspace, channel)}


@method("conversations.open", optional="users channel return_im prevent_creation", scopes="im:write mpim:write")
async def open_dm(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """The direct message channel with one person (groups of people are not played here)."""
    if "channel" in arguments:
        channel = arguments.channel(slack)
    else:
        users = [each for each in arguments.text("users").split(",") if each]
        if len(users) != 1:
            raise InvalidArguments("exactly one user is supported [json-pointer:/users]")
        if users[0] not in slack.workspace.users:
            raise SlackError("user_not_found")
        channel = slack.workspace.open_dm(users[0])
    body = channel_json(slack.workspace, channel) if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": body}
