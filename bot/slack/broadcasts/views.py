"""The modals of broadcasts, and what stands in them when they come back. Pure: data in, views out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.clearstream import sms
from bot.services.broadcast_fields import LIMIT, Counted, Fields, ListChoice, Ready, counted
from bot.services.broadcast_model import Broadcast
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack import list_picker
from bot.slack.blocks import Block
from bot.slack.broadcasts import ids
from bot.slack.inbox import views as texts

_FIELD = 3000
_SHOWN_LISTS = 20
TITLE = "New broadcast"
PREVIEW = "Preview"
DECLINE = "Decline broadcast"
BESIDE = {"lists": "lists", "numbers": "numbers", "header": "header", "body": "message", "when": "when"}
"""The block beside which something is said, by the field it is about."""


@dataclass(frozen=True)
class Compose:
    """What **New broadcast** is drawn from: ``lists`` are the chosen ones, ``credits`` what the account has left."""

    draft: ids.ComposeDraft
    fields: Fields
    lists: Sequence[ListChoice]
    credits: int | None
    told: str | None = None


def compose(modal: Compose) -> Block:
    """The modal **New broadcast**."""
    fields = modal.fields
    blocks: list[Block] = []
    if modal.told:
        blocks.append({**b.section(modal.told), "block_id": "told"})
    blocks += [
        _lists(modal.lists),
        _numbers(fields.numbers),
        _line("header", ids.HEADER, "Header", fields.header, "Stands before the message: “Header: Message”."),
        texts.message_input("message", ids.MESSAGE, fields.body, focus=False),
        {**b.context(b.mrkdwn(_counter(fields)), b.mrkdwn(_cost(modal))), "block_id": "counter"},
        _when(fields.when, modal.draft.zone),
        _social(fields),
    ]
    return b.modal(
        title=TITLE,
        callback_id=ids.VIEW_COMPOSE,
        submit=PREVIEW,
        close="Close",
        blocks=blocks,
        metadata=modal.draft.metadata(),
        notify_on_close=True,
    )


def filled(seen: Mapping[str, Any], zone: str | None) -> Fields:
    """What stands in **New broadcast**."""
    values = (seen.get("state") or {}).get("values") or {}
    lists = (values.get("lists") or {}).get(ids.LISTS, {}).get("selected_options") or ()
    when = (values.get("when") or {}).get(ids.WHEN, {}).get("selected_date_time")
    view = dict(seen)
    social = all_ids.ticked(view, ids.SOCIAL)
    return Fields(
        lists=tuple(int(option["value"]) for option in lists if str(option["value"]).isdigit()),
        numbers=all_ids.typed(view, ids.NUMBERS),
        header=all_ids.typed(view, ids.HEADER),
        body=all_ids.typed(view, ids.MESSAGE),
        when=datetime.fromtimestamp(int(when), UTC) if when else None,
        timezone=zone if when else None,
        facebook=ids.FACEBOOK in social,
        twitter=ids.TWITTER in social,
    )


def _lists(chosen: Sequence[ListChoice]) -> Block:
    return {
        "type": "input",
        "block_id": "lists",
        "dispatch_action": True,
        "optional": True,
        "label": b.label("To", 2000),
        "element": list_picker.element(ids.LISTS, chosen),
    }


def _numbers(typed: str) -> Block:
    field = _line("numbers", ids.NUMBERS, "Numbers", typed, "Instead of lists: one or several, divided by commas.")
    return {**field, "optional": True, "element": {**field["element"], "max_length": _FIELD}}


def _line(block_id: str, action_id: str, words: str, typed: str, hint: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": 150,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    if typed:
        element["initial_value"] = typed[: _FIELD if block_id == "numbers" else 150]
    return {
        "type": "input",
        "block_id": block_id,
        "dispatch_action": True,
        "label": b.label(words, 2000),
        "hint": b.label(hint, 2000),
        "element": element,
    }


def _when(when: datetime | None, zone: str | None) -> Block:
    element: Block = {"type": "datetimepicker", "action_id": ids.WHEN}
    if when is not None:
        element["initial_date_time"] = int(when.timestamp())
    place = f"Your time zone: {zone}. " if zone else ""
    return {
        "type": "input",
        "block_id": "when",
        "optional": True,
        "label": b.label("When", 2000),
        "hint": b.label(f"{place}Left empty, it is sent now.", 2000),
        "element": element,
    }


def _social(fields: Fields) -> Block:
    options = [b.option("Facebook", ids.FACEBOOK), b.option("Twitter", ids.TWITTER)]
    ticked = [option for option, on in zip(options, (fields.facebook, fields.twitter), strict=True) if on]
    element: Block = {"type": "checkboxes", "action_id": ids.SOCIAL, "options": options}
    if ticked:
        element["initial_options"] = ticked
    return {
        "type": "input",
        "block_id": "social",
        "optional": True,
        "label": b.label("Also post to", 2000),
        "element": element,
    }


def _counter(fields: Fields) -> str:
    return str(texts.counter(fields.body, LIMIT, sms.septets(fields.header))["text"])


def _cost(modal: Compose) -> str:
    """How many get it and what it takes, in mrkdwn."""
    figures = counted(modal.fields, modal.lists)
    return " · ".join(
        filter(None, [_foreign(modal.fields.header), reach(figures), cost(figures.credits, modal.credits)])
    )


def _foreign(header: str) -> str:
    wrong = sms.not_gsm(header)
    shown = " ".join(f"`{b.escape(one)}`" for one in wrong[:5])
    return f":warning: in the header, cannot be texted: {shown}" if wrong else ""


def reach(figures: Counted | Ready) -> str:
    """How many get it, in mrkdwn."""
    audience = figures.audience
    if audience.recipients is None:
        return "recipients: not known yet"
    most = "at most " if audience.overlapping else ""
    one = "recipient" if audience.recipients == 1 else "recipients"
    return f"{most}*{audience.recipients:,}* {one}"


def cost(needed: int | None, left: int | None) -> str:
    """Credits needed of credits left, in mrkdwn."""
    if needed is None:
        return "" if left is None else f"{left:,} credits left"
    one = "credit" if needed == 1 else "credits"
    if left is None:
        return f"*{needed:,}* {one}"
    line = f"*{needed:,}* of {left:,} {one if left == 1 else 'credits'}"
    return f":warning: {line}: {needed - left:,} too few" if needed > left else line


def to_words(ready: Ready) -> str:
    """Whom it goes to, as plain words."""
    if ready.lists:
        names = [one.name for one in ready.lists]
        more = f" and {len(names) - _SHOWN_LISTS} more" if len(names) > _SHOWN_LISTS else ""
        return ", ".join(names[:_SHOWN_LISTS]) + more
    return "1 number" if len(ready.numbers) == 1 else f"{len(ready.numbers)} numbers"


@dataclass(frozen=True)
class Asked:
    """What **Preview** knows of approval: whether it is needed, above how many, and whether anybody else may give it.

    ``others`` is None where that is not known.
    """

    needed: bool
    above: int
    others: bool | None = None


def preview(broadcast: Broadcast, ready: Ready, credits: int | None, asked: Asked, channel: str | None) -> Block:
    """The modal **Preview**: what will arrive, for whom, for how many credits; its button says what it does."""
    submit = "Ask for approval" if asked.needed else "Schedule" if ready.when else "Send"
    blocks = [
        b.section("*On the phone*"),
        b.section_of(ready.line),
        b.divider(),
        b.named(f"To: {to_words(ready)}"),
        b.section(" · ".join(filter(None, [reach(ready), cost(ready.credits, credits)]))),
        b.section(f":calendar: {b.when(ready.when)} ({ready.timezone})" if ready.when else ":zap: Now"),
    ]
    networks = [name for name, on in (("Facebook", ready.facebook), ("Twitter", ready.twitter)) if on]
    if networks:
        blocks.append(b.section(f"Also posted to {' and '.join(networks)}."))
    if ready.audience.overlapping:
        blocks.append(b.context(b.mrkdwn("Who is on several of these lists gets it once, so it may be fewer.")))
    if credits is not None and ready.credits is not None and ready.credits > credits:
        blocks.append(b.section(":warning: The account has too few credits: Clearstream will refuse it."))
    if asked.needed:
        blocks.append(b.section(_approval(asked)))
    stuck = asked.needed and asked.others is False
    draft = ids.PreviewDraft(draft=broadcast.id, version=broadcast.version, channel=channel)
    return b.modal(
        title=PREVIEW,
        callback_id=ids.VIEW_PREVIEW,
        submit=None if stuck else submit,
        close="Edit",
        blocks=blocks,
        metadata=draft.metadata(),
    )


def _approval(asked: Asked) -> str:
    line = f":raised_hand: It goes to more than {asked.above:,} people, so somebody else must approve it"
    if asked.others is False:
        return (
            f"{line}, and *nobody else may*. In `/sms setup` an admin can name more people who may send (`SENDERS`), "
            "or let larger ones go without approval (`APPROVAL_ABOVE`). What you wrote is kept for a day."
        )
    return f"{line}: they are asked in the broadcasts channel. Nothing leaves before."


def decline(draft: ids.DeclineDraft, author: str | None) -> Block:
    """The modal **Decline**."""
    reader = f"<@{author}>" if author else "its author"
    return b.modal(
        title=DECLINE,
        callback_id=ids.VIEW_DECLINE,
        submit="Decline",
        close="Cancel",
        blocks=[
            b.section(f"Nothing is sent. {reader} reads why, and can change it and ask again."),
            {
                "type": "input",
                "block_id": "reason",
                "label": b.label("Reason", 2000),
                "element": {
                    "type": "plain_text_input",
                    "action_id": ids.REASON,
                    "multiline": True,
                    "max_length": 500,
                    "focus_on_load": True,
                },
            },
        ],
        metadata=draft.metadata(),
    )
