"""How App Home looks. Pure: data in, blocks out; at most 100 blocks, as Slack takes no more."""

from bot.services.broadcast_model import State
from bot.services.conversation_model import Conversation
from bot.services.followed import Followed
from bot.services.home import Home, Missing, Rights, Sendable, Some
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack.blocks import Block
from bot.slack.broadcasts import blocks as broadcasts
from bot.slack.broadcasts import ids as broadcast_ids
from bot.slack.calls import blocks as calls
from bot.slack.home import ids
from bot.slack.inbox import blocks as inbox
from bot.slack.inbox.list_blocks import open_button
from bot.slack.setup import ids as setup_ids

_SAID = {
    Missing.TEXTS: "*Texts* are not connected. Whoever runs Switchboard sets `CLEARSTREAM_API_KEY`.",
    Missing.CLARITY: (
        "*Calls* are not connected. Whoever runs Switchboard sets `CLARITY_OAUTH_TOKEN` for a shared account, or "
        "`CLARITY_CLIENT_ID` and `CLARITY_CLIENT_SECRET` so that everyone can connect their own."
    ),
    Missing.INBOX_CHANNEL: "*No inbox channel* is chosen, so texts wait and are not shown.",
    Missing.CALLS_CHANNEL: "*No calls channel* is chosen, so nobody is told of requests on the shared Clarity account.",
    Missing.SHARED_REFUSED: (
        "*The shared Clarity account* is not accepted by Clarity any more. Whoever runs Switchboard sets a new "
        "`CLARITY_OAUTH_TOKEN`."
    ),
    Missing.LOGIN: "*Your Clarity account* is not connected, so calls and experts are not yours to use yet.",
    Missing.LOGIN_REFUSED: "*Your Clarity account* is not accepted by Clarity any more. Connect it again.",
}
_BY_SETUP = (Missing.INBOX_CHANNEL, Missing.CALLS_CHANNEL)
_BY_LOGIN = (Missing.LOGIN, Missing.LOGIN_REFUSED)

_LATEST = 150

UNKNOWN = "Slack could not say who you are here, so nothing is shown. Open this again in a moment."
OUTSIDE = "Switchboard is for the members of this workspace."


def view(home: Home, team_url: str, who_can_setup: str) -> Block:
    """Somebody's Home; ``who_can_setup`` says who may open **Setup**."""
    blocks = [*_head(home), *_not_set_up(home, who_can_setup)]
    if home.rights.read and home.texts:
        blocks += _inbox(home, team_url)
    if home.calls.total or (home.clarity and (home.rights.own_calls or home.rights.shared_calls)):
        blocks += _calls(home)
    if home.rights.read and home.texts:
        blocks += [*_broadcasts(home, team_url), *_credits(home)]
    return _home(blocks)


def only(sentence: str) -> Block:
    """A Home that says nothing but this."""
    return _home([b.section(sentence)])


def _home(blocks: list[Block]) -> Block:
    return {"type": "home", "callback_id": "home", "blocks": blocks}


def _head(home: Home) -> list[Block]:
    rights, buttons = home.rights, []
    if home.texts and rights.read:
        buttons.append(b.button("Inbox", all_ids.HELP_INBOX, "1"))
    if home.texts and rights.text:
        buttons.append(b.button("Text someone", all_ids.HELP_TEXT, "text"))
    if home.texts and rights.broadcast:
        buttons.append(b.button("New broadcast", broadcast_ids.NEW, "1"))
    if home.clarity and (rights.own_calls or rights.shared_calls):
        buttons.append(b.button("Find an expert", all_ids.HELP_FIND, "find"))
    if rights.setup:
        buttons.append(b.button("Setup", setup_ids.OPEN, "1"))
    head = [b.header("Switchboard")]
    if home.read_at is not None:
        late = f":warning: Clearstream could last be read {b.when(home.read_at)}: what came since is not here yet."
        head.append(b.context(b.mrkdwn(late)))
    return [*head, b.actions(buttons, block_id="home:head")] if buttons else head


def _not_set_up(home: Home, who_can_setup: str) -> list[Block]:
    lines = [{**_lacking(one, home.rights, who_can_setup), "block_id": f"home:{one.value}"} for one in home.missing]
    if home.held:
        many = "A message waits" if home.held == 1 else f"{home.held:,} messages wait"
        words = f"*{many}*: {b.reason(b.cut(home.held_why or '', 500))}"
        lines.append({**_mended(words, home.rights, who_can_setup), "block_id": "home:held"})
    return [b.divider(), b.section(":wrench: *Not set up yet*"), *lines] if lines else []


def _lacking(one: Missing, rights: Rights, who_can_setup: str) -> Block:
    if one in _BY_LOGIN:
        return b.section(_SAID[one], b.button("Connect Clarity", ids.LOGIN, one.name.lower(), style="primary"))
    return _mended(_SAID[one], rights, who_can_setup) if one in _BY_SETUP else b.section(_SAID[one])


def _mended(words: str, rights: Rights, who_can_setup: str) -> Block:
    """With the button that mends it, or who has it."""
    if rights.setup:
        return b.section(words, b.button("Setup", setup_ids.OPEN, "1", style="primary"))
    return b.section(f"{words} {who_can_setup.removesuffix('.')} mend it in *Setup*.")


def _inbox(home: Home, team_url: str) -> list[Block]:
    blocks = [b.divider(), b.section(f"*Claimed by you*: {home.claimed.total:,}")]
    for conversation in home.claimed.items:
        blocks += _conversation(conversation, team_url, home.rights)
    blocks += [*_more(home.claimed, "/sms inbox"), b.divider(), b.section(f"*New*: {home.new.total:,}")]
    for conversation in home.new.items:
        blocks += _conversation(conversation, team_url, home.rights)
    return [*blocks, *_more(home.new, "/sms inbox")]


def _conversation(conversation: Conversation, team_url: str, rights: Rights) -> list[Block]:
    value = all_ids.OfConversation(conversation=conversation.id).pack()
    latest = b.cut(" ".join((conversation.latest_text or "").split()), _LATEST)
    buttons = [open_button(conversation, team_url)]
    if rights.text:
        buttons += [b.button("Reply", all_ids.REPLY, value), inbox.claim_or_release(conversation, value)]
    return [
        b.section_of(f"{conversation.title}\n{latest}"),
        b.context(b.mrkdwn(inbox.about(conversation))),
        b.actions(buttons, block_id=f"home:{conversation.id}"),
    ]


def _calls(home: Home) -> list[Block]:
    blocks = [b.divider(), b.section(f"*Calls waiting*: {home.calls.total:,}")]
    for followed in home.calls.items:
        blocks += _call(followed, home)
    return [*blocks, *_more(home.calls, "/expert calls callback")]


def _call(followed: Followed, home: Home) -> list[Block]:
    seen = calls.View(followed.owner, home.mine.get(followed.owner), home.people, home.now)
    rows = calls.waiting(followed, seen)
    if followed.connecting is None and (home.rights.spend or not seen.shared):
        rows.append(b.actions([calls.connect_button(followed)], block_id=f"home:call:{followed.call.id}"))
    return rows


def _broadcasts(home: Home, team_url: str) -> list[Block]:
    blocks = [b.divider(), b.section(f"*Broadcasts waiting*: {home.broadcasts.total:,}")]
    for one in home.broadcasts.items:
        blocks += _broadcast(one, home, team_url)
    return [*blocks, *_more(home.broadcasts, "/sms broadcasts")]


def _broadcast(one: Sendable, home: Home, team_url: str) -> list[Block]:
    sent = one.broadcast
    rows = broadcasts.row(sent)
    shown = broadcasts.Shown(sent, one.fence, home.now)
    decides = home.rights.approve and sent.author != home.user_id
    may = decides if sent.state is State.WAITING else home.rights.broadcast
    buttons = broadcasts.buttons(shown) if may else []
    if sent.channel and sent.ts:
        leads = b.permalink(team_url, sent.channel, sent.ts)
        buttons = [b.link_button("Open", all_ids.OPEN_LINK, leads), *buttons]
    return [*rows, b.actions(buttons, block_id=f"home:broadcast:{sent.id}")] if buttons else rows


def _credits(home: Home) -> list[Block]:
    known = home.account
    if known is None or known.credits is None:
        return []
    left = (
        f"{':warning: ' if home.credits_low else ''}*Credits*: {known.credits:,} left, as of {b.when(known.fetched_at)}"
    )
    return [b.divider(), b.section(left)]


def _more(some: Some[Conversation] | Some[Followed] | Some[Sendable], command: str) -> list[Block]:
    """How one sees those that are not shown."""
    left = some.total - len(some.items)
    return [b.context(b.mrkdwn(f"and {left:,} more: `{command}`"))] if left else []
