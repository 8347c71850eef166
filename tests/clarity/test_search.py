"""Paging through a search, whatever it says of itself."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.clarity import Clarity
from bot.clarity.models import SearchPage
from tests.clarity.conftest import TOKEN, sample
from tests.upstream import Upstream


def page(*ids: int, matches: Any = None) -> dict[str, Any]:
    """A page with these members."""
    return {"matches": matches, "members": [{"id": number, "name": f"Expert {number}"} for number in ids]}


async def test_a_page_past_the_end_is_empty(upstream: Upstream, clarity: Clarity) -> None:
    """Nobody found is a page without members, and nothing comes after it."""
    upstream.answers({"matches": 0, "members": []})
    found = await clarity.search_page("nobody", 70)
    assert (found.members, found.matches, found.offset, found.next_offset) == ((), 0, 70, None)


async def test_pages_follow_each_other(upstream: Upstream, clarity: Clarity) -> None:
    """Each page says where the next begins."""
    upstream.answers(page(*range(10), matches=12))
    upstream.answers(page(10, 11, matches=12))
    first = await clarity.search_page("go")
    assert first.next_offset == 10
    second = await clarity.search_page("go", first.next_offset)
    assert (second.offset, second.next_offset) == (10, None)
    assert [seen.query.get("offset") for seen in upstream.seen] == [None, "10"]


async def test_the_search_goes_on_until_an_empty_page(upstream: Upstream, clarity: Clarity) -> None:
    """Everybody is found once, whatever ``matches`` says and though a page repeats somebody."""
    upstream.answers(page(*range(10), matches=3))
    upstream.answers(page(9, 10, 11, matches="many"))
    upstream.answers(page())
    found = [member.id async for member in clarity.search("go & rust")]
    assert found == list(range(12))
    assert [seen.query.get("offset") for seen in upstream.seen] == [None, "10", "13"]
    assert {seen.query["q"] for seen in upstream.seen} == {"go & rust"}
    assert {seen.query["oauth_token"] for seen in upstream.seen} == {TOKEN}


async def test_a_search_that_ignores_the_offset_ends(upstream: Upstream, clarity: Clarity) -> None:
    """A page that brings nobody new is the last."""
    upstream.answers(sample("search"))
    upstream.answers(sample("search"))
    assert [member.name async for member in clarity.search("moncton")] == ["Justin Vaillancourt", "Vincent Roy"]


@given(st.integers(0, 35), st.integers(1, 10))
def test_going_on_from_page_to_page_sees_everybody_once(matches: int, size: int) -> None:
    """However many there are and however many come at a time."""
    offset, found = 0, list[int]()
    while True:
        said = page(*range(offset, min(offset + size, matches)), matches=matches)
        this = SearchPage.from_answer({**said, "offset": offset})
        found += [member.id for member in this.members]
        if this.next_offset is None:
            break
        offset = this.next_offset
    assert found == list(range(matches))
