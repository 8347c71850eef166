"""What is told of once: new Clarity messages, new needs, and a login that is not accepted any more. Pure.

Each as one text, for where no blocks are shown, and as blocks.
"""

from bot.clarity.models import Conversation, Member, Need
from bot.services.accounts import HOW_TO_LOG_IN
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.experts import blocks
from bot.store.clarity import SHARED

_QUOTED = 3000


def message(talk: Conversation, owner: str) -> tuple[str, list[Block]]:
    """A new Clarity message to an account."""
    written = b.cut(talk.last_message.text if talk.last_message else "", _QUOTED)
    unread = f" ({talk.unread_message_count} unread)" if talk.unread_message_count > 1 else ""
    whom = "the shared account" if owner == SHARED else "you"
    line = f":speech_balloon: {talk.other_member.name} wrote to {whom} on Clarity{unread}:"
    presses = b.actions([blocks.reply(talk.other_member, owner)])
    return f"{b.escape(line)} {b.escape(written)}", [b.named(line), *b.quoted(written), presses]


def need(need: Need, requester: Member | None, owner: str) -> tuple[str, list[Block]]:
    """A new need in an account's organizations."""
    who = requester.name if requester else "Somebody"
    where = " in an organization of the shared account" if owner == SHARED else ""
    line = f":bulb: {who} posted a need{where}{' and would pay' if need.paid else ''}."
    described = b.cut(need.description, _QUOTED)
    drawn = [b.named(line), *b.quoted(described), b.context(b.mrkdwn("All of them: `/expert needs`"))]
    if need.id is not None:
        drawn.append(b.actions([blocks.fulfill(need, owner, who)]))
    return f"{b.escape(line)} {b.escape(described)}", drawn


def refused(owner: str) -> tuple[str, list[Block]]:
    """Clarity does not accept an account's token any more."""
    whose, mend = ("your login", f"your calls are not watched. {HOW_TO_LOG_IN}")
    if owner == SHARED:
        whose = "the token of the shared account"
        mend = (
            "its calls are not watched. Whoever runs Switchboard sets a new `CLARITY_OAUTH_TOKEN` and starts it again."
        )
    line = f":warning: Clarity does not accept {whose} any more, so {mend}"
    return line, [b.section(line)]
