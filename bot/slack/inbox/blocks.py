"""How conversations, texts and what happens to them look in Slack. Pure: data in, blocks out."""

import re

from bot.clearstream.numbers import readable
from bot.operations.model import Operation, State
from bot.services import account_change, call_kinds, calls, contacts, keywords, lists, setup_changes, texts
from bot.services.broadcast_answers import Answered
from bot.services.conversation_model import Conversation, Shown, Status, Text
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block

UNREAD = "unread"
"""The value of **Show unread**."""

_ANSWERED = 100
"""Characters of a broadcast that are shown above the texts that answer it."""

_MENTION = re.compile(r"<@[UW][A-Z0-9]+>")
_SIGNS = {Status.NEW: ":large_blue_circle:", Status.OPEN: ":large_yellow_circle:", Status.DONE: ":white_check_mark:"}


def status_line(conversation: Conversation) -> str:
    """The status and who has it, in mrkdwn."""
    line = f"{_SIGNS[conversation.status]} *{conversation.status}*"
    if conversation.claimed_by:
        line += f" · claimed by <@{conversation.claimed_by}>"
    return line


def header(conversation: Conversation) -> list[Block]:
    """The message that stands for a conversation."""
    if conversation.gone:
        gone = ":wastebasket: Deleted in Clearstream. What was said stays in this thread."
        return [b.header(conversation.title), b.context(b.mrkdwn(gone))]
    return [
        b.header(conversation.title),
        b.context(b.mrkdwn(about(conversation))),
        *_latest(conversation),
        *_answered(conversation),
        b.actions([*_buttons(conversation), _menu(conversation)], block_id="conversation"),
    ]


def header_text(conversation: Conversation) -> str:
    """The header where no blocks are shown: notifications, screen readers."""
    status = "Deleted in Clearstream" if conversation.gone else str(conversation.status)
    latest = f": {conversation.latest_text}" if conversation.latest_text else ""
    answered = f" · {in_reply_to(conversation.answers)}" if conversation.answers else ""
    return b.escape(f"{conversation.title} ({status}){latest}{answered}")


def about(conversation: Conversation) -> str:
    """Status, who has it, when it last moved and what is special about the person, in mrkdwn."""
    line = status_line(conversation)
    if conversation.latest_at:
        line += f" · {b.when(conversation.latest_at)}"
    status = (conversation.subscriber_status or "active").lower().replace("_", " ")
    if status != "active":
        line += f" · {':no_bell: ' if status == 'opted out' else ''}{b.escape(status)}"
    return line


def in_reply_to(answers: Answered) -> str:
    """Which broadcast a text answers, as plain words."""
    return f"in reply to “{b.cut(' '.join(answers.words.split()), _ANSWERED)}”"


def _answered(conversation: Conversation) -> list[Block]:
    if conversation.answers is None:
        return []
    line = f":mega: {b.escape(in_reply_to(conversation.answers))}, sent {b.when(conversation.answers.sent_at)}"
    return [b.context(b.mrkdwn(line))]


def _latest(conversation: Conversation) -> list[Block]:
    if conversation.latest_text is None:
        return []
    if not conversation.latest_text.strip():
        return [b.section(WORDLESS)]
    arrow = "" if conversation.latest_incoming else "↩ "
    return [b.section_of(f"{arrow}{conversation.latest_text}")]


def _buttons(conversation: Conversation) -> list[Block]:
    value = ids.OfConversation(conversation=conversation.id).pack()
    style = "primary" if conversation.status is Status.NEW else None
    buttons = [
        b.button("Reply", ids.REPLY, value, style=style),
        claim_or_release(conversation, value),
    ]
    if conversation.status is not Status.DONE:
        buttons.append(b.button("Done", ids.DONE, value))
    return buttons


MENU = (
    ("contact", "Contact"),
    ("history", "History"),
    ("delete", "Delete conversation"),
    ("opt_out", "Opt out"),
)
"""What stands behind the three dots of a header."""


def _menu(conversation: Conversation) -> Block:
    return b.overflow(ids.MENU, [b.option(words, ids.option_value(name, conversation.id)) for name, words in MENU])


def text(one: Text, conversation: Conversation) -> list[Block]:
    """One text: who and when, then the words; under the header, in the modals, everywhere alike."""
    at = b.mrkdwn(b.when(one.sent_at))
    if one.status and not one.incoming and _failed(one.status):
        at = b.mrkdwn(f"{b.when(one.sent_at)} · :warning: {b.escape(one.status)}")
    words = b.quoted(one.body) if one.body.strip() else [b.section(WORDLESS)]
    return [b.context(_who(one, conversation), at), *words]


def text_fallback(one: Text, conversation: Conversation) -> str:
    """A text where no blocks are shown."""
    who = b.escape(conversation.called) if one.incoming else f"↩ {_author(one)}"
    return f"{who}: {b.escape(one.body) if one.body.strip() else WORDLESS}"


WORDLESS = "_A text without words: perhaps a picture. Clearstream's own site shows it._"
"""What stands for a text in which nothing can be read."""


def _who(one: Text, conversation: Conversation) -> Block:
    if one.incoming:
        return b.plain(conversation.called, 300)
    return b.mrkdwn(f"↩ {one.author}") if _in_slack(one) else b.plain(f"↩ {one.author or 'Clearstream'}", 300)


def _author(one: Text) -> str:
    author = one.author or "Clearstream"
    return author if _in_slack(one) else b.escape(author)


def _in_slack(one: Text) -> bool:
    """Whether it was written from Slack: then its author is a mention, and nothing else."""
    return one.author is not None and _MENTION.fullmatch(one.author) is not None


def _failed(status: str) -> bool:
    return status.upper() not in ("QUEUED", "SENDING", "SENT", "DELIVERED", "RECEIVED")


def note(what: str, by: str) -> str:
    """A line on who took a conversation, or let go of it; the mention makes Slack tell them of what follows."""
    if what == "claimed":
        return f":raised_hand: <@{by}> claimed this conversation."
    return f":wave: <@{by}> released this conversation."


def line(words: str) -> Block:
    """A line of our own words."""
    return b.section(words)


def summary(conversations: int, unread: int) -> list[Block]:
    """What the first start found."""
    blocks = [b.section(summary_text(conversations, unread))]
    if unread:
        blocks.append(b.actions([b.button("Show unread", ids.SHOW_UNREAD, UNREAD, style="primary")]))
    return blocks


def unread_shown(shown: Shown | None, batch: int) -> tuple[str, list[Block]]:
    """What **Show unread** came to, in one line and as blocks, with **Show more** where there is more."""
    if shown is None:
        said = "These were shown already: they stand in the inbox channel."
        return said, [b.section(said)]
    said = f"{shown.count} conversation{' is' if shown.count == 1 else 's are'} on the way here, oldest first."
    if not shown.more:
        return said, [b.section(said)]
    more = b.button("Show more", ids.SHOW_UNREAD, ids.OfPage(page=batch + 1).pack())
    return said, [b.section(f"{said} There are more."), b.actions([more])]


def summary_text(conversations: int, unread: int) -> str:
    """The same in one line."""
    many = f"{conversations:,} conversation" + ("" if conversations == 1 else "s")
    return (
        f":wave: Switchboard is watching the text line: *{many}* so far, *{unread:,} unread*. "
        "New texts appear here, one message a conversation, every text in its thread."
    )


def notice(operation: Operation, called: str | None) -> list[Block]:
    """What became of something that somebody must know of, or decide on."""
    body = operation.payload.get("text")
    blocks = [b.section(notice_line(operation))]
    if called:
        blocks.append(b.context(b.plain(f"To {called}", 300)))
    blocks += b.quoted(str(body)) if body else ()
    if operation.state is State.UNCONFIRMED:
        blocks.append(b.actions(_decisions(operation)))
    return blocks


def notice_text(operation: Operation, called: str | None) -> str:
    """The same where no blocks are shown."""
    to = f"({b.escape(called)})" if called else ""
    parts = (notice_line(operation), to, b.escape(str(operation.payload.get("text", ""))))
    return " ".join(part for part in parts if part)


_THINGS = {
    contacts.EDIT: ("your change to the contact", "was *not made*"),
    contacts.OPT_OUT: ("your opt-out", "was *not made*"),
    contacts.DELETE: ("the conversation", "was *not deleted*"),
    lists.CREATE: ("your new list", "was *not made*"),
    lists.RENAME: ("your new name for the list", "was *not given*"),
    lists.DELETE: ("the list", "was *not deleted*"),
    lists.ADD: ("the new subscriber", "was *not added*"),
    keywords.CREATE: ("your new keyword", "was *not made*"),
    keywords.EDIT: ("your change to the keyword", "was *not made*"),
    keywords.DELETE: ("your keyword", "was *not deleted*"),
    setup_changes.SAVE: ("your change of the setup", "was *not made*"),
    account_change.CHANGE: ("your change of the account", "was *not made*"),
    calls.REQUEST: ("your request for a call", "was *not sent*"),
    calls.CONNECT: ("the call", "was *not connected*"),
    call_kinds.MESSAGE: ("your message on Clarity", "was *not sent*"),
    call_kinds.NEED: ("your need", "was *not posted*"),
    call_kinds.FULFILL: ("your offer to fulfill a need", "was *not made*"),
}
"""What a notice is about, and what is said when it failed; anything else is a text."""


def notice_line(operation: Operation) -> str:
    """One sentence on how it stands, to whoever asked for it."""
    thing, not_done = _THINGS.get(operation.kind, ("your text", "was *not sent*"))
    who = f"<@{operation.asked_by}>" if operation.asked_by else "Somebody"
    reason = b.reason(operation.reason or "")
    reference = f" (reference `{operation.reference}`)" if operation.reference else ""
    where, out = ("Clarity", "through") if operation.kind in call_kinds.ON_CLARITY else ("Clearstream", "out")
    lines = {
        State.READY: f":hourglass: {who}, {thing} has not left yet. {reason or 'It is on its way.'}",
        State.HELD: f":hourglass: {who}, {thing} waits. {reason}",
        State.SENDING: f":hourglass: {who}, {thing} is being sent.",
        State.UNKNOWN: f":mag: {who}, looking in {where} whether {thing} went {out}.",
        State.UNCONFIRMED: (
            f":grey_question: *Unconfirmed*: {who}, nobody can tell whether {thing} went {out}. {reason} "
            f"*Check again* looks in {where}; *Send anyway* may send it twice.{reference}"
        ),
        State.SENT: f":white_check_mark: {who}, {thing} went {out}{_as_message(operation)}.",
        State.FAILED: f":x: {who}, {thing} {not_done}. {reason}{reference}",
        State.CANCELLED: f":no_entry_sign: {who}, {thing} {not_done}. {reason}",
    }
    return " ".join(lines[operation.state].split())


def _as_message(operation: Operation) -> str:
    words = operation.payload.get("header")
    return f", as a message with the header “{b.escape(words)}”" if words else ""


def _decisions(operation: Operation) -> list[Block]:
    value = ids.OfOperation(operation=operation.id, fence=operation.fence).pack()
    twice = "this happens twice" if operation.kind in call_kinds.ON_CLARITY else "this person gets the same text twice"
    sure = b.confirm("Send it again?", f"If the first one did go out, {twice}.", "Send anyway", "Wait")
    return [
        b.button("Check again", ids.CHECK_AGAIN, value, style="primary"),
        b.button("Send anyway", ids.SEND_ANYWAY, value, style="danger", confirm=sure),
        b.button("Leave it", ids.DROP, value),
    ]


def claim_or_release(conversation: Conversation, value: str) -> Block:
    """**Claim**, or **Release** where somebody has it."""
    return b.button("Release", ids.RELEASE, value) if conversation.claimed_by else b.button("Claim", ids.CLAIM, value)


def called_by_operation(operation: Operation, conversation: Conversation | None) -> str | None:
    """Whom a text of an operation goes to, as a person calls them."""
    if conversation is not None:
        return conversation.called
    return readable(str(operation.payload["number"])) if operation.kind == texts.MESSAGE else None
