"""What somebody sees at their Slack."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.sandbox.slack.controls import controls
from bot.sandbox.slack.model import Channel, Message, Surface, User, View

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

Where = Channel | str
"""A channel, its id, or its name with or without ``#``."""


class Sight:
    """One user's eyes; ``notices`` are the sentences Slack itself showed when the app did not answer."""

    def __init__(self, slack: "SlackStandIn", user_id: str) -> None:
        self._slack = slack
        self._user_id = user_id
        self.notices: list[str] = []

    @property
    def user(self) -> User:
        """Who it is."""
        return self._slack.workspace.users[self._user_id]

    def channels(self) -> list[Channel]:
        """The channels they are in, and their direct message with the bot; archived ones too."""
        there = self._slack.workspace.channels.values()
        return [each for each in there if self._user_id in each.members and not each.deleted]

    def messages(self, channel: Where) -> list[Message]:
        """What stands in a channel itself, oldest first (threads are under their roots)."""
        return self._slack.workspace.roots(self._channel(channel))

    def thread(self, message: Message) -> list[Message]:
        """The replies under a message, oldest first, without the message itself."""
        return self._slack.workspace.replies(message)

    def ephemerals(self, channel: Where | None = None) -> list[Message]:
        """What only they see, oldest first; in one channel or everywhere."""
        wanted = None if channel is None else self._channel(channel).id
        mine = [each for each in self._slack.workspace.ephemerals if each.only_for == self._user_id]
        return [each for each in mine if wanted in {None, each.channel}]

    def dm(self) -> list[Message]:
        """Their direct messages with the bot, oldest first."""
        return self._slack.workspace.roots(self._slack.workspace.open_dm(self._user_id))

    @property
    def modal(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self._slack.screens.stack(self._user_id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The bot's Home tab, if it published one."""
        return self._slack.workspace.homes.get(self._user_id)

    def visible(self) -> list[Message]:
        """Every message they could press something in, newest first, ephemeral ones too."""
        inside = {channel.id for channel in self.channels()}
        there = [each for key in inside for each in self._slack.workspace.messages[key].values() if not each.deleted]
        return sorted([*there, *self.ephemerals()], key=lambda each: float(each.ts), reverse=True)

    def text(self) -> str:
        """Everything they see, as words: modal, Home tab, then messages with the newest first."""
        parts = [surface.text() for surface in (self.modal, self.home) if surface]
        return "\n---\n".join([*parts, *(message.text() for message in self.visible()), *self.notices])

    def notified_of(self, message: Message) -> bool:
        """Whether Slack would tell them: mentioned, in a direct message, or part of the thread."""
        mentioned = {self._user_id, "channel", "here", "everyone"}
        groups = {key for key, group in self._slack.workspace.usergroups.items() if self._user_id in group.members}
        if message.user == self._user_id or self._user_id not in self._channel(message.channel).members:
            return False
        if set(message.pings) & (mentioned | groups) or self._channel(message.channel).is_im:
            return True
        root = self._slack.workspace.messages[message.channel].get(message.thread_ts or "")
        if not message.is_reply or root is None:
            return False
        earlier = [root, *(each for each in self.thread(root) if float(each.ts) < float(message.ts))]
        return any(each.user == self._user_id or self._user_id in each.pings for each in earlier)

    def buttons(self, on: Surface) -> list[str]:
        """The words on the buttons of a surface, in reading order."""
        return [each.label for each in controls(on) if each.kind == "button"]

    def _channel(self, channel: Where) -> Channel:
        return self._slack.workspace.channel(channel)

    def _surfaces(self, on: Surface | None) -> Iterable[Surface]:
        if on is not None:
            return [on]
        first: list[Surface] = [surface for surface in (self.modal,) if surface]
        last: list[Surface] = [surface for surface in (self.home,) if surface]
        return [*first, *self.visible(), *last]

    def _seen(self, on: Surface | None) -> str:
        return on.text() if on is not None else self.text()
