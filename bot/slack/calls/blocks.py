"""How a call looks in Slack, from the request to its end. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clarity.models import Call, Member
from bot.services.followed import ASKED, IN_DOUBT, Followed, cost_so_far, in_progress
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.experts.blocks import hourly, money
from bot.store.clarity import SHARED

People = Mapping[int, Member]

LISTS = {
    "callback": "Waiting for you",
    "requested": "Asked for by you",
    "completed": "Completed",
    "canceled": "Canceled",
}
"""Clarity's lists of calls, and what they are to who reads them."""
_NEWEST = 3
_HOURS = 96

_WORDS = {
    "dialing_seeker": ":telephone_receiver: Dialing {seeker} …",
    "seeker_answered": ":telephone_receiver: {seeker} answered",
    "dialing_expert": ":telephone_receiver: Dialing {expert} …",
    "expert_answered": ":telephone_receiver: {expert} answered",
    "canceled": ":no_entry_sign: Canceled{canceler}",
    "seeker_unavailable": ":x: {seeker} did not answer",
    "expert_unavailable": ":x: {expert} did not answer",
}
"""Clarity's states ("GET /v1/calls/:id") as a person reads them; any other is shown as it is."""

_SEE = "Its message shows how it stands."
_WAITS_FOR_US = ":hourglass: Waiting to be connected"
_WAITS_FOR_THEM = ":hourglass: Waiting for {expert} to connect it"
_CONNECTING = {
    ASKED: ":telephone_receiver: Connecting …",
    IN_DOUBT: ":grey_question: Nobody can tell yet whether it is being dialed",
}


@dataclass(frozen=True)
class View:
    """Whose account looks at calls (``mine`` is its member's id), and when."""

    owner: str
    mine: int | None
    people: People
    now: datetime

    @property
    def shared(self) -> bool:
        """Whether the team looks, in its calls channel."""
        return self.owner == SHARED

    @property
    def you(self) -> str:
        """What to call the account's owner."""
        return "the shared account" if self.shared else "you"

    def name(self, member_id: int | None) -> str:
        """What to call a member."""
        known = self.people.get(member_id or 0)
        return known.name if known else f"member {member_id}" if member_id is not None else "somebody"

    def other(self, call: Call) -> str:
        """What to call whom the account talks with."""
        return self.name(call.other(self.mine or 0))

    def ours(self, call: Call) -> bool:
        """Whether the account is the expert's, who connects it."""
        return self.mine is not None and call.expert_id == self.mine


def clock(seconds: float) -> str:
    """A length of time as a clock shows it."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def lasting(time: timedelta) -> str:
    """A length of time in words."""
    minutes = int(time.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= _HOURS:
        return f"{hours // 24} days"
    if not hours:
        return f"{minutes} min" if minutes else "less than 10 min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def state(followed: Followed, view: View) -> str:
    """How it stands, as one line of plain text with our own signs."""
    call = followed.call
    line = _state(followed, view)
    left_alone = followed.told and not followed.following and not call.pending and not call.terminal
    return f"{line} when last looked at: it is not followed any longer" if left_alone else line


def _state(followed: Followed, view: View) -> str:
    call = followed.call
    if call.expired(view.now):
        return ":hourglass: Expired: nobody connected it in time"
    if call.completed:
        length = f" after {clock(call.duration)}" if call.duration is not None else ""
        cost = f", {money(call.cost)}" if call.cost is not None else ""
        return f":white_check_mark: Completed{length}{cost}"
    if in_progress(call.status, followed.seen):
        return _talking(followed, view.now)
    words = _waiting(followed, view) if call.pending else _WORDS.get(call.status)
    if words is None:
        return f":telephone_receiver: {call.status}"
    by = f" by {view.name(call.canceled_by)}" if call.canceled_by in (call.seeker_id, call.expert_id) else ""
    return words.format(seeker=view.name(call.seeker_id), expert=view.name(call.expert_id), canceler=by)


def _talking(followed: Followed, now: datetime) -> str:
    seconds = (now - followed.answered_at).total_seconds() if followed.answered_at else 0
    so_far = cost_so_far(followed.call, seconds)
    cost = f" · {money(so_far)} so far" if so_far else ""
    return f":large_green_circle: In progress · {clock(seconds)}{cost}"


def _waiting(followed: Followed, view: View) -> str:
    if followed.connecting is not None:
        return _CONNECTING[followed.connecting]
    return _WAITS_FOR_US if view.ours(followed.call) else _WAITS_FOR_THEM


def message(followed: Followed, view: View) -> list[Block]:
    """The one message of a call."""
    blocks: list[Block] = [
        b.header(title(followed, view)),
        {"type": "section", "text": b.plain(followed.call.reason or "No reason given")},
        {"type": "section", "text": b.label(b.tame(state(followed, view)), 3000)},
        b.context(*_about(followed, view)),
    ]
    if followed.waits_for(view.mine, view.now):
        blocks.append(b.actions([connect_button(followed)]))
    return blocks


def connect_button(followed: Followed) -> Block:
    """**Connect**."""
    value = ids.OfCall(owner=followed.owner, call=followed.call.id).pack()
    return b.button("Connect", ids.CONNECT, value, style="primary")


def title(followed: Followed, view: View) -> str:
    """Who calls whom, as the account's owner sees it; who asks whom only while that is still open."""
    if followed.waits_for(view.mine, view.now):
        return f"{view.other(followed.call)} asks {view.you} for a call"
    return f"Call with {view.other(followed.call)}"


def _about(followed: Followed, view: View) -> list[Block]:
    """The small print: rate, time left and until when, and who of the team acted."""
    about = [b.plain(f"rate {hourly(followed.call.hourly_rate)}", 100)]
    left, until = followed.left(view.now), followed.call.expires_at
    if left is not None and until is not None:
        about.append(b.mrkdwn(f"{lasting(left)} left, until {b.when(until)}"))
    did = _did(followed, view)
    if view.shared and followed.asked_by is not None and did is not None:
        about.append(b.mrkdwn(f"{did} by <@{followed.asked_by}>"))
    return about


def _did(followed: Followed, view: View) -> str | None:
    """What somebody of the team did about it; nothing yet where it only waits for us."""
    if not view.ours(followed.call):
        return "asked for"
    return None if followed.connecting is None else "connected"


def message_text(followed: Followed, view: View) -> str:
    """The same where no blocks are shown."""
    call = followed.call
    line = f"{title(followed, view)}: {call.reason} ({state(followed, view)}, rate {hourly(call.hourly_rate)}"
    until = f", until {b.when(call.expires_at)}" if call.expires_at and followed.open(view.now) else ""
    return f"{b.escape(line)}{until})"


def word(what: str, followed: Followed, view: View) -> tuple[str, list[Block]]:
    """A reminder, or that a request has expired: for where no blocks are shown, and as blocks."""
    call = followed.call
    if what == "reminder" and call.expires_at is not None:
        if not followed.waits(view.now):
            line = f":alarm_clock: The call {view.other(call)} asked {view.you} for waits no more. {_SEE}"
            return b.escape(line), [b.named(line)]
        minutes = max(int((call.expires_at - view.now).total_seconds() // 60), 1)
        line = f":alarm_clock: The call {view.other(call)} asks {view.you} for can be connected for {minutes} min more."
        until = f"until {b.when(call.expires_at)}"
        button = b.actions([connect_button(followed)])
        return f"{b.escape(line)} ({until})", [b.named(line), b.context(b.mrkdwn(until)), button]
    line = f":hourglass: {_expired(call, view)}"
    return b.escape(line), [b.named(line)]


def _expired(call: Call, view: View) -> str:
    other = view.other(call)
    if view.ours(call):
        to = " to the shared account" if view.shared else ""
        return f"The request of {other}{to} has expired: it can no longer be connected."
    whose = "The shared account's" if view.shared else "Your"
    return f"{whose} request to {other} has expired: they did not connect it in time."


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


def waiting(followed: Followed, view: View) -> list[Block]:
    """One of several that wait to be connected: who and why, how it stands, rate and time left."""
    line: Block = {"type": "section", "text": b.plain(f"{title(followed, view)}\n{followed.call.reason}")}
    return [line, b.context(b.label(b.tame(state(followed, view)), 500), *_about(followed, view))]


def _row(call: Call, view: View) -> list[Block]:
    followed = Followed(view.owner, call, (call.status,))
    block: Block = {"type": "section", "text": b.plain(f"{title(followed, view)}\n{call.reason}")}
    if followed.waits_for(view.mine, view.now):
        block["accessory"] = connect_button(followed)
    asked = "asked " if call.pending else ""
    made = [b.mrkdwn(f"{asked}{b.when(call.created_at)}")] if call.created_at is not None else []
    stands = b.label(b.tame(state(followed, view)), 500)
    return [block, b.context(stands, *_about(followed, view), *made)]
