"""How the modal **Text someone** looks. Pure: data in, views out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clearstream import sms
from bot.clearstream.numbers import readable
from bot.services.conversations import Conversation
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.inbox import views


@dataclass(frozen=True)
class Person:
    """Somebody who can be chosen."""

    number: str
    name: str | None = None

    @property
    def words(self) -> str:
        """Name and number, as people write them."""
        return f"{self.name} · {readable(self.number)}" if self.name else readable(self.number)


@dataclass(frozen=True)
class TextModal:
    """What the modal **Text someone** is drawn from."""

    draft: ids.TextDraft
    person: Person | None = None
    conversation: Conversation | None = None
    choices: Sequence[Person] = ()
    header: str = ""
    typed: str = ""
    prefill: str = ""
    said: str | None = None


def view(modal: TextModal) -> Block:
    """The modal **Text someone**."""
    blocks: list[Block] = []
    if modal.said:
        blocks.append({**b.section(f":warning: {modal.said}"), "block_id": "said"})
    blocks += [_to(modal), {**b.context(_way(modal)), "block_id": "way"}]
    if modal.person is not None and modal.conversation is None:
        blocks.append(_header(modal.header))
    blocks.append(views.message_input("message", ids.TEXT_MESSAGE, modal.prefill))
    blocks.append({**b.context(_counter(modal)), "block_id": "counter"})
    return b.modal(
        title="Text someone",
        callback_id=ids.VIEW_TEXT,
        submit="Send",
        close="Cancel",
        blocks=blocks,
        metadata=modal.draft.metadata(),
    )


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


def _header(words: str) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": ids.TEXT_HEADER, "max_length": 100}
    if words:
        element["initial_value"] = words[:100]
    hint = "Stands before the message: “Header: Message”. Both together have 158 characters."
    return {
        "type": "input",
        "block_id": "header",
        "label": b.label("Header", 2000),
        "hint": b.label(hint, 2000),
        "element": element,
    }


def _way(modal: TextModal) -> Block:
    if modal.person is None:
        return b.mrkdwn("One person: in their conversation where there is one, else as a message with a header.")
    if modal.conversation is None:
        return b.mrkdwn(
            "There is no conversation yet: it goes out *as a message with a header*, to active subscribers."
        )
    status = (modal.conversation.subscriber_status or "ACTIVE").upper()
    doubt = "" if status == "ACTIVE" else f" They are {b.escape(status.lower())}: Clearstream may refuse it."
    return b.mrkdwn(f"It goes out *in your conversation* with {b.escape(modal.conversation.called)}.{doubt}")
