"""What somebody with the rights does to the workspace while the bot is at work, and the events it hears of it."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.events import Event
from bot.sandbox.slack.model import Channel, Json, User, Usergroup
from bot.sandbox.slack.payloads import user_json, usergroup_json
from bot.sandbox.slack.workspace import Someone, identifier

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn


class Administration:
    """Archiving, deleting, inviting, removing, changing rights, revoking the token."""

    def __init__(self, slack: "SlackStandIn") -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self.token_revoked = False

    def archive(self, channel: Channel | str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        found = self._workspace.channel(channel)
        found.is_archived = archived
        name = "channel_archive" if archived else "channel_unarchive"
        self._happened(name, {"channel": found.id, "user": found.creator})

    def delete(self, channel: Channel | str) -> None:
        """Delete a channel with all that is in it."""
        found = self._workspace.channel(channel)
        found.deleted = True
        self._happened("channel_deleted", {"channel": found.id})

    def rename(self, channel: Channel | str, name: str) -> None:
        """Give a channel another name."""
        found = self._workspace.channel(channel)
        found.name = name
        self._happened("channel_rename", {"channel": {"id": found.id, "name": name, "created": found.created}})

    def invite(self, channel: Channel | str, person: Someone) -> None:
        """Put somebody, or the bot, into a channel."""
        found = self._workspace.channel(channel)
        if identifier(person) not in found.members:
            found.members.append(identifier(person))
            self._happened("member_joined_channel", self._membership(found, person))

    def remove(self, channel: Channel | str, person: Someone) -> None:
        """Take somebody, or the bot, out of a channel."""
        found = self._workspace.channel(channel)
        found.members = [each for each in found.members if each != identifier(person)]
        self._happened("member_left_channel", self._membership(found, person))

    def _membership(self, channel: Channel, person: Someone) -> Json:
        kind = "G" if channel.is_private else "C"
        team = self._workspace.team_id
        return {"user": identifier(person), "channel": channel.id, "channel_type": kind, "team": team}

    def set_admin(self, user: User, *, is_admin: bool) -> None:
        """Give or take the rights of an administrator."""
        user.is_admin = is_admin
        user.is_owner = user.is_owner and is_admin
        self._happened("user_change", {"user": user_json(self._workspace, user)})

    def set_members(self, group: Usergroup, people: list[Someone]) -> None:
        """Say anew who is in a user group."""
        group.members = [identifier(each) for each in people]
        self._happened("subteam_updated", {"subteam": usergroup_json(self._workspace, group)})

    def revoke_token(self, *, revoked: bool = True) -> None:
        """Take the bot's token away (every call answers ``token_revoked``), or give it back."""
        self.token_revoked = revoked

    def _happened(self, name: str, body: Json) -> None:
        self._workspace.changes.note()
        self._slack.tell(Event(name, {"type": name, **body, "event_ts": self._workspace.new_ts()}))
