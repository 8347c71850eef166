"""What a fresh sandbox holds: a workspace with three people, and a text line with its customers and their past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import File, Message

INBOX = "texts"
CALLS = "calls"
BROADCASTS = "broadcasts"
SENDERS = ("alice", "carol")
"""Who may send broadcasts, and approve each other's."""

_READERS = 2000
_CREDITS = 12_000
_JOINED = (9, 14, 6, 11, 23, 17, 8)
"""How many joined on each of the last days, the oldest first."""


class SandboxClock:
    """Real time, except while the past is being told."""

    def __init__(self) -> None:
        self._told: datetime | None = None

    def now(self) -> datetime:
        """Aware UTC."""
        return self._told or datetime.now(UTC)

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self.now().timestamp()

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Within this it is that moment."""
        self._told = moment
        try:
            yield
        finally:
            self._told = None


_PEOPLE = (
    ("+12005551000", "Maria", "Lopez", ("Regulars",)),
    ("+12005551001", "James", "Okafor", ("Regulars", "Lunch deals")),
    ("+12005551002", "Priya", "Natarajan", ("Lunch deals",)),
    ("+12005551003", "Tom", "Fischer", ("Regulars",)),
    ("+12005551004", "Aiko", "Tanaka", ("Regulars", "Events")),
    ("+12005551005", "Daniel", "Weiss", ("Lunch deals",)),
    ("+12005551006", "Fatima", "Haddad", ("Events",)),
    ("+12005551007", "Lucas", "Moreau", ("Events", "Lunch deals")),
    ("+12005551008", "Grace", "Kim", ("Regulars",)),
    ("+12005551009", "Oliver", "Brown", ("Regulars",)),
    ("+12005551010", "Sofia", "Rossi", ("Events",)),
    ("+12005551011", None, None, ("Lunch deals",)),
)
"""The subscribers: number, names, lists."""

_PAST: tuple[tuple[str, float, str, str], ...] = (
    ("+12005551003", 70.0, "in", "Hello, do you have gluten free soy sauce?"),
    ("+12005551003", 69.8, "out", "Hi Tom, we do! Just tell your server and we bring tamari."),
    ("+12005551003", 69.7, "in", "Perfect, thank you"),
    ("+12005551004", 46.0, "in", "Can we book the back room for 14 people on the 12th?"),
    ("+12005551004", 45.5, "out", "Yes, it is yours from 7 pm. Shall we plan the omakase menu?"),
    ("+12005551004", 45.2, "in", "Omakase sounds great."),
    ("+12005551008", 26.0, "in", "Is the spicy tuna roll back on the menu?"),
    ("+12005551008", 25.9, "out", "It is back since Monday!"),
    ("+12005551001", 5.5, "in", "I left a grey scarf at table 9 last night, did you find it?"),
    ("+12005551006", 2.2, "in", "How many people fit on the terrace?"),
    ("+12005551006", 2.1, "in", "It is for a birthday in June"),
)
"""Texts before the bot came: number, hours ago, direction, words; who wrote last and was not answered is unread."""

_ANSWERED = ("+12005551003", "+12005551004", "+12005551008")

_CHATTER = (
    (27.0, "alice", "Morning all! The terrace opens on Saturday :sushi:"),
    (26.8, "bob", "Nice, I will put it on the answering machine and in our texts."),
    (3.0, "alice", "From today every text to our line lands in <#{texts}>. Press *Reply* there to answer."),
    (2.95, "alice", "And calls land in <#{calls}>. Looking for somebody who knows? `/expert search pricing`."),
    (
        2.92,
        "alice",
        "One text to many: `/sms broadcast`. Carol and I may send; large ones the other approves, in <#{broadcasts}>.",
    ),
    (2.9, "carol", "I am on the floor all day, shout if you need me in there."),
)
"""What was said in #general: hours ago, who, words."""

_GUESTS = """First name,Last name,Mobile,E-mail
Nora,Lindqvist,(200) 555-1100,nora@example.com
Samuel,Adeyemi,200-555-1101,
Nora,,+1 200 555 1100,
Maria,Lopez,+12005551000,maria@example.com
Henri,,12,
"""
"""A file shared in #broadcasts."""


def furnish_line(line: ClearstreamStandIn, clock: SandboxClock) -> None:
    """Give the line its lists, keyword, users, subscribers and the texts of the last days."""
    lists = {name: line.add_list(name).id for name in ("Regulars", "Lunch deals", "Events", "Newsletter")}
    line.state.account.credits = _CREDITS
    line.state.account.next_billing_date = (clock.now().replace(day=1) + timedelta(days=32)).replace(day=1).date()
    line.add_keyword("LUNCH", lists=[lists["Lunch deals"]], autoresponse=("Blue Sushi", "Lunch deals it is!"))
    line.add_user("Alice Admin", "alice@blue.sushi")
    for number, first, last, names in _PEOPLE:
        line.add_subscriber(number, first, last, lists=[lists[name] for name in (*names, "Newsletter")])
    for reader in range(_READERS - len(_PEOPLE)):
        line.add_subscriber(f"+1200556{reader:04d}", lists=[lists["Newsletter"]])
    now = clock.now()
    for ago, count in enumerate(reversed(_JOINED)):
        line.state.opt_ins += [now - timedelta(days=ago, minutes=minute) for minute in range(count)]
    for number, hours, direction, words in _PAST:
        with clock.at(now - timedelta(hours=hours)):
            if direction == "in":
                line.receive(number, words)
            else:
                line.site_reply(line.thread_id(number) or 0, words)
        with clock.at(now - timedelta(hours=hours) + timedelta(minutes=1)):
            line.settle()
    for number in _ANSWERED:
        line.site_read(line.thread_id(number) or 0)


def furnish_workspace(slack: SlackStandIn, clock: SandboxClock, zone: str) -> None:
    """Give the workspace its people, in the time zone ``zone``, and channels with some talk in them."""
    workspace = slack.workspace
    alice = workspace.add_user("alice", "Alice Admin", is_admin=True, tz=zone)
    bob = workspace.add_user("bob", "Bob Baker", tz=zone)
    carol = workspace.add_user("carol", "Carol Chen", tz=zone)
    texts = workspace.add_channel(INBOX, [alice, bob])
    texts.topic = "Every text to our line. Reply from here."
    calls = workspace.add_channel(CALLS, [alice, bob])
    calls.topic = "Calls somebody wants from us, and those we asked for. Connect from here."
    broadcasts = workspace.add_channel(BROADCASTS, [alice, bob, carol])
    broadcasts.topic = "One text to many. Large ones are approved here, and each is followed to its last reply."
    general = workspace.add_channel("general", [alice, bob, carol], bot_is_member=False)
    general.topic = "Announcements and everything else"
    for person in (alice, bob, carol):
        workspace.open_dm(person)
    now = clock.now()
    ids = {user.name: user.id for user in (alice, bob, carol)}
    for hours, name, words in _CHATTER:
        with clock.at(now - timedelta(hours=hours)):
            said = words.format(texts=texts.id, calls=calls.id, broadcasts=broadcasts.id)
            workspace.keep(Message(channel=general.id, ts=workspace.new_ts(), user=ids[name], fallback=said))
    with clock.at(now - timedelta(hours=2)):
        _share_guests(slack, alice.id, broadcasts.id)


def _share_guests(slack: SlackStandIn, who: str, where: str) -> None:
    workspace = slack.workspace
    guests = File(id=workspace.new_id("F"), name="guests.csv", title="guests.csv", user=who, content=_GUESTS)
    guests.uploaded, guests.shared_in = True, [where]
    workspace.files[guests.id] = guests
    words = "Who signed up at the tasting. On this message: ⋯ → *Import subscribers*."
    workspace.keep(Message(channel=where, ts=workspace.new_ts(), user=who, fallback=words, files=[guests.id]))
