"""Everything one person sees, gathered for the templates."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.sandbox.page.mrkdwn import Reader
from bot.sandbox.page.reading import ReadMarks
from bot.sandbox.page.rows import Author, Footer, Row, author, drawn_footer, in_channel, in_thread, rows
from bot.sandbox.page.threads import Threads
from bot.sandbox.page.where import Where
from bot.sandbox.page.writing import as_typed
from bot.sandbox.slack import Person, SlackStandIn
from bot.sandbox.slack.model import Channel, Message, View
from bot.sandbox.slack.registration import Command, Shortcut

_AT_ONCE = 50
"""Messages of a channel shown at first, and added each time earlier ones are asked for."""

_BOTS_TABS = ("home", "about")
_TIMESTAMP = re.compile(r"\d{1,12}(\.\d{1,9})?")


@dataclass(frozen=True)
class Place:
    """A line of the sidebar; ``since`` is up to where it was read, "" where all of it was."""

    channel: Channel
    unread: bool
    mentions: int
    since: str = ""


@dataclass(frozen=True)
class ThreadCard:
    """A thread on the list of threads."""

    channel: Channel
    root: Row
    replies: list[Row]
    unread: bool


class Screen:
    """The workspace as ``where.person`` sees it; ``where`` is mended to a place that exists and is theirs."""

    def __init__(self, slack: SlackStandIn, marks: ReadMarks, where: Where) -> None:
        self._slack = slack
        self._marks = marks
        self._gathered: dict[str, Threads] = {}
        self.workspace = slack.workspace
        self.people = [each for each in self.workspace.users.values() if not each.is_bot and not each.deleted]
        known = {each.id for each in self.people}
        where = where.moved(person=where.person if where.person in known else self.people[0].id)
        self.person: Person = slack.person(where.person)
        self.user = self.person.user
        self.where = self._mended(where)
        self.reader = Reader(
            user_id=self.user.id,
            now=datetime.fromtimestamp(slack.now(), UTC).astimezone(ZoneInfo(self.user.tz)),
            name_of=self.workspace.name_of,
            channel_url=lambda channel: self.where.url(channel=channel, thread="", tab=""),
            inside=lambda url: self.where.inside(url, self.workspace),
        )

    def _mended(self, where: Where) -> Where:
        mine = self.person.channels()
        if where.channel not in {each.id for each in mine}:
            first = next((each.id for each in mine if not each.is_im), self.workspace.open_dm(self.user).id)
            where = where.moved(channel=first, thread="", tab="" if where.tab in _BOTS_TABS else where.tab)
        if where.thread and where.thread not in self.workspace.messages[where.channel]:
            where = where.moved(thread="")
        if not where.earlier.isdecimal():
            where = where.moved(earlier="")
        if not _TIMESTAMP.fullmatch(where.since):
            where = where.moved(since="")
        if where.tab in _BOTS_TABS and not self.workspace.channels[where.channel].is_im:
            where = where.moved(tab="")
        return where

    # The sidebar

    @cached_property
    def places(self) -> list[Place]:
        """Their channels, in the order they were made."""
        channels = [each for each in self.person.channels() if not each.is_im and not each.is_archived]
        return [self._place(each) for each in channels]

    @cached_property
    def app(self) -> Place:
        """The direct message with the bot."""
        return self._place(self.workspace.open_dm(self.user))

    def _place(self, channel: Channel) -> Place:
        read = self._marks.up_to(self.user.id, channel.id)
        news = [each for each in self.workspace.roots(channel) if float(each.ts) > read and each.user != self.user.id]
        mentions = sum(self.person.notified_of(each) for each in news)
        return Place(channel, bool(news), mentions, f"{read:f}" if news else "")

    @property
    def calls(self) -> int:
        """How much of what is new calls them: mentions, direct messages and threads of theirs."""
        threads = sum(each.unread for each in self.threads)
        return sum(each.mentions for each in [*self.places, self.app]) + threads

    @cached_property
    def threads(self) -> list[ThreadCard]:
        """The threads Slack tells them of, newest first."""
        cards = [card for place in [*self.places, self.app] for card in self._cards(place.channel)]
        return sorted(cards, key=lambda card: float(card.replies[-1].message.ts), reverse=True)

    def _cards(self, channel: Channel) -> list[ThreadCard]:
        threads = self._threads(channel)
        mine = [root for root in in_channel(self.workspace, channel, threads) if threads.mine(root)]
        return [
            ThreadCard(
                channel, self._rows([root])[0], self._rows(threads.under(root)[-3:]), self._has_news(threads, root)
            )
            for root in mine
        ]

    def _has_news(self, threads: Threads, root: Message) -> bool:
        read = self._marks.up_to(self.user.id, _thread_place(root))
        return any(float(each.ts) > read for each in threads.told(root))

    def _threads(self, channel: Channel) -> Threads:
        if channel.id not in self._gathered:
            self._gathered[channel.id] = Threads(self.workspace, channel, self.user.id)
        return self._gathered[channel.id]

    # Channel and thread

    @cached_property
    def channel(self) -> Channel:
        """Where they are."""
        return self.workspace.channels[self.where.channel]

    @cached_property
    def channel_name(self) -> str:
        """What the channel is called, or who the direct message is with."""
        return self.workspace.bot.real_name if self.channel.is_im else self.channel.name

    @cached_property
    def rows(self) -> list[Row]:
        """What stands in the channel: the newest of it, and as much more as was asked for."""
        shown = self._in_channel[-self._shown :]
        return rows(self.workspace, shown, self.reader, self._footer, first_new=self._first_new)

    @property
    def _first_new(self) -> Message | None:
        """The first message that was new to them when they came."""
        since = float(self.where.since or "inf")
        new = (each for each in self._in_channel if float(each.ts) > since and each.user != self.user.id)
        return next((each for each in new if not each.is_ephemeral), None)

    @property
    def members(self) -> list[Author]:
        """Who is in the channel, people before apps."""
        return sorted((self.author(each) for each in self.channel.members), key=lambda each: each.is_app)

    @property
    def has_earlier(self) -> bool:
        """Whether there is more than is shown."""
        return len(self._in_channel) > self._shown

    @property
    def earlier_url(self) -> str:
        """Where more of the channel is shown."""
        return self.where.url(earlier=str(self._shown // _AT_ONCE))

    @property
    def _shown(self) -> int:
        return _AT_ONCE * (1 + int(self.where.earlier or 0))

    @cached_property
    def _in_channel(self) -> list[Message]:
        ephemerals = self.person.ephemerals(self.channel)
        return in_channel(self.workspace, self.channel, self._threads(self.channel), ephemerals)

    @cached_property
    def root(self) -> Message | None:
        """The message whose thread is open."""
        return self.workspace.messages[self.where.channel].get(self.where.thread)

    @cached_property
    def thread_rows(self) -> list[Row]:
        """The open thread, beginning with its root; empty where none is open."""
        if self.root is None:
            return []
        replies = in_thread(self._threads(self.channel), self.root, self.person.ephemerals(self.channel))
        return [*self._rows([self.root]), *self._rows(replies)]

    def _rows(self, messages: list[Message]) -> list[Row]:
        return rows(self.workspace, messages, self.reader)

    def _footer(self, root: Message) -> Footer | None:
        threads = self._threads(self.channel)
        return drawn_footer(self.workspace, threads.under(root), self.reader, unread=self._has_news(threads, root))

    # Modals and what the app offers

    @property
    def modals(self) -> list[View]:
        """The open modals, the top one last."""
        return self._slack.screens.stack(self.user.id)

    @property
    def commands(self) -> list[Command]:
        """The slash commands, by name."""
        return sorted(self._slack.registration.commands.values(), key=lambda each: each.name)

    def shortcuts(self, scope: str) -> list[Shortcut]:
        """The app's ``global`` or ``message`` shortcuts."""
        return [each for each in self._slack.registration.shortcuts if each.scope == scope]

    @property
    def has_home(self) -> bool:
        """Whether the bot has a Home tab to show."""
        return self._slack.registration.has_home and (
            self.person.home is not None or "app_home_opened" in self._slack.registration.events
        )

    @property
    def about(self) -> str:
        """What the bot says of itself."""
        return self._slack.registration.description

    @property
    def bot(self) -> Author:
        """The bot as messages show it."""
        return author(self.workspace, self.workspace.bot.id)

    def author(self, user_id: str) -> Author:
        """How somebody shows."""
        return author(self.workspace, user_id)

    def may_delete(self, message: Message) -> bool:
        """Whether Slack would let them: their own, and as an admin anybody's."""
        return not message.deleted and not message.is_ephemeral and (message.user == self.user.id or self.user.is_admin)

    def may_edit(self, message: Message) -> bool:
        """Whether Slack would let them: only what they wrote themselves."""
        return not message.deleted and not message.is_ephemeral and not message.blocks and message.user == self.user.id

    def typed(self, message: Message) -> str:
        """What they typed when they wrote it."""
        return as_typed(message.fallback, self._slack)

    def read_it(self) -> None:
        """They have seen what is on the screen; where a small one shows something else, they have not."""
        if self.where.pane:
            return
        if self.where.tab == "threads":
            for card in self.threads:
                self._read_thread(card.root.message)
            return
        if self._in_channel:
            self._marks.note(self.user.id, self.where.channel, self._in_channel[-1].ts)
        if self.root is not None:
            self._read_thread(self.root)

    def _read_thread(self, root: Message) -> None:
        if replies := self._threads(self.workspace.channels[root.channel]).under(root):
            self._marks.note(self.user.id, _thread_place(root), replies[-1].ts)


def _thread_place(root: Message) -> str:
    return f"{root.channel}/{root.ts}"
