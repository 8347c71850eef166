"""Paging through a listing, whatever the pages say of themselves."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream.endpoints import every
from bot.clearstream.models import List, Page

CLAIMS = st.one_of(st.none(), st.integers(-5, 10_000))


async def gather(pages: Sequence[Page[List]], last_for_ever: bool = False) -> tuple[list[int], list[int]]:
    """The ids the listing brings, and the numbers of the pages that were asked for."""
    asked: list[int] = []

    async def fetch(number: int) -> Page[List]:
        asked.append(number)
        if number <= len(pages):
            return pages[number - 1]
        return pages[-1] if last_for_ever else Page(())

    return [item.id async for item in every(fetch)], asked


@given(
    st.lists(st.integers(1, 5), max_size=6),
    st.lists(st.tuples(CLAIMS, CLAIMS, CLAIMS, CLAIMS), min_size=6, max_size=6),
    st.booleans(),
)
def test_everything_is_brought_once(
    sizes: list[int], claims: list[tuple[int | None, int | None, int | None, int | None]], last_for_ever: bool
) -> None:
    """All items in order, one request for each page and one for the empty end, or for the last page over again."""
    pages, next_id = [], 1
    for size, (count, total, current, said) in zip(sizes, claims, strict=False):
        items = tuple(List(id=number) for number in range(next_id, next_id + size))
        pages.append(Page(items, count=count, total=total, current_page=current, pages=said))
        next_id += size
    ids, asked = asyncio.run(gather(pages, last_for_ever and bool(pages)))
    assert ids == list(range(1, next_id))
    assert asked == list(range(1, len(pages) + 2))


def test_it_stops_at_an_empty_page_in_the_middle() -> None:
    """An empty page is the end, also where more were promised."""
    pages = [Page((List(id=1),), pages=9), Page(()), Page((List(id=2),))]
    assert asyncio.run(gather(pages)) == ([1], [1, 2])


@pytest.mark.parametrize(
    ("read", "total", "more"),
    [(8, 9, True), (7, 9, True), (8, 8, False), (0, 9, False), (8, None, True), (7, None, False)],
)
def test_a_thing_that_cannot_be_read_does_not_hide_the_pages_after_it(read: int, total: int | None, more: bool) -> None:
    """Of a page of eight only ``read`` could be read: how many there are in all says whether more follow."""
    lists = tuple(List(id=number) for number in range(read))
    assert Page(lists, total=total).more_after(1, 8) is more
