"""How the list of open conversations looks. Pure: data in, blocks out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services.conversations import Conversation
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.inbox import blocks as inbox


@dataclass(frozen=True)
class Listed:
    """One page of the conversations that are not done; ``said`` is what a press on it came to."""

    conversations: Sequence[Conversation]
    page: int
    pages: int
    total: int
    said: str | None = None


def inbox_page(listed: Listed, team_url: str) -> list[Block]:
    """``/sms inbox``: conversations that are not done, newest first."""
    blocks = [b.context(b.mrkdwn(listed.said))] if listed.said else []
    if not listed.conversations:
        return [*blocks, b.section("Nothing is open: every conversation is done. :tada:")]
    of = f" (page {listed.page} of {listed.pages})" if listed.pages > 1 else ""
    blocks.append(b.section(f"*Inbox*: {listed.total:,} open, newest first{of}"))
    for conversation in listed.conversations:
        blocks += _row(conversation, listed.page, team_url)
    turns = []
    if listed.page > 1:
        turns.append(b.button("Newer", f"{ids.PAGE}.newer", ids.OfPage(page=listed.page - 1).pack()))
    if listed.page < listed.pages:
        turns.append(b.button("Older", f"{ids.PAGE}.older", ids.OfPage(page=listed.page + 1).pack()))
    return [*blocks, b.divider(), b.actions(turns)] if turns else blocks


def _row(conversation: Conversation, page: int, team_url: str) -> list[Block]:
    value = ids.OfConversation(conversation=conversation.id, page=page).pack()
    latest = b.cut(" ".join((conversation.latest_text or "").split()), 150)
    buttons = [open_button(conversation, team_url), b.button("Reply", ids.REPLY, value)]
    return [
        b.divider(),
        b.section_of(f"{conversation.title}\n{latest}"),
        b.context(b.mrkdwn(inbox.about(conversation))),
        b.actions([*buttons, inbox.claim_or_release(conversation, value)], block_id=f"row:{conversation.id}"),
    ]


def open_button(conversation: Conversation, team_url: str) -> Block:
    """**Open**: a link to the Slack thread, or a press that makes it first."""
    if conversation.channel and conversation.root_ts:
        return b.link_button("Open", ids.OPEN_LINK, b.permalink(team_url, conversation.channel, conversation.root_ts))
    return b.button("Open", ids.OPEN, ids.OfConversation(conversation=conversation.id).pack())
