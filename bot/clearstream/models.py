"""What Clearstream answers, typed; the names are the document's. See ``reading`` for how liberally it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from bot.clearstream.reading import UNDATED, Dated, Day, Model, Moment
from bot.http.reading import MOST, Count, Id, at_most

Item = TypeVar("Item", bound=Model)

Parts = Annotated[tuple[Item, ...], at_most(MOST)]
"""Things in a list of a thing."""
Number = Annotated[str, Field(max_length=40)]
"""A phone number, or what stands for one: nobody can be texted by a longer one."""


class Plan(Model):
    """What the account pays for; ``cost`` in dollars a month."""

    name: str | None = None
    cost: float | None = None
    credits: Count | None = None
    keywords: Count | None = None


class Total(Model):
    """A count, and for opt-outs also the rate (0 to 1)."""

    total: Count | None = None
    rate: float | None = None


class OptInChart(Model):
    """Opt-ins by day; "Update Account" puts the time zone here, "View Account" beside it."""

    timezone: str | None = None
    day: Annotated[dict[date, Count], at_most(MOST)] = Field(default_factory=dict)


class OptInWeek(Model):
    """Opt-ins of the past seven days."""

    total: Count | None = None
    chart: OptInChart = OptInChart()


class OptIns(Model):
    """How many people joined."""

    past_7_days: OptInWeek = OptInWeek()
    past_month: Total = Total()


class MessageCounts(Model):
    """How many messages were sent."""

    total: Count | None = None
    this_week: Total = Total()
    this_month: Total = Total()
    this_year: Total = Total()


class AccountStats(Model):
    """The account's figures."""

    timezone: str | None = None
    opt_ins: OptIns = OptIns()
    opt_outs: Total = Total()
    messages: MessageCounts = MessageCounts()


class Account(Model):
    """The account ("View Account")."""

    business: str | None = None
    status: str | None = None
    phone: str | None = None
    credits: Count | None = None
    total_subscribers: Count | None = None
    collect_emails: bool | None = None
    next_billing_date: Day = None
    plan: Plan = Plan()
    stats: AccountStats = AccountStats()


class EmailNotifications(Model):
    """What a user is told by e-mail."""

    incoming_reply: bool | None = None
    opt_in: bool | None = None


class User(Model):
    """Somebody who can sign in to the account ("View All Users")."""

    email: str
    name: str | None = None
    email_notifications: EmailNotifications = EmailNotifications()
    timezone: str | None = None
    owner: bool | None = None


class ListRef(Model):
    """A list as other things name it."""

    id: Id
    name: str | None = None


class List(ListRef):
    """A list of subscribers ("View All Lists")."""

    subscriber_count: Count | None = None


class Subscriber(Model):
    """A person with a phone number ("View All Subscribers").

    ``mobile_number`` is E.164, empty where the answer names none. ``lists`` is empty where they are not told: in
    conversations and in the subscribers of a list.
    """

    mobile_number: Number = ""
    status: str | None = None
    first: str | None = None
    last: str | None = None
    email: str | None = None
    lists: Parts[ListRef] = ()

    @property
    def name(self) -> str | None:
        """First and last name, as far as they are known."""
        return " ".join(part.strip() for part in (self.first, self.last) if part and part.strip()) or None


class Text(Model):
    """The words of a message or an automatic answer."""

    header: str | None = None
    body: str | None = None


class Autoresponse(Model):
    """What a keyword answers by itself; ``setting`` is ALWAYS, FIRST or NEW."""

    enabled: bool | None = None
    text: Text = Text()
    setting: str | None = None


class OptIn(Model):
    """Which lists a keyword puts people on."""

    enabled: bool | None = None
    lists: Parts[ListRef] = ()


class KeywordStats(Model):
    """How many joined by a keyword."""

    opt_ins: Total = Total()


class Keyword(Model):
    """A word people text to a number ("View All Keywords")."""

    name: str
    shortcode: str | None = None
    autoresponse: Autoresponse = Autoresponse()
    opt_in: OptIn = OptIn()
    stats: KeywordStats = KeywordStats()


class MessageStats(Model):
    """What became of a message; ``throughput`` in texts a second."""

    recipients: Count | None = None
    failures: Count | None = None
    throughput: float | None = None
    replies: Count | None = None
    opt_outs: Count | None = None


class SocialPost(Model):
    """A message's post on one social network."""

    enabled: bool | None = None
    id: str | int | None = None
    url: str | None = None


class Social(Model):
    """A message's posts on social networks."""

    twitter: SocialPost = SocialPost()
    facebook: SocialPost = SocialPost()


class Message(Model):
    """One text to many, or to one by number ("View All Messages")."""

    id: Id
    status: str | None = None
    sent_at: Moment = None
    completed_at: Moment = None
    text: Text = Text()
    lists: Parts[ListRef] = ()
    stats: MessageStats = MessageStats()
    social: Social = Social()

    @property
    def seconds(self) -> float | None:
        """How long sending took; 0 where the answer says it ended before it began."""
        if self.sent_at is None or self.completed_at is None:
            return None
        return max((self.completed_at - self.sent_at).total_seconds(), 0.0)

    def is_scheduled(self, now: datetime) -> bool:
        """Whether it waits for its time: the status of such a message is not documented, a time to come tells."""
        return self.status not in ("QUEUED", "SENT") and self.sent_at is not None and self.sent_at > now


class ReplyUser(Model):
    """Who sent a text from Clearstream; with an API key always the account's owner."""

    id: Id | None = None
    name: str | None = None
    email: str | None = None


class Reply(Model):
    """One text of a conversation, in or out ("View a Thread's Replies"); ``status`` can be a failure."""

    id: Id
    incoming: bool
    text: str = ""
    status: str | None = None
    user: ReplyUser | None = None
    sent_at: Dated = UNDATED


class Thread(Model):
    """A conversation: all texts with one number ("View All Threads").

    ``recent_replies`` is newest first and may be only a part of ``reply_count``; ``replied_at`` need not be the
    newest reply's time.
    """

    id: Id
    unread: bool | None = None
    reply_count: Count | None = None
    replied_at: Moment = None
    subscriber: Subscriber = Subscriber()
    recent_replies: Parts[Reply] = ()


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a listing. Its numbers are what the service says; only an empty page is certainly past the end.

    ``unread`` comes with threads, ``available`` (how many more there may be) with keywords; ``date`` is the server's
    clock, in UTC, when it answered.
    """

    items: tuple[Item, ...]
    count: int | None = None
    total: int | None = None
    current_page: int | None = None
    pages: int | None = None
    limit: int | None = None
    unread: int | None = None
    available: int | None = None
    date: datetime | None = None

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def more_after(self, number: int, size: int) -> bool:
        """Whether more follow it, the page ``number`` of ``size``; one on it that cannot be read does not hide them."""
        if self.total is None:
            return len(self) == size
        return len(self) > 0 and self.total > number * size


ListPage = Page[List]
SubscriberPage = Page[Subscriber]
KeywordPage = Page[Keyword]
MessagePage = Page[Message]
ThreadPage = Page[Thread]
ReplyPage = Page[Reply]
