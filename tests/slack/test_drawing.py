"""Open modals are drawn one at a time, at most once a second, the newest for certain."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.registration import Registration
from bot.slack import screens
from bot.slack.api import SlackApi
from bot.slack.drawing import Drawing, Make
from tests.clock import WoundClock, settle_until
from tests.drive import MANIFEST


class Easel:
    """A modal open before Ann, and what draws it."""

    def __init__(self, slack: SlackStandIn, api: SlackApi, clock: WoundClock) -> None:
        self.slack, self.clock = slack, clock
        self.drawing = Drawing(api, clock)
        self.ann = slack.person(slack.workspace.add_user("ann", "Ann"))
        self.view = slack.screens.open(self.ann.user.id, screens.loading("Reply"))
        self.made: list[str] = []

    def words(self, words: str) -> Make:
        """Makes a view that says these words."""

        async def make() -> dict[str, Any]:
            self.made.append(words)
            return screens.failed("Reply", words)

        return make

    async def done(self, *draws: asyncio.Task[Any]) -> None:
        """Let time go by until these have ended."""
        await settle_until(lambda: all(draw.done() for draw in draws), self.clock)

    @property
    def drawn_at(self) -> list[float]:
        """When the view was changed."""
        return [call.at for call in self.slack.called("views.update")]


@pytest.fixture
async def easel(clock: WoundClock) -> AsyncIterator[Easel]:
    """The easel, over real sockets."""
    async with SlackStandIn(Registration.from_manifest(MANIFEST), now=clock.seconds) as slack:
        api = SlackApi(slack.bot_token, slack.api_url, lambda *_: None)
        yield Easel(slack, api, clock)
        await api.close()


async def test_each_is_drawn_in_its_turn_a_second_apart(easel: Easel) -> None:
    """Three changes that all count are drawn in their order."""
    draws = [asyncio.create_task(easel.drawing.draw(easel.view.id, easel.words(each))) for each in ("a", "b", "c")]
    await easel.done(*draws)
    assert [draw.result() for draw in draws] == [True, True, True]
    assert easel.made == ["a", "b", "c"]
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(easel.drawn_at))
    assert "c" in easel.view.text()


async def test_of_what_comes_fast_the_first_and_the_newest_are_drawn(easel: Easel) -> None:
    """A hundred changes at once cost two calls, and the last one stands in the end."""
    draws = [
        asyncio.create_task(easel.drawing.draw_newest(easel.view.id, easel.words(f"({count})"))) for count in range(100)
    ]
    await easel.done(*draws)
    assert len(easel.made) <= 2
    assert "(99)" in easel.view.text()


async def test_a_view_that_is_closed_is_told(easel: Easel) -> None:
    """Nobody has it open: False, and no error."""
    easel.slack.screens.leave(easel.view)
    assert await easel.drawing.draw(easel.view.id, easel.words("a")) is False


async def test_an_error_does_not_stop_the_next(easel: Easel) -> None:
    """What Slack refuses is raised to who asked, and the next change is drawn."""
    easel.slack.faults.refuse("views.update", "internal_error")
    first = asyncio.create_task(easel.drawing.draw_newest(easel.view.id, easel.words("a")))
    await easel.done(first)
    assert first.exception() is not None
    second = asyncio.create_task(easel.drawing.draw_newest(easel.view.id, easel.words("b")))
    await easel.done(second)
    assert "b" in easel.view.text()


async def test_an_error_does_not_take_the_newest_with_it(easel: Easel) -> None:
    """It came while the one that Slack refused was on its way, and is drawn in its turn."""
    easel.slack.faults.refuse("views.update", "internal_error")
    later: list[asyncio.Task[None]] = []

    async def first() -> dict[str, Any]:
        later.append(asyncio.create_task(easel.drawing.draw_newest(easel.view.id, easel.words("newest"))))
        await asyncio.sleep(0)
        return screens.failed("Reply", "first")

    refused = asyncio.create_task(easel.drawing.draw_newest(easel.view.id, first))
    await easel.done(refused)
    await easel.done(*later)
    assert refused.exception() is not None
    assert "newest" in easel.view.text()


async def test_two_views_do_not_wait_for_each_other(easel: Easel) -> None:
    """Each has a pace of its own."""
    bert = easel.slack.workspace.add_user("bert", "Bert")
    other = easel.slack.screens.open(bert.id, screens.loading("Reply"))
    await easel.drawing.draw(easel.view.id, easel.words("a"))
    await easel.drawing.draw(other.id, easel.words("b"))
    assert easel.drawn_at[0] == easel.drawn_at[1]
