"""How imports and exports look: the one message that follows each. Pure: data in, blocks out."""

from collections.abc import Mapping

from bot.services import transfers
from bot.services.import_model import OPEN, RowState
from bot.services.transfers import State, Transfer
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.transfer import ids

_BAR = 20

_BECAME = (
    (RowState.CREATED, "{} created", "{} created"),
    (RowState.CHANGED, "{} changed", "{} changed"),
    (RowState.PRESENT, "{} on the list already", "{} on the list already"),
    (RowState.KNOWN, "{} was a subscriber already", "{} were subscribers already"),
    (RowState.FAILED, "{} not imported", "{} not imported"),
    (RowState.MERGED, "{} repeated row merged", "{} repeated rows merged"),
)
"""What rows became, of one and of many."""


def count(number: int, one: str, many: str) -> str:
    """A number with its words."""
    return (one if number == 1 else many).format(f"*{number:,}*")


def message_text(one: Transfer) -> str:
    """The message where no blocks are shown."""
    return b.escape(b.cut(_title(one).partition(" ")[2], 300))


def message(one: Transfer) -> list[Block]:
    """The message that follows an import or export."""
    lines = _import_lines(one) if one.kind == transfers.IMPORT else _export_lines(one)
    if one.reason:
        lines.append(f"> {b.reason(one.reason)}")
    if one.waits:
        by_itself = "It goes on by itself. " if one.state is State.RUNNING else ""
        lines.append(f":hourglass: {by_itself}{b.reason(one.waits)}")
    blocks = [b.named(_title(one)), b.section("\n".join(lines))]
    if one.kind == transfers.IMPORT and one.state is State.RUNNING and not one.reason:
        blocks.append(b.actions([_stop(one)]))
    return blocks


def _title(one: Transfer) -> str:
    if one.kind == transfers.EXPORT:
        sign, words = {
            State.RUNNING: (":outbox_tray:", "Exporting"),
            State.DONE: (":white_check_mark:", "Exported"),
        }.get(one.state, (":x:", "Not exported:"))
        return f"{sign} {words} {one.name}"
    lists = ", ".join(each["name"] for each in one.fields["choice"]["lists"])
    if one.state is State.RUNNING:
        return f":inbox_tray: Importing {one.name} to {lists}"
    sign = ":octagonal_sign:" if one.reason else ":white_check_mark:"
    return f"{sign} Imported {one.name} to {lists}"


def _import_lines(one: Transfer) -> list[str]:
    total = sum(one.counts.values())
    left = sum(one.counts.get(state, 0) for state in OPEN)
    lines = []
    if one.state is State.RUNNING:
        lines.append(f"{_bar((total - left) / total if total else 1)} {total - left:,} of {total:,} rows")
    lines.append(" · ".join(became(one.counts)) or "Nothing was imported yet.")
    if one.state is State.DONE and one.counts.get(RowState.CREATED):
        lines.append(
            "_New subscribers are INACTIVE until they confirm: Clearstream has texted each of them and asked._"
        )
    if one.state is State.DONE and one.file_id:
        lines.append("The rows that were not imported are in the file below, each with the reason.")
    return lines


def became(counts: Mapping[str, int]) -> list[str]:
    """What rows became, in words of mrkdwn; nothing that is none."""
    return [count(counts[state], single, many) for state, single, many in _BECAME if counts.get(state)]


def _export_lines(one: Transfer) -> list[str]:
    if one.state is State.DONE:
        return [f"{count(one.done, '{} subscriber', '{} subscribers')}, in the file below."]
    if one.state is State.FAILED:
        return ["No file was made."]
    if one.total:
        share = min(1.0, one.done / one.total)
        return [f"{_bar(share)} {one.done:,} of {one.total:,} subscribers"]
    return [f"{count(one.done, '{} subscriber', '{} subscribers')} so far"]


def _bar(share: float) -> str:
    full = int(share * _BAR)
    return f"`{'█' * full}{'░' * (_BAR - full)}` {share:.0%} ·"


def _stop(one: Transfer) -> Block:
    question = "Who was created stays. The rows that were not reached come back to you in a file."
    asked = b.confirm("Stop the import?", question, "Stop", "Go on")
    return b.button("Stop", ids.STOP, ids.OfTransfer(transfer=one.id).pack(), style="danger", confirm=asked)
