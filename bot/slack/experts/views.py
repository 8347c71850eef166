"""The modals about experts. Pure."""

from bot.clarity.models import Member
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.experts.blocks import picture, rate

REASON = 140
HOURS = 72


def _typing(block_id: str, action_id: str, words: str, *, hint: str = "", most: int = 3000, value: str = "") -> Block:
    element: Block = {"type": "plain_text_input", "action_id": action_id, "multiline": True, "max_length": most}
    if value:
        element["initial_value"] = value
    block: Block = {"type": "input", "block_id": block_id, "label": b.label(words, 2000), "element": element}
    return {**block, "hint": b.label(hint, 2000)} if hint else block


def request(member: Member, draft: ids.MemberDraft, *, shared: bool) -> Block:
    """The modal **Request a call**."""
    account = " · on the shared account" if shared else ""
    hours: Block = {
        "type": "number_input",
        "action_id": ids.REQUEST_HOURS,
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": "720",
        "initial_value": str(HOURS),
    }
    return b.modal(
        title="Request a call",
        callback_id=ids.VIEW_REQUEST,
        submit="Request call",
        close="Cancel",
        blocks=[
            about(member),
            b.context(b.plain(f"{rate(member)}{account}", 300)),
            _typing("reason", ids.REQUEST_REASON, "Reason", hint=f"What it is about, in {REASON} characters."),
            {
                "type": "input",
                "block_id": "hours",
                "label": b.label("Expires in hours", 2000),
                "hint": b.label("How long the request waits for them to connect it.", 2000),
                "element": hours,
            },
        ],
        metadata=draft.metadata(),
    )


def about(member: Member) -> Block:
    """Who it is about, with their photo."""
    block: Block = {"type": "section", "text": b.plain(f"{member.name}\n{member.location or ''}".strip())}
    photo = picture(member)
    return block if photo is None else {**block, "accessory": photo}


def _for_the_team(shared: bool) -> list[Block]:
    """Said where something goes out on the shared account."""
    return [b.context(b.mrkdwn("This goes out on the shared Clarity account, for the team."))] if shared else []


def write(member: Member, draft: ids.MemberDraft, *, shared: bool) -> Block:
    """The modal **Message**, to a member of Clarity."""
    return b.modal(
        title="Message",
        callback_id=ids.VIEW_WRITE,
        submit="Send",
        close="Cancel",
        blocks=[about(member), *_for_the_team(shared), _typing("message", ids.WRITE_TEXT, "Message")],
        metadata=draft.metadata(),
    )


def need(draft: ids.OwnerDraft, *, shared: bool) -> Block:
    """The modal **Post a need**."""
    paid: Block = {
        "type": "checkboxes",
        "action_id": ids.NEED_PAID,
        "options": [b.option("I am willing to pay", "paid")],
    }
    return b.modal(
        title="Post a need",
        callback_id=ids.VIEW_NEED,
        submit="Post",
        close="Cancel",
        blocks=[
            *_for_the_team(shared),
            _typing("need", ids.NEED_TEXT, "What do you need?", hint="Members of your organizations will see it."),
            {
                "type": "input",
                "block_id": "paid",
                "optional": True,
                "label": b.label("Payment", 2000),
                "element": paid,
            },
        ],
        metadata=draft.metadata(),
    )


def find(channel: str | None, draft: str) -> Block:
    """The modal **Find an expert**."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": ids.FIND_WORDS,
        "max_length": 200,
        "placeholder": b.label("A topic, a trade or a place", 150),
        "focus_on_load": True,
    }
    words: Block = {
        "type": "input",
        "block_id": "words",
        "label": b.label("Find an expert", 2000),
        "element": element,
    }
    return b.modal(
        title="Find an expert",
        callback_id=ids.VIEW_FIND,
        submit="Search",
        close="Cancel",
        blocks=[words],
        metadata=ids.OwnerDraft(draft=draft, owner="", channel=channel).metadata(),
    )
