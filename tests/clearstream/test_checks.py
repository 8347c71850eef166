"""What is refused here, before Clearstream is asked: by the document's parameter names, with nothing sent."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.clearstream import Clearstream
from bot.errors import Invalid
from tests.clearstream.conftest import sample
from tests.upstream import Upstream

NUMBER = "+12005551000"
NINE = datetime.fromisoformat("2026-07-01T09:00")

REFUSED: list[tuple[Callable[[Clearstream], Awaitable[Any]], set[str]]] = [
    (lambda c: c.account("Mars/Olympus"), {"timezone"}),
    (lambda c: c.account("../etc/passwd"), {"timezone"}),
    (lambda c: c.update_account(), set()),
    (lambda c: c.update_account(business=" ", phone="200-555-1000"), {"business", "phone"}),
    (lambda c: c.user("no address"), {"email"}),
    (lambda c: c.user(""), {"email"}),
    (lambda c: c.lists_page(0), {"page"}),
    (lambda c: c.threads_page(1, 0), {"limit"}),
    (lambda c: c.create_list(" "), {"name"}),
    (lambda c: c.update_list(1, ""), {"name"}),
    (lambda c: c.subscriber("2005551000"), {"mobile_number"}),
    (lambda c: c.delete_subscriber("+1200555"), {"mobile_number"}),
    (lambda c: c.create_subscriber("Jane", [], email="jane"), {"mobile_number", "lists", "email"}),
    (lambda c: c.create_subscriber(NUMBER, [1], autoresponse_header="Hi"), {"autoresponse_body"}),
    (
        lambda c: c.create_subscriber(NUMBER, [1], autoresponse_header="x" * 100, autoresponse_body="y" * 59),
        {"autoresponse_body"},
    ),
    (lambda c: c.update_subscriber(NUMBER), set()),
    (lambda c: c.update_subscriber("..", first="Bob", email="@"), {"mobile_number", "email"}),
    (lambda c: c.keyword("abc"), {"name"}),
    (lambda c: c.delete_keyword("../lists"), {"name"}),
    (lambda c: c.create_keyword("x" * 26), {"name"}),
    (lambda c: c.create_keyword("red sushi", enable_opt_in=True), {"name", "opt_in_lists"}),
    (lambda c: c.create_keyword("sushi\n"), {"name"}),
    (
        lambda c: c.create_keyword("sushi", enable_autoresponse=True),
        {"autoresponse_header", "autoresponse_body", "autoresponse_setting"},
    ),
    (lambda c: c.update_keyword("sushi", autoresponse_setting=cast(Any, "never")), {"autoresponse_setting"}),
    (lambda c: c.update_keyword("sushi"), set()),
    (lambda c: c.send_message("", "", lists=[]), {"message_header", "message_body", "lists"}),
    (lambda c: c.send_message("Blue “Sushi”", "☺", lists=[1]), {"message_header", "message_body"}),
    (lambda c: c.send_message("x" * 80, "y" * 79, lists=[1]), {"message_body"}),
    (lambda c: c.send_message("Blue", "Hi", lists=[1], subscribers=[NUMBER]), {"subscribers"}),
    (lambda c: c.send_message("Blue", "Hi", subscribers=[NUMBER, "555"]), {"subscribers"}),
    (lambda c: c.send_message("Blue", "Hi", lists=[1], when=NINE), {"timezone"}),
    (lambda c: c.send_message("Blue", "Hi", lists=[1], timezone="UTC"), {"datetime"}),
    (lambda c: c.send_message("Blue", "Hi", lists=[1], when=NINE, timezone="Eastern"), {"timezone"}),
    (lambda c: c.send_reply(1, ""), {"text"}),
    (lambda c: c.send_reply(1, "x" * 161), {"text"}),
    (lambda c: c.send_reply(1, "€" * 81), {"text"}),
    (lambda c: c.send_reply(1, "ok 👍"), {"text"}),
]


@pytest.mark.parametrize(("call", "fields"), REFUSED)
async def test_what_cannot_be_right_is_refused_here(
    call: Callable[[Clearstream], Awaitable[Any]], fields: set[str], upstream: Upstream, clearstream: Clearstream
) -> None:
    """Each mistake is named under its parameter, all at once, and no request leaves."""
    with pytest.raises(Invalid, match="Nothing was sent") as caught:
        await call(clearstream)
    assert set(caught.value.fields) == fields
    assert all(sentences for sentences in caught.value.fields.values())
    assert not upstream.seen


async def test_everything_that_just_fits_is_sent(upstream: Upstream, clearstream: Clearstream) -> None:
    """160 in a reply and 158 in header and body are not too many."""
    upstream.answers(sample("send_a_reply"))
    await clearstream.send_reply(1, "€" * 80)
    upstream.answers(sample("send_schedule_a_message"))
    await clearstream.send_message("x" * 80, "[" * 39, lists=[1])
    assert len(upstream.seen) == 2


async def test_a_moment_is_taken_over_into_the_time_zone(upstream: Upstream, clearstream: Clearstream) -> None:
    """An aware time is told as the clock on the wall of the time zone."""
    upstream.answers(sample("send_schedule_a_message"))
    when = datetime(2026, 1, 1, 14, 30, tzinfo=UTC)
    await clearstream.send_message("Blue", "Hi", lists=[1], when=when, timezone="America/New_York")
    assert upstream.seen[0].form["datetime"] == "2026-01-01 09:30:00"


async def test_an_hour_that_does_not_exist_is_refused(clearstream: Clearstream) -> None:
    """In the night the clocks go forward, 02:30 is no time."""
    with pytest.raises(Invalid, match="does not exist") as caught:
        await clearstream.send_message(
            "Blue", "Hi", lists=[1], when=datetime.fromisoformat("2026-03-08T02:30"), timezone="America/New_York"
        )
    assert set(caught.value.fields) == {"datetime"}
