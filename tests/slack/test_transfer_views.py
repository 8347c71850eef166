"""How imports and exports look, whatever stands in a file and whatever it and the lists are called."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.slack import blockkit
from bot.services import transfers
from bot.services.broadcast_fields import ListChoice
from bot.services.csv_columns import Columns, titles
from bot.services.csv_reading import MOST_COLUMNS, Row
from bot.services.import_check import DryRun, Look
from bot.services.import_model import Choice, RowState
from bot.services.transfers import State, Transfer
from bot.slack.transfer import blocks, ids, views
from tests.slack.drawn import WILD

DRAFT = ids.ImportDraft(draft="d", channel="C1")
CELLS = st.lists(WILD, min_size=1, max_size=4).map(tuple)
LISTS = st.lists(
    st.builds(ListChoice, st.integers(0, 2**62), WILD.filter(str.strip)),
    min_size=1,
    max_size=4,
    unique_by=lambda x: x.id,
)
COUNTS = st.dictionaries(st.sampled_from(RowState), st.integers(0, 50_000))


def complaints(view: dict[str, Any]) -> list[str]:
    """What Slack would say against this modal."""
    return blockkit.view_complaints(view, "modal")


def transfer(kind: str, state: State, name: str, lists: list[ListChoice], counts: dict[str, int]) -> Transfer:
    """An import or export."""
    choice = Choice(Columns(number=0), "US", tuple(lists)).stored()
    fields = {"choice": choice}
    return Transfer("t", kind, state, "U1", name, fields, 5, 7, name or None, name or None, "F1", "D1", "1.2", counts)


@settings(max_examples=25)
@given(st.lists(CELLS, min_size=1, max_size=2), WILD, LISTS)
def test_whatever_stands_in_a_file_slack_takes_the_modals(
    rows: list[tuple[str, ...]], name: str, lists: list[ListChoice]
) -> None:
    """The columns, with some rows."""
    samples = [Row(line, cells) for line, cells in enumerate(rows, 1)]
    width = max(len(cells) for cells in rows)
    look = Look(titles(samples, width), Columns(number=0, email=width - 1 if width > 1 else None), tuple(rows[:3]))
    drawn = views.columns(views.Asked(DRAFT, name, look, lists, "US"))
    assert complaints(drawn) == []


def test_as_many_columns_and_lists_as_there_may_be() -> None:
    """The widest file, and more lists than a menu holds: those are searched for."""
    look = Look(tuple("c" * 300 for _ in range(MOST_COLUMNS)), Columns(number=98), (("x" * 9000,) * MOST_COLUMNS,) * 3)
    lists = [ListChoice(number, "L" * 300) for number in range(150)]
    drawn = views.columns(views.Asked(DRAFT, "n" * 500, look, lists, "US"))
    assert complaints(drawn) == []
    menu = next(block["element"] for block in drawn["blocks"] if block.get("block_id") == ids.LISTS)
    assert menu["type"] == "multi_external_select"


@settings(max_examples=25)
@given(WILD, LISTS, COUNTS, st.lists(st.tuples(st.integers(1, 10**6), WILD), max_size=5), st.sampled_from(State))
def test_whatever_became_of_it_slack_takes_what_is_told(
    name: str, lists: list[ListChoice], counts: dict[str, int], examples: list[tuple[int, str]], state: State
) -> None:
    """The dry run, and the message that follows an import or export."""
    one = transfer(transfers.IMPORT, state, name, lists, counts)
    run = DryRun(one, Choice(Columns(number=0), "US", tuple(lists)), counts, tuple(examples))
    assert complaints(views.checked(DRAFT, run)) == []
    for kind in (transfers.IMPORT, transfers.EXPORT):
        drawn = blocks.message(transfer(kind, state, name, lists, counts))
        named = [{"block_id": str(number), **block} for number, block in enumerate(drawn)]
        assert blockkit.message_complaints(named) == []
