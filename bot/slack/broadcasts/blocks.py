"""How broadcasts look: the one message that follows each, and the list of all. Pure: data in, blocks out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clearstream.models import Message, SocialPost
from bot.services.broadcast_list import Listing
from bot.services.broadcast_model import UNDER_WAY, Broadcast, State, progress, rates
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.broadcasts import ids, views
from bot.slack.ids import OfPage

_BAR = 20
_SAID = {
    State.DRAFT: ":pencil2: *Draft*",
    State.WAITING: ":raised_hand: *Waiting for approval*",
    State.DECLINED: ":no_entry: *Declined*",
    State.HELD: ":hourglass_flowing_sand: *About to be sent*",
    State.UNDONE: ":leftwards_arrow_with_hook: *Undone*: nothing was sent",
    State.LEAVING: ":outbox_tray: *On its way to Clearstream*",
    State.UNCONFIRMED: ":grey_question: *Unconfirmed*",
    State.FAILED: ":x: *Not sent*",
    State.SCHEDULED: ":calendar: *Scheduled*",
    State.CANCELLED: ":wastebasket: *Cancelled*: nothing was sent",
    State.QUEUED: ":inbox_tray: *Queued*",
    State.SENDING: ":outbox_tray: *Sending*",
    State.SENT: ":white_check_mark: *Sent*",
}
"""Every state in the words of the screen, in mrkdwn."""


@dataclass(frozen=True)
class Shown:
    """A broadcast as its message shows it, at the time it is drawn (``now``).

    ``fence`` is that of its operation, ``reference`` what the log calls its trouble.
    """

    broadcast: Broadcast
    fence: int
    now: datetime
    reference: str | None = None


def message_text(shown: Shown) -> str:
    """A broadcast where no blocks are shown."""
    one = shown.broadcast
    return f"{_plain(_SAID[one.state])}: {b.escape(b.cut(one.line, 300))}"


def message(shown: Shown) -> list[Block]:
    """The message that follows a broadcast."""
    one = shown.broadcast
    who = f"Broadcast by <@{one.author}>" if one.author else "Broadcast sent from Clearstream"
    blocks = [b.context(b.mrkdwn(f":loudspeaker: {who}")), b.section_of(one.line)]
    if one.ready is not None:
        blocks.append(_recipients(one))
    blocks.append(b.section("\n".join(_state(one, shown.now))))
    if shown.reference and one.state in (State.UNCONFIRMED, State.FAILED):
        blocks.append(b.context(b.mrkdwn(f"reference `{b.escape(shown.reference)}`")))
    figures = _figures(one)
    if figures:
        blocks.append(b.section("\n".join(figures)))
    pressed = buttons(shown)
    return [*blocks, b.actions(pressed)] if pressed else blocks


def _recipients(one: Broadcast) -> Block:
    ready = one.ready
    if ready is None:
        return b.context(b.mrkdwn(" "))
    counted = _count(one.recipients, "recipient") if one.recipients is not None else _plain(views.reach(ready))
    needed = f" · {_count(ready.credits, 'credit')}" if ready.credits is not None else ""
    return b.context(b.plain(f"To {views.to_words(ready)} · {counted}{needed}", 300))


def _state(one: Broadcast, now: datetime) -> list[str]:
    """How it stands, in lines of mrkdwn."""
    said = _SAID[one.state]
    match one.state:
        case State.WAITING:
            lines = [f"{said} of anybody who may send, but not <@{one.author}>."]
            lines += [f"It is for {b.when(one.when)}."] if one.when else []
        case State.DECLINED:
            lines = [f"{said} by <@{one.decided_by}>. Nothing was sent."]
        case State.HELD:
            lines = [_held(one, now)]
        case State.SCHEDULED:
            lines = [f"{said} for {b.when(one.when)}" if one.when else said]
        case State.UNCONFIRMED:
            lines = [f"{said}: nobody can tell whether it went out. Look before you send it a second time."]
        case State.UNDONE | State.CANCELLED:
            lines = [f"{said}."]
            lines += [f"Stopped by <@{one.stopped_by}>."] if one.stopped_by else []
        case _:
            lines = [said]
    if one.decided_by and one.state not in (State.DECLINED, State.WAITING):
        lines.append(f"Approved by <@{one.decided_by}>.")
    if one.state in UNDER_WAY and one.message:
        lines.append(_bar(one.message, now))
    if one.reason and one.state is not State.UNDONE:
        lines.append(f"> {b.reason(one.reason)}")
    return lines


def _held(one: Broadcast, now: datetime) -> str:
    by = f", as <@{one.sent_by}> said" if one.sent_by and one.sent_by != one.decided_by else ""
    goes = f"It will be scheduled for {b.when(one.when)}" if one.when else "It leaves"
    at = b.when(one.undo_until, "{time_secs}") if one.undo_until and one.undoable(now) else "in a moment"
    return f"{_SAID[State.HELD]}{by}. {goes}{' at ' if at.startswith('<') else ' '}{at}; nothing has left yet."


def _bar(message: Message, now: datetime) -> str:
    share = progress(message, now)
    full = round(share * _BAR)
    return f"`{'█' * full}{'░' * (_BAR - full)}` {share:.0%}"


def _figures(one: Broadcast) -> list[str]:
    """What became of it, in lines of mrkdwn."""
    message = one.message
    if message is None or one.state in (State.SCHEDULED, State.CANCELLED, State.UNCONFIRMED):
        return []
    stats, shares = message.stats, rates(message)
    facts = [_count(stats.recipients, "recipient")] if stats.recipients is not None else []
    facts += [_count(stats.failures, "failure")] if stats.failures is not None else []
    facts += [f"{stats.throughput:g} a second"] if stats.throughput else []
    facts += [f"took {_long(message.seconds)}"] if message.seconds and one.state is State.SENT else []
    lines = [" · ".join(facts)] if facts else []
    if one.state is State.SENT and (stats.replies is not None or stats.opt_outs is not None):
        replies = _share(stats.replies, "reply", "replies", shares.replies if shares else None)
        outs = _share(stats.opt_outs, "opt-out", "opt-outs", shares.opt_outs if shares else None)
        lines.append(f":speech_balloon: {replies} · :no_bell: {outs}")
        lines.append("_Counted to the end._" if one.ended else "_Replies and opt-outs are counted for a day._")
    posts = [(name, url) for name, post in _social(message) if (url := b.web_address(post.url)) is not None]
    if posts:
        lines.append("Posted: " + ", ".join(f"<{b.escape(url)}|{name}>" for name, url in posts))
    return lines


def _social(message: Message) -> tuple[tuple[str, SocialPost], ...]:
    return (("Facebook", message.social.facebook), ("Twitter", message.social.twitter))


def _share(count: int | None, one: str, many: str, share: float | None) -> str:
    words = f"*{count or 0:,}* {one if count == 1 else many}"
    return words if share is None else f"{words} ({share:.1%})"


def _count(number: int | None, word: str) -> str:
    return f"{number or 0:,} {word}" if number == 1 else f"{number or 0:,} {word}s"


def _long(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def _plain(words: str) -> str:
    """Our own mrkdwn without its signs."""
    return " ".join(
        word for word in words.replace("*", "").split() if not (word.startswith(":") and word.endswith(":"))
    )


def buttons(shown: Shown) -> list[Block]:
    """What can be pressed on it as it stands; nothing where nothing can."""
    one = shown.broadcast
    value = ids.OfBroadcast(broadcast=one.id, version=one.version, fence=shown.fence).pack()
    match one.state:
        case State.WAITING:
            return [
                b.button("Approve", ids.APPROVE, value, style="primary", confirm=approve_question(one)),
                b.button("Decline", ids.DECLINE, value, style="danger"),
            ]
        case State.HELD if one.undoable(shown.now):
            return [b.button("Undo", ids.UNDO, value, style="danger")]
        case State.SCHEDULED:
            return [cancel_button(one, value)]
        case State.UNCONFIRMED:
            return [
                b.button("Check again", ids.CHECK_AGAIN, value, style="primary"),
                b.button("Send anyway", ids.SEND_ANYWAY, value, style="danger", confirm=_twice(one)),
            ]
        case State.DECLINED | State.UNDONE | State.FAILED if one.author:
            return [b.button("Edit", ids.EDIT, value)]
    return []


def cancel_button(one: Broadcast, value: str) -> Block:
    """**Cancel** on a scheduled one, which asks first."""
    question = "Clearstream is told to delete it. Nothing is sent then."
    return b.button("Cancel", ids.CANCEL, value, style="danger", confirm=b.confirm("Cancel it?", question, "Cancel it"))


def approve_question(one: Broadcast) -> Block:
    """What is asked before it is approved."""
    who = (
        "its recipients"
        if one.recipients is None
        else f"{_count(one.recipients, 'person')}".replace("persons", "people")
    )
    dialog = b.confirm(
        "Approve it?", f"It goes to {who}, after a few seconds in which it can be undone.", "Approve", "Not yet"
    )
    return {**dialog, "style": "primary"}


def _twice(one: Broadcast) -> Block:
    many = "everybody" if one.recipients is None else f"{one.recipients:,} people"
    question = f"It may have gone out already: then {many} get it twice, and nobody can take it back. Send it anyway?"
    return b.confirm("Perhaps a second time?", question, "Send anyway", "No")


def changed(author: str | None) -> tuple[str, list[Block]]:
    """What stands where an earlier version of a broadcast stood: its text, and its blocks."""
    by = f" by <@{author}>" if author else ""
    said = f":pencil2: This broadcast was changed{by}. Nothing of this version was sent."
    return said, [b.section(said)]


def declined(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """What its author is told when somebody declined it: its text, and its blocks."""
    said = f":no_entry: <@{payload['by']}> has declined your broadcast, so nothing was sent."
    value = ids.OfBroadcast(broadcast=payload["broadcast"], version=payload["version"]).pack()
    why = f"> {b.reason(payload['reason'])}"
    return f"{said}\n{why}", [
        b.section(said),
        b.section(why),
        b.context(b.plain(payload["line"], 500)),
        b.actions([b.button("Edit", ids.EDIT, value)]),
    ]


def answer(one: Broadcast, now: datetime, channel: str | None) -> tuple[str, list[Block]]:
    """What whoever pressed **Send** is told, with **Undo** as long as it counts."""
    place = f" It is followed in <#{channel}>." if channel else ""
    if one.state is State.WAITING:
        said = f":raised_hand: Asked for approval{f' in <#{channel}>' if channel else ''}. Nothing leaves before."
        return said, [b.section(said)]
    value = ids.OfBroadcast(broadcast=one.id, version=one.version, answer=True).pack()
    if one.state is State.HELD:
        said = f"{_held(one, now)}{place}"
        return said, [b.section(said), b.actions([b.button("Undo", ids.UNDO, value, style="danger")])]
    said = f"{_SAID[one.state]}.{place}"
    return said, [b.section(said)]


def listing(page: Listing, now: datetime, said: str | None = None) -> list[Block]:
    """``/sms broadcasts``: all of them, newest first."""
    blocks = [b.context(b.mrkdwn(said))] if said else []
    blocks.append(b.section("*Broadcasts*, newest first" + (f" (page {page.page})" if page.page > 1 else "")))
    if not page.items:
        blocks.append(b.section("There are none yet."))
    for one in page.items:
        blocks += _row(one, now, page.page)
    turns = [b.button("New broadcast", ids.NEW, "1", style="primary")]
    if page.page > 1:
        turns.append(b.button("Newer", f"{ids.PAGE}.newer", _of_page(page.page - 1)))
    if page.more:
        turns.append(b.button("Older", f"{ids.PAGE}.older", _of_page(page.page + 1)))
    return [*blocks, b.divider(), b.actions(turns)]


def _of_page(number: int) -> str:
    return OfPage(page=number).pack()


def row(one: Broadcast) -> list[Block]:
    """One of several: its text, and in small print how it stands, for whom and by whom."""
    when = f" · {b.when(one.when)}" if one.when else ""
    facts = [f"{_SAID[one.state]}{when}"]
    if one.ready is not None:
        facts.append(f"to {b.escape(b.cut(views.to_words(one.ready), 200))}")
    if one.recipients is not None:
        facts.append(_count(one.recipients, "recipient"))
    if one.state is State.SENT and one.message is not None:
        stats = one.message.stats
        facts += [
            f"{stats.replies or 0:,} {'reply' if stats.replies == 1 else 'replies'}",
            _count(stats.opt_outs, "opt-out"),
        ]
    facts.append(f"by <@{one.author}>" if one.author else "sent elsewhere")
    return [b.section_of(b.cut(one.line, 300)), b.context(b.mrkdwn(" · ".join(facts)))]


def _row(one: Broadcast, now: datetime, page: int) -> list[Block]:
    blocks = [b.divider(), *row(one)]
    if one.cancellable:
        value = ids.OfBroadcast(broadcast=one.id, version=one.version, answer=True, page=page).pack()
        blocks.append(b.actions([cancel_button(one, value)]))
    return blocks
