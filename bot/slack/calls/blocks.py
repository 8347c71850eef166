"""How a call looks in Slack, from the request to its end. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clarity.models import Call, Member
from bot.services.followed import Followed, cost_so_far, in_progress
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.experts.blocks import money

People = Mapping[int, Member]

LISTS = {
    "callback": "Waiting for you",
    "requested": "Asked for by you",
    "completed": "Completed",
    "canceled": "Canceled",
}
"""Clarity's lists of calls, and what they are to who reads them."""
_NEWEST = 3

_WORDS = {
    "pending": ":hourglass: Waiting to be connected",
    "dialing_seeker": ":telephone_receiver: Dialing {seeker} …",
    "seeker_answered": ":telephone_receiver: {seeker} answered",
    "dialing_expert": ":telephone_receiver: Dialing {expert} …",
    "expert_answered": ":telephone_receiver: {expert} answered",
    "completed": ":white_check_mark: Completed",
    "call_completed": ":white_check_mark: Completed",
    "canceled": ":no_entry_sign: Canceled",
    "seeker_unavailable": ":x: {seeker} did not answer",
    "expert_unavailable": ":x: {expert} did not answer",
}
"""Clarity's states ("GET /v1/calls/:id") as a person reads them; any other is shown as it is."""


@dataclass(frozen=True)
class View:
    """Who looks at calls (``mine`` is their member's id), and when."""

    owner: str
    mine: int | None
    people: People
    now: datetime


def name(people: People, member_id: int | None) -> str:
    """What to call a member."""
    known = people.get(member_id or 0)
    return known.name if known else f"member {member_id}"


def clock(seconds: float) -> str:
    """A length of time as a clock shows it."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def left(until: datetime, now: datetime) -> str:
    """How much time there is until then."""
    minutes = int((until - now).total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours < 100 else f"{hours // 24} days"


def state(followed: Followed, people: People, now: datetime) -> str:
    """How it stands, as one line of plain text with our own signs."""
    call = followed.call
    if call.expired(now):
        return ":hourglass: Expired: nobody connected it in time"
    if call.completed:
        length = f" after {clock(call.duration)}" if call.duration is not None else ""
        cost = f", {money(call.cost)}" if call.cost is not None else ""
        return f":white_check_mark: Completed{length}{cost}"
    if in_progress(call.status, followed.seen):
        seconds = (now - followed.answered_at).total_seconds() if followed.answered_at else 0
        so_far = cost_so_far(call, seconds)
        cost = f" · {money(so_far)} so far" if so_far else ""
        return f":large_green_circle: In progress · {clock(seconds)}{cost}"
    words = _WORDS.get(call.status)
    if words is None:
        return f":telephone_receiver: {call.status}"
    return words.format(seeker=name(people, call.seeker_id), expert=name(people, call.expert_id))


def message(followed: Followed, people: People, mine: int | None, now: datetime) -> list[Block]:
    """The one message of a call."""
    call = followed.call
    blocks: list[Block] = [
        b.header(title(call, people, mine)),
        {"type": "section", "text": b.plain(call.reason or "No reason given")},
        {"type": "section", "text": b.label(b.tame(state(followed, people, now)), 3000)},
        b.context(b.plain(_about(call, people, now), 500)),
    ]
    if followed.waits_for(mine, now):
        blocks.append(b.actions([connect_button(followed)]))
    return blocks


def connect_button(followed: Followed) -> Block:
    """**Connect**."""
    value = ids.OfCall(owner=followed.owner, call=followed.call.id).pack()
    return b.button("Connect", ids.CONNECT, value, style="primary")


def title(call: Call, people: People, mine: int | None) -> str:
    """Who calls whom, as the account's owner sees it."""
    if call.expert_id == mine and call.pending:
        return f"{name(people, call.seeker_id)} asks you for a call"
    return f"Call with {name(people, call.other(mine or 0))}"


def _about(call: Call, people: People, now: datetime) -> str:
    parts = [f"rate {money(call.hourly_rate)} per hour" if call.hourly_rate is not None else "rate unknown"]
    if call.pending and call.expires_at is not None and not call.expired(now):
        parts.append(f"{left(call.expires_at, now)} left")
    return " · ".join(parts)


def message_text(followed: Followed, people: People, mine: int | None, now: datetime) -> str:
    """The same where no blocks are shown."""
    call = followed.call
    line = f"{title(call, people, mine)}: {call.reason} ({state(followed, people, now)})"
    return b.escape(line)


def word_line(what: str, followed: Followed, people: People, mine: int | None, now: datetime) -> str:
    """A reminder, or that a request has expired, in mrkdwn."""
    call = followed.call
    who = b.escape(name(people, call.other(mine or 0)))
    if what == "reminder" and call.expires_at is not None:
        return f":alarm_clock: The call {who} asks you for can be connected for {left(call.expires_at, now)} more."
    if call.expert_id == mine:
        return f":hourglass: The request of {who} has expired: it can no longer be connected."
    return f":hourglass: Your request to {who} has expired: they did not connect it in time."


def listed(which: str, calls: Sequence[Call], view: View, page: int, pages: int) -> list[Block]:
    """``/expert calls <list>``: one list, a page of it."""
    if not calls:
        return [b.section(f"There are no calls under *{which}*.")]
    blocks: list[Block] = [b.section(f"*Calls: {which}*" + (f" (page {page} of {pages})" if pages > 1 else ""))]
    for call in calls:
        blocks += [b.divider(), *_row(call, view)]
    turns = [b.button("Newer", f"{ids.CALLS_PAGE}.newer", _turn(which, page - 1))] if page > 1 else []
    if page < pages:
        turns.append(b.button("Older", f"{ids.CALLS_PAGE}.older", _turn(which, page + 1)))
    return [*blocks, b.actions(turns)] if turns else blocks


def _turn(which: str, page: int) -> str:
    return ids.OfCalls(which=which, page=page).pack()


def overview(lists: Mapping[str, Sequence[Call]], view: View) -> list[Block]:
    """``/expert calls``: the newest of every list."""
    blocks: list[Block] = []
    for which, calls in lists.items():
        if not calls:
            continue
        more = f" · all {len(calls)}: `/expert calls {which}`" if len(calls) > _NEWEST else ""
        blocks += [b.divider(), b.section(f"*{LISTS[which]}*{more}")]
        for call in calls[:_NEWEST]:
            blocks += _row(call, view)
    return blocks or [b.section("There are no calls yet. Find an expert with `/expert search`.")]


def _row(call: Call, view: View) -> list[Block]:
    followed = Followed(view.owner, call, (call.status,), None, False, None, None, 0, None, False)
    block: Block = {"type": "section", "text": b.plain(f"{title(call, view.people, view.mine)}\n{call.reason}")}
    if followed.waits_for(view.mine, view.now):
        block["accessory"] = connect_button(followed)
    made = [b.mrkdwn(b.when(call.created_at))] if call.created_at is not None else []
    stands = b.label(b.tame(state(followed, view.people, view.now)), 500)
    return [block, b.context(stands, b.plain(_about(call, view.people, view.now), 500), *made)]
