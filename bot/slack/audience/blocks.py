"""How lists look in messages, and who is on one. Pure: data in, blocks out."""

from collections.abc import Sequence

from bot.clearstream.models import Subscriber
from bot.clearstream.numbers import readable
from bot.services.broadcast_fields import ListChoice
from bot.services.lists import People
from bot.slack import blocks as b
from bot.slack import ids as all_ids
from bot.slack.audience import ids
from bot.slack.blocks import Block

LISTS = 10
"""Lists on a page."""

_NAME = 200


def count(subscribers: int | None) -> str:
    """How many are on a list, in words."""
    if subscribers is None:
        return "nobody knows how many subscribers"
    return f"{subscribers:,} subscriber{'' if subscribers == 1 else 's'}"


def listing(lists: Sequence[ListChoice], page: int) -> list[Block]:
    """``/sms lists``: a page of all lists by their names, with how many are on each."""
    pages = max(1, -(-len(lists) // LISTS))
    page = min(page, pages)
    of = f" (page {page} of {pages})" if pages > 1 else ""
    blocks = [b.section(f"*Lists*: {len(lists):,}{of}")]
    if not lists:
        blocks.append(b.section("There are none yet. *New list* makes one."))
    for one in lists[(page - 1) * LISTS : page * LISTS]:
        blocks += row(one, page)
    new = b.button("New list", ids.NEW, ids.OfLists(on="all", page=page).pack(), style="primary")
    last = [new, add_button(ids.OfNewcomer(on="all", page=page))]
    if page > 1:
        last.append(b.button("Previous", f"{ids.LISTS_PAGE}.previous", all_ids.OfPage(page=page - 1).pack()))
    if page < pages:
        last.append(b.button("Next", f"{ids.LISTS_PAGE}.next", all_ids.OfPage(page=page + 1).pack()))
    return b.apart([*blocks, b.divider(), b.actions(last)])


def row(one: ListChoice, page: int | None = None) -> list[Block]:
    """A list among others, with what one can do; ``page`` is that of all lists where it stands on one."""
    of = ids.OfList(list=one.id) if page is None else ids.OfList(list=one.id, on="all", page=page)
    buttons = [b.button("Show", ids.SHOW, ids.OfList(list=one.id).pack()), *changes(of)]
    about = f"{count(one.subscribers)} · id {one.id}"
    return [
        b.divider(),
        b.section_of(f"{b.cut(one.name, _NAME)}\n{about}"),
        b.actions(buttons, block_id=f"list:{one.id}"),
    ]


def changes(of: ids.OfList) -> list[Block]:
    """**Rename** and **Delete**."""
    value = of.pack()
    return [b.button("Rename", ids.RENAME, value), b.button("Delete", ids.DELETE, value, style="danger")]


def add_button(of: ids.OfNewcomer) -> Block:
    """**Add subscriber**."""
    return b.button("Add subscriber", ids.ADD, of.pack())


def which(lists: Sequence[ListChoice], words: str) -> list[Block]:
    """``/sms list`` where the words fit several lists, or none."""
    if not lists:
        return [
            b.section_of(f"There is no list “{b.cut(words, _NAME)}”."),
            b.context(b.mrkdwn("`/sms lists` shows all there are.")),
        ]
    blocks = [b.section_of(f"{len(lists)} lists could be “{b.cut(words, _NAME)}”.")]
    for one in lists[:LISTS]:
        blocks += row(one)
    if len(lists) > LISTS:
        blocks.append(b.context(b.mrkdwn(f"The first {LISTS} are shown: say more to find fewer.")))
    return b.apart(blocks)


def one_list(one: ListChoice, people: People) -> tuple[str, list[Block]]:
    """``/sms list``: a list with a page of its subscribers, in one line and as blocks."""
    blocks = [
        b.header(one.name),
        b.context(b.plain(f"{count(one.subscribers)} · id {one.id}{_page(people)}", 300)),
        *rows(people, "Nobody is on this list." if people.page == 1 else "Nobody is on this page any more."),
        b.divider(),
    ]
    buttons = [
        b.button("Search", ids.SEARCH, ids.OfList(list=one.id).pack(), style="primary"),
        add_button(ids.OfNewcomer(list=one.id, on="one", page=people.page)),
        *changes(ids.OfList(list=one.id, on="one", page=people.page)),
    ]
    turns = []
    if people.page > 1:
        turns.append(b.button("Previous", f"{ids.PEOPLE_PAGE}.previous", _turned(one, people.page - 1)))
    if people.more:
        turns.append(b.button("Next", f"{ids.PEOPLE_PAGE}.next", _turned(one, people.page + 1)))
    line = f"{b.escape(b.cut(one.name, _NAME))}: {count(one.subscribers)}"
    tip = b.context(b.mrkdwn(f"`/sms export {one.id}` hands all of them over as a CSV."))
    return line, [*blocks, *([b.actions(turns)] if turns else []), b.actions(buttons), tip]


def _turned(one: ListChoice, page: int) -> str:
    return ids.OfList(list=one.id, page=page).pack()


def _page(people: People) -> str:
    return f" · page {people.page}" if people.page > 1 or people.more else ""


def rows(people: People, nobody: str) -> list[Block]:
    """Subscribers, each with **Contact**; ``nobody`` where there are none."""
    if not people.items:
        return [b.section(nobody)]
    return [_person(one) for one in people.items]


def _person(one: Subscriber) -> Block:
    called = " · ".join(filter(None, [one.name, readable(one.mobile_number)]))
    about = " · ".join(filter(None, [(one.status or "unknown").upper(), one.email]))
    line = b.section_of(f"{b.cut(called, _NAME)}\n{b.cut(about, _NAME)}")
    if not one.mobile_number:
        return line
    value = all_ids.OfContact(number=one.mobile_number).pack()
    return {**line, "accessory": b.button("Contact", ids.CONTACT, value)}
