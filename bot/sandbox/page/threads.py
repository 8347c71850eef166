"""Threads of a channel, gathered once for a look at the page instead of searched for at each message."""

from collections import defaultdict

from bot.sandbox.slack.model import Channel, Message
from bot.sandbox.slack.workspace import Workspace


class Threads:
    """What hangs under each message of ``channel``, as the person ``me`` is told of it."""

    def __init__(self, workspace: Workspace, channel: Channel, me: str) -> None:
        groups = {key for key, group in workspace.usergroups.items() if me in group.members}
        self._me = me
        self._calls = {me, "channel", "here", "everyone"} | groups
        self._is_im = channel.is_im
        self._replies: dict[str, list[Message]] = defaultdict(list)
        for message in workspace.messages[channel.id].values():
            if message.is_reply and not message.deleted:
                self._replies[message.thread_ts or ""].append(message)

    def under(self, root: Message) -> list[Message]:
        """The replies under a message, oldest first."""
        return [] if root.is_reply or root.is_ephemeral else self._replies.get(root.ts, [])

    def told(self, root: Message) -> list[Message]:
        """The replies Slack tells them of: those that call them, and those that follow on their taking part."""
        takes_part = self._takes_part(root)
        told = []
        for reply in self.under(root):
            if reply.user != self._me and (takes_part or self._is_im or self._calls & set(reply.pings)):
                told.append(reply)
            takes_part = takes_part or self._takes_part(reply)
        return told

    def mine(self, root: Message) -> bool:
        """Whether the thread is on their list: they were told of something in it, or spoke in it."""
        return bool(self.told(root)) or any(reply.user == self._me for reply in self.under(root))

    def _takes_part(self, message: Message) -> bool:
        return message.user == self._me or self._me in message.pings
