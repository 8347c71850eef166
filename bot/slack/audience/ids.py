"""Names and values that the buttons and modals of lists carry; see ``bot.slack.ids`` for how they come back."""

from typing import Annotated, Literal

from pydantic import Field

from bot.clearstream.audience import Search
from bot.services.broadcast_fields import ListChoice
from bot.services.lists import Going
from bot.slack.ids import Carried, Number, PageNumber

NEW = "lists.new"
SHOW = "lists.show"
RENAME = "lists.rename"
DELETE = "lists.delete"
SEARCH = "lists.search"
CONTACT = "lists.contact"
LISTS_PAGE = "lists.page"
PEOPLE_PAGE = "lists.people"
FOUND_PAGE = "lists.found"

VIEW_NEW = "list_new"
VIEW_RENAME = "list_rename"
NAME = "lists.name"
VIEW_DELETE = "list_delete"
TYPED = "lists.typed"
VIEW_SEARCH = "list_search"
FIRST = "lists.first"
LAST = "lists.last"
NUMBER = "lists.number"
MATCH = "lists.match"

ADD = "add.open"
VIEW_ADD = "subscriber_add"
ADD_NUMBER = "add.number"
ADD_LISTS = "add.lists"
ADD_FIRST = "add.first"
ADD_LAST = "add.last"
ADD_EMAIL = "add.email"
ADD_HEADER = "add.header"
ADD_MESSAGE = "add.message"

ListId = Annotated[int, Field(ge=0, lt=2**63)]


class OnAnswer(Carried):
    """A button on an answer that shows ``all`` lists, or ``one``: on which page. Neither where it is drawn once."""

    on: Literal["all", "one"] | None = None
    page: PageNumber = 1


class OfLists(OnAnswer):
    """A button under all lists."""


class OfList(OnAnswer):
    """A button on a list."""

    list: ListId


class OfNewcomer(OnAnswer):
    """**Add subscriber**, with a list or a number (E.164) to begin with."""

    list: ListId | None = None
    number: str = ""


class NameDraft(Carried):
    """What **New list** and **Rename list** were drawn from; ``draft`` is minted when they open."""

    draft: str
    list: ListId | None = None
    was: str = ""
    channel: str | None = None


class DeleteDraft(Carried):
    """What **Delete list** was drawn from: the list as it was when it was said what deleting it does.

    ``alone`` were on no other list; with ``force`` there are people on it, and its name has to be typed.
    """

    draft: str
    list: ListId
    name: str
    subscribers: Number | None = None
    alone: Number = 0
    force: bool = False
    channel: str | None = None

    @property
    def going(self) -> Going:
        """The list as it was then."""
        return Going(ListChoice(self.list, self.name, self.subscribers), self.alone, self.force)


class OfSearch(Carried):
    """What **Search subscribers** shows: whom it looked for on a list, and the page of them."""

    list: ListId
    name: str
    first: str = ""
    last: str = ""
    number: str = ""
    match: Literal["or", "and"] = "or"
    page: PageNumber = 1
    channel: str | None = None

    @property
    def search(self) -> Search | None:
        """As Clearstream is asked; None where nothing is looked for."""
        if not (self.first or self.last or self.number):
            return None
        digits = "".join(character for character in self.number if character.isdigit())
        return Search(self.first or None, self.last or None, digits or None, self.match)


class AddDraft(Carried):
    """What **Add subscriber** was drawn from; ``draft`` is minted when it opens."""

    draft: str
    channel: str | None = None
