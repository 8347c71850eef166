"""The phone on the right: a customer's texts with the line, as their phone shows them."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice

from bot.clearstream.numbers import readable
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.model import ACTIVE, INACTIVE, OPTED_OUT
from bot.sandbox.page.dates import clock, day_name
from bot.sandbox.page.reading import PHONES, ReadMarks


@dataclass(frozen=True)
class Contact:
    """A phone one can take in hand; ``news`` counts texts that arrived unseen."""

    number: str
    shown: str
    name: str
    news: int


@dataclass(frozen=True)
class Bubble:
    """One text; ``day`` stands above it."""

    direction: str
    text: str
    time: str
    day: str


_STANDING = {ACTIVE: "Subscriber", INACTIVE: "Not confirmed yet", OPTED_OUT: "Opted out"}
_AT_HAND = 12
"""Subscribers whose phones can be picked up; of the others only those that have written."""


class Phone:
    """The phones of the sandbox, with ``number`` in hand (the first one where it is no number)."""

    def __init__(self, line: ClearstreamStandIn, marks: ReadMarks, number: str, now: datetime) -> None:
        self._line = line
        self._marks = marks
        self._now = now
        self.contacts = self._contacts(number)
        known = {each.number: each for each in self.contacts}
        self.owner = known.get(number) or self.contacts[0]

    @property
    def business(self) -> str:
        """Whose line it texts with."""
        return self._line.state.account.business

    @property
    def line_number(self) -> str:
        """The line's own number."""
        return readable(self._line.state.account.phone)

    @property
    def about(self) -> str:
        """Who holds the phone, as far as the line knows."""
        who = self._line.state.subscribers.get(self.owner.number)
        if who is None:
            return "Nobody the line knows yet"
        names = [self._line.state.lists[each].name for each in who.lists if each in self._line.state.lists]
        lists = f", on {', '.join(names)}" if names else ""
        return f"{_STANDING.get(who.status, who.status)}{lists}"

    @property
    def bubbles(self) -> list[Bubble]:
        """The texts, oldest first."""
        made: list[Bubble] = []
        zone: tzinfo | None = self._now.tzinfo
        last = None
        for text in self._line.phone(self.owner.number):
            at = text.at.astimezone(zone)
            day = "" if last == at.date() else day_name(at, self._now)
            last = at.date()
            made.append(Bubble(text.direction, text.text, clock(at), day))
        return made

    @property
    def news(self) -> int:
        """How many texts arrived unseen, on all phones."""
        return sum(each.news for each in self.contacts)

    @property
    def others_with_news(self) -> list[Contact]:
        """Phones not in hand on which something arrived unseen."""
        return [each for each in self.contacts if each.news and each.number != self.owner.number]

    def read_it(self) -> None:
        """What is on this phone has been seen."""
        self._marks.note(PHONES, self.owner.number, str(self._arrived(self.owner.number)))

    def _contacts(self, wanted: str) -> list[Contact]:
        subscribers = self._line.state.subscribers
        phones = self._line.state.phones
        written = [number for number, texts in phones.items() if any(text.direction == "sent" for text in texts)]
        numbers = list(dict.fromkeys([*islice(subscribers, _AT_HAND), *written]))
        if wanted and wanted not in numbers:
            numbers.append(wanted)
        return [self._contact(number) for number in numbers]

    def _contact(self, number: str) -> Contact:
        who = self._line.state.subscribers.get(number)
        name = " ".join(part for part in (who.first, who.last) if part) if who else ""
        news = self._arrived(number) - int(self._marks.up_to(PHONES, number))
        return Contact(number, readable(number), name, max(0, news))

    def _arrived(self, number: str) -> int:
        return sum(text.direction == "received" for text in self._line.state.phones.get(number, ()))
