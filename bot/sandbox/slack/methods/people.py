"""``users.*``, ``usergroups.*``, ``team.info``, ``bots.info``, ``auth.test``, ``api.test``."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods.registry import Arguments, method, page
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.payloads import bot_profile, user_json, usergroup_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn


@method("api.test", optional="error foo", tier=0)
async def api_test(_slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Says back what it was told."""
    if error := arguments.text("error"):
        raise SlackError(error, args=dict(arguments))
    return {"args": dict(arguments)}


@method("auth.test", optional="team_id", tier=0)
async def auth_test(slack: "SlackStandIn", _arguments: Arguments) -> Json:
    """Who the token belongs to."""
    workspace = slack.workspace
    return {
        "url": f"https://{workspace.domain}.example.test/", "team": workspace.name, "user": workspace.bot.name,
        "team_id": workspace.team_id, "user_id": workspace.bot.id, "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }  # fmt: skip


@method("team.info", optional="team domain", scopes="team:read")
async def team_info(slack: "SlackStandIn", _arguments: Arguments) -> Json:
    """The workspace."""
    workspace = slack.workspace
    url = f"https://{workspace.domain}.example.test/"
    team = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain, "url": url}
    icon = {f"image_{size}": f"{url}icon_{size}.png" for size in (34, 44, 68, 88, 102, 132, 230)}
    return {"team": team | {"email_domain": "", "icon": icon | {"image_default": True}, "is_verified": False}}


@method("bots.info", optional="bot team_id", scopes="users:read")
async def bots_info(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """The bot."""
    if arguments.text("bot", slack.workspace.bot_id) != slack.workspace.bot_id:
        raise SlackError("bot_not_found")
    profile = bot_profile(slack.workspace)
    profile.pop("team_id")
    return {"bot": profile | {"user_id": slack.workspace.bot.id}}


@method("users.info", required="user", optional="include_locale", scopes="users:read", tier=4)
async def users_info(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """One person."""
    return {"user": user_json(slack.workspace, arguments.user(slack))}


@method("users.list", optional="limit cursor include_locale team_id", scopes="users:read", tier=2)
async def users_list(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Everybody, bots too."""
    people = [user_json(slack.workspace, user) for user in slack.workspace.users.values()]
    shown, cursor = page(people, arguments, default=1000)
    return {"members": shown, "cache_ts": int(slack.now()), "response_metadata": {"next_cursor": cursor}}


@method(
    "usergroups.list",
    optional="include_count include_disabled include_users team_id",
    scopes="usergroups:read",
    tier=2,
)
async def usergroups_list(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """The user groups."""
    bodies = []
    for group in slack.workspace.usergroups.values():
        if group.disabled and not arguments.flag("include_disabled"):
            continue
        body = usergroup_json(slack.workspace, group)
        bodies.append(body | ({"users": group.members} if arguments.flag("include_users") else {}))
    return {"usergroups": bodies}


@method(
    "usergroups.users.list", required="usergroup", optional="include_disabled team_id", scopes="usergroups:read", tier=2
)
async def usergroups_users(slack: "SlackStandIn", arguments: Arguments) -> Json:
    """Who is in a user group."""
    group = slack.workspace.usergroups.get(arguments.text("usergroup"))
    if group is None or (group.disabled and not arguments.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": group.members}


@method("apps.connections.open", app_token=True, tier=1)
async def connections_open(slack: "SlackStandIn", _arguments: Arguments) -> Json:
    """A single-use address for one Socket Mode connection."""
    return {"url": slack.sockets.ticket()}
