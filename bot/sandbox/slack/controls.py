"""Finding what can be pressed or filled in on a surface, by the words on it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.sandbox.slack.blockkit.objects import options_of
from bot.sandbox.slack.errors import Ambiguous
from bot.sandbox.slack.model import Json, Surface
from bot.sandbox.slack.render import render_text
from bot.sandbox.slack.views import elements_of

_DECORATION = re.compile(r"^(?:(?::[a-z0-9_+'-]+:)|[^\w\s+])+\s*")


@dataclass(frozen=True)
class Control:
    """One element on a surface, with its block (``owner`` is the card in a carousel)."""

    surface: Surface
    block: Json
    element: Json

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def action_id(self) -> str:
        """The element's action_id."""
        return str(self.element["action_id"])

    @property
    def block_id(self) -> str:
        """The block's id."""
        return str(self.block["block_id"])

    @property
    def in_input(self) -> bool:
        """Whether it is a field of a form (an ``input`` block)."""
        return bool(self.block["type"] == "input")

    @property
    def label(self) -> str:
        """The words a person knows it by: on the button, beside the field, or standing in it while empty."""
        names = self.surface.names
        if self.in_input:
            return render_text(self.block["label"], names)
        if "text" in self.element:
            return render_text(self.element["text"], names)
        return render_text(self.element.get("placeholder"), names) or render_text(self.block.get("text"), names)

    def is_called(self, wanted: str) -> bool:
        """Whether ``wanted`` is its words (an emoji before them aside), its action_id or its block_id."""
        placeholder = render_text(self.element.get("placeholder"), self.surface.names)
        return wanted in {self.action_id, self.block_id} or any(
            words and _bare(words) == _bare(wanted) for words in (self.label, placeholder)
        )

    def option(self, wanted: str, offered: Iterable[Json] = ()) -> Json | None:
        """The option with these words or this value, among its own and those ``offered`` from outside."""
        for option in [*options_of(self.element), *offered]:
            if wanted == option["value"] or _bare(render_text(option["text"], self.surface.names)) == _bare(wanted):
                return option
        return None


def _bare(words: str) -> str:
    return _DECORATION.sub("", words).strip() or words.strip()


def controls(surface: Surface) -> Iterator[Control]:
    """Everything on a surface that answers to a person (pictures aside), in reading order."""
    for block in surface.blocks:
        for owner, element in elements_of(block):
            if element["type"] != "image":
                yield Control(surface, owner, element)


def only(surface: Surface, fits: Callable[[Control], bool], what: str, block_id: str | None = None) -> Control | None:
    """The control that fits; None where there is none. Raises ``Ambiguous`` where there are several."""
    found = [each for each in controls(surface) if fits(each) and block_id in {None, each.block_id}]
    if len(found) > 1:
        where = ", ".join(f"{each.label!r} in block {each.block_id!r}" for each in found)
        raise Ambiguous(f"{what} could be any of {where}")
    return found[0] if found else None
