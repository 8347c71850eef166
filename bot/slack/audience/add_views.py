"""The modal **Add subscriber**. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.clearstream import sms
from bot.clearstream.checks import Checks
from bot.clearstream.numbers import e164
from bot.errors import Invalid
from bot.services.broadcast_fields import ListChoice
from bot.services.lists import Newcomer
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack import list_picker
from bot.slack.audience import ids
from bot.slack.audience.views import Problems, line, problem
from bot.slack.blocks import Block
from bot.slack.inbox import views as texts

TITLE = "Add subscriber"

_BESIDE = {
    "mobile_number": "number",
    "lists": "lists",
    "first": "first",
    "last": "last",
    "email": "email",
    "autoresponse_header": "header",
    "autoresponse_body": "message",
}
"""The block beside which something is said, by the name the document gives the parameter."""

PARAMETERS = frozenset(_BESIDE)

_ABOUT = (
    "They are *INACTIVE until they confirm*: Clearstream asks them by text, and no broadcast reaches them before. "
    "Who is a subscriber already cannot be put on another list from here: Clearstream's API has no way to do it. "
    "They text one of the list's keywords, or it is done on Clearstream's own site."
)


@dataclass(frozen=True)
class Typed:
    """What stands in the form, right or wrong; ``lists`` as they were chosen."""

    number: str = ""
    lists: tuple[ListChoice, ...] = ()
    first: str = ""
    last: str = ""
    email: str = ""
    header: str = ""
    body: str = ""
    problems: Problems = field(default_factory=dict)


def add(draft: ids.AddDraft, typed: Typed) -> Block:
    """The modal **Add subscriber**."""
    wrong = typed.problems
    return b.modal(
        title=TITLE,
        callback_id=ids.VIEW_ADD,
        submit="Add",
        close="Cancel",
        blocks=[
            b.context(b.mrkdwn(_ABOUT)),
            line("number", ids.ADD_NUMBER, "Number", typed.number, hint="Like +1 200-555-1000."),
            *problem(wrong, "mobile_number"),
            _lists(typed.lists),
            *problem(wrong, "lists"),
            line("first", ids.ADD_FIRST, "First name", typed.first, optional=True),
            *problem(wrong, "first"),
            line("last", ids.ADD_LAST, "Last name", typed.last, optional=True),
            *problem(wrong, "last"),
            line("email", ids.ADD_EMAIL, "E-mail", typed.email, optional=True),
            *problem(wrong, "email"),
            _header(typed.header),
            *problem(wrong, "autoresponse_header"),
            _body(typed.body),
            {**b.context(texts.counter(typed.body, sms.MESSAGE_LIMIT, sms.septets(typed.header))), "block_id": "used"},
            *problem(wrong, "autoresponse_body"),
        ],
        metadata=draft.metadata(),
    )


def _lists(chosen: Sequence[ListChoice]) -> Block:
    return {
        "type": "input",
        "block_id": "lists",
        "label": b.label("Lists", 2000),
        "element": list_picker.element(ids.ADD_LISTS, chosen),
    }


def _header(typed: str) -> Block:
    hint = "Stands before the auto-response: “Header: Auto-response”."
    return _counted(line("header", ids.ADD_HEADER, "Header", typed, optional=True, hint=hint))


def _body(typed: str) -> Block:
    shown = texts.message_input("message", ids.ADD_MESSAGE, typed)
    element = {name: value for name, value in shown["element"].items() if name != "focus_on_load"}
    hint = "A text they get when they have confirmed; left empty, none."
    label = b.label("Auto-response", 2000)
    return {**shown, "optional": True, "label": label, "hint": b.label(hint, 2000), "element": element}


def _counted(block: Block) -> Block:
    """A field that tells every character typed."""
    told = {"trigger_actions_on": ["on_character_entered"]}
    return {**block, "dispatch_action": True, "element": {**block["element"], "dispatch_action_config": told}}


def filled(view: dict[str, Any]) -> Typed:
    """What stands in the form."""
    values = (view.get("state") or {}).get("values") or {}
    options = (values.get("lists") or {}).get(ids.ADD_LISTS, {}).get("selected_options") or ()
    lists = [
        ListChoice(int(option["value"]), str(option["text"]["text"]))
        for option in options
        if str(option["value"]).isascii() and str(option["value"]).isdigit()
    ]

    def typed(action_id: str) -> str:
        return all_ids.typed(view, action_id).strip()

    return Typed(
        number=typed(ids.ADD_NUMBER),
        lists=tuple(lists),
        first=typed(ids.ADD_FIRST),
        last=typed(ids.ADD_LAST),
        email=typed(ids.ADD_EMAIL),
        header=typed(ids.ADD_HEADER),
        body=typed(ids.ADD_MESSAGE),
    )


def wrong_in(typed: Typed) -> dict[str, str]:
    """What cannot be sent, as sentences by the block they are beside; empty where everything can."""
    checks = Checks()
    checks.that(e164(typed.number), "mobile_number", "This is not a phone number. Write it like +1 200-555-1000.")
    checks.that(typed.lists, "lists", "Choose at least one list.")
    checks.email(typed.email)
    if typed.body:
        checks.words(typed.header, typed.body, "autoresponse_")
    try:
        checks.done()
    except Invalid as error:
        return {_BESIDE[name]: " ".join(sentences) for name, sentences in error.fields.items()}
    return {}


def newcomer(typed: Typed) -> Newcomer:
    """Who is to be added, of a form in which nothing is wrong."""
    return Newcomer(
        number=e164(typed.number) or "",
        lists=tuple(one.id for one in typed.lists),
        first=typed.first,
        last=typed.last,
        email=typed.email,
        header=typed.header if typed.body else "",
        body=typed.body,
    )
