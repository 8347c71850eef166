"""How things look on the wire: messages, users, channels, views as Slack writes them. Pure functions of the model."""

import copy
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.slack.model import Channel, File, Json, Message, User, Usergroup, View
from bot.sandbox.slack.workspace import Workspace


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as ``conversations.history`` and interaction payloads hold it."""
    body: Json = {"type": "message", "user": message.user, "text": message.fallback, "ts": message.ts}
    if message.by_app:
        body |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id, "bot_profile": bot_profile(workspace)}
    else:
        body["client_msg_id"] = f"00000000-0000-4000-8000-{message.ts.replace('.', '')[-12:]}"
    body["team"] = workspace.team_id
    if message.blocks:
        body["blocks"] = copy.deepcopy(message.blocks)
    if message.files:
        body["files"] = [file_json(workspace, workspace.files[each]) for each in message.files]
        body |= {} if message.by_app else {"subtype": "file_share", "upload": False}
    if message.edited:
        body["edited"] = {"user": message.edited_by or message.user, "ts": message.edited}
    if message.metadata:
        body["metadata"] = message.metadata if with_metadata else {"event_type": message.metadata["event_type"]}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    return body | _thread_part(workspace, message)


def _thread_part(workspace: Workspace, message: Message) -> Json:
    if message.is_reply:
        root = workspace.messages[message.channel].get(message.thread_ts or "")
        part: Json = {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else ""}
        return part | ({"subtype": "thread_broadcast"} if message.broadcast else {})
    if message.is_ephemeral or not (replies := workspace.replies(message)):
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(people),
        "latest_reply": replies[-1].ts, "reply_users": people, "is_locked": False, "subscribed": False,
    }  # fmt: skip


def bot_profile(workspace: Workspace) -> Json:
    """The bot as messages name it."""
    return {
        "id": workspace.bot_id, "deleted": False, "name": workspace.bot.name, "updated": 0,
        "app_id": workspace.app_id, "icons": icons(), "team_id": workspace.team_id,
    }  # fmt: skip


def icons() -> Json:
    """Picture addresses of the bot."""
    return {f"image_{size}": f"https://avatars.example.test/bot_{size}.png" for size in (36, 48, 72)}


def user_json(workspace: Workspace, user: User) -> Json:
    """A user as ``users.info`` gives them."""
    offset = datetime.now(ZoneInfo(user.tz)).utcoffset()
    name = {"real_name": user.real_name, "real_name_normalized": user.real_name}
    display = {"display_name": user.name, "display_name_normalized": user.name}
    return {
        "id": user.id, "team_id": user.team_id or workspace.team_id, "name": user.name, "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.real_name, "tz": user.tz, "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "title": "", "phone": "", "skype": "", **name, **display, "status_text": "", "status_emoji": "",
            "status_expiration": 0, "avatar_hash": "0", "email": user.email, "first_name": user.real_name.split()[0],
            "last_name": " ".join(user.real_name.split()[1:]), "team": workspace.team_id,
            **{f"image_{s}": f"https://avatars.example.test/{user.id}_{s}.png" for s in (24, 32, 48, 72, 192, 512)},
        },
        "is_admin": user.is_admin, "is_owner": user.is_owner, "is_primary_owner": user.is_owner,
        "is_restricted": False, "is_ultra_restricted": False, "is_bot": user.is_bot, "is_app_user": False,
        "updated": 0, "is_email_confirmed": True, "who_can_share_contact_card": "EVERYONE",
    }  # fmt: skip


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation as ``conversations.info`` gives it."""
    body: Json = {
        "id": channel.id, "created": channel.created, "is_archived": channel.is_archived, "is_im": channel.is_im,
        "is_org_shared": False, "context_team_id": workspace.team_id, "updated": channel.created * 1000,
    }  # fmt: skip
    if channel.is_im:
        person = next(each for each in channel.members if each != workspace.bot.id)
        return body | {"user": person, "is_user_deleted": workspace.users[person].deleted, "priority": 0}
    note = {"value": "", "creator": "", "last_set": 0}
    return body | {
        "name": channel.name, "name_normalized": channel.name, "is_channel": not channel.is_private,
        "is_group": channel.is_private, "is_mpim": False, "is_private": channel.is_private, "is_general": False,
        "unlinked": 0, "is_shared": False, "is_ext_shared": False, "is_pending_ext_shared": False,
        "pending_shared": [], "pending_connected_team_ids": [], "shared_team_ids": [workspace.team_id],
        "creator": channel.creator, "is_member": workspace.bot.id in channel.members,
        "topic": note | {"value": channel.topic}, "purpose": note, "previous_names": [],
    }  # fmt: skip


def usergroup_json(workspace: Workspace, group: Usergroup) -> Json:
    """A user group as ``usergroups.list`` gives it."""
    return {
        "id": group.id, "team_id": workspace.team_id, "is_usergroup": True, "name": group.name, "description": "",
        "handle": group.handle, "is_external": False, "date_create": 0, "date_update": 0,
        "date_delete": 1 if group.disabled else 0, "auto_type": None, "created_by": "", "updated_by": "",
        "deleted_by": None, "prefs": {"channels": [], "groups": []}, "user_count": len(group.members),
    }  # fmt: skip


def file_json(workspace: Workspace, file: File) -> Json:
    """A file as messages and ``files.completeUploadExternal`` give it; ``url_private`` needs the bot's token."""
    extension = file.name.rpartition(".")[2]
    url = f"{workspace.files_url}{file.id}/{file.name}"
    return {
        "id": file.id, "created": 0, "timestamp": 0, "name": file.name, "title": file.title, "user": file.user,
        "mimetype": "text/csv" if extension == "csv" else "text/plain", "filetype": extension or "text",
        "pretty_type": extension.upper(), "user_team": workspace.team_id, "editable": False, "mode": "hosted",
        "size": len(file.data), "is_external": False, "external_type": "", "is_public": False,
        "public_url_shared": False, "display_as_bot": False, "username": "", "url_private": url,
        "url_private_download": url, "permalink": url, "file_access": "visible", "channels": file.shared_in,
    }  # fmt: skip


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as ``views.*`` answer it and payloads hold it."""
    given = copy.deepcopy(view.definition)
    modal = {"clear_on_close": False, "notify_on_close": False, "submit": None, "close": None, "title": None}
    return {
        "id": view.id, "team_id": workspace.team_id, "private_metadata": "", "callback_id": "", "external_id": "",
        **modal, **given, "state": {"values": copy.deepcopy(view.state)}, "hash": view.hash,
        "root_view_id": view.root_id, "previous_view_id": view.previous_id, "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id, "bot_id": workspace.bot_id,
    }  # fmt: skip


def settled(workspace: Workspace, blocks: Iterable[Json]) -> list[Json]:
    """Blocks as Slack keeps them: ids where the app gave none, defaults spelled out."""
    kept: list[Json] = copy.deepcopy(list(blocks))
    for block in kept:
        block.setdefault("block_id", workspace.new_id("b"))
        _fill(workspace, block)
    return kept


_INTERACTIVE = ("button", "overflow", "checkboxes", "radio_buttons")


def _fill(workspace: Workspace, part: Any) -> None:
    if isinstance(part, list):
        for each in part:
            _fill(workspace, each)
    elif isinstance(part, dict):
        kind = str(part.get("type", ""))
        if kind == "plain_text":
            part.setdefault("emoji", True)
        elif kind == "mrkdwn":
            part.setdefault("verbatim", False)
        elif kind in _INTERACTIVE or kind.endswith(("_select", "_input", "picker")):
            part.setdefault("action_id", workspace.new_id("a"))
        elif kind == "card":
            part.setdefault("block_id", workspace.new_id("b"))
        for value in part.values():
            _fill(workspace, value)
