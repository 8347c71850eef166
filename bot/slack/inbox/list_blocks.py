"""How the list of open conversations looks. Pure: data in, blocks out."""

from bot.services.conversation_model import Conversation, Page
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.inbox import blocks as inbox


def inbox_page(page: Page, team_url: str, said: str | None = None) -> list[Block]:
    """``/sms inbox``: conversations that are not done, newest first; ``said`` is what a press on it came to."""
    blocks = [b.context(b.mrkdwn(said))] if said else []
    if not page.conversations:
        return [*blocks, b.section("Nothing is open: every conversation is done. :tada:")]
    of = f" (page {page.number} of {page.pages})" if page.pages > 1 else ""
    blocks.append(b.section(f"*Inbox*: {page.total:,} open, newest first{of}"))
    for conversation in page.conversations:
        blocks += _row(conversation, page.number, team_url)
    turns = []
    if page.number > 1:
        turns.append(b.button("Newer", f"{ids.PAGE}.newer", ids.OfPage(page=page.number - 1).pack()))
    if page.number < page.pages:
        turns.append(b.button("Older", f"{ids.PAGE}.older", ids.OfPage(page=page.number + 1).pack()))
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
