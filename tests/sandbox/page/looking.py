"""Reading a page as a tree, and a browser's hands without a browser."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import aiohttp

from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page import BotControl, Page, ReadMarks
from bot.sandbox.slack import SlackStandIn

JANE, JOHN = "+12005551000", "+12005551001"

VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "path", "rect"}


@dataclass
class Element:
    """One element; ``parts`` are its texts and elements in order."""

    tag: str
    attributes: dict[str, str]
    parts: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "*", **attributes: str) -> list["Element"]:
        """Every element within, in order, that fits; ``klass`` asks for one of its classes."""
        return [each for each in self._within() if each.fits(tag, attributes)]

    def one(self, tag: str = "*", **attributes: str) -> "Element":
        """The only element that fits."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes} in {self.text()!r}"
        return found[0]

    def fits(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether it has that tag and those attributes."""
        if tag not in {"*", self.tag}:
            return False
        for name, wanted in attributes.items():
            held = self.attributes.get("class" if name == "klass" else name.replace("_", "-"))
            if held is None or (wanted not in held.split() if name == "klass" else held != wanted):
                return False
        return True

    def text(self) -> str:
        """The words in it, with single spaces."""
        return " ".join("".join(self._words()).split())

    def _within(self) -> Iterator["Element"]:
        for part in self.parts:
            if isinstance(part, Element):
                yield part
                yield from part._within()

    def _words(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            else:
                yield "\n" if part.tag in {"br", "p", "div", "article", "li", "td", "option", "button"} else ""
                yield from part._words()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            closed = self.open.pop()
            assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read(html: str) -> Element:
    """The tree of a page or piece; fails where tags do not close as they open."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


@dataclass
class Visitor:
    """Somebody at the page."""

    session: aiohttp.ClientSession
    page: Page
    said: str | None = None

    async def look(self, **where: str) -> Element:
        """The page at that place."""
        async with self.session.get(self.page.url, params=where) as answer:
            assert answer.status == 200, await answer.text()
            return read(await answer.text())

    async def post(self, path: str, form: dict[str, str] | aiohttp.FormData, status: int = 204, **headers: str) -> None:
        """Post a form as the page does; ``said`` is what it showed for a moment."""
        async with self.session.post(f"{self.page.url}{path}", data=form, headers=headers) as answer:
            assert answer.status == status, f"{answer.status} {await answer.text()}"
            self.said = json.loads(answer.headers.get("HX-Trigger", '{"said": null}'))["said"]

    async def press(self, element: Element, **more: str) -> None:
        """Do what the element does when pressed or changed; ``more`` is what was typed or chosen."""
        await self.post(element.attributes["hx-post"].lstrip("/"), posted(element) | more)

    async def press_form(self, form: Element, *, status: int = 204, **filled: str) -> None:
        """Send a form with what it holds by itself and what was filled in."""
        hidden = {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}
        await self.post(form.attributes["hx-post"].lstrip("/"), hidden | filled, status)


def posted(element: Element) -> dict[str, str]:
    """What an element posts by itself."""
    values: dict[str, str] = json.loads(element.attributes["hx-vals"])
    return values


@asynccontextmanager
async def visiting(
    slack: SlackStandIn,
    line: ClearstreamStandIn,
    bot: BotControl | None = None,
    marks: ReadMarks | None = None,
    clarity: ClarityStandIn | None = None,
) -> AsyncIterator[Visitor]:
    """A page over these stand-ins, and somebody at it."""
    page = Page(slack, line, clarity=clarity, bot=bot, marks=marks)
    await page.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Visitor(session, page)
    finally:
        await page.stop()
