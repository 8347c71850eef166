"""The modals of **Import subscribers**: the file, its columns, and what would happen. Pure: data in, views out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Invalid
from bot.services.broadcast_fields import ListChoice, chosen
from bot.services.csv_columns import Columns, region
from bot.services.import_check import DryRun, Look
from bot.services.import_model import Choice, RowState, Source
from bot.slack import blocks as b
from bot.slack import list_picker
from bot.slack.blocks import Block
from bot.slack.transfer import ids
from bot.slack.transfer.blocks import count
from bot.slack.transfer.files import source_of

TITLE = "Import subscribers"

_FIELDS = (
    ("number", "Number", False),
    ("first", "First name", True),
    ("last", "Last name", True),
    ("name", "First and last name in one", True),
    ("email", "E-mail", True),
)
_NONE = "-"

_ABOUT = "A CSV with a column of phone numbers, and names and e-mail addresses if you have them."
_COUNTRY = "The country of numbers without a country's code, as two letters: US, CA, GB, DE."
_UPDATE = "Write names and e-mail of those who are subscribers already"
_STANDS_STILL = "Nothing is imported yet. If this stands still for a minute, close it and begin once more."
_SIGNS = {
    RowState.READY: ":bust_in_silhouette:",
    RowState.CHANGE: ":pencil2:",
    RowState.PRESENT: ":white_check_mark:",
    RowState.KNOWN: ":no_entry_sign:",
    RowState.MERGED: ":heavy_plus_sign:",
    RowState.FAILED: ":x:",
}
_WOULD = {
    RowState.READY: ("{} new subscriber", "{} new subscribers"),
    RowState.CHANGE: ("{} subscriber already: their name and e-mail are written", "{} subscribers already: their "
                      "names and e-mails are written"),
    RowState.PRESENT: ("{} on the list already: nothing is changed", "{} on the list already: nothing is changed"),
    RowState.KNOWN: (
        "{} subscriber already: Clearstream's API cannot put them on a list",
        "{} subscribers already: Clearstream's API cannot put them on a list",
    ),
    RowState.MERGED: ("{} row repeats a number: merged", "{} rows repeat a number: merged"),
    RowState.FAILED: ("{} row cannot be imported", "{} rows cannot be imported"),
}  # fmt: skip


def choose(draft: ids.ImportDraft, trouble: str | None = None) -> Block:
    """The first modal: which file."""
    told = [b.section_of(f"⚠ {trouble}")] if trouble else []
    field: Block = {
        "type": "input",
        "block_id": f"{ids.FILE}:{draft.turn}",
        "label": b.label("CSV file", 2000),
        "hint": b.label(_ABOUT, 2000),
        "element": {
            "type": "file_input",
            "action_id": ids.FILE,
            "filetypes": ["csv", "tsv", "txt"],
            "max_files": 1,
        },
    }
    return _modal(ids.VIEW_FILE, draft, [*told, field], submit="Next")


def chosen_file(view: dict[str, Any]) -> Source | None:
    """The file chosen in the first modal."""
    files = _value(view, ids.FILE).get("files") or []
    return source_of(files[-1]) if files else None


def file_block(view: dict[str, Any]) -> str:
    """The name of the field a file was chosen in."""
    return next((block for block, held in _values(view).items() if ids.FILE in held), ids.FILE)


@dataclass(frozen=True)
class Asked:
    """What the second modal asks about."""

    draft: ids.ImportDraft
    name: str
    look: Look
    lists: Sequence[ListChoice]
    country: str


def columns(asked: Asked) -> Block:
    """The second modal: what the columns hold, and where the people go."""
    rows = "\n".join(b.cut(" · ".join(cell.strip() or "–" for cell in cells), 120) for cells in asked.look.samples)
    told = [b.named(f":page_facing_up: {asked.name}"), b.context(b.plain(rows, 1000))]
    fields = [_column(asked.look, *field) for field in _FIELDS]
    country: Block = {
        "type": "input",
        "block_id": ids.COUNTRY,
        "label": b.label("Country", 2000),
        "hint": b.label(_COUNTRY, 2000),
        "element": {
            "type": "plain_text_input",
            "action_id": ids.COUNTRY,
            "initial_value": asked.country,
            "max_length": 2,
        },
    }
    also: Block = {
        "type": "input",
        "block_id": ids.UPDATE,
        "optional": True,
        "label": b.label("Subscribers already", 2000),
        "element": {"type": "checkboxes", "action_id": ids.UPDATE, "options": [b.option(_UPDATE, ids.ALSO)]},
    }
    return _modal(ids.VIEW_COLUMNS, asked.draft, [*told, *fields, _lists(asked.lists), country, also], submit="Check")


def _column(look: Look, name: str, words: str, optional: bool) -> Block:
    options = [b.option(title, str(place)) for place, title in enumerate(look.titles)]
    element: Block = {
        "type": "static_select",
        "action_id": f"{ids.COLUMN}.{name}",
        "placeholder": b.label("A column", 150),
        "options": [b.option("(none)", _NONE), *options] if optional else options,
    }
    found = getattr(look.columns, name)
    if found is not None:
        element["initial_option"] = options[found]
    return {
        "type": "input",
        "block_id": f"{ids.COLUMN}.{name}",
        "optional": optional,
        "label": b.label(words, 2000),
        "element": element,
    }


def _lists(lists: Sequence[ListChoice]) -> Block:
    element = list_picker.element(ids.LISTS)
    if len(lists) <= list_picker.MOST:
        del element["min_query_length"]
        element |= {"type": "multi_static_select", "options": [b.option(one.name, str(one.id)) for one in lists]}
    hint = "New subscribers are put on these. Clearstream asks each of them by text to confirm."
    return {
        "type": "input",
        "block_id": ids.LISTS,
        "label": b.label("Lists", 2000),
        "hint": b.label(hint, 2000),
        "element": element,
    }


def filled(view: dict[str, Any], lists: Sequence[ListChoice]) -> Choice:
    """What was confirmed in the second modal. Raises Invalid with sentences by the names of its fields."""
    wrong: dict[str, list[str]] = {}
    found: dict[str, int | None] = {}
    for name, _, _ in _FIELDS:
        option = _value(view, f"{ids.COLUMN}.{name}").get("selected_option") or {}
        value = str(option.get("value", _NONE))
        column = int(value) if value.isdecimal() else None
        if column is not None and column in found.values():
            wrong[f"{ids.COLUMN}.{name}"] = ["This column is chosen twice."]
        found[name] = column
    if found["number"] is None:
        wrong[f"{ids.COLUMN}.number"] = ["Choose the column with the phone numbers."]
    if found["name"] is not None and (found["first"] is not None or found["last"] is not None):
        wrong[f"{ids.COLUMN}.name"] = ["Choose this one, or the two above: not both."]
    picked = [int(each["value"]) for each in _value(view, ids.LISTS).get("selected_options") or ()]
    if not picked:
        wrong[ids.LISTS] = ["Choose at least one list."]
    country = ""
    try:
        country = region(str(_value(view, ids.COUNTRY).get("value") or ""))
    except Invalid as error:
        wrong[ids.COUNTRY] = [*error.fields["country"]]
    if wrong:
        raise Invalid("Some of it cannot be used. Nothing was imported.", wrong)
    update = bool(_value(view, ids.UPDATE).get("selected_options"))
    return Choice(Columns(**found), country, chosen(picked, lists), update)


def checked(draft: ids.ImportDraft, run: DryRun) -> Block:
    """The third modal: what would happen."""
    lines = []
    for state, (one, many) in _WOULD.items():
        if number := run.counts.get(state):
            lines.append(f"{_SIGNS[state]} {count(number, one, many)}")
    to = ", ".join(each.name for each in run.choice.lists)
    blocks = [b.named(f":page_facing_up: {run.transfer.name} → {to}"), b.section("\n".join(lines) or "No rows.")]
    if run.counts.get(RowState.READY):
        new = "New subscribers are INACTIVE until they confirm: Clearstream texts each of them and asks."
        blocks.append(b.context(b.mrkdwn(new)))
    if run.examples:
        examples = "\n".join(f"Line {line}: {reason}" for line, reason in run.examples)
        blocks.append(b.context(b.plain(examples, 1500)))
    if not run.anything:
        blocks.append(b.section("There is nothing to import. Nothing was changed."))
    else:
        blocks.append(b.context(b.mrkdwn("Nothing was changed yet. What cannot be imported comes back as a CSV.")))
    return _modal(ids.VIEW_RUN, draft, blocks, submit="Import" if run.anything else None)


def reading(rows: int) -> Block:
    """What is shown while a file is read."""
    words = f":hourglass_flowing_sand: {rows:,} rows read…" if rows else ":hourglass_flowing_sand: One moment…"
    told = b.context(b.mrkdwn(_STANDS_STILL))
    return b.modal(title=TITLE, callback_id="loading", blocks=[b.section(words), told])


def _modal(callback_id: str, draft: ids.ImportDraft, blocks: Sequence[Block], submit: str | None) -> Block:
    return b.modal(
        title=TITLE,
        callback_id=callback_id,
        blocks=blocks,
        metadata=draft.metadata(),
        submit=submit,
        close="Cancel" if submit else "Close",
    )


def _values(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = (view.get("state") or {}).get("values") or {}
    return values


def _value(view: dict[str, Any], action_id: str) -> dict[str, Any]:
    """What a field holds; nothing where there is no such field."""
    held = next((held[action_id] for held in _values(view).values() if action_id in held), None)
    return dict(held or {})
