"""Whatever becomes of calls in whatever order, lists and calls agree, and it all survives a restart."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.sandbox.clarity import ClarityStandIn, Refusal, furnish
from bot.sandbox.clarity.cast import SHARED
from bot.sandbox.clarity.oauth import OAuth
from bot.sandbox.clarity.params import Params
from bot.sandbox.clarity.routes import ALL
from bot.sandbox.clarity.routing import Asked, find
from tests.clock import WoundClock
from tests.sandbox.clarity_site import DAN, JUSTIN, SEEKER, START, documented

PEOPLE = (SEEKER, DAN, JUSTIN)
FATES = ("call_completed", "seeker_unavailable", "expert_unavailable", "canceled")
OVER = frozenset(FATES)
FOLLOWS = {
    "pending": {"dialing_seeker", "canceled"},
    "dialing_seeker": {"seeker_answered", "seeker_unavailable", "canceled"},
    "seeker_answered": {"dialing_expert", "canceled"},
    "dialing_expert": {"expert_answered", "expert_unavailable", "canceled"},
    "expert_answered": {"call_completed"},
}
"""What may come after what, one step at a time."""


def may_follow(before: str, after: str) -> bool:
    """Whether a call may have gone from one status to the other, in any number of steps."""
    return before == after or any(may_follow(between, after) for between in FOLLOWS.get(before, ()))


def ask(standin: ClarityStandIn, who: int, method: str, path: str, **form: str) -> Any:
    """Ask a handler as a request of that member would."""
    standin.settle()
    route, named = find(ALL, method, path.split("/"))
    parameters = Params([], route.query), Params(list(form.items()), route.form)
    return route.handler(standin.site, Asked(standin.member(who), named, *parameters))


class Calls(RuleBasedStateMachine):
    """Requests, connects, cancels, hang-ups, time passing and restarts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = WoundClock(START)
        self.standin = documented(self.clock)
        self.seen: dict[int, str] = {}
        self.expires: dict[int, datetime] = {}
        self.connected: dict[int, datetime] = {}

    def some_call(self, data: st.DataObject) -> int:
        """One of the calls there are."""
        return data.draw(st.sampled_from(sorted(self.seen)))

    @rule(pair=st.permutations(PEOPLE), hours=st.integers(min_value=1, max_value=3))
    def request(self, pair: list[int], hours: int) -> None:
        """Somebody asks somebody else for a call."""
        seeker, expert, _ = pair
        form = {"expert_id": str(expert), "expires_in": str(hours), "reason": "Advice"}
        answer = ask(self.standin, seeker, "POST", "calls", **form)
        assert "status" not in answer
        assert answer["id"] not in self.seen
        self.seen[answer["id"]] = "pending"
        self.expires[answer["id"]] = self.clock.now() + timedelta(hours=hours)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def connect(self, data: st.DataObject, who: int) -> None:
        """Somebody connects: it works just for the expert of a call that is pending and not expired."""
        call = self.standin.call(self.some_call(data))
        good = call.status == "pending" and call.expert_id == who and self.clock.now() < self.expires[call.id]
        try:
            answer = ask(self.standin, who, "POST", f"calls/{call.id}/connect")
        except Refusal as refusal:
            assert not good
            assert refusal.status in (403, 404, 422)
        else:
            assert good
            assert answer["status"] == "dialing_expert"
            self.connected[call.id] = self.clock.now()

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), fate=st.sampled_from(FATES), seconds=st.integers(min_value=0, max_value=100))
    def foretell(self, data: st.DataObject, fate: Any, seconds: int) -> None:
        """How a call will end is decided before it is connected."""
        call = self.standin.call(self.some_call(data))
        if call.status == "pending":
            self.standin.will_end(call, fate, timedelta(seconds=seconds))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), expert=st.booleans())
    def give_up(self, data: st.DataObject, expert: bool) -> None:
        """One side cancels what is pending, or hangs up what is under way."""
        call = self.standin.call(self.some_call(data))
        who = call.expert_id if expert else call.seeker_id
        if call.status == "pending":
            self.standin.someone_cancels(call, who)
        elif call.status not in OVER:
            self.standin.hang_up(call, who)

    @rule(seconds=st.sampled_from([0.5, 1, 3, 6, 20, 45, 3600]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock.advance(seconds)

    @rule()
    def restart(self) -> None:
        """The site's memory goes through a file and another site goes on from it."""
        written = json.dumps(self.standin.dump())
        self.standin = ClarityStandIn(now=self.clock.now, tick_seconds=None)
        self.standin.load(json.loads(written))
        assert json.dumps(self.standin.dump()) == written

    @invariant()
    def every_call_goes_forward(self) -> None:
        """From one status only to one that may follow; what is over stays as it is; only the spoken have a length."""
        for call_id, before in self.seen.items():
            call = self.standin.call(call_id)
            shown = ask(self.standin, call.seeker_id, "GET", f"calls/{call_id}")
            assert may_follow(before, shown["status"])
            assert before not in OVER or before == shown["status"]
            assert (shown["duration"] is not None) == (shown["status"] == "call_completed")
            assert shown["status"] in ("pending", "canceled") or call_id in self.connected
            self.seen[call_id] = shown["status"]

    @invariant()
    def the_lists_agree(self) -> None:
        """Each call is in the lists its status and its sides say, and in no other."""
        for who in PEOPLE:
            for name in ("requested", "callback", "completed", "canceled"):
                listed = ask(self.standin, who, "GET", f"calls/{name}")
                assert [each["id"] for each in listed] == sorted(self.expected(who, name))
                expected = "pending" if name in ("requested", "callback") else name
                assert {each["status"] for each in listed} <= {expected}

    def expected(self, who: int, name: str) -> list[int]:
        """The ids a list should hold."""
        calls = [self.standin.state.calls[call_id] for call_id in self.seen]
        match name:
            case "requested":
                return [call.id for call in calls if call.status == "pending" and call.seeker_id == who]
            case "callback":
                return [call.id for call in calls if call.status == "pending" and call.expert_id == who]
        status = "call_completed" if name == "completed" else name
        return [call.id for call in calls if call.status == status and who in (call.seeker_id, call.expert_id)]

    def teardown(self) -> None:
        """Two minutes later nothing is under way any more."""
        self.clock.advance(120)
        self.standin.settle()
        assert self.standin.state.live == []
        statuses = {call.status for call in self.standin.state.calls.values()}
        assert statuses <= {*FATES, "pending"}


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_everything_survives_a_restart() -> None:
    """Tokens, open pages, codes, needs, messages and calls under way: another site goes on where this one was."""
    clock = WoundClock(START)
    standin = ClarityStandIn(now=clock.now, redirect_uris=["http://127.0.0.1:1/"])
    furnish(standin)
    token = standin.token(SHARED)
    call = standin.someone_requests("bob", "ninapark", "Texting")
    standin.will_end(call, "call_completed", timedelta(seconds=90))
    standin.someone_connects(call)
    oauth = OAuth(standin.site, standin.client, iter(["answered", "code", "open"]).__next__)
    for _ in range(2):
        oauth.page([("client_id", standin.client_id), ("response_type", "code"), ("state", "s")])
        if "code" not in standin.state.codes:
            oauth.decide([("request", "answered"), ("answer", "allow"), ("member", str(call.expert_id))])
    clock.advance(20)
    other = ClarityStandIn(now=clock.now)
    other.load(json.loads(json.dumps(standin.dump())))
    standin.settle()
    other.settle()
    assert other.state == standin.state
    clock.advance(120)
    assert (other.call(call.id).duration, other.call(call.id)) == (90, standin.call(call.id))
    assert other.token(SHARED) == token
    assert (list(other.state.codes), list(other.state.asked)) == (["code"], ["open"])


def test_the_cast_is_thirty_members_with_a_past() -> None:
    """All different, each with words and a place; two organizations, and something to do for the team at once."""
    clock = WoundClock()
    standin = ClarityStandIn(now=clock.now)
    furnish(standin)
    members = list(standin.state.members.values())
    assert len(members) == len({member.name for member in members}) == len({member.bio for member in members}) == 30
    assert all(member.bio and member.expertise and member.location for member in members)
    assert len(standin.state.organizations) == 2
    shared, alice = standin.member(SHARED).id, standin.member("alice").id
    for who in (shared, alice):
        assert all(ask(standin, who, "GET", f"calls/{name}") for name in ("callback", "completed"))
        assert ask(standin, who, "GET", "messages")
        assert len(ask(standin, who, "GET", "needs")) == 4
    past = [message.at for message in standin.state.messages]
    assert past == sorted(past)
    assert all(call.updated_at <= clock.now() for call in standin.state.calls.values())
    assert all(call.expires_at > clock.now() for call in standin.state.calls.values() if call.status == "pending")
