"""The workspace: everything that is there, whoever looks at it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.model import SLACKBOT, Channel, Clock, File, Json, Message, Stored, User, Usergroup, View

Someone = User | str
"""A user, or their id."""


class Workspace:
    """One Slack workspace with one app installed in it.

    ``channels``, ``users`` … are by id; ``messages`` by channel id and then ``ts``, in order.
    Modals live in ``modals`` (a stack per user id, the top one last) and Home tabs in ``homes``.
    """

    def __init__(self, now: Clock, *, name: str = "Sandbox", bot_name: str = "switchboard") -> None:
        self.now = now
        self.name = name
        self.domain = name.lower()
        self.team_id, self.app_id, self.bot_id = "T00000001", "A00000001", "B00000001"
        self.changes = Changes()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, Usergroup] = {}
        self.files: dict[str, File] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: list[Message] = []
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.files_url = ""
        self._count = 0
        self._last_ts = 0
        self.bot = User(id="U0BOT0001", name=bot_name, real_name=bot_name.title(), is_bot=True)
        slackbot = User(id=SLACKBOT, name="slackbot", real_name="Slackbot", is_bot=True)
        self.users = {user.id: user for user in (self.bot, slackbot)}

    # What is made here gets ids and timestamps that never repeat, also when the clock stands still.

    def new_id(self, prefix: str) -> str:
        """A fresh id as Slack writes them: the prefix of its kind and eight characters."""
        self._count += 1
        return f"{prefix}{self._count:08d}"

    def new_ts(self) -> str:
        """A message timestamp, later than every one before."""
        self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_hash(self) -> str:
        """The version of a view, as ``views.update`` compares it."""
        return f"{int(self.now())}.{self.new_id('')}"

    def add_user(self, name: str, real_name: str, *, is_admin: bool = False, tz: str = "America/New_York") -> User:
        """A person; the first admin also owns the workspace."""
        owner = is_admin and not any(user.is_owner for user in self.users.values())
        user = User(id=self.new_id("U"), name=name, real_name=real_name, is_admin=is_admin, is_owner=owner, tz=tz)
        self.users[user.id] = user
        self.changes.note()
        return user

    def add_channel(
        self, name: str, members: Iterable[Someone], *, private: bool = False, bot_is_member: bool = True
    ) -> Channel:
        """A channel with these people in it, and the bot unless told otherwise."""
        inside = [identifier(member) for member in members] + ([self.bot.id] if bot_is_member else [])
        channel = Channel(
            id=self.new_id("C"), name=name, members=inside, created=int(self.now()),
            creator=inside[0] if inside else self.bot.id, is_private=private,
        )  # fmt: skip
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.changes.note()
        return channel

    def add_usergroup(self, handle: str, members: Iterable[Someone], *, name: str = "") -> Usergroup:
        """A user group with these people in it."""
        group = Usergroup(
            id=self.new_id("S"), handle=handle, name=name or handle, members=[identifier(each) for each in members]
        )
        self.usergroups[group.id] = group
        self.changes.note()
        return group

    def open_dm(self, user: Someone) -> Channel:
        """The direct message channel between this person and the bot, made on first use."""
        user_id = identifier(user)
        for channel in self.channels.values():
            if channel.is_im and user_id in channel.members:
                return channel
        channel = Channel(
            id=self.new_id("D"), name="", members=[user_id, self.bot.id], created=int(self.now()), creator=user_id,
            is_im=True,
        )  # fmt: skip
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.changes.note()
        return channel

    def find_channel(self, wanted: Channel | str) -> Channel | None:
        """By object, id, or name with or without ``#``; deleted channels are not found."""
        key = wanted.id if isinstance(wanted, Channel) else wanted
        found = self.channels.get(key) or next(
            (each for each in self.channels.values() if each.name and each.name == key.removeprefix("#")), None
        )
        return None if found is None or found.deleted else found

    def channel(self, wanted: Channel | str) -> Channel:
        """As ``find_channel``, but raises ``KeyError`` where there is none."""
        found = self.find_channel(wanted)
        if found is None:
            raise KeyError(f"no channel {wanted!r}")
        return found

    def name_of(self, identifier: str) -> str:
        """What people call the user, channel, user group or team with this id."""
        if user := self.users.get(identifier):
            return user.real_name
        if channel := self.channels.get(identifier):
            return channel.name
        if group := self.usergroups.get(identifier):
            return group.handle
        return identifier

    def keep(self, message: Message) -> Message:
        """Put a new message where it belongs and tell whoever watches."""
        message.names = self.name_of
        if message.is_ephemeral:
            self.ephemerals.append(message)
        else:
            self.messages[message.channel][message.ts] = message
            if message.thread_ts and message.is_reply:
                self._threads.setdefault((message.channel, message.thread_ts), []).append(message)
        self.changes.note()
        return message

    def dismiss(self, message: Message) -> None:
        """Take an ephemeral message away."""
        self.ephemerals = [each for each in self.ephemerals if each is not message]
        self.changes.note()

    def bot_sees(self, file: File) -> bool:
        """Whether a file was shared where the bot is."""
        return any(self.bot.id in self.channels[channel].members for channel in file.shared_in)

    def message(self, channel: Channel | str, ts: str) -> Message | None:
        """The message that stands there under that ``ts``; deleted ones are not found."""
        found = self.messages.get(channel.id if isinstance(channel, Channel) else channel, {}).get(ts)
        return None if found is None or found.deleted else found

    def replies(self, root: Message) -> list[Message]:
        """What stands in the thread under ``root``, in order; also when the root itself is gone."""
        return [each for each in self._threads.get((root.channel, root.ts), []) if not each.deleted]

    def roots(self, channel: Channel) -> list[Message]:
        """What stands in the channel itself, in order: roots and replies that were also sent to the channel."""
        return [
            each
            for each in self.messages[channel.id].values()
            if not each.deleted and (not each.is_reply or each.broadcast)
        ]

    def views(self) -> Iterator[View]:
        """Every view somebody has before them: open modals and Home tabs."""
        for stack in self.modals.values():
            yield from stack
        yield from self.homes.values()

    # Restarts

    def dump(self) -> Json:
        """All that lasts, as JSON; open modals do not last."""
        return {
            "count": self._count,
            "last_ts": self._last_ts,
            "users": _dumped(self.users.values()),
            "channels": _dumped(self.channels.values()),
            "usergroups": _dumped(self.usergroups.values()),
            "files": _dumped(self.files.values()),
            "messages": _dumped(each for there in self.messages.values() for each in there.values()),
            "ephemerals": _dumped(self.ephemerals),
            "homes": _dumped(self.homes.values()),
        }

    def load(self, data: Json) -> None:
        """Become what ``dump`` saw; everything that is here now is forgotten."""
        self._count, self._last_ts = data["count"], data["last_ts"]
        self.users = {user.id: user for user in map(User.load, data["users"])}
        self.bot = self.users[self.bot.id]
        self.channels = {channel.id: channel for channel in map(Channel.load, data["channels"])}
        self.usergroups = {group.id: group for group in map(Usergroup.load, data["usergroups"])}
        self.files = {file.id: file for file in map(File.load, data["files"])}
        self.messages = {channel: {} for channel in self.channels}
        self.ephemerals, self.homes, self.modals, self._threads = [], {}, {}, {}
        for message in map(Message.load, [*data["messages"], *data["ephemerals"]]):
            self.keep(message)
        for view in map(View.load, data["homes"]):
            view.names = self.name_of
            self.homes[view.user] = view
        self.changes.note()


def identifier(person: Someone) -> str:
    """The id of a person given as such or as their id."""
    return person if isinstance(person, str) else person.id


def _dumped(things: Iterable[Stored]) -> Sequence[dict[str, Any]]:
    return [thing.dump() for thing in things]
