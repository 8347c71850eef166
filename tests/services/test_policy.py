"""Who may do what: pure, and in doubt the answer is no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.policy import Act, Facts, Policy

ALICE = Facts("U1", workspace_admin=True)
BOB = Facts("U2", in_inbox=True)
CAROL = Facts("U3")
CARE = Facts("U4", groups=frozenset({"S1"}))

INBOX = [act for act in Act if act.circle == "inbox"]
SENDERS = [act for act in Act if act.circle == "senders"]
ADMINS = [act for act in Act if act.circle == "admins"]

facts = st.builds(
    Facts,
    st.sampled_from(["U1", "U2", "U3"]),
    in_inbox=st.booleans(),
    workspace_admin=st.booleans(),
    outsider=st.booleans(),
    groups=st.frozensets(st.sampled_from(["S1", "S2"])),
    known=st.booleans(),
)
circles = st.lists(st.sampled_from(["U1", "U2", "S1", "S2"]), max_size=3).map(tuple)
policies = st.builds(Policy, st.none() | st.just("C1"), circles, circles)


@pytest.mark.parametrize("act", INBOX)
def test_everyone_in_the_channel_may_what_is_for_everyone(act: Act) -> None:
    """And admins and senders too; nobody else."""
    policy = Policy("C1", senders=("S1",))
    assert policy.allows(act, BOB)
    assert policy.allows(act, ALICE)
    assert policy.allows(act, CARE)
    assert not policy.allows(act, CAROL)


@pytest.mark.parametrize("act", SENDERS)
def test_senders_are_those_named_or_else_the_workspaces_admins(act: Act) -> None:
    """Being in the channel is not enough; with SENDERS set, being an admin is not either."""
    assert Policy("C1").allows(act, ALICE)
    assert not Policy("C1").allows(act, BOB)
    assert Policy("C1", senders=("U2",)).allows(act, BOB)
    assert not Policy("C1", senders=("U2",)).allows(act, ALICE)
    assert Policy("C1", senders=("S1",)).allows(act, CARE)


@pytest.mark.parametrize("act", ADMINS)
def test_admins_are_those_named_or_else_the_workspaces_admins(act: Act) -> None:
    """Senders are none."""
    assert Policy("C1", senders=("U2",)).allows(act, ALICE)
    assert not Policy("C1", senders=("U2",)).allows(act, BOB)
    assert Policy("C1", admins=("U3",)).allows(act, CAROL)
    assert not Policy("C1", admins=("U3",)).allows(act, ALICE)


@given(policies, facts, st.sampled_from(Act))
def test_whoever_is_unknown_or_from_elsewhere_may_nothing(policy: Policy, who: Facts, act: Act) -> None:
    """Whatever else is known of them."""
    if not who.known or who.outsider:
        assert not policy.allows(act, who)


@given(policies, facts, st.sampled_from(Act))
def test_a_refusal_is_a_sentence_and_stands_where_it_is_not_allowed(policy: Policy, who: Facts, act: Act) -> None:
    """It says what may not be done, and that it was not."""
    refusal = policy.refusal(act, who)
    assert (refusal is None) == policy.allows(act, who)
    if refusal is not None:
        assert act.words in refusal
        assert "not done" in refusal or "Nothing was done" in refusal


def test_a_refusal_says_who_can() -> None:
    """The channel, the people and groups named, or the workspace's admins."""
    assert "Everyone in <#C1> can: ask to be added there." in (Policy("C1").refusal(Act.REPLY, CAROL) or "")
    assert "The workspace's admins can." in (Policy("C1").refusal(Act.OPT_OUT, BOB) or "")
    named = Policy("C1", senders=("U7", "S1"), admins=("U8",))
    assert "<@U7>, <!subteam^S1> can." in (named.refusal(Act.DELETE, BOB) or "")
    assert "<@U8> can." in (named.refusal(Act.SETUP, BOB) or "")
    assert "chosen in `/sms setup` or named by `INBOX_CHANNEL`" in (Policy(None).refusal(Act.READ, CAROL) or "")
