"""The modal **Setup**, and what stands in its place once it was saved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.clearstream.models import Account
from bot.clearstream.numbers import e164, readable
from bot.services import account_change as account
from bot.services import setup
from bot.services.setup import Known, Source
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.setup import fields, ids
from bot.slack.setup.fields import Number

TITLE = "Setup"

_GROUPS = 100
"""Options of a select."""

_LINE = 150
"""Characters of a line."""

_MOVED = (
    "A conversation shows in the new inbox channel with its next text, or as soon as somebody presses a button on it. "
    "What stands in the old channel stays there as it was."
)
_COLLECT = "collect"
_FILTER = {"include": ["public", "private"], "exclude_bot_users": True}

MORE: tuple[tuple[str, str], ...] = (
    ("Saved replies", ids.SAVED),
    ("Keyword answers", ids.ANSWERS),
)
"""What has a window of its own: the button's words and its action."""


@dataclass(frozen=True)
class Group:
    """A user group, as people call it."""

    id: str
    handle: str


@dataclass(frozen=True)
class Shown:
    """What **Setup** is drawn from.

    ``groups`` is None where Slack could not say, ``account`` where Clearstream could not, for the reason ``trouble``.
    ``typed`` stands in the fields in place of what is set, with ``wrong`` said of them in plain words; ``lacking`` is
    what keeps a channel from being of use, in mrkdwn.
    """

    draft: str
    known: Mapping[str, Known]
    admins: Sequence[str]
    groups: Sequence[Group] | None = None
    account: Account | None = None
    trouble: str | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What stands in each field, before anything is typed."""
        found = fields.shown({key: known.value for key, known in self.known.items()})
        if self.account is not None:
            phone = (self.account.phone or "").strip()
            found[account.BUSINESS] = (self.account.business or "").strip()[:_LINE].strip() or None
            found[account.PHONE] = (readable(phone) if phone and e164(phone) else phone) or None
            found[account.COLLECT] = bool(self.account.collect_emails)
        return found


def modal(shown: Shown) -> Block:
    """The modal **Setup**."""
    values = shown.values
    draft = ids.SetupDraft(
        draft=shown.draft,
        seen={key: fields.digest(value) for key, value in values.items() if key in fields.LABELS},
        channel=shown.channel,
    )
    blocks = [
        b.section("What is chosen here wins over the environment. A field left empty goes back to it."),
        *_settings(shown, values | dict(shown.typed)),
        b.divider(),
        *_account(shown, values | dict(shown.typed)),
        b.divider(),
        b.actions([b.button(words, action_id, "1") for words, action_id in MORE], block_id="more"),
        b.context(b.mrkdwn(f"Admins: {_people(shown.admins)}. Whoever runs Switchboard names others with `ADMINS`.")),
    ]
    return b.modal(
        title=TITLE, callback_id=ids.VIEW, submit="Save", close="Cancel", blocks=blocks, metadata=draft.metadata()
    )


def _settings(shown: Shown, values: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    for key, (label, what) in fields.CHANNELS.items():
        blocks.append(_input(key, label, f"{what} {_source(shown, key)}", _channel(key, values[key])))
        blocks += [b.section(f":warning: {shown.lacking[key]}")] if key in shown.lacking else []
        if key == setup.INBOX_CHANNEL:
            hint = f"{fields.DIRECT[1]} {_source(shown, setup.DIRECT_CHANNELS)}"
            direct = _channels(values[setup.DIRECT_CHANNELS])
            blocks.append(_input(setup.DIRECT_CHANNELS, fields.DIRECT[0], hint, direct))
    blocks += _senders(shown, values[setup.SENDERS] or [])
    for number in fields.NUMBERS:
        hint = f"{number.hint} {_source(shown, number.key)}"
        blocks.append(_input(number.key, number.label, hint, _number(number, values[number.key])))
    return [*blocks, *_digest(shown, values)]


def _digest(shown: Shown, values: Mapping[str, Any]) -> list[Block]:
    options = [b.option(words, value) for value, words in fields.EVERY.items()]
    every: Block = {"type": "static_select", "action_id": ids.field(setup.DIGEST), "options": options}
    every["initial_option"] = next(option for option in options if option["value"] == values[setup.DIGEST])
    channel = _channel(setup.DIGEST_CHANNEL, values[setup.DIGEST_CHANNEL])
    label, hint = fields.TIMEZONE
    return [
        _input(setup.DIGEST, *fields.DIGEST, every),
        _input(setup.DIGEST_CHANNEL, *fields.DIGEST_CHANNEL, channel),
        _input(
            setup.TIMEZONE,
            label,
            f"{hint} {_source(shown, setup.TIMEZONE)}",
            _line(setup.TIMEZONE, values[setup.TIMEZONE]),
        ),
    ]


def _senders(shown: Shown, senders: Sequence[str]) -> list[Block]:
    people: Block = {"type": "multi_users_select", "action_id": ids.PEOPLE}
    chosen = [name for name in senders if not name.startswith("S")]
    if chosen:
        people["initial_users"] = chosen
    hint = f"{fields.SENDERS[1]} {_source(shown, setup.SENDERS)}"
    blocks = [_input(setup.SENDERS, fields.SENDERS[0], hint, people)]
    named = [name for name in senders if name.startswith("S")]
    groups = _options(shown.groups or (), named)
    if groups:
        element: Block = {"type": "multi_static_select", "action_id": ids.GROUPS, "options": groups}
        initial = [option for option in groups if option["value"] in named]
        if initial:
            element["initial_options"] = initial
        blocks.append(_input("groups", *fields.GROUPS, element))
    return blocks


def _options(groups: Sequence[Group], named: Sequence[str]) -> list[Block]:
    """The groups to choose from; those that are named first, also where Slack does not know them any more."""
    known = {group.id: group.handle for group in groups}
    ids_in_order = dict.fromkeys([*named, *sorted(known, key=lambda one: known[one].lower())])
    return [b.option(f"@{known.get(one, one)}", one) for one in [*ids_in_order][:_GROUPS]]


def _account(shown: Shown, values: Mapping[str, Any]) -> list[Block]:
    if shown.account is None:
        return [b.section(f":warning: {shown.trouble}")] if shown.trouble else []
    business = _line(account.BUSINESS, values[account.BUSINESS])
    phone = _line(account.PHONE, values[account.PHONE])
    option = b.option("Collect e-mail addresses from incoming texts", _COLLECT)
    collect: Block = {"type": "checkboxes", "action_id": ids.field(account.COLLECT), "options": [option]}
    if values[account.COLLECT]:
        collect["initial_options"] = [option]
    kept, labels = "Kept in Clearstream.", fields.LABELS
    return [
        *_said(
            shown,
            account.BUSINESS,
            _input(account.BUSINESS, labels[account.BUSINESS], f"{kept} Texts begin with it.", business),
        ),
        *_said(shown, account.PHONE, _input(account.PHONE, labels[account.PHONE], kept, phone)),
        *_said(shown, account.COLLECT, _input(account.COLLECT, labels[account.COLLECT], kept, collect)),
    ]


def _said(shown: Shown, key: str, block: Block) -> list[Block]:
    """A field, with what is wrong with it under it."""
    wrong = shown.wrong.get(key)
    return [block] if wrong is None else [block, b.section_of(f"⚠ {wrong}")]


def block_id(key: str) -> str:
    """The block of a setting's field."""
    return f"setup:{key}"


def _input(key: str, label: str, hint: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": block_id(key),
        "optional": True,
        "label": b.label(label, 2000),
        "hint": b.label(hint, 2000),
        "element": element,
    }


def _channel(key: str, channel: str | None) -> Block:
    element: Block = {"type": "conversations_select", "action_id": ids.field(key), "filter": _FILTER}
    return element if channel is None else {**element, "initial_conversation": channel}


def _channels(channels: Sequence[str] | None) -> Block:
    action_id = ids.field(setup.DIRECT_CHANNELS)
    element: Block = {"type": "multi_conversations_select", "action_id": action_id, "filter": _FILTER}
    return {**element, "initial_conversations": list(channels)} if channels else element


def _number(number: Number, value: str | None) -> Block:
    element: Block = {
        "type": "number_input",
        "action_id": ids.field(number.key),
        "is_decimal_allowed": False,
        "min_value": str(number.least),
        "max_value": str(number.most),
    }
    whole = value is not None and value.isdecimal() and number.least <= int(value) <= number.most
    return {**element, "initial_value": value} if whole else element


def _line(key: str, value: str | None) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": ids.field(key), "max_length": _LINE}
    return {**element, "initial_value": value[:_LINE]} if value else element


def _source(shown: Shown, key: str) -> str:
    known = shown.known[key]
    if known.source is Source.SLACK:
        return "(Chosen here.)"
    if known.source is Source.ENVIRONMENT and known.value not in (None, ()):
        return f"(From the environment: {key.upper()}.)"
    if key == setup.SENDERS:
        return "(Nobody is named: the workspace's admins.)"
    if known.value in (None, (), {}):
        return "(Not set.)"
    return f"(The default: {_plain(known.value)}.)"


def _plain(value: Any) -> str:
    shown = fields.shown({"": value})[""]
    return ",".join(shown) if isinstance(shown, list) else str(shown)


def _people(names: Sequence[str]) -> str:
    if not names:
        return "the workspace's admins"
    return ", ".join(f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>" for name in names)


def saved(values: Mapping[str, Any], warnings: Sequence[str]) -> Block:
    """What was saved, in place of the modal, with what is still to be done."""
    lines = [f"• *{fields.LABELS[key]}*: {_value(key, value)}" for key, value in values.items()]
    blocks = [b.section(":white_check_mark: Saved."), b.section("\n".join(lines))]
    if values.get(setup.INBOX_CHANNEL):
        blocks.append(b.section(_MOVED))
    blocks += [b.section(f":warning: {warning}") for warning in warnings]
    blocks.append(b.actions([b.button("Setup", ids.OPEN, "1")]))
    return b.modal(title=TITLE, callback_id="setup_saved_now", blocks=blocks)


def _value(key: str, value: Any) -> str:
    if value in (None, []):
        return "off" if key in (setup.DIRECT_CHANNELS, setup.DIGEST) else "as the environment says"
    if key == setup.SENDERS:
        return _people(value)
    if key == setup.DIGEST:
        return fields.EVERY[value]
    if key in (*fields.CHANNELS, setup.DIGEST_CHANNEL, setup.DIRECT_CHANNELS):
        return ", ".join(f"<#{channel}>" for channel in ([value] if isinstance(value, str) else value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = f"{value:,}" if isinstance(value, int) else readable(value) if key == account.PHONE else str(value)
    return b.escape(shown)
