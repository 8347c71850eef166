"""When two people talk, told from what Clarity says of one side at a time."""

import pytest

from bot.services.followed import in_progress


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
