"""Interaction payloads as Slack sends them, and what it does with the answers.

Source: docs.slack.dev, Interaction payloads.
"""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import blockkit
from bot.sandbox.slack.controls import Control
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Event
from bot.sandbox.slack.methods.views import checked_view
from bot.sandbox.slack.model import Channel, File, Json, Message, State, Surface, User, View
from bot.sandbox.slack.payloads import file_json, message_json, view_json
from bot.sandbox.slack.registration import Shortcut
from bot.sandbox.slack.render import Names, render_text
from bot.sandbox.slack.transport import Delivery
from bot.sandbox.slack.views import client_errors, first_state
from bot.sandbox.slack.workspace import Workspace

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

_UNUSED = "unused"
"""For what Slack has given up and nothing looks at."""
TROUBLE = "We had some trouble connecting. Try again?"


def _common(slack: "SlackStandIn", user: User, kind: str) -> Json:
    workspace = slack.workspace
    own = {} if kind in {"shortcut", "message_action"} else {"api_app_id": workspace.app_id}
    team = user.team_id or workspace.team_id
    return own | {
        "type": kind, "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team},
        "token": _UNUSED, "enterprise": None, "is_enterprise_install": False,
    }  # fmt: skip


def command(slack: "SlackStandIn", user: User, where: Channel, name: str, text: str) -> Json:
    """What a slash command sends."""
    workspace = slack.workspace
    return {
        "token": _UNUSED, "team_id": workspace.team_id, "team_domain": workspace.domain, "channel_id": where.id,
        "channel_name": _place(where)["name"], "user_id": user.id, "user_name": user.name, "command": name,
        "text": text, "api_app_id": workspace.app_id, "is_enterprise_install": "false",
        "response_url": slack.responses.issue(user.id, where), "trigger_id": slack.triggers.issue(user.id),
    }  # fmt: skip


def _place(channel: Channel) -> Json:
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}


def answer_command(slack: "SlackStandIn", user: User, where: Channel, response: Any) -> None:
    """Show what the ack of a command carried."""
    content = response if isinstance(response, dict) else {"text": str(response)}
    try:
        slack.responses.say(user.id, where, content)
    except SlackError as refusal:
        slack.record.complain(f"ack of a command refused: {refusal.error}")


def app_opened(slack: "SlackStandIn", user: User, tab: str, home: View | None) -> Event:
    """Somebody looks at a tab of the app; what the app is told holds a Home that was published before."""
    workspace = slack.workspace
    body: Json = {
        "type": "app_home_opened", "user": user.id, "tab": tab,
        "channel": workspace.open_dm(user.id).id, "event_ts": workspace.new_ts(),
    }  # fmt: skip
    return Event("app_home_opened", body | ({"view": view_json(workspace, home)} if home else {}))


def shortcut(slack: "SlackStandIn", user: User, used: Shortcut) -> Json:
    """What a global shortcut sends."""
    own = {"callback_id": used.callback_id, "trigger_id": slack.triggers.issue(user.id)}
    return _common(slack, user, "shortcut") | own | {"action_ts": slack.workspace.new_ts()}


def message_shortcut(slack: "SlackStandIn", user: User, used: Shortcut, message: Message) -> Json:
    """What a message shortcut sends."""
    where = slack.workspace.channels[message.channel]
    return _common(slack, user, "message_action") | {
        "callback_id": used.callback_id, "trigger_id": slack.triggers.issue(user.id),
        "action_ts": slack.workspace.new_ts(), "message_ts": message.ts, "channel": _place(where),
        "response_url": slack.responses.issue(user.id, where, message),
        "message": message_json(slack.workspace, message, with_metadata=True),
    }  # fmt: skip


def state_of(surface: Surface, user_id: str) -> State:
    """What this person has in the fields of a surface."""
    if isinstance(surface, View):
        return surface.state
    return surface.states.setdefault(user_id, first_state(surface.blocks))


_ECHOED = ("value", "text", "placeholder", "confirm", "style", "url")


def action(slack: "SlackStandIn", user: User, control: Control, value: Json) -> Json:
    """What pressing, choosing or typing sends; ``value`` is the new state of the element."""
    element, view = control.element, control.surface if isinstance(control.surface, View) else None
    body = {"type": control.kind, "action_id": control.action_id, "block_id": control.block_id}
    body |= {key: element[key] for key in _ECHOED if key in element and key not in value} | value
    body["action_ts"] = slack.workspace.new_ts()
    payload = _common(slack, user, "block_actions") | _surface(slack, user, control.surface)
    payload |= {"trigger_id": slack.triggers.issue(user.id, view.id if view and view.kind == "modal" else None)}
    return payload | {"actions": [body]}


def _surface(slack: "SlackStandIn", user: User, surface: Surface) -> Json:
    if isinstance(surface, View):
        return {"container": {"type": "view", "view_id": surface.id}, "view": view_json(slack.workspace, surface)}
    where = slack.workspace.channels[surface.channel]
    container: Json = {
        "type": "message", "message_ts": surface.ts, "channel_id": where.id, "is_ephemeral": surface.is_ephemeral
    }  # fmt: skip
    if surface.thread_ts:
        container["thread_ts"] = surface.thread_ts
    payload = {
        "container": container, "channel": _place(where), "state": {"values": state_of(surface, user.id)},
        "response_url": slack.responses.issue(user.id, where, surface),
    }  # fmt: skip
    if not surface.is_ephemeral:
        payload["message"] = message_json(slack.workspace, surface, with_metadata=True)
    return payload


def suggestion(slack: "SlackStandIn", user: User, control: Control, typed: str) -> Json:
    """What typing into a menu that asks the app sends."""
    payload = _common(slack, user, "block_suggestion") | _surface(slack, user, control.surface)
    payload.pop("response_url", None)
    return payload | {"action_id": control.action_id, "block_id": control.block_id, "value": typed}


def suggested(slack: "SlackStandIn", delivery: Delivery) -> list[Json]:
    """The options the app answered, in groups or not; none where it did not or they are wrong."""
    if delivery.problem or delivery.response is None:
        return []
    if found := blockkit.suggestion_complaints(delivery.response):
        slack.record.complain(f"options refused: {'; '.join(found)}")
        return []
    groups: list[Json] = delivery.response.get("option_groups", [])
    return [*delivery.response.get("options", []), *(option for group in groups for option in group["options"])]


def named(workspace: Workspace, kind: str, wanted: str) -> str:
    """The id of the person or channel meant; raises ``LookupError``."""
    if kind == "users_select":
        for user in workspace.users.values():
            if wanted in {user.id, user.name, user.real_name}:
                return user.id
    else:
        channel = workspace.find_channel(wanted)
        if channel is not None and (kind == "conversations_select" or channel.kind == "channel"):
            return channel.id
    raise LookupError(f"nothing is called {wanted!r}")


def file_reference(workspace: Workspace, file: File) -> Json:
    """A file as the state of a file field holds it."""
    return file_json(workspace, file)


def dialog_words(dialog: Json, names: Names) -> str:
    """All a confirmation dialog says."""
    return "\n".join(render_text(dialog[key], names) for key in ("title", "text", "confirm", "deny"))


async def submit(slack: "SlackStandIn", user: User, view: View) -> Delivery | None:
    """Submit a modal and do as the app answers."""
    view.trouble = None
    view.errors = client_errors(view.blocks, view.state)
    slack.workspace.changes.note()
    if view.errors:
        return None
    payload = _common(slack, user, "view_submission") | {
        "trigger_id": slack.triggers.issue(user.id, view.id), "view": view_json(slack.workspace, view),
        "response_urls": _response_urls(slack, user, view),
    }  # fmt: skip
    delivery = await slack.deliveries.deliver("interactive", payload)
    if delivery.problem:
        view.trouble = TROUBLE
    else:
        _follow(slack, view, delivery.response)
    slack.workspace.changes.note()
    return delivery


def _response_urls(slack: "SlackStandIn", user: User, view: View) -> list[Json]:
    urls = []
    for block in view.blocks:
        element = block.get("element", {})
        if not element.get("response_url_enabled"):
            continue
        value = view.state[block["block_id"]][element["action_id"]]
        chosen = value.get("selected_conversation") or value.get("selected_channel")
        if chosen:
            url = slack.responses.issue(user.id, slack.workspace.channels[chosen])
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            urls.append(ids | {"channel_id": chosen, "response_url": url})
    return urls


def _follow(slack: "SlackStandIn", view: View, response: Any) -> None:
    """Do what the answer to a submission says; Slack shows trouble where it makes no sense."""
    answer = response if isinstance(response, dict) else {}
    try:
        match answer.get("response_action"):
            case None if not answer:
                slack.screens.leave(view)
            case "clear":
                slack.screens.leave(view, everything=True)
            case "errors":
                view.errors = _sound_errors(view, answer.get("errors"))
            case "update":
                slack.screens.replace(view, checked_view(slack, answer.get("view"), "modal", replacing=view))
            case "push":
                slack.screens.push(view.user, checked_view(slack, answer.get("view"), "modal"))
            case _:
                _refuse_answer(answer)
    except SlackError as refusal:
        slack.record.complain(f"answer to a submission refused: {refusal.error} {refusal.detail or ''}")
        view.trouble = TROUBLE


def _refuse_answer(answer: Json) -> None:
    raise SlackError(f"response_action {answer.get('response_action')!r}")


def _sound_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("errors must name fields")
    if strange := errors.keys() - inputs:
        raise SlackError(f"errors for blocks that are no fields: {sorted(strange)}")
    return {block_id: str(sentence) for block_id, sentence in errors.items()}


async def close(slack: "SlackStandIn", user: User, view: View, *, everything: bool) -> None:
    """Leave a modal; the app hears of it where the view asked for that."""
    cleared = everything or bool(view.definition.get("clear_on_close"))
    for closed in slack.screens.leave(view, everything=cleared):
        if closed.definition.get("notify_on_close"):
            payload = _common(slack, user, "view_closed") | {
                "view": view_json(slack.workspace, closed), "is_cleared": cleared
            }  # fmt: skip
            await slack.deliveries.deliver("interactive", payload)
