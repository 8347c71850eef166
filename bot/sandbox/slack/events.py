"""Events as the app hears of them (docs.slack.dev, Events API)."""

from dataclasses import dataclass

from bot.sandbox.slack.model import Json, Message
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.workspace import Workspace

_UNUSED = "unused"
"""For what Slack has given up and nothing looks at."""


@dataclass(frozen=True)
class Event:
    """What happened, and under which subscription the app hears of it (``message.channels`` …)."""

    subscription: str
    body: Json


def message_event(
    workspace: Workspace, message: Message, subtype: str | None = None, before: Json | None = None
) -> Event:
    """A message was posted, or (with ``subtype``) changed or deleted."""
    channel = workspace.channels[message.channel]
    where: Json = {"channel": channel.id, "channel_type": channel.kind}
    subscription = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[channel.kind]
    if subtype is None:
        return Event(subscription, message_json(workspace, message) | where | {"event_ts": message.ts})
    ts = workspace.new_ts()
    body: Json = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts, **where}
    body["previous_message"] = before
    if subtype == "message_deleted":
        body["deleted_ts"] = message.ts
    else:
        body["message"] = message_json(workspace, message)
    return Event(subscription, body)


def callback(workspace: Workspace, event: Event, event_id: str) -> Json:
    """The envelope around an event."""
    return {
        "token": _UNUSED,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": event.body,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(workspace.now()),
        "event_context": f"4-{event_id}",
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }
