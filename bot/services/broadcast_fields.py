"""What somebody types into **New broadcast**, counted while typing and checked before it is sent. Pure.

The limits are the document's ("Send/Schedule A Message"): header and message together at most 158 of GSM 03.38, to
lists or to numbers and never both. Counts of lists hold people who get nothing (not confirmed, opted out) and people
who are on several lists, so the number of recipients is "at most".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clearstream import sms
from bot.clearstream.numbers import e164
from bot.errors import Invalid

LIMIT = sms.MESSAGE_LIMIT
"""Septets in header and message together."""

MOST_NUMBERS = 1000
"""Numbers in one broadcast: more of them are a list."""

_SEGMENT, _PART = 160, 153
_BETWEEN = len(": ")
_SHOWN_WRONG = 10


@dataclass(frozen=True)
class ListChoice:
    """A list one can choose; ``subscribers`` is None where it is not known how many are on it."""

    id: int
    name: str
    subscribers: int | None = None


@dataclass(frozen=True)
class Fields:
    """What stands in the modal, right or wrong.

    ``numbers`` as typed; ``when`` is aware, and None is now; ``timezone`` is an IANA name, the sender's.
    """

    lists: tuple[int, ...] = ()
    numbers: str = ""
    header: str = ""
    body: str = ""
    when: datetime | None = None
    timezone: str | None = None
    facebook: bool = False
    twitter: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Fields":
        """Fields as they were stored."""
        when = stored.get("when")
        moment = datetime.fromisoformat(when) if when else None
        return cls(**{**stored, "lists": tuple(stored.get("lists", ())), "when": moment})

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        when = self.when.astimezone(UTC).isoformat() if self.when else None
        return {**asdict(self), "lists": list(self.lists), "when": when}


@dataclass(frozen=True)
class Numbers:
    """Numbers as typed: ``right`` in E.164, each once and in their order; a sentence for each that is ``wrong``."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Audience:
    """Whom it reaches. ``recipients`` is None where a list's count is not known; ``overlapping``: on several lists one
    person may stand twice, so there may be fewer.
    """

    recipients: int | None
    overlapping: bool


@dataclass(frozen=True)
class Counted:
    """What the modal says while somebody types. ``strangers``: characters that cannot be sent, each with what could
    stand in its place (None where nothing can, empty to leave it out); ``credits`` is what it takes.
    """

    used: int
    limit: int
    strangers: tuple[tuple[str, str | None], ...]
    audience: Audience
    credits: int | None

    @property
    def over(self) -> int:
        """By how much it is too long."""
        return max(0, self.used - self.limit)


@dataclass(frozen=True)
class Ready:
    """A broadcast that can leave: checked, and whom it reaches."""

    lists: tuple[ListChoice, ...]
    numbers: tuple[str, ...]
    header: str
    body: str
    when: datetime | None
    timezone: str | None
    facebook: bool
    twitter: bool
    audience: Audience
    credits: int | None

    @property
    def line(self) -> str:
        """The text as a phone shows it."""
        return f"{self.header}: {self.body}"

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Ready":
        """One as it was stored."""
        when = stored["when"]
        return cls(
            **{
                **stored,
                "lists": tuple(ListChoice(**one) for one in stored["lists"]),
                "numbers": tuple(stored["numbers"]),
                "when": datetime.fromisoformat(when) if when else None,
                "audience": Audience(**stored["audience"]),
            }
        )

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        when = self.when.astimezone(UTC).isoformat() if self.when else None
        return {**asdict(self), "lists": [asdict(one) for one in self.lists], "numbers": [*self.numbers], "when": when}


def search(lists: Iterable[ListChoice], words: str, limit: int = 100) -> list[ListChoice]:
    """Lists whose name has all of these words in it, those that begin with them first; all of them for no words."""
    wanted = words.casefold().split()
    found = [one for one in lists if all(word in one.name.casefold() for word in wanted)]
    whole = " ".join(wanted)
    found.sort(key=lambda one: (not one.name.casefold().startswith(whole), one.name.casefold(), one.id))
    return found[:limit]


def parse_numbers(typed: str) -> Numbers:
    """Phone numbers as people write and paste them, divided by commas, semicolons or new lines."""
    pieces = [piece.strip() for piece in typed.replace(";", "\n").replace(",", "\n").splitlines()]
    right: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for piece in filter(None, pieces):
        for part in _apart(piece):
            number = e164(part)
            if number is None:
                wrong[f"“{part[:40]}” is not a phone number. Write it like +1 200-555-1000."] = None
            else:
                right[number] = None
    return Numbers(tuple(right), tuple(wrong))


def _apart(piece: str) -> list[str]:
    """Several numbers with nothing but spaces between them; one number that is written with spaces stays whole."""
    if e164(piece) is not None:
        return [piece]
    words = piece.split()
    if len(words) > 1 and all(e164(word) is not None for word in words):
        return words
    begun: list[str] = []
    for word in words:
        if word.startswith("+") or not begun:
            begun.append(word)
        else:
            begun[-1] += f" {word}"
    return begun


def reached(lists: Sequence[ListChoice], numbers: Sequence[str]) -> Audience:
    """How many get it, at most."""
    if numbers and not lists:
        return Audience(len(numbers), overlapping=False)
    counts = [one.subscribers for one in lists]
    known = [count for count in counts if count is not None]
    return Audience(sum(known) if len(known) == len(counts) else None, overlapping=len(lists) > 1)


def segments(header: str, body: str) -> int:
    """In how many pieces a text goes out; what fits the limit goes in one."""
    used = sms.septets(header) + _BETWEEN + sms.septets(body)
    return 1 if used <= _SEGMENT else -(-used // _PART)


def credits_needed(header: str, body: str, recipients: int | None) -> int | None:
    """What it takes of the account: a credit for each piece and person; None where nobody knows how many they are."""
    return None if recipients is None else segments(header, body) * recipients


def counted(fields: Fields, lists: Sequence[ListChoice]) -> Counted:
    """The figures beside what is typed; ``lists`` are the chosen ones (see ``chosen``)."""
    strangers = dict.fromkeys([*sms.not_gsm(fields.header), *sms.not_gsm(fields.body)])
    audience = reached(lists, parse_numbers(fields.numbers).right)
    return Counted(
        used=sms.septets(fields.header) + sms.septets(fields.body),
        limit=LIMIT,
        strangers=tuple((character, sms.suggestions.get(character)) for character in strangers),
        audience=audience,
        credits=credits_needed(fields.header, fields.body, audience.recipients),
    )


def chosen(ids: Sequence[int], lists: Iterable[ListChoice]) -> tuple[ListChoice, ...]:
    """The lists with these ids in their order; one that is not (any more) among ``lists`` without name and count."""
    known = {one.id: one for one in lists}
    return tuple(known.get(identity, ListChoice(identity, f"List {identity}")) for identity in dict.fromkeys(ids))


@dataclass
class _Problems:
    """Sentences by field."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, *sentences: str) -> None:
        if sentences:
            self.fields.setdefault(name, []).extend(sentences)


def checked(fields: Fields, lists: Iterable[ListChoice], now: datetime) -> Ready:
    """What leaves, with nothing wrong in it. ``lists`` are all there are, as last fetched.

    Raises Invalid with sentences by ``lists``, ``numbers``, ``header``, ``body``, ``when``.
    """
    problems = _Problems()
    choices, numbers = chosen(fields.lists, lists), parse_numbers(fields.numbers)
    _check_recipients(problems, choices, numbers)
    for name, problem in sms.message_problems(fields.header, fields.body).items():
        problems.add(name, problem)
    problems.add("when", *_time_problems(fields, now))
    if problems.fields:
        sentences = dict.fromkeys(one for some in problems.fields.values() for one in some)
        raise Invalid(f"{' '.join(sentences)} Nothing was sent.", problems.fields)
    audience = reached(choices, numbers.right)
    return Ready(
        lists=choices,
        numbers=numbers.right,
        header=fields.header.strip(),
        body=fields.body.strip(),
        when=fields.when,
        timezone=fields.timezone if fields.when else None,
        facebook=fields.facebook,
        twitter=fields.twitter,
        audience=audience,
        credits=credits_needed(fields.header, fields.body, audience.recipients),
    )


def _check_recipients(problems: _Problems, choices: Sequence[ListChoice], numbers: Numbers) -> None:
    typed = bool(numbers.right or numbers.wrong)
    if choices and typed:
        problems.add("numbers", "Choose lists or write numbers, not both: to lists the numbers would be left out.")
    elif typed:
        problems.add("numbers", *numbers.wrong[:_SHOWN_WRONG])
        if len(numbers.wrong) > _SHOWN_WRONG:
            problems.add("numbers", f"{len(numbers.wrong) - _SHOWN_WRONG} more are no phone numbers either.")
        if len(numbers.right) > MOST_NUMBERS:
            problems.add("numbers", f"These are {len(numbers.right)} numbers; {MOST_NUMBERS} is the most. Make a list.")
    elif not choices:
        problems.add("lists", "Choose at least one list, or write numbers.")
    elif choices and all(one.subscribers == 0 for one in choices):
        problems.add("lists", "Nobody is on this list." if len(choices) == 1 else "Nobody is on these lists.")


def _time_problems(fields: Fields, now: datetime) -> list[str]:
    if fields.when is None:
        return []
    place = zone(fields.timezone)
    if place is None:
        return ["Slack does not say in which time zone you are. Set it in your Slack profile, or send it now."]
    if fields.when <= now:
        return ["This time has passed. Choose a later one, or leave it empty to send now."]
    local = fields.when.astimezone(place)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return ["The clocks go back then: this time comes twice. Choose one outside that hour."]
    return []


def zone(name: str | None) -> ZoneInfo | None:
    """The time zone of that IANA name, or None."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None
