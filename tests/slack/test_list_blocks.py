"""How lists look, whatever they and the people on them are called, and which list somebody means."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clearstream.models import Subscriber
from bot.sandbox.slack import blockkit
from bot.services.broadcast_fields import ListChoice
from bot.services.lists import People, meant, tidy
from bot.slack.audience import add_views, blocks, ids, views
from tests.slack.drawn import WILD, markup

NAMES = WILD.filter(str.strip)
LISTS = st.builds(ListChoice, st.integers(0, 2**62), NAMES, st.none() | st.integers(0, 10**9))
PERSON = st.builds(
    Subscriber,
    mobile_number=st.sampled_from(["+12005551000", "+442079460958", ""]),
    status=st.none() | WILD,
    first=st.none() | WILD,
    last=st.none() | WILD,
    email=st.none() | WILD,
)
PEOPLE = st.builds(People, st.lists(PERSON, max_size=20).map(tuple), st.integers(1, 1000), st.booleans())
PART = st.text(max_size=40)
PROBLEMS = st.dictionaries(st.sampled_from(["name", *add_views.PARAMETERS]), st.lists(WILD, max_size=2), max_size=3)


def complaints(drawn: list[dict[str, Any]]) -> list[str]:
    """What Slack would say against these blocks in a message."""
    named = [{"block_id": str(number), **block} for number, block in enumerate(drawn)]
    return blockkit.message_complaints(named)


@settings(max_examples=40)
@given(st.lists(LISTS, max_size=25, unique_by=lambda one: one.id), st.integers(1, 5), WILD)
def test_whatever_lists_are_called_slack_takes_them(lists: list[ListChoice], page: int, words: str) -> None:
    """As a page of all, and as those somebody may mean; no name is read as markup."""
    for drawn in (blocks.listing(lists, page), blocks.which(lists, words)):
        assert complaints(drawn) == []
        assert "<!" not in markup(drawn)


@settings(max_examples=40)
@given(LISTS, PEOPLE, st.builds(ids.OfSearch, list=st.just(7), name=st.text(max_size=100), first=PART, number=PART))
def test_whatever_people_are_called_slack_takes_them(one: ListChoice, people: People, of: ids.OfSearch) -> None:
    """In a list and in the search, also a page that is full."""
    line, drawn = blocks.one_list(one, people)
    assert "<" not in line
    assert complaints(drawn) == []
    assert blockkit.view_complaints(views.search(of, people), "modal") == []


@given(NAMES, PROBLEMS, st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_slack_takes_every_form(name: str, wrong: dict[str, list[str]], alone: int, unseen: int, force: bool) -> None:
    """With anything typed, and anything Clearstream says of it."""
    naming = views.naming(ids.NameDraft(draft="d", list=7, was=name), name, wrong)
    draft = ids.DeleteDraft(draft="d", list=7, name=name, subscribers=alone + unseen, alone=alone, force=force)
    typed = add_views.Typed("+1", (ListChoice(7, name),), name, name, name, name, name, wrong)
    for view in (naming, views.delete(draft, unseen), add_views.add(ids.AddDraft(draft="d"), typed)):
        assert blockkit.view_complaints(view, "modal") == []
        assert "<!" not in markup(view)


@given(st.lists(LISTS, min_size=1, max_size=8, unique_by=lambda one: one.id), st.data())
def test_a_list_is_meant_by_its_whole_name_and_by_its_id(lists: list[ListChoice], data: st.DataObject) -> None:
    """However it is spaced and capitalised; another one only where it is called the same."""
    one = data.draw(st.sampled_from(lists))
    assert one in meant(lists, str(one.id))
    by_name = meant(lists, f"  {one.name.casefold()} ")
    assert one in by_name
    called = tidy(one.name).casefold()
    assert all(called in (tidy(other.name).casefold(), str(other.id)) for other in by_name)
