"""What a member is called, how a call stands, and what it costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clarity.models import TERMINAL, Call, Member
from tests.clarity.conftest import sample

NAMES = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["", " ", "Dan", " Jane "]))
NOON = datetime(2012, 8, 6, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "Dan M.", "first_name": "Dan", "last_name": "Martell", "screen_name": "dan"}, "Dan M."),
        ({"name": " ", "first_name": "Dan", "last_name": "Martell", "screen_name": "dan"}, "Dan Martell"),
        ({"first_name": "Dan", "last_name": None, "screen_name": "dan"}, "Dan"),
        ({"first_name": "", "last_name": "Martell"}, "Martell"),
        ({"screen_name": "danmartell"}, "danmartell"),
        ({"screen_name": 500}, "500"),
        ({}, "Member 7"),
    ],
)
def test_a_member_has_a_name(said: dict[str, Any], name: str) -> None:
    """Their name, else first and last, else the screen name."""
    assert Member.from_answer({"id": 7, **said}).name == name


@given(NAMES, NAMES, NAMES, NAMES)
def test_a_name_is_never_empty(name: str | None, first: str | None, last: str | None, screen: str | None) -> None:
    """Whatever is missing, there is something to call them, of what was said, without space around it."""
    parts = {"name": name, "first_name": first, "last_name": last, "screen_name": screen}
    shown = Member.from_answer({"id": 7, **parts}).name
    assert shown and shown == shown.strip()
    if name and name.strip():
        assert shown == name.strip()
    elif not any(part and part.strip() for part in (first, last)):
        assert shown == ((screen or "").strip() or "Member 7")


@pytest.mark.parametrize("rate", ["0.0", 0.0, 0, "0", -0.0, "-0.0"])
def test_a_rate_of_nothing_is_nothing(rate: Any) -> None:
    """A string in the long form, a number in the short one."""
    assert str(Call.from_answer({"id": 1, "hourly_rate": rate, "duration": 479}).cost) == "0.00"


@pytest.mark.parametrize(
    ("rate", "seconds", "cost"),
    [
        (100.0, 1123, "31.19"),  # 31.1944
        ("100.0", 1123, "31.19"),
        (18.0, 1, "0.01"),  # half a cent goes up
        (17.99, 1, "0.00"),
        (20.0, 3600, "20.00"),
        (0.1, 3600 * 3, "0.30"),  # as decimals, not as binary fractions
        (100, 0, "0.00"),
    ],
)
def test_what_a_call_costs(rate: Any, seconds: int, cost: str) -> None:
    """Rate × duration in seconds, to the cent, half a cent up."""
    assert str(Call.from_answer({"id": 1, "hourly_rate": rate, "duration": seconds}).cost) == cost


def test_the_samples_cost_what_they_should() -> None:
    """A free call and a paid one that took place; one that did not has no cost."""
    costs = [Call.from_answer(said).cost for said in sample("calls_completed")]
    assert costs == [Decimal("0.00"), Decimal("31.19")]
    assert Call.from_answer(sample("connect")).cost is None


@pytest.mark.parametrize("said", [None, "free", "", -5, -0.01, float("nan"), float("inf"), 1e300, [], {}])
def test_a_rate_that_is_none_costs_nobody_knows_what(said: Any) -> None:
    """A rate that cannot be one is not known; the call stays."""
    call = Call.from_answer({"id": 1, "hourly_rate": said, "duration": 60})
    assert (call.hourly_rate, call.cost) == (None, None)


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from([str, float, lambda rate: rate]))
def test_costs_are_exact(cents: int, seconds: int, spelled: Any) -> None:
    """The same as counted in whole numbers, however the rate is written."""
    rate = spelled(Decimal(cents) / 100)
    cost = Call.from_answer({"id": 1, "hourly_rate": rate, "duration": seconds}).cost
    assert cost is not None
    assert cost * 100 == (2 * cents * seconds + 3600) // 7200
    assert cost.as_tuple().exponent == -2


@given(st.floats(), st.one_of(st.integers(), st.floats(), st.text(max_size=5)))
def test_no_figure_breaks_the_cost(rate: float, seconds: Any) -> None:
    """Whatever stands there, the cost is an amount to the cent or not known."""
    cost = Call.from_answer({"id": 1, "hourly_rate": rate, "duration": seconds}).cost
    assert cost is None or (cost >= 0 and cost.as_tuple().exponent == -2)


@pytest.mark.parametrize("status", ["completed", "call_completed"])
def test_both_spellings_of_completed(status: str) -> None:
    """Lists have the one, the list of states the other; the word itself is kept."""
    call = Call.from_answer({"id": 1, "status": status})
    assert (call.completed, call.terminal, call.pending, call.status) == (True, True, False, status)


@pytest.mark.parametrize("said", [{}, {"status": None}, {"status": "pending"}])
def test_a_call_without_a_status_is_pending(said: dict[str, Any]) -> None:
    """As the answer to a new request has none."""
    call = Call.from_answer({"id": 1, **said})
    assert (call.status, call.pending, call.terminal) == ("pending", True, False)
    assert Call.from_answer(sample("create_call")).pending


@given(st.text(min_size=1))
def test_an_unknown_status_is_kept_and_may_still_change(status: str) -> None:
    """Only the five known ends are ends; who canceled decides nothing."""
    call = Call.from_answer({"id": 1, "status": status, "canceled_by": 7})
    assert call.status == status
    assert call.terminal is (status in TERMINAL)


@pytest.mark.parametrize(
    "status", ["pending", "dialing_seeker", "seeker_answered", "dialing_expert", "expert_answered", "on_hold"]
)
def test_a_call_under_way_has_not_ended(status: str) -> None:
    """Not even where somebody is named who canceled it, as in the samples."""
    assert not Call.from_answer({"id": 1, "status": status, "canceled_by": 7}).terminal


@pytest.mark.parametrize("status", ["canceled", "seeker_unavailable", "expert_unavailable"])
def test_a_call_that_did_not_take_place_has_ended(status: str) -> None:
    """Ended, and not completed."""
    call = Call.from_answer({"id": 1, "status": status})
    assert (call.terminal, call.completed) == (True, False)


def test_a_request_expires_when_its_time_comes() -> None:
    """At the second it says, and only while it waits; one that says no time never does."""
    call = Call.from_answer({"id": 1, "expires_at": NOON.isoformat()})
    assert [call.expired(NOON + timedelta(seconds=late)) for late in (-1, 0, 1)] == [False, True, True]
    assert not call.model_copy(update={"status": "dialing_expert"}).expired(NOON)
    assert not call.model_copy(update={"expires_at": None}).expired(NOON)


def test_a_call_has_another_side() -> None:
    """For the expert the seeker, for anybody else the expert."""
    call = Call.from_answer(sample("call"))
    assert (call.other(6), call.other(7), call.other(1)) == (7, 6, 6)
