"""When two people talk, told from what Clarity says of one side at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.followed import in_progress, time_left

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "talking"),
    [
        (["pending", "dialing_expert", "dialing_seeker", "seeker_answered"], False),
        (["pending", "dialing_expert", "dialing_seeker", "seeker_answered", "expert_answered"], True),
        (["pending", "expert_answered"], True),
        (["dialing_expert", "expert_answered", "dialing_seeker"], False),
        (["dialing_expert", "expert_answered", "dialing_seeker", "seeker_answered"], True),
        (["pending", "seeker_answered"], False),
        (["pending", "on_hold"], False),
    ],
)
def test_a_call_is_in_progress_when_both_have_answered(seen: list[str], talking: bool) -> None:
    """The seeker's answer alone is none, whatever connecting said; a missed state does not hide a conversation."""
    assert in_progress(seen[-1], seen) is talking


@given(st.timedeltas(timedelta(hours=-1), timedelta(days=30)), st.timedeltas(timedelta(), timedelta(days=30)))
def test_the_time_left_never_says_too_much_and_never_grows(left: timedelta, later: timedelta) -> None:
    """What is said is what is left but for less than a day, an hour, or ten minutes at the end; never below nothing."""
    said = time_left(NOW + left, NOW)
    assert timedelta() <= said <= max(left, timedelta())
    missing = max(left, timedelta()) - said
    assert missing < (
        timedelta(days=1)
        if left >= timedelta(days=4)
        else timedelta(hours=1)
        if left >= timedelta(hours=2)
        else timedelta(minutes=10)
    )
    assert time_left(NOW + left, NOW + later) <= said
