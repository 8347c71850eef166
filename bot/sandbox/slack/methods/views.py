"""``views.*``."""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import blockkit
from bot.sandbox.slack.errors import InvalidArguments, SlackError
from bot.sandbox.slack.methods.registry import Arguments, method
from bot.sandbox.slack.model import Json, View
from bot.sandbox.slack.payloads import view_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn


def checked_view(slack: "SlackStandIn", definition: Any, kind: str, replacing: View | None = None) -> Json:
    """The view if Slack would take it.

    Raises ``SlackError``: invalid_arguments with the pointers, view_too_large, duplicate_external_id.
    """
    if not isinstance(definition, dict):
        raise InvalidArguments("must be a view [json-pointer:/view]")
    # SDKs send what is not set as null; Slack reads that as absent.
    view: Json = {key: value for key, value in definition.items() if value is not None}
    if found := blockkit.view_complaints(view, kind):
        slack.record.complain(f"invalid view: {'; '.join(found)}")
        raise InvalidArguments(*found)
    if blockkit.view_too_large(view):
        raise SlackError("view_too_large")
    external = view.get("external_id")
    if external and any(
        each.definition.get("external_id") == external and each is not replacing for each in slack.workspace.views()
    ):
        raise SlackError("duplicate_external_id")
    return view


def _answer(slack: "SlackStandIn", view: View) -> Json:
    return {"view": view_json(slack.workspace, view)}


@method("views.open", required="view trigger_id", tier=4, decoded="view")
async def open_view(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Show a modal to the person who did something within the last three seconds."""
    view = checked_view(slack, arguments["view"], "modal")
    trigger = slack.triggers.exchange(arguments.text("trigger_id"))
    return _answer(slack, slack.screens.open(trigger.user, view))


@method("views.push", required="view trigger_id", tier=4, decoded="view")
async def push_view(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Put a modal on top of the one something was done in."""
    view = checked_view(slack, arguments["view"], "modal")
    trigger = slack.triggers.exchange(arguments.text("trigger_id"))
    if trigger.view_id is None:
        raise SlackError("invalid_trigger_id")
    return _answer(slack, slack.screens.push(trigger.user, view))


@method("views.update", required="view", optional="view_id external_id hash", tier=4, decoded="view")
async def update_view(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Replace a modal that is still open; with ``hash``, only if nobody else did meanwhile."""
    if ("view_id" in arguments) == ("external_id" in arguments):
        raise InvalidArguments("exactly one of view_id and external_id [json-pointer:/view_id]")
    view = _open_view(slack, arguments)
    if view is None:
        raise SlackError("not_found")
    if "hash" in arguments and arguments["hash"] != view.hash:
        raise SlackError("hash_conflict")
    slack.screens.replace(view, checked_view(slack, arguments["view"], view.kind, replacing=view))
    return _answer(slack, view)


def _open_view(slack: "SlackStandIn", arguments: Arguments) -> View | None:
    for view in slack.workspace.views():
        if view.id == arguments.get("view_id"):
            return view
        if "external_id" in arguments and view.definition.get("external_id") == arguments["external_id"]:
            return view
    return None


@method("views.publish", required="view user_id", optional="hash", tier=4, decoded="view")
async def publish_view(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Set somebody's App Home tab; raises ``SlackError``: not_enabled where the manifest has none."""
    if not slack.registration.has_home:
        raise SlackError("not_enabled")
    user = arguments.user(slack, "user_id")
    home = slack.workspace.homes.get(user.id)
    if "hash" in arguments and (home is None or arguments["hash"] != home.hash):
        raise SlackError("hash_conflict")
    view = checked_view(slack, arguments["view"], "home", replacing=home)
    return _answer(slack, slack.screens.publish(user.id, view))
