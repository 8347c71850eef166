"""Calls: asking for one, connecting it, and what happens to it while time passes.

Nothing here waits: :func:`settle` brings every call up to the site's own ``now``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

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
    Call,
    Member,
    Step,
)
from bot.sandbox.clarity.refusal import Refusal, invalid, not_found
from bot.sandbox.clarity.site import Site

REASON_LIMIT = 140
"""Characters (document: POST /v1/calls)."""


def call_of(site: Site, member: Member, call_id: int) -> Call:
    """The call with that id, which that member is part of, or 404."""
    call = site.state.calls.get(call_id)
    if call is None or not call.concerns(member):
        raise not_found("call")
    return call


LISTS: dict[str, Callable[[Call, Member], bool]] = {
    "requested": lambda call, member: call.status == PENDING and call.seeker_id == member.id,
    "callback": lambda call, member: call.status == PENDING and call.expert_id == member.id,
    "completed": lambda call, member: call.status == COMPLETED and call.concerns(member),
    "canceled": lambda call, member: call.status == CANCELED and call.concerns(member),
}
"""Which calls each list holds. Who could not be reached, and what is under way, is in none; what expired stays."""


def listed(site: Site, name: str, member: Member) -> list[Call]:
    """That member's calls of one of the ``LISTS``, the oldest first unless the site is odd."""
    belongs = LISTS[name]
    calls = [call for call in site.state.calls.values() if belongs(call, member)]
    return sorted(calls, key=lambda call: (call.created_at, call.id), reverse=site.odd.newest_first)


def request(site: Site, seeker: Member, expert_id: int, reason: str, hours: int) -> Call:
    """``seeker`` asks that expert for a call within ``hours``; 422 for nobody and for oneself."""
    expert = site.state.members.get(expert_id)
    if expert is None:
        raise invalid("expert_id is not the id of a member.")
    if expert.id == seeker.id:
        raise invalid("You cannot request a call with yourself.")
    return _new(site, expert, seeker, reason, hours, expert.hourly_rate)


def offer(site: Site, expert: Member, seeker_id: int, reason: str, *, paid: bool) -> Call:
    """``expert`` fulfills a need: its call waits for them to connect; an unpaid one is free."""
    seeker = site.state.members[seeker_id]
    return _new(site, expert, seeker, reason, 72, expert.hourly_rate if paid else Decimal(0))


def _new(site: Site, expert: Member, seeker: Member, reason: str, hours: int, rate: Decimal) -> Call:
    now = site.now()
    call = Call(
        id=site.state.next_id("call"),
        expert_id=expert.id,
        seeker_id=seeker.id,
        reason=reason[:REASON_LIMIT],
        hourly_rate=rate,
        created_at=now,
        expires_at=now + timedelta(hours=hours),
        updated_at=now,
    )
    site.state.calls[call.id] = call
    return call


def connect(site: Site, member: Member, call_id: int) -> Call:
    """The expert connects a call of their callback list; 403 for the seeker, 422 once it is no longer there."""
    call = call_of(site, member, call_id)
    if call.expert_id != member.id:
        raise Refusal(403, "Only the expert can connect this call.")
    if call.status != PENDING:
        raise invalid("This call has already been connected." if call.status != CANCELED else "This call was canceled.")
    if call.expires_at <= site.now():
        raise invalid("This call request has expired.")
    call.ahead = _plan(site, call)
    site.state.live.append(call.id)
    settle(site)
    return call


def _plan(site: Site, call: Call) -> list[Step]:
    """Everything that will happen to a call connected now, the seeker's phone first."""
    pace, fate = site.pace, call.fate or site.pace.fate
    at = site.now()
    steps = [Step(DIALING_SEEKER, at)]
    if fate == SEEKER_UNAVAILABLE:
        return [*steps, Step(fate, at + pace.patience)]
    steps.append(Step(SEEKER_ANSWERED, at := at + pace.seeker_rings))
    steps.append(Step(DIALING_EXPERT, at := at + pace.announcement))
    if fate == EXPERT_UNAVAILABLE:
        return [*steps, Step(fate, at + pace.patience)]
    if fate == CANCELED:
        return [*steps, Step(fate, at + pace.expert_rings)]
    steps.append(Step(EXPERT_ANSWERED, at := at + pace.expert_rings))
    return [*steps, Step(COMPLETED, at + (pace.talk if call.talk is None else call.talk))]


def settle(site: Site) -> bool:
    """Let everything happen to calls that is due by now; True when anything did."""
    if not site.state.live:
        return False
    now = site.now()
    moved = False
    for call in [site.state.calls[call_id] for call_id in site.state.live]:
        while call.ahead and call.ahead[0].at <= now:
            step = call.ahead.pop(0)
            become(call, step.status, step.at)
            moved = True
    site.state.live = [call_id for call_id in site.state.live if site.state.calls[call_id].ahead]
    return moved


def become(call: Call, status: str, at: datetime, canceled_by: int | None = None) -> None:
    """``call`` has that status from ``at`` on; the seeker has canceled it unless somebody else is named."""
    call.status, call.updated_at = status, at
    if status == EXPERT_ANSWERED:
        call.answered_at = at
    elif status == COMPLETED:
        call.duration = int((at - (call.answered_at or at)).total_seconds())
    elif status == CANCELED:
        call.canceled_by = call.seeker_id if canceled_by is None else canceled_by


def stop(site: Site, call: Call, status: str, canceled_by: int | None = None) -> None:
    """From now on ``call`` has that status, and nothing more happens to it by itself."""
    settle(site)
    call.ahead.clear()
    site.state.live = [call_id for call_id in site.state.live if call_id != call.id]
    become(call, status, site.now(), canceled_by)


def hang_up(site: Site, call: Call, member: Member) -> None:
    """One side hangs up a call under way: it is completed if they spoke, else canceled by them.

    ``ValueError`` for a call that is not connected or already over.
    """
    settle(site)
    if call.status == PENDING or call.status in OVER:
        raise ValueError(f"call {call.id} is {call.status}")
    stop(site, call, COMPLETED if call.answered_at is not None else CANCELED, member.id)


def cancel(site: Site, call: Call, member: Member) -> None:
    """One side takes back or declines a pending call on the site; ``ValueError`` once it is no longer pending."""
    settle(site)
    if call.status != PENDING:
        raise ValueError(f"call {call.id} is {call.status}")
    stop(site, call, CANCELED, member.id)
