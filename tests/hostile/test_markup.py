"""What strangers wrote, through everything that draws: shown as its characters, pinging nobody, leading nowhere.

Every function that draws is found by its module, and its arguments are made from what it says it takes: so a new one
is held to this, too.
"""

import dataclasses
import importlib
import inspect
import pkgutil
import random
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import bot.slack
from bot.clarity.models import Member
from bot.clearstream import Clearstream
from bot.clearstream.models import Subscriber
from bot.errors import UpstreamError
from bot.sandbox.slack import blockkit
from bot.services.broadcast_fields import ListChoice
from bot.slack.audience import blocks as lists
from bot.slack.contacts import blocks as contacts
from bot.slack.experts import blocks as experts
from tests.upstream import Upstream

DRAWS = ("blocks", "views", "list_blocks", "text_views", "stat_blocks", "window_views", "add_views", "told", "words")
NO_DRAWING = ("bot.slack.blocks", "bot.slack.words")

EVIL = [
    "<!channel> <!here|x> <@U0EVIL> <!subteam^S0EVIL> <#C0EVIL>",
    "<https://evil.example|Your bank> https://evil.example",
    "*evil* _evil_ ~evil~ `evil` ```evil``` > evil :skull:",
    "evil\u202e\u2066\u200b\u2060\ufeff\x07\u061clive",
    "&lt;!channel&gt; &amp;lt;evil&gt; {date} <!date^1^evil|now>",
    "evil\n\n:white_check_mark: *Done* by <@U0BOSS>\n" * 3,
    "evil " * 60,
]

MARKUP = re.compile(r"<[^>]*(?:evil|EVIL|BOSS|!channel|!here)")
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x07\u061c]")

OURS = {
    "claimed_by", "asked_by", "author", "by", "decided_by", "stopped_by", "sent_by", "owner", "channel", "root_ts",
    "team_url", "told", "said", "sentence", "doubt", "trouble", "who_can_setup", "reference", "which", "zone",
    "timezone", "ts", "id", "draft", "reason", "held_why", "key", "actor", "place", "block_id", "action_id", "what",
    "hint", "url",
}  # fmt: skip
"""What we say ourselves, with markup; what Slack calls things and people by; and addresses, which have tests."""

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Maker:
    """Makes arguments of every type there is; all words of strangers in them are ``evil``."""

    def __init__(self, evil: str, seed: int) -> None:
        self.evil = evil
        self.random = random.Random(seed)
        self.count = 0

    def make(self, hint: Any, name: str) -> Any:
        """Something of this type; LookupError where nobody knows how."""
        origin, inside = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self.make(inside[0], name)
        if origin in (typing.Union, types.UnionType):
            return self.make(self.random.choice([each for each in inside if each is not types.NoneType]), name)
        if origin is typing.Literal:
            return self.random.choice(inside)
        if origin is tuple and (len(inside) != 2 or inside[1] is not ...):
            return tuple(self.make(each, name) for each in inside)
        if origin in (tuple, list, Sequence, frozenset, set):
            made = [self.make(inside[0], name) for _ in range(2)]
            once = list(dict.fromkeys(made)) if isinstance(made[0], Enum) else made
            return frozenset(once) if origin in (frozenset, set) else tuple(once)
        if origin in (dict, Mapping):
            return {self.make(inside[0], "key"): self.make(inside[1], name) for _ in range(2)}
        if origin is Callable or hint is Callable:
            return lambda *_: "made"
        return self._plain(origin or hint, hint, name)

    def _plain(self, kind: Any, hint: Any, name: str) -> Any:
        self.count += 1
        words = {"number": f"+1200555{self.count:04}", "mobile_number": f"+1200555{self.count % 2:04}"}
        words |= {"id": f"ours{self.count}", "team_url": "https://sandbox.example/", "channel": "C0OURS"}
        words |= {
            "label": f"Day {self.count}",
            "root_ts": "1772442000.000100",
            "ts": "1772442000.000100",
            "zone": "UTC",
            "timezone": "UTC",
        }
        simple: dict[Any, Any] = {
            int: {"id": self.count, "page": 1, "number": 1}.get(name, self.random.choice([0, 1, 7])),
            bool: self.random.random() < 0.7, float: 0.25, Decimal: Decimal("1.5"),
            datetime: NOW, date: NOW.date(), timedelta: timedelta(minutes=3), Any: self.evil,
            str: words.get(name) or ("U0OURS" if name in OURS else self.evil),
        }  # fmt: skip
        if kind in simple:
            return simple[kind]
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return self.random.choice(list(kind))
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            return kind.model_construct(**{field: self._field(of, field) for field, of in kind.model_fields.items()})
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            bound = dict(zip(getattr(kind, "__parameters__", ()), typing.get_args(hint), strict=False))
            made = {f.name: self._of_any(hints[f.name], bound, f.name) for f in dataclasses.fields(kind) if f.init}
            build: Any = kind
            return build(**made)
        return None  # a service, which nothing that draws asks

    def _field(self, of: FieldInfo, name: str) -> Any:
        return self.make(of.annotation, name)

    def _of_any(self, hint: Any, bound: dict[Any, Any], name: str) -> Any:
        inside = tuple(bound.get(each, each) for each in typing.get_args(hint))
        many = inside and typing.get_origin(hint) is tuple
        return tuple(self.make(inside[0], name) for _ in range(2)) if many else self.make(hint, name)


def drawing() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function that draws, by its name."""
    for module in pkgutil.walk_packages(bot.slack.__path__, "bot.slack."):
        if module.name.rsplit(".", 1)[1] in DRAWS and module.name not in NO_DRAWING:
            for name, function in vars(importlib.import_module(module.name)).items():
                ours = inspect.isfunction(function) and function.__module__ == module.name and not name.startswith("_")
                if ours and typing.get_type_hints(function).get("return") not in (str,):
                    yield f"{module.name[10:]}.{name}", function


FUNCTIONS = dict(drawing())


def texts(drawn: Any) -> Iterator[tuple[str, str]]:
    """All words in what was drawn, with what Slack takes them for."""
    if isinstance(drawn, tuple):
        yield "mrkdwn", drawn[0]  # the fallback
        drawn = drawn[1]
    if isinstance(drawn, list):
        for each in drawn:
            yield from texts(each)
    elif isinstance(drawn, dict):
        if drawn.get("type") in ("mrkdwn", "plain_text"):
            yield ("emoji" if drawn.get("emoji") else drawn["type"]), drawn["text"]
        for value in drawn.values():
            if isinstance(value, dict | list):
                yield from texts(value)


def draw(function: Callable[..., Any], evil: str, seed: int) -> Any:
    """What it draws of made-up arguments."""
    maker, hints = Maker(evil, seed), typing.get_type_hints(function)
    arguments = {name: maker.make(hints[name], name) for name in inspect.signature(function).parameters}
    return function(**arguments)


NOT_DRAWN = {
    "account.views.filled", "audience.add_views.filled", "audience.add_views.newcomer", "audience.views.line",
    "audience.views.sought", "audit.blocks.cells", "broadcasts.views.filled", "contacts.blocks.change_so_far",
    "inbox.blocks.called_by_operation", "inbox.blocks.line", "inbox.text_views.doubt_about",
    "inbox.text_views.filled", "inbox.text_views.header_block", "inbox.views.texts_of", "transfer.blocks.became",
    "transfer.views.chosen_file", "transfer.views.filled",
}  # fmt: skip
"""What reads instead of drawing, or makes words that others draw."""

HAND_MADE = {
    "account.told.keyword_used", "account.told.low_credits", "audience.views.search", "broadcasts.blocks.declined",
    "calls.blocks.overview", "inbox.text_views.view", "setup.views.modal", "setup.views.saved",
    "transfer.blocks.message", "transfer.views.columns",
}  # fmt: skip
"""What takes a payload or a table of its own, which is made where it is tested."""

BLOCKS = {"section", "header", "context", "divider", "actions", "carousel", "image", "data_visualization", "card"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - NOT_DRAWN - HAND_MADE))
def test_words_of_strangers_are_shown_as_their_characters(name: str) -> None:
    """In no markup that pings or links, without what hides; and Slack takes all that is drawn."""
    for seed, evil in enumerate(EVIL * 2):
        drawn = draw(FUNCTIONS[name], evil, seed)
        for kind, text in texts(drawn):
            assert not HIDDEN.search(text), (kind, text[:200])
            assert kind != "mrkdwn" or not MARKUP.search(text), (kind, text[:300])
        shown = drawn[1] if isinstance(drawn, tuple) else drawn
        if isinstance(shown, list) and shown and all(each.get("type") in BLOCKS for each in shown):
            assert blockkit.message_complaints(shown) == []
        elif isinstance(shown, dict) and shown.get("type") == "modal":
            assert blockkit.view_complaints(shown, "modal") == []


def test_two_of_one_name_are_told_apart() -> None:
    """A service that answers with the same list, person or member twice hides no other: Slack takes the message."""
    same = Member(id=7, name="Nina"), Member(id=7, name="Nina")
    twice = ListChoice(1, "Customers", 2), ListChoice(1, "Customers", 2)
    nobody = Subscriber(), Subscriber()
    drawn = [
        experts.found(same, "x", 0, 2),
        lists.listing(twice, 1),
        lists.which(twice, "c"),
        contacts.found(nobody, "x", 9),
    ]
    assert [blockkit.message_complaints(shown) for shown in drawn] == [[]] * 4


def test_what_is_excepted_is_there() -> None:
    """A name that is gone is taken off the lists."""
    assert FUNCTIONS.keys() >= HAND_MADE


async def test_what_a_service_says_pings_nobody_where_it_is_repeated(upstream: Upstream) -> None:
    """Its words are told in Slack with markup around them: nothing in them pings, links or hides."""
    said = "<!channel> <@U0EVIL> <https://evil.example|Click here> \u202elive\u200b\x07"
    async with Clearstream.with_key("key", upstream.url) as client:
        for status in (400, 422):
            upstream.answers({"error": {"message": said, "fields": {"text": [said]}}}, status=status)
            with pytest.raises(UpstreamError) as raised:
                await client.account()
            told = [str(raised.value), *getattr(raised.value, "fields", {}).get("text", [])]
            assert not any(MARKUP.search(each) or "<" in each or HIDDEN.search(each) for each in told)
            assert all("‹!channel› ‹@U0EVIL›" in each for each in told)
