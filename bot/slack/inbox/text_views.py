"""How the modal **Text someone** looks, and what stands in it when it comes back. Pure: data in, views out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.clearstream import sms
from bot.clearstream.numbers import readable
from bot.services.conversation_model import Conversation
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.inbox import views

_NAME = 50
"""Characters of a name in an option, which has 75, the number among them."""


@dataclass(frozen=True)
class Person:
    """Somebody who can be chosen; ``doubt`` is why a text to them may be refused, as a sentence."""

    number: str
    name: str | None = None
    doubt: str | None = None

    @property
    def words(self) -> str:
        """Name and number, as people write them."""
        number = readable(self.number)
        return f"{b.cut(self.name, _NAME)} · {number}" if self.name else number

    @classmethod
    def of_option(cls, option: Block) -> "Person":
        """The person an option stands for."""
        number = str(option["value"])
        name = str(option["text"]["text"]).removesuffix(readable(number)).removesuffix(" · ").strip()
        return cls(number, name or None)


@dataclass(frozen=True)
class TextModal:
    """What the modal **Text someone** is drawn from; ``told`` is a sentence on what was not as wanted."""

    draft: ids.TextDraft
    person: Person | None = None
    conversation: Conversation | None = None
    choices: Sequence[Person] = ()
    header: str = ""
    typed: str = ""
    told: str | None = None


@dataclass(frozen=True)
class Filled:
    """What stands in an open modal, as Slack tells it; ``header`` is None where there is no such field."""

    draft: ids.TextDraft
    person: Person | None
    choices: Sequence[Person]
    typed: str
    header: str | None


def filled(seen: dict[str, Any]) -> Filled:
    """Read a modal back; raises Gone for one that is not ours."""
    draft = ids.TextDraft.unpack(seen.get("private_metadata"))
    option = ids.chosen_option(seen, ids.TEXT_TO)
    person = Person(draft.number, draft.name, draft.doubt) if draft.number else None
    if option is not None and option["value"] != draft.number:
        person = Person.of_option(option)
    element = _block(seen, "to:").get("element") or {}
    choices = [Person.of_option(each) for each in element.get("options") or ()]
    header = ids.typed(seen, ids.TEXT_HEADER) if header_block(seen) else None
    return Filled(draft, person, choices, ids.typed(seen, ids.TEXT_MESSAGE), header)


def to_block(seen: dict[str, Any]) -> str:
    """The name of the block with **To**."""
    return str(_block(seen, "to:").get("block_id") or "to:0")


def header_block(seen: dict[str, Any]) -> str | None:
    """The name of the block with **Header**; None where there is none."""
    return _block(seen, "header:").get("block_id")


def _block(seen: dict[str, Any], prefix: str) -> Block:
    blocks = seen.get("blocks") or ()
    return next((block for block in blocks if str(block.get("block_id", "")).startswith(prefix)), {})


def view(modal: TextModal) -> Block:
    """The modal **Text someone**."""
    person, field = modal.person, modal.draft.field
    draft = _drawn_from(modal)
    blocks: list[Block] = []
    if modal.told:
        blocks.append({**b.section(f":warning: {modal.told}"), "block_id": "told"})
    blocks += [_to(modal), {**b.context(b.mrkdwn(_way(modal))), "block_id": "way"}]
    if person is not None and modal.conversation is None:
        blocks.append(_header(modal.header, field))
    blocks.append(views.message_input("message", ids.TEXT_MESSAGE, "", focus=person is not None))
    blocks.append({**b.context(_counter(modal)), "block_id": "counter"})
    return b.modal(
        title="Text someone",
        callback_id=ids.VIEW_TEXT,
        submit="Send",
        close="Cancel",
        blocks=blocks,
        metadata=draft.metadata(),
    )


def _drawn_from(modal: TextModal) -> ids.TextDraft:
    """The draft with the person chosen, and how their conversation stands."""
    person, conversation, draft = modal.person, modal.conversation, modal.draft
    if person is None:
        return draft
    name = b.cut(person.name, _NAME) if person.name else None
    known = {"number": person.number, "name": name, "doubt": person.doubt}
    known["claimed_by"] = conversation.claimed_by if conversation else None
    if draft.number == person.number:
        return draft.model_copy(update=known)
    return draft.model_copy(update={**known, "seen": conversation.newest_id if conversation else 0})


def _counter(modal: TextModal) -> Block:
    if modal.person is None or modal.conversation is not None:
        return views.counter(modal.typed, sms.REPLY_LIMIT)
    return views.counter(modal.typed, sms.MESSAGE_LIMIT, sms.septets(modal.header))


def _to(modal: TextModal) -> Block:
    element: Block
    if modal.choices:
        element = {
            "type": "static_select",
            "action_id": ids.TEXT_TO,
            "placeholder": b.label("Choose one", 150),
            "options": [b.option(person.words, person.number) for person in modal.choices],
        }
    else:
        element = {
            "type": "external_select",
            "action_id": ids.TEXT_TO,
            "placeholder": b.label("A name or a number", 150),
            "min_query_length": 2,
        }
    if modal.person is not None:
        element["initial_option"] = b.option(modal.person.words, modal.person.number)
    return {
        "type": "input",
        "block_id": f"to:{modal.draft.field}",
        "dispatch_action": True,
        "label": b.label("To", 2000),
        "element": element,
    }


def _header(words: str, field: int) -> Block:
    """The field **Header**; under another name (``field``) Slack takes new words for it."""
    element: Block = {"type": "plain_text_input", "action_id": ids.TEXT_HEADER, "max_length": 150}
    if words:
        element["initial_value"] = words[:150]
    hint = "Stands before the message: “Header: Message”. Both together have 158 characters."
    return {
        "type": "input",
        "block_id": f"header:{field}",
        "label": b.label("Header", 2000),
        "hint": b.label(hint, 2000),
        "element": element,
    }


def _way(modal: TextModal) -> str:
    """How it will go out, in mrkdwn."""
    if modal.person is None:
        return "One person: in their conversation where there is one, else as a message with a header."
    conversation = modal.conversation
    if conversation is None:
        way = "There is no conversation yet: it goes out *as a message with a header*."
        return f"{way} :warning: {modal.person.doubt}" if modal.person.doubt else way
    way = "It goes out *in your conversation*, without a header."
    doubt = doubt_about(conversation.subscriber_status, answering=True)
    if doubt:
        way += f" :warning: {doubt}"
    if conversation.claimed_by:
        way += f" Claimed by <@{conversation.claimed_by}>."
    return way


NO_SUBSCRIBER = "This number is no subscriber: Clearstream texts only subscribers."


def doubt_about(status: str | None, *, answering: bool = False) -> str | None:
    """Why Clearstream may refuse a text to a subscriber of this status; None where nothing stands against it."""
    match (status or "ACTIVE").upper().replace(" ", "_"):
        case "ACTIVE":
            return None
        case "INACTIVE" if answering:
            return None
        case "OPTED_OUT" if answering:
            return "They opted out: they can only be answered after they text again."
        case "OPTED_OUT":
            return "They opted out: Clearstream will not text them."
        case "INACTIVE":
            return "They have not confirmed yet: Clearstream may refuse it."
        case other:
            return f"They are {b.escape(other.lower().replace('_', ' '))}: Clearstream may refuse it."
