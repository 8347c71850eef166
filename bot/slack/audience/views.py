"""The modals of lists: **New list**, **Rename list**, **Delete list**, **Search subscribers**. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.services.broadcast_fields import ListChoice
from bot.services.lists import Count, People
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack.audience import blocks, ids
from bot.slack.blocks import Block

NEW, RENAME, DELETE, SEARCH = "New list", "Rename list", "Delete list", "Search subscribers"

_NAME = 255
_FIELD = 40
_FIELDS = {"first": ids.FIRST, "last": ids.LAST, "number": ids.NUMBER}

Problems = Mapping[str, Sequence[str]]
"""Sentences by the field they are about."""


def problem(problems: Problems, field: str) -> list[Block]:
    """What Clearstream said of a field, to stand directly under it."""
    said = problems.get(field) or ()
    return [b.section(f":warning: {b.reason(' '.join(said))}")] if said else []


def line(
    block_id: str, action_id: str, words: str, typed: str = "", *, optional: bool = False, hint: str = ""
) -> Block:
    """A field of one line."""
    element: Block = {"type": "plain_text_input", "action_id": action_id, "max_length": _NAME}
    if typed:
        element["initial_value"] = typed[:_NAME]
    field: Block = {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": b.label(words, 2000),
        "element": element,
    }
    return {**field, "hint": b.label(b.tame(hint), 2000)} if hint else field


def naming(draft: ids.NameDraft, typed: str, problems: Problems | None = None) -> Block:
    """**New list**, or **Rename list** where there is a list already."""
    new = draft.list is None
    about = [] if new else [b.context(b.plain(f"{draft.was} · id {draft.list}", 300))]
    return b.modal(
        title=NEW if new else RENAME,
        callback_id=ids.VIEW_NEW if new else ids.VIEW_RENAME,
        submit="Create" if new else "Rename",
        close="Cancel",
        blocks=[*about, line("name", ids.NAME, "Name", typed), *problem(problems or {}, "name")],
        metadata=draft.metadata(),
    )


def counting(one: ListChoice, count: Count | None) -> Block:
    """**Delete list** while it is counted who is on no other list."""
    looked = f" {count.looked_at:,} subscribers of the account looked at so far." if count else ""
    words = f":hourglass_flowing_sand: Counting who is on this list and on no other…{looked}"
    return b.modal(title=DELETE, callback_id="counting", blocks=[b.section_of(one.name), b.section(words)])


def delete(draft: ids.DeleteDraft, unseen: int) -> Block:
    """**Delete list**: what it does, and where people are on it the field for its name.

    ``unseen`` of them could not be looked at.
    """
    if draft.force:
        hint = f"Exactly as it stands here: {draft.name}"
        field = line("typed", ids.TYPED, "Type the list's name", hint=hint)
        asked = [b.section(_reach(draft.subscribers, draft.alone, unseen)), field]
    else:
        asked = [b.section("Nobody is on it, so nobody is opted out.")]
    return b.modal(
        title=DELETE,
        callback_id=ids.VIEW_DELETE,
        submit="Delete",
        close="Keep",
        blocks=[b.section_of(draft.name), *asked, b.context(b.mrkdwn("A deleted list cannot be brought back."))],
        metadata=draft.metadata(),
    )


_FOR_GOOD = "No broadcast reaches them any more, and only they themselves can come back, by texting a keyword."


def _reach(subscribers: int | None, alone: int, unseen: int) -> str:
    on_it = f"*{blocks.count(subscribers)}* on it. " if subscribers is not None else ""
    if unseen:
        return (
            f":warning: {on_it}*{alone:,}* are on no other list, and Clearstream did not show *{unseen:,}* more: "
            f"*up to {alone + unseen:,} would be opted out*. {_FOR_GOOD}"
        )
    if not alone:
        return f"{on_it}All of them are on other lists too, so *nobody would be opted out*."
    them = "*1 person* is on no other list: they" if alone == 1 else f"*{alone:,} people* are on no other list: they"
    return f":warning: {on_it}{them} *would be opted out*. {_FOR_GOOD}"


def _part(name: str, words: str, typed: str) -> Block:
    """A field of the search; what is too long for the modal's memory is not taken."""
    field = line(name, _FIELDS[name], words, typed, optional=True)
    return {**field, "element": {**field["element"], "max_length": _FIELD}}


def search(of: ids.OfSearch, people: People | None, *, told: str | None = None) -> Block:
    """**Search subscribers** on a list, with whoever was found under the fields, or what there is to tell (mrkdwn)."""
    found = [b.divider(), b.section(told)] if told else []
    if people is not None:
        found = [b.divider(), b.section(_found(people)), *blocks.rows(people, "Nobody on this list is like that.")]
        found += _turns(people)
    return b.modal(
        title=SEARCH,
        callback_id=ids.VIEW_SEARCH,
        submit="Search",
        blocks=[
            b.context(b.plain(f"On the list {of.name}. Parts of a name or number are enough.", 300)),
            _part("first", "First name", of.first),
            _part("last", "Last name", of.last),
            _part("number", "Number", of.number),
            _match(of),
            *found,
        ],
        metadata=of.metadata(),
    )


def _match(of: ids.OfSearch) -> Block:
    options = [b.option("Any of these (or)", "or"), b.option("All of these (and)", "and")]
    element: Block = {
        "type": "radio_buttons",
        "action_id": ids.MATCH,
        "options": options,
        "initial_option": options[of.match == "and"],
    }
    return {"type": "input", "block_id": "match", "label": b.label("Match", 2000), "element": element}


def _found(people: People) -> str:
    if people.page == 1 and not people.more:
        return f"*{len(people.items)}* found"
    return f"*Found*, page {people.page}"


def _turns(people: People) -> list[Block]:
    turns = []
    if people.page > 1:
        page = all_ids.OfPage(page=people.page - 1).pack()
        turns.append(b.button("Previous", f"{ids.FOUND_PAGE}.previous", page))
    if people.more:
        turns.append(b.button("Next", f"{ids.FOUND_PAGE}.next", all_ids.OfPage(page=people.page + 1).pack()))
    return [b.actions(turns)] if turns else []


def sought(view: dict[str, Any], of: ids.OfSearch) -> ids.OfSearch:
    """What stands in **Search subscribers** now, from its first page on."""
    values = {name: all_ids.typed(view, action).strip()[:_FIELD] for name, action in _FIELDS.items()}
    option = all_ids.chosen_option(view, ids.MATCH) or {}
    match = "and" if option.get("value") == "and" else "or"
    return of.model_copy(update={**values, "match": match, "page": 1})
