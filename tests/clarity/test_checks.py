"""What is refused here, before Clarity is asked: by the document's parameter names, with nothing sent."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.clarity import Clarity
from bot.clarity.checks import EXPIRY_LIMIT, reason_problem
from bot.errors import Invalid
from tests.clarity.conftest import sample
from tests.upstream import Upstream

REFUSED: list[tuple[Callable[[Clarity], Awaitable[Any]], set[str]]] = [
    (lambda c: c.create_call(6, "", 24), {"reason"}),
    (lambda c: c.create_call(6, " \n", 24), {"reason"}),
    (lambda c: c.create_call(6, "x" * 141, 24), {"reason"}),
    (lambda c: c.create_call(6, "Advice", 0), {"expires_in"}),
    (lambda c: c.create_call(6, "Advice", -24), {"expires_in"}),
    (lambda c: c.create_call(6, "Advice", EXPIRY_LIMIT + 1), {"expires_in"}),
    (lambda c: c.create_call(6, "é" * 141, 0), {"reason", "expires_in"}),
    (lambda c: c.send_message(940, ""), {"message"}),
    (lambda c: c.send_message(940, " \t\n"), {"message"}),
    (lambda c: c.create_need(" ", paid=True), {"description"}),
    (lambda c: c.search_page(" "), {"q"}),
    (lambda c: c.search_page("go", -10), {"offset"}),
    (lambda c: c.member(" "), {"member"}),
    (lambda c: c.member(".."), {"member"}),
    (lambda c: c.member_by_twitter("@"), {"twitter"}),
    (lambda c: c.member_by_twitter("dan&email=x"), {"twitter"}),
    (lambda c: c.member_by_email(""), {"email"}),
    (lambda c: c.member_by_email("dan@"), {"email"}),
    (lambda c: c.look_up(" "), {"member"}),
    (lambda c: c.look_up("dan@home"), {"email"}),
    (lambda c: c.organization(""), {"id"}),
]


@pytest.mark.parametrize(("call", "fields"), REFUSED)
async def test_what_cannot_be_right_is_refused_here(
    call: Callable[[Clarity], Awaitable[Any]], fields: set[str], upstream: Upstream, clarity: Clarity
) -> None:
    """Each mistake is named under its parameter, all at once, and no request leaves."""
    with pytest.raises(Invalid, match="Nothing was sent") as caught:
        await call(clarity)
    assert set(caught.value.fields) == fields
    assert all(sentences for sentences in caught.value.fields.values())
    assert not upstream.seen


async def test_everything_that_just_fits_is_sent(upstream: Upstream, clarity: Clarity) -> None:
    """140 characters, whatever they are, and one hour or thirty days."""
    for reason, hours in (("x" * 140, 1), ("🍣" * 140, EXPIRY_LIMIT)):
        upstream.answers(sample("create_call"))
        await clarity.create_call(6, reason, hours)
    assert [(seen.form["reason"][0], seen.form["expires_in"]) for seen in upstream.seen] == [("x", "1"), ("🍣", "720")]


def test_a_reason_too_long_says_by_how_much() -> None:
    """One character or more, and how many there are."""
    assert reason_problem("x" * 141) == "The reason is 1 character too long: 141 of 140."
    assert reason_problem("x" * 150) == "The reason is 10 characters too long: 150 of 140."
