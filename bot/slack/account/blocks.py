"""How the list of keywords looks, and what stands in place of a keyword's modal when it was sent. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.clearstream.models import Keyword, KeywordPage
from bot.operations.model import Operation, State
from bot.services.keyword_answers import Answer
from bot.services.keywords import PAGE, Fields
from bot.slack import blocks as b
from bot.slack.account import ids
from bot.slack.blocks import Block
from bot.slack.ids import OfPage

_ENDED = (State.FAILED, State.CANCELLED)


@dataclass(frozen=True)
class Shown:
    """A page of keywords, with what Switchboard itself answers to them, by their names in small letters."""

    page: KeywordPage
    number: int
    answers: Mapping[str, Answer]


def listing(shown: Shown, new_id: Callable[[], str], said: str | None = None) -> list[Block]:
    """``/sms keywords``."""
    page = shown.page
    blocks = [b.context(b.mrkdwn(said))] if said else []
    blocks.append(b.section(f"*Keywords*{_available(page)}"))
    if not len(page):
        blocks.append(b.section("There are none yet." if shown.number == 1 else "There is no such page."))
    for keyword in page:
        of = ids.OfKeyword(name=keyword.name, seen=Fields.of(keyword).digest, draft=new_id(), page=shown.number)
        blocks += [b.divider(), *_row(keyword, shown.answers.get(keyword.name.casefold()), of.pack())]
    turns = [b.button("New keyword", ids.NEW, "1", style="primary")]
    if shown.number > 1:
        turns.append(b.button("Previous", f"{ids.PAGE}.previous", OfPage(page=shown.number - 1).pack()))
    if (page.total or 0) > shown.number * PAGE:
        turns.append(b.button("Next", f"{ids.PAGE}.next", OfPage(page=shown.number + 1).pack()))
    return [*blocks, b.divider(), b.actions(turns)]


def listing_text(page: KeywordPage) -> str:
    """The same where no blocks are shown."""
    lines = [" · ".join((_named(keyword), _joins(keyword), _replies(keyword))) for keyword in page]
    return b.escape("\n".join([f"Keywords{_available(page)}".replace("*", ""), *lines]))


def _available(page: KeywordPage) -> str:
    if page.available is None:
        return ""
    return f" · *{page.available}* more {'is' if page.available == 1 else 'are'} available"


def _row(keyword: Keyword, answer: Answer | None, value: str) -> list[Block]:
    opted_in = keyword.stats.opt_ins.total
    lines = [_named(keyword), _joins(keyword), _replies(keyword)]
    lines += [f"Answered by Switchboard: {answer.header}: {answer.body}"] if answer else []
    lines += [f"{opted_in:,} {'opt-in' if opted_in == 1 else 'opt-ins'}"] if opted_in is not None else []
    question = f"Texting {keyword.name} does nothing from then on, and somebody else may take the word."
    return [
        b.section_of("\n".join(lines)),
        b.actions(
            [
                b.button("Edit", ids.EDIT, value),
                b.button(
                    "Delete",
                    ids.DELETE,
                    value,
                    style="danger",
                    confirm=b.confirm("Delete the keyword?", b.cut(question, 300), "Delete"),
                ),
            ]
        ),
    ]


def _named(keyword: Keyword) -> str:
    return f"{keyword.name} to {keyword.shortcode}" if keyword.shortcode else keyword.name


def _joins(keyword: Keyword) -> str:
    if not keyword.opt_in.enabled:
        return "Joins no list"
    return "Joins " + (", ".join(one.name or f"List {one.id}" for one in keyword.opt_in.lists) or "no list")


def _replies(keyword: Keyword) -> str:
    fields = Fields.of(keyword)
    return f"Auto-reply {fields.reply}: {fields.header}: {fields.body}" if fields.reply else "No auto-reply"


def ended(operation: Operation | None, done: str) -> str:
    """What came of a change to a keyword, in mrkdwn."""
    if operation is not None and operation.state is State.SENT:
        return f":white_check_mark: {done}"
    reason = b.reason((operation.reason if operation else None) or "")
    if operation is not None and operation.state in _ENDED:
        reference = f" (reference `{operation.reference}`)" if operation.reference else ""
        return f":warning: It was *not done*. {reason}{reference}"
    parts = (":hourglass: It is *not done yet*.", reason, "It is tried for ten minutes; if it fails, you are told.")
    return " ".join(filter(None, parts))
