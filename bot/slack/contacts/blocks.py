"""How a contact looks in Slack. Pure."""

from collections.abc import Mapping, Sequence

from bot.clearstream.models import Subscriber
from bot.clearstream.numbers import e164, readable
from bot.operations.model import Operation, State
from bot.services.conversation_model import name_of
from bot.services.lists import KNOWN_ALREADY
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.audience.blocks import add_button
from bot.slack.audience.ids import OfNewcomer
from bot.slack.audience.views import Problems, problem
from bot.slack.blocks import Block

_OPTED_OUT = "OPTED_OUT"
_MEANING = {
    "ACTIVE": "gets broadcasts",
    "INACTIVE": "has not confirmed yet: a text to them may be refused",
    _OPTED_OUT: "opted out: can only be answered after they text first",
}


EDITED = {"first": "First name", "last": "Last name", "email": "E-mail"}
"""What can be changed of a contact, and how it is called on screen."""


def title(subscriber: Subscriber) -> str:
    """Name and number, as people write them."""
    number, name = readable(subscriber.mobile_number), name_of(subscriber.first, subscriber.last)
    return f"{name} · {number}" if name else number


def card(subscriber: Subscriber, *, conversation: int | None = None) -> list[Block]:
    """A contact card: name, number, status, e-mail and lists, with what one can do."""
    status = (subscriber.status or "unknown").upper()
    standing = status.replace(" ", "_")
    meaning = _MEANING.get(standing)
    lines = [f"Status: {status}" + (f" ({meaning})" if meaning else "")]
    lines.append(f"E-mail: {subscriber.email or 'none'}")
    lines.append("Lists: " + (", ".join(one.name or str(one.id) for one in subscriber.lists) or "none"))
    value = ids.OfContact(number=subscriber.mobile_number, conversation=conversation).pack()
    buttons = [b.button("Edit", ids.CONTACT_EDIT, value), b.button("Text", ids.CONTACT_TEXT, value)]
    if standing != _OPTED_OUT:
        buttons.append(b.button("Opt out", ids.CONTACT_OPT_OUT, value, style="danger"))
    return [
        b.header(title(subscriber)),
        b.section_of("\n".join(lines)),
        b.actions(buttons, block_id=f"contact:{subscriber.mobile_number}"),
    ]


def found(subscribers: Sequence[Subscriber], words: str, most: int) -> list[Block]:
    """What ``/sms find`` answers."""
    if not subscribers:
        number = e164(words)
        return [
            b.section_of(f"Nobody found for “{words}”."),
            b.context(b.mrkdwn("Names are searched by their beginning or a part, numbers by their digits.")),
            *([b.actions([add_button(OfNewcomer(number=number))])] if number else ()),
        ]
    blocks: list[Block] = []
    for subscriber in subscribers:
        blocks += [*([b.divider()] if blocks else ()), *card(subscriber)]
    if len(subscribers) >= most:
        blocks.append(b.context(b.mrkdwn(f"The first {most} are shown: say more to find fewer.")))
    return b.apart(blocks)


def view(subscriber: Subscriber, conversation: int | None, channel: str | None) -> Block:
    """The modal **Contact**."""
    return b.modal(
        title="Contact",
        callback_id=ids.VIEW_CONTACT,
        blocks=card(subscriber, conversation=conversation),
        metadata=ids.OpenedFrom(channel=channel).metadata(),
    )


def edit(who: str, typed: Mapping[str, str | None], draft: ids.ContactDraft, wrong: Problems | None = None) -> Block:
    """The modal **Edit contact**; ``typed`` are ``EDITED``, and ``wrong`` is what was said against them."""
    fields: list[Block] = []
    for name, words in EDITED.items():
        fields += [_input(name, words, typed.get(name)), *problem(wrong or {}, name)]
    return b.modal(
        title="Edit contact",
        callback_id=ids.VIEW_EDIT,
        submit="Save",
        close="Cancel",
        blocks=[
            b.context(b.plain(who, 300)),
            *fields,
            b.context(b.plain(f"Lists cannot be changed here. {KNOWN_ALREADY}", 300)),
        ],
        metadata=draft.metadata(),
    )


def change_so_far(operation: Operation | None, done: str) -> str | None:
    """What came of a change that was asked for, in mrkdwn; None where the inbox channel says so itself."""
    if operation is None or operation.state in (State.FAILED, State.CANCELLED):
        return None
    if operation.state is State.SENT:
        return done
    reason = b.reason(operation.reason or "")
    return f":hourglass: It is *not done yet*. {reason} It is tried for ten minutes; if it fails, the channel says so."


def _input(name: str, words: str, value: str | None) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": f"edit.{name}", "max_length": 200}
    if value:
        element["initial_value"] = value[:200]
    return {
        "type": "input",
        "block_id": f"edit:{name}",
        "optional": True,
        "label": b.label(words, 2000),
        "element": element,
    }


def opt_out(who: str, number: str, draft: str, conversation: int | None, channel: str | None) -> Block:
    """The question before somebody is opted out."""
    words = (
        "This takes them off *every list*, and no broadcast reaches them any more. "
        "Only they themselves can come back, by texting a keyword."
    )
    return b.modal(
        title="Opt out",
        callback_id=ids.VIEW_OPT_OUT,
        submit="Opt out",
        close="Keep",
        blocks=[b.section_of(who), b.section(words)],
        metadata=ids.ContactDraft(draft=draft, number=number, conversation=conversation, channel=channel).metadata(),
    )
