"""The decisions, by themselves: whatever is raised or seen, in whatever case, the promises hold."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    BadRequest,
    Gone,
    Invalid,
    MaybeSent,
    NotFound,
    NotSent,
    RateLimited,
    Refused,
    ServerFault,
    Unauthorized,
    Unavailable,
    Unreachable,
    UpstreamError,
)
from bot.operations.limits import Limits
from bot.operations.model import Absent, Again, Ambiguous, Done, Guard, Held, LeaseLost, Operation, State, Superseded
from bot.operations.outcomes import Case, Trouble, before_leaving, cannot_look, of_attempt, of_look
from bot.store.engine import Tx
from tests.clock import START


class Kind:
    """A kind of which only the rules matter."""

    name = "kind"

    def __init__(self, harmless: bool, patience: timedelta | None, looks: Sequence[float]) -> None:
        self.harmless = harmless
        self.patience = patience
        self.looks = looks

    async def marker(self, operation: Operation) -> int | None:
        """Not asked."""
        raise NotImplementedError

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Not asked."""
        raise NotImplementedError

    async def find(self, operation: Operation) -> Done | Absent | Ambiguous:
        """Not asked."""
        raise NotImplementedError

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Not asked."""
        raise NotImplementedError


async def nothing(tx: Tx) -> None:
    """What comes first is nothing."""


upstream_errors = st.sampled_from(
    [UpstreamError, NotSent, Unreachable, BadRequest, Unauthorized, NotFound, MaybeSent, ServerFault, Unavailable]
).map(lambda error: error("A sentence.", service="Upstream"))
limited = st.floats(0, 10_000).map(lambda wait: RateLimited("Too many.", service="Upstream", retry_after=wait))
own_errors = st.sampled_from([Refused("No."), Invalid("No."), Gone("No.")])
turns = st.sampled_from([Again(nothing), Superseded("No."), Held("Mend it.", timedelta(seconds=60)), LeaseLost("x")])
bugs = st.sampled_from([RuntimeError("a bug"), KeyError("a bug"), OSError("the database is gone")])
troubles = st.one_of(upstream_errors, limited, own_errors, turns, bugs).map(lambda error: Trouble(error, "reference"))

seconds = st.integers(0, 10_000).map(lambda number: timedelta(seconds=number))
kinds = st.builds(
    Kind, st.booleans(), st.none() | seconds, st.lists(st.floats(0, 100), min_size=1, max_size=4).map(tuple)
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any operation of any kind, at any time after it was asked for."""
    operation = Operation(
        id="id",
        kind="kind",
        key="key",
        payload={},
        state=State.SENDING,
        fence=draw(st.integers(1, 9)),
        lane=None,
        bucket=None,
        asked_by=None,
        attempts=draw(st.integers(0, 50)),
        doubts=draw(st.integers(0, 9)),
        looks=draw(st.integers(0, 9)),
        marker=None,
        bound=None,
        result={},
        reason=None,
        reference=None,
        created_at=START,
        sent_at=START,
        lease_until=None,
    )
    return Case(draw(kinds), operation, Limits(spread=lambda: 0.5), START + draw(seconds))


@given(cases(), troubles)
def test_only_what_certainly_did_not_leave_goes_again(case: Case, trouble: Trouble) -> None:
    """A doubt is never ready, failed or cancelled by itself, whatever kind it is."""
    outcome = of_attempt(case, trouble)
    certain = isinstance(trouble.error, NotSent | Again | Held | Superseded | LeaseLost | Refused | Invalid | Gone)
    assert (outcome.state is State.UNKNOWN) == (not certain)
    assert outcome.state not in (State.SENT, State.SENDING, State.UNCONFIRMED)


@given(cases(), troubles)
def test_what_did_not_leave_is_never_a_doubt(case: Case, trouble: Trouble) -> None:
    """Before the request anything may go wrong, and nobody has to look or to be asked."""
    outcome = before_leaving(case, trouble)
    assert outcome.state in (State.READY, State.HELD, State.FAILED, State.CANCELLED)


@given(cases(), troubles)
def test_what_may_go_on_for_ever_never_fails_for_want_of_time(case: Case, trouble: Trouble) -> None:
    """Without an end to its patience only a refusal ends it."""
    outcome = before_leaving(case, trouble)
    refusal = isinstance(trouble.error, BadRequest | Unauthorized | NotFound | Refused | Invalid | Gone)
    if case.kind.patience is None and not refusal:
        assert outcome.state is not State.FAILED


@given(cases(), st.sampled_from([Done("thing"), Absent(), Absent(certain=True), Ambiguous(2)]))
def test_what_was_not_seen_is_sent_again_only_where_that_does_no_harm(
    case: Case, evidence: Done | Absent | Ambiguous
) -> None:
    """Not to be found is no proof; a person decides about what nobody can take back."""
    outcome = of_look(case, evidence)
    if outcome.state is State.READY:
        assert evidence == Absent(certain=True) or (case.kind.harmless and evidence == Absent())
    assert (outcome.state is State.SENT) == isinstance(evidence, Done)


@given(cases(), troubles)
def test_a_look_that_fails_proves_nothing(case: Case, trouble: Trouble) -> None:
    """It is looked for again, or a person is asked; a harmless one is looked for as long as it takes."""
    outcome = cannot_look(case, trouble)
    assert outcome.state in (State.UNKNOWN, State.UNCONFIRMED)
    assert not (case.kind.harmless and outcome.state is State.UNCONFIRMED)


@given(cases(), troubles)
def test_every_wait_is_one(case: Case, trouble: Trouble) -> None:
    """What goes again after a failure waits; what an upstream asked for is heeded; nothing waits backwards."""
    outcome = of_attempt(case, trouble)
    assert outcome.wait >= timedelta()
    if outcome.state is State.READY and isinstance(trouble.error, NotSent):
        assert outcome.wait > timedelta()
    if outcome.state is State.READY and isinstance(trouble.error, RateLimited):
        assert outcome.blocks
        assert outcome.wait >= timedelta(seconds=trouble.error.retry_after)


@given(cases())
def test_what_was_refused_says_of_which_fields(case: Case) -> None:
    """A form can then say it beside them; a refusal that names none has nothing to tell."""
    named = BadRequest("No.", service="Upstream", fields={"name": ["The name is taken."]})
    assert of_attempt(case, Trouble(named, "x")).values["result"] == {"fields": {"name": ["The name is taken."]}}
    assert "result" not in of_attempt(case, Trouble(Refused("No."), "x")).values
