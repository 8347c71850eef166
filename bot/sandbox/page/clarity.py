"""The other side of the calls, beside the workspace: who is on Clarity, and how each call stands for both of them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.clarity import Call, ClarityStandIn, Member
from bot.sandbox.clarity.model import (
    CANCELED,
    COMPLETED,
    DIALING_EXPERT,
    DIALING_SEEKER,
    EXPERT_ANSWERED,
    EXPERT_UNAVAILABLE,
    OVER,
    PENDING,
    SEEKER_ANSWERED,
    SEEKER_UNAVAILABLE,
)
from bot.sandbox.clarity.people import fellows
from bot.sandbox.clarity.shapes import picture_url

ENDED_SHOWN = 4
_RINGS, _TALKS, _WAITS, _MISSED = "is ringing …", "is on the line", "is waiting to be dialed", "did not pick up"
_SIDES = {
    DIALING_SEEKER: (_RINGS, _WAITS),
    SEEKER_ANSWERED: (_TALKS, _WAITS),
    DIALING_EXPERT: (_TALKS, _RINGS),
    EXPERT_ANSWERED: (_TALKS, _TALKS),
    SEEKER_UNAVAILABLE: (_MISSED, ""),
    EXPERT_UNAVAILABLE: ("", _MISSED),
}
"""What the phones of the seeker and of the expert do, by the call's status."""

_STATES = {
    DIALING_SEEKER: ("Dialing", "live"),
    SEEKER_ANSWERED: ("Dialing", "live"),
    DIALING_EXPERT: ("Dialing", "live"),
    EXPERT_ANSWERED: ("Talking", "live"),
    CANCELED: ("Canceled", "over"),
    SEEKER_UNAVAILABLE: ("Nobody answered", "over"),
    EXPERT_UNAVAILABLE: ("Nobody answered", "over"),
}
"""A status in words, and as what kind of state it is drawn; one nobody knows stays as it is."""


@dataclass(frozen=True)
class Caller:
    """One side of a call; ``phone`` says what theirs does just now, "" where there is nothing to say."""

    name: str
    picture: str
    phone: str
    ringing: bool


@dataclass(frozen=True)
class Press:
    """A button: ``what`` is the act, ``who`` (a member's id) does it."""

    what: str
    words: str
    who: int


@dataclass(frozen=True)
class CallRow:
    """A call on the panel. ``since`` (seconds since the epoch) is when they began to speak, while they do."""

    id: int
    reason: str
    seeker: Caller
    expert: Caller
    state: str
    kind: str
    since: int | None
    presses: tuple[Press, ...]


class ClarityPanel:
    """Clarity's members, with ``wanted`` (an id; else a busy one) in hand, and the calls of the accounts of the team.

    Those are the ones the app was let into, ``watched``, in that order: the shared account is the first.
    """

    def __init__(self, clarity: ClarityStandIn, wanted: str) -> None:
        self._clarity = clarity
        self._now = clarity.site.now()
        members = clarity.state.members
        self.watched = [members[each] for each in dict.fromkeys(clarity.state.tokens.values())]
        self._ours = {each.id for each in self.watched}
        self.members = sorted((each for each in members.values() if each.id not in self._ours), key=_by_name)
        self.who = next((each for each in self.members if str(each.id) == wanted), self._busiest())

    def _busiest(self) -> Member:
        return max(self.members, key=lambda each: (each.hourly_rate > 0, each.calls))

    def picture(self, member: Member) -> str:
        """The address of a member's photo."""
        return picture_url(self._clarity.site, member)

    def page(self, member: Member) -> str:
        """The address of a member's own page."""
        return f"{self._clarity.site.origin}/{member.screen_name}"

    @property
    def fellows(self) -> list[Member]:
        """Members in whose organizations a watched account is, who can therefore tell it of a need."""
        near = {each for ours in self.watched for each in fellows(self._clarity.site, ours)}
        return [each for each in self.members if each.id in near]

    @property
    def ongoing(self) -> list[CallRow]:
        """Calls that wait or are under way, the newest first."""
        return [self._row(call) for call in self._calls if call.status not in OVER and not self._expired(call)]

    @property
    def ended(self) -> list[CallRow]:
        """The last calls that are over."""
        over = [call for call in self._calls if call.status in OVER or self._expired(call)]
        return [self._row(call) for call in over[:ENDED_SHOWN]]

    @property
    def live(self) -> int:
        """How many calls are under way."""
        return sum(call.status not in OVER and call.status != PENDING for call in self._calls)

    @property
    def _calls(self) -> list[Call]:
        ours = [call for call in self._clarity.state.calls.values() if self._ours & {call.expert_id, call.seeker_id}]
        return sorted(ours, key=lambda call: (call.updated_at, call.id), reverse=True)

    def _expired(self, call: Call) -> bool:
        return call.status == PENDING and call.expires_at <= self._now

    def _row(self, call: Call) -> CallRow:
        on_the_seekers, on_the_experts = _SIDES.get(call.status, ("", ""))
        state, kind = self._state(call)
        talking = call.status == EXPERT_ANSWERED and call.answered_at is not None
        return CallRow(
            id=call.id,
            reason=call.reason,
            seeker=self._caller(call.seeker_id, on_the_seekers),
            expert=self._caller(call.expert_id, on_the_experts),
            state=state,
            kind=kind,
            since=int(call.answered_at.timestamp()) if talking and call.answered_at else None,
            presses=tuple(self._presses(call)),
        )

    def _caller(self, member_id: int, phone: str) -> Caller:
        member = self._clarity.state.members[member_id]
        return Caller(member.name, self.picture(member), phone, phone == _RINGS)

    def _state(self, call: Call) -> tuple[str, str]:
        """In words, and as what kind of state it is drawn."""
        if self._expired(call):
            return "Expired", "over"
        if call.status == PENDING:
            return f"Waiting, {_left(call.expires_at - self._now)} left", "waiting"
        if call.status == COMPLETED:
            return f"Completed, {clock(call.duration or 0)}", "done"
        return _STATES.get(call.status, (call.status, "live"))

    def _presses(self, call: Call) -> list[Press]:
        """What the side that is not the team's can do; the team's own side acts in Slack."""
        if call.status in OVER or self._expired(call):
            return []
        if call.status != PENDING:
            return [Press("hang_up", "Hang up", call.expert_id if call.seeker_id in self._ours else call.seeker_id)]
        if call.expert_id not in self._ours:
            return [Press("connect", "Connect", call.expert_id), Press("cancel", "Decline", call.expert_id)]
        return [] if call.seeker_id in self._ours else [Press("cancel", "Take back", call.seeker_id)]


def clock(seconds: int) -> str:
    """``1:05``."""
    return f"{seconds // 60}:{seconds % 60:02}"


def _left(time: timedelta) -> str:
    minutes = max(1, int(time.total_seconds()) // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _by_name(member: Member) -> str:
    return member.name.casefold()
